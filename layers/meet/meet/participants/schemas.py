"""Request bodies and parameters about participants."""

import re
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
    model_validator,
)

from meet.participants.entry import Entry, Wish
from meet.powertools import Path, Query
from meet.rooms.model import Role
from meet.types import (
    Boolean,
    ChosenName,
    ChosenSegment,
    Text,
    WireModel,
    broken_rule,
    expected,
)

MAX_NAME = 128
MAX_METADATA = 2048
MAX_TOKENS = 100
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


def _list(value: object) -> object:
    if not isinstance(value, list):
        raise expected("array", value)
    return value


ParticipantName = Annotated[
    ChosenName, Field(max_length=MAX_NAME), AfterValidator(_fits_an_identity)
]


def _external_id(text: str) -> str:
    if _EXTERNAL_ID.fullmatch(text) is None:
        raise broken_rule("Must be 1 to 64 letters, digits, hyphens and underscores")
    return text


def _participant_role(value: object) -> object:
    if not isinstance(value, str):
        raise expected("string", value)
    if value not in tuple(Role):
        raise broken_rule(f"Must be one of {', '.join(Role)}")
    return value


_EXTERNAL_ID = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)

ExternalId = Annotated[
    Text,
    AfterValidator(_external_id),
    WithJsonSchema({"type": "string", "pattern": "^[A-Za-z0-9_-]{1,64}$"}),
]
UserMetadata = Annotated[Text, Field(max_length=MAX_METADATA)]
ParticipantRole = Annotated[
    Role,
    BeforeValidator(_participant_role),
    WithJsonSchema({"type": "string", "enum": list(Role)}),
]


def _external_id_field() -> Any:
    return Field(
        None,
        description="The participant's id in your system. It is shown in participants and events, "
        "and no participant can change it; but who asks with a shared link can claim any.",
        examples=["user-1815"],
    )


def _metadata_field() -> Any:
    return Field(
        None,
        description="Anything about the participant, shown like `externalId`.",
        examples=["mathematics"],
    )


def _one_of_three(schema: dict[str, Any]) -> None:
    """Say what a ticket and an invitation need besides; generators of clients pass over `if`."""
    with_secret = {"required": schema.pop("required")}
    schema |= {
        "if": {"required": ["ticket"]},
        "else": {
            "if": {"required": ["invite"], "properties": {"invite": {"type": "string"}}},
            "then": {"required": ["roomName"]},
            "else": with_secret,
        },
    }


class TokenRequest(WireModel, title="ParticipantTokenRequest"):
    """A request to join a room: with the secret of a link, an invitation, or the ticket of a caller
    who waits.
    """

    model_config = ConfigDict(json_schema_extra=_one_of_three)

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
    invite: Text | None = Field(
        None,
        description="The `invite` in the link of an invitation, instead of `secret`. Name, role, "
        "`externalId` and `metadata` are those of the invitation.",
    )
    take_over: Boolean = Field(
        default_factory=bool,
        description="With an invitation: replace the connection that its bearer has already.",
        examples=[False],
    )
    external_id: ExternalId | None = _external_id_field()
    metadata: UserMetadata | None = _metadata_field()

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
    def _without_secret(cls, body: Any) -> Any:
        """A ticket stands for everything else, an invitation for name and secret."""
        if isinstance(body, dict) and body.get("ticket") is not None:
            named = {"roomName": "", "participantName": "-", "secret": ""}
            return named | {"ticket": body["ticket"]}
        if isinstance(body, dict) and body.get("invite") is not None:
            return {"secret": "", **body, "participantName": "-"}
        return body

    @field_validator("invite")
    @classmethod
    def _one_of_both(cls, invite: str | None, info: ValidationInfo) -> str | None:
        if invite is not None and info.data.get("secret"):
            raise broken_rule("Must not stand beside secret")
        return invite

    def to_wish(self) -> Wish:
        """Return the wish of the caller."""
        return Wish(
            self.room_name,
            self.participant_name,
            self.secret,
            invite=self.invite,
            previous_token=self.previous_token,
            takes_over=self.take_over,
            external_id=self.external_id,
            metadata=self.metadata,
        )


class TokenOptions(WireModel, title="ParticipantTokenOptions"):
    """A participant for whom a token is wanted."""

    participant_name: ParticipantName = Field(
        description="The name that others see, as with a link.", examples=["Alice"]
    )
    role: ParticipantRole = Field(description="Their role.", examples=["publisher"])
    external_id: ExternalId | None = _external_id_field()
    metadata: UserMetadata | None = _metadata_field()


class TokensRequest(WireModel, title="ParticipantTokensRequest"):
    """Participants of one room for whom tokens are wanted, for all or for none."""

    room_name: Text = Field(description="The room to join.", examples=["OpenVidu-k3v9x0q2m7t1c8z"])
    participants: Annotated[
        list[TokenOptions],
        BeforeValidator(_list),
        Field(min_length=1, max_length=MAX_TOKENS),
    ] = Field(description="Who will join.")

    def to_entries(self) -> list[Entry]:
        """Return the entries of these participants."""
        return [
            Entry(each.role, each.participant_name, each.external_id, each.metadata)
            for each in self.participants
        ]


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
