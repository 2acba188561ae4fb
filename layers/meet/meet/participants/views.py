"""Response bodies about participants."""

from typing import Self

from pydantic import Field

from meet.participants.admission import Admission
from meet.participants.glance import Glance
from meet.rooms.model import Role
from meet.types import View


class GlanceView(View, title="MeetingToJoin"):
    """A meeting, as callers see it before they join."""

    meeting_id: str = Field(
        description="Identifies the meeting in events.", examples=["RM_8fLk2Qx7Zb3N"]
    )
    participant_count: int = Field(
        description="How many people are in the meeting; recorders do not count.", examples=[3]
    )
    recording_active: bool = Field(description="Whether it is being recorded.", examples=[False])

    @classmethod
    def of(cls, glance: Glance | None) -> Self | None:
        """Return the view of a meeting, if there is one."""
        if glance is None:
            return None
        return cls(
            meeting_id=glance.meeting_id,
            participant_count=glance.participants,
            recording_active=glance.is_recorded,
        )


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
        description="Opens operations of this room, as `Authorization: Bearer`: for everybody the "
        "one that raises their own hand, and all others while the participant is a moderator, from "
        "the moment in which they are made one to the moment in which they stop being one. It "
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

    meeting: GlanceView | None = Field(
        None,
        description="With `wait` false: the meeting that is going on, so that callers know before "
        "they join. Absent if nobody is there.",
    )

    @classmethod
    def of(
        cls, admission: Admission, *, livekit_url: str, meeting: GlanceView | None = None
    ) -> Self:
        """Return the view of an admission."""
        return cls(
            token=admission.token,
            api_token=admission.api_token if admission.role is Role.MODERATOR else None,
            participant_token=admission.api_token,
            participant_name=admission.name,
            participant_identity=admission.identity,
            role=admission.role,
            livekit_url=livekit_url,
            meeting=meeting,
        )


class TokensView(View, title="ParticipantTokens"):
    """Tokens for several participants."""

    tokens: list[TokenView] = Field(description="The tokens, in the order of the participants.")
