"""Response bodies about participants."""

from typing import Self

from pydantic import Field

from meet.participants.admission import Admission
from meet.rooms.model import Role
from meet.types import View


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
        "they are made a moderator, and nothing from the moment in which they stop being one. It "
        "lasts 6 hours, and ends with the room or the participant's removal.",
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


class TokensView(View, title="ParticipantTokens"):
    """Tokens for several participants."""

    tokens: list[TokenView] = Field(description="The tokens, in the order of the participants.")
