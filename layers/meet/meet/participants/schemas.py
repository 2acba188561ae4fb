"""Request and response bodies about participants."""

from typing import Annotated, Any, Self

from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from pydantic import AfterValidator, ConfigDict, Field, model_validator

from meet.participants.admission import Admission
from meet.rooms.model import Role
from meet.types import Boolean, ChosenName, ChosenSegment, Text, View, WireModel, broken_rule

MAX_NAME = 128
MAX_NAME_BYTES = 240
"""LiveKit limits an identity, which is the name with a suffix, to 256 bytes."""


def _not_blank(text: str) -> str:
    if not text.strip():
        raise broken_rule("Must not be blank")
    return text


def _fits_an_identity(text: str) -> str:
    if len(text.encode()) > MAX_NAME_BYTES:
        raise broken_rule(f"Must be at most {MAX_NAME_BYTES} bytes in UTF-8")
    return text


ParticipantName = Annotated[
    ChosenName, Field(max_length=MAX_NAME), AfterValidator(_fits_an_identity)
]


def _with_ticket(schema: dict[str, Any]) -> None:
    """Say that a ticket needs nothing else; generators of clients pass over `if` and `else`."""
    schema |= {"if": {"required": ["ticket"]}, "else": {"required": schema.pop("required")}}


class TokenRequest(WireModel, title="ParticipantTokenRequest"):
    """A request to join a room with the secret of a link, or the ticket of a caller who waits."""

    model_config = ConfigDict(json_schema_extra=_with_ticket)

    room_name: Text = Field(description="The room to join.", examples=["OpenVidu-k3v9x0q2m7t1c8z"])
    participant_name: ParticipantName = Field(
        description=f"The name that others see: 1 to {MAX_NAME} characters, at most "
        f"{MAX_NAME_BYTES} bytes in UTF-8, some of them visible, none a control or format "
        "character, and neither `.` nor `..`. Kept in Unicode's form NFC.",
        examples=["Alice"],
        json_schema_extra={"minLength": 1, "pattern": r"^(?!\.{1,2}$)[\s\S]*\S[\s\S]*$"},
    )
    secret: Text = Field(
        description="The `secret` in a join link; it decides the role.",
        examples=["publisher-secret"],
    )
    previous_token: Text | None = Field(
        None,
        description="An earlier token of the same participant for this room, expired or not. The "
        "new one then has the same identity, so that joining with it replaces the earlier "
        "connection. Ignored if it is not valid, or if the participant was removed.",
    )
    wait: Boolean = Field(
        True,
        description="Whether to wait if the room has a lobby. `false` asks without waiting, as a "
        "page does before people have chosen a name.",
        examples=[True],
    )
    ticket: Text | None = Field(
        None,
        description="The `ticket` of an earlier answer, to ask again. Everything else is ignored: "
        "the ticket stands for it.",
    )

    @model_validator(mode="before")
    @classmethod
    def _ticket_alone(cls, body: Any) -> Any:
        if isinstance(body, dict) and body.get("ticket") is not None:
            named = {"roomName": "", "participantName": "-", "secret": ""}
            return named | {"ticket": body["ticket"]}
        return body


class TokenView(View, title="ParticipantToken"):
    """What a browser needs to join."""

    token: str = Field(
        description="The LiveKit access token.", examples=["header.claims.signature"]
    )
    api_token: str | None = Field(
        None,
        description="For a moderator: the `participantToken`, which opens the operations of this "
        "room now.",
    )
    participant_token: str = Field(
        description="Opens the operations of this room, as `Authorization: Bearer`, while the "
        "participant is a moderator: nothing yet for others, everything from the moment in which "
        "they are made a moderator, nothing any more for a moderator who is not one now. It lasts "
        "6 hours, and ends with the room or the participant's removal.",
        examples=["header.claims.signature"],
    )
    participant_name: str = Field(
        description="The name that others see. Several participants may share one.",
        examples=["Alice"],
    )
    participant_identity: str = Field(
        description="The identity in the meeting: the name, `_` and 6 random characters. Unique, "
        "so it is the one to disconnect a participant by.",
        examples=["Alice_k2j9x0"],
    )
    role: Role = Field(
        description="The role that the secret stands for; with a `previousToken`, that which the "
        "participant was given since then.",
        examples=["publisher"],
    )
    livekit_url: str = Field(
        description="The LiveKit server to connect to.",
        examples=["wss://livekit.example.com"],
        json_schema_extra={"format": "uri"},
    )

    @classmethod
    def of(cls, admission: Admission, *, livekit_url: str) -> Self:
        """Return the view of an admission."""
        return cls(
            token=admission.token,
            api_token=admission.api_token if admission.role is Role.MODERATOR else None,
            participant_token=admission.api_token,
            participant_name=admission.name,
            participant_identity=admission.identity,
            role=admission.role,
            livekit_url=livekit_url,
        )


ParticipantSegment = Annotated[
    ChosenSegment,
    Path(
        description="The `participantIdentity` that came with the token, or a `participantName`; "
        "percent-encoded, and matched exactly."
    ),
]

RoomQuery = Annotated[
    str,
    Query(
        alias="roomName",
        description="The room that the participant is in.",
        json_schema_extra={"minLength": 1, "pattern": r"\S"},
    ),
    AfterValidator(_not_blank),
]
