"""Request and response bodies about links, invitations and bans."""

from typing import Annotated, Self

from pydantic import AfterValidator, BeforeValidator, Field

from meet.clock import Milliseconds
from meet.guests.model import Ban, Draft, Invitation, folded
from meet.parameters import TRUE_OR_FALSE, Flag
from meet.participants.schemas import (
    MAX_METADATA,
    ExternalId,
    ParticipantName,
    ParticipantRole,
    UserMetadata,
)
from meet.powertools import Body, Path, Query
from meet.rooms.model import Role
from meet.rooms.schemas import Expiration
from meet.types import Boolean, Integer, PathSegment, View, WireModel, broken_rule, expected

MAX_INVITATIONS = 100
MAX_JOINS = 10_000

_INVITATION = "7xxegdkaxvl552wbk3v9x0q2m7"
_ENDS = 1_893_400_000_000


LinkRole = Annotated[ParticipantRole, Path(description="The role of the link.")]

InvitationId = Annotated[PathSegment, Path(description="The `invitationId` of the invitation.")]

BanId = Annotated[PathSegment, Path(description="The `banId` of the ban.")]

Disconnect = Annotated[
    Flag,
    Query(
        description="`true`: those who came by the link are disconnected, and again if they come "
        "back with a token from before.",
        json_schema_extra=TRUE_OR_FALSE,
    ),
]

BanQuery = Annotated[
    Flag,
    Query(
        alias="ban",
        description="`true`: also bans them until the room ends. Their invitation is revoked, "
        "their `externalId` gets no token, and for those who came by a shared link their name is "
        "refused. With a shared link and another name they can come back: rotate the link.",
        json_schema_extra=TRUE_OR_FALSE,
    ),
]


class InvitationOptions(WireModel):
    """An invitation to make."""

    participant_name: ParticipantName = Field(
        description="The name that the participant will have, and nobody else in the room gets.",
        examples=["Ada"],
    )
    role: ParticipantRole = Field(description="Their role.", examples=["publisher"])
    expires_at: Expiration | None = Field(
        None,
        description="When the invitation ends, in milliseconds since the Unix epoch. Absent: with "
        "the room.",
        examples=[_ENDS],
    )
    max_joins: Annotated[Integer, Field(ge=1, le=MAX_JOINS)] | None = Field(
        None,
        description="How often one may join with it. Every connection counts, also after the page "
        "was loaded again. Absent: as often as one likes.",
        examples=[3],
    )
    external_id: ExternalId | None = Field(
        None, description="The participant's id in your system.", examples=["user-1815"]
    )
    metadata: UserMetadata | None = Field(
        None,
        description=f"Anything about the participant, up to {MAX_METADATA} characters.",
        examples=["mathematics"],
    )
    skip_lobby: Boolean = Field(
        False, description="Whether they need not wait in the room's lobby.", examples=[True]
    )

    def to_draft(self) -> Draft:
        """Return the draft of the invitation."""
        return Draft(
            name=self.participant_name,
            role=self.role,
            expires_at=None if self.expires_at is None else Milliseconds(self.expires_at),
            max_joins=self.max_joins,
            external_id=self.external_id,
            metadata=self.metadata,
            skips_lobby=self.skip_lobby,
        )


def _list(value: object) -> object:
    if not isinstance(value, list):
        raise expected("array", value)
    return value


def _each_name_once(invitations: list[InvitationOptions]) -> list[InvitationOptions]:
    if len({folded(each.participant_name) for each in invitations}) < len(invitations):
        raise broken_rule("Must have each name once")
    return invitations


class InvitationsRequest(WireModel):
    """Invitations to make, all or none of them."""

    invitations: Annotated[
        list[InvitationOptions],
        BeforeValidator(_list),
        Field(min_length=1, max_length=MAX_INVITATIONS),
        AfterValidator(_each_name_once),
    ] = Field(description="The invitations, each with a name of its own.")


NewInvitations = Annotated[InvitationsRequest, Body()]


class InvitationView(View, title="Invitation"):
    """An invitation for one participant."""

    invitation_id: str = Field(description="Identifies it.", examples=[_INVITATION])
    url: str | None = Field(
        None,
        description="The participant's own link: shown only in the answer that made it.",
        examples=[
            f"http://localhost:6080/meet/OpenVidu-k3v9x0q2m7t1c8z/?invite={_INVITATION}.secret"
        ],
        json_schema_extra={"format": "uri"},
    )
    participant_name: str = Field(description="The participant's name.", examples=["Ada"])
    role: Role = Field(description="Their role.", examples=["publisher"])
    creation_date: int = Field(
        description="When it was made, in milliseconds since the Unix epoch.",
        examples=[1_861_920_000_000],
    )
    expires_at: int | None = Field(
        None, description="When it ends; absent if with the room.", examples=[_ENDS]
    )
    max_joins: int | None = Field(
        None, description="How often one may join; absent if not limited.", examples=[3]
    )
    external_id: str | None = Field(
        None, description="The participant's id in your system.", examples=["user-1815"]
    )
    metadata: str | None = Field(
        None, description="Anything about the participant.", examples=["mathematics"]
    )
    skip_lobby: bool = Field(
        description="Whether they need not wait in the lobby.", examples=[True]
    )
    joins: int = Field(
        description="How often they have joined: connections, not tokens.", examples=[1]
    )
    last_join_at: int | None = Field(
        None, description="When they joined last; absent if never.", examples=[1_861_930_000_000]
    )
    revoked: bool = Field(description="Whether it was revoked.", examples=[False])

    @classmethod
    def of(cls, invitation: Invitation) -> Self:
        """Return the view of an invitation, without its URL."""
        draft = invitation.draft
        return cls(
            invitation_id=invitation.id,
            participant_name=draft.name,
            role=draft.role,
            creation_date=invitation.created_at,
            expires_at=draft.expires_at,
            max_joins=draft.max_joins,
            external_id=draft.external_id,
            metadata=draft.metadata,
            skip_lobby=draft.skips_lobby,
            joins=invitation.joins,
            last_join_at=invitation.last_join_at,
            revoked=invitation.revoked_at is not None,
        )


class InvitationsView(View, title="Invitations"):
    """Invitations of a room."""

    invitations: list[InvitationView] = Field(description="The invitations.")


class BanView(View, title="Ban"):
    """A ban from a room, until the room ends or the ban is lifted."""

    ban_id: str = Field(description="Identifies it.", examples=["k3v9x0q2m7t1c8zd"])
    participant_name: str = Field(description="The participant's name.", examples=["Mallory"])
    participant_identity: str = Field(
        description="The identity that was removed.", examples=["Mallory_k2j9x0"]
    )
    external_id: str | None = Field(
        None, description="The id that is refused a token.", examples=["user-1815"]
    )
    bans_name: bool = Field(
        description="Whether the name is refused to those who come by a shared link.",
        examples=[True],
    )
    since: int = Field(
        description="When they were banned, in milliseconds since the Unix epoch.",
        examples=[1_861_930_000_000],
    )

    @classmethod
    def of(cls, ban: Ban) -> Self:
        """Return the view of a ban."""
        return cls(
            ban_id=ban.id,
            participant_name=ban.name,
            participant_identity=ban.identity,
            external_id=ban.external_id,
            bans_name=ban.bans_name,
            since=ban.at,
        )


class BansView(View, title="Bans"):
    """The bans of a room."""

    bans: list[BanView] = Field(description="The bans, newest first.")
