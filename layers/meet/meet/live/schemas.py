"""Request and response bodies about meetings that are going on."""

import re
from typing import Annotated, Any, Literal, Self, TypeAlias

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, model_validator

from meet.live.hands import raised_at
from meet.live.meetings import Presence, encoded
from meet.live.roles import Wanted, downgrade, exactly, upgrade
from meet.livekit.participants import Participant, Source
from meet.parameters import TRUE_OR_FALSE, Flag
from meet.participants.roles import role_of
from meet.powertools import Path, Query
from meet.rooms.model import Role, Room
from meet.rooms.views import join_link
from meet.types import Boolean, ChosenSegment, Text, View, WireModel, broken_rule, expected

MAX_TOPIC = 64
MAX_DATA_BYTES = 15_000
"""LiveKit sends a message of this size as one packet."""
MAX_RECIPIENTS = 100
OUR_TOPICS = "meet."

_TOPIC = re.compile(rf"[a-z0-9.-]{{1,{MAX_TOPIC}}}")
RoleName: TypeAlias = Literal["moderator", "publisher", "viewer"]

_ROOM = "OpenVidu-k3v9x0q2m7t1c8z"
_IDENTITY = "Alice_k2j9x0"


def _action(value: object) -> object:
    if not isinstance(value, str):
        raise expected("string", value)
    if value not in {"upgrade", "downgrade"}:
        raise broken_rule("Must be upgrade or downgrade")
    return value


def _role(value: object) -> object:
    if not isinstance(value, str):
        raise expected("string", value)
    if value not in set(Role):
        raise broken_rule(f"Must be one of {', '.join(Role)}")
    return value


def _off(value: object) -> object:
    if not isinstance(value, bool):
        raise expected("boolean", value)
    if value:
        raise broken_rule("Must be false")
    return value


def _topic(text: str) -> str:
    if _TOPIC.fullmatch(text) is None:
        raise broken_rule(f"Must be 1 to {MAX_TOPIC} characters of a-z, 0-9, . and -")
    if text.startswith(OUR_TOPICS):
        raise broken_rule(f"Must not begin with {OUR_TOPICS}")
    return text


def _data(value: Any) -> Any:
    try:
        size = len(encoded(value))
    except UnicodeEncodeError as error:  # JSON can spell half a surrogate pair; UTF-8 cannot
        raise broken_rule("Must be valid Unicode") from error
    if size > MAX_DATA_BYTES:
        raise broken_rule(f"Must be at most {MAX_DATA_BYTES} bytes in UTF-8")
    return value


Identity = Annotated[
    ChosenSegment,
    Path(description="The `participantIdentity`, percent-encoded and matched exactly."),
]

MayReconnect = Annotated[
    Flag,
    Query(
        description="`false`: whoever holds a token from before is disconnected again if they come "
        "back with it. They can still get a new one with a join link.",
        json_schema_extra=TRUE_OR_FALSE,
    ),
]


def _invitation(role: Role) -> Any:
    return Field(
        None,
        alias=f"{role}URL",
        description=f"The link to join as {role}, for the moderators' tokens only: they can invite "
        "from inside. Absent while it is disabled.",
        examples=[f"http://localhost:6080/meet/{_ROOM}/?secret={role}-secret"],
        json_schema_extra={"format": "uri"},
    )


class MeetingView(View, title="OpenViduMeetMeeting"):
    """A meeting that is going on."""

    room_id: str = Field(description="The same as `roomName`.", examples=[_ROOM])
    room_name: str = Field(description="The room of the meeting.", examples=[_ROOM])
    meeting_id: str | None = Field(
        None,
        description="Identifies the meeting in events; absent until LiveKit has reported it.",
        examples=["RM_8fLk2Qx7Zb3N"],
    )
    start_date: int = Field(
        description="When it began, in milliseconds since the Unix epoch.",
        examples=[1_861_963_202_000],
    )
    participant_count: int = Field(
        description="How many people are connected; recorders do not count.", examples=[3]
    )
    recording_active: bool = Field(description="Whether it is being recorded.", examples=[False])
    locked: bool = Field(description="Whether nobody new may join.", examples=[False])

    publisher_url: str | None = _invitation(Role.PUBLISHER)
    viewer_url: str | None = _invitation(Role.VIEWER)

    @classmethod
    def of(cls, present: Presence, *, links_on: str | None = None) -> Self:
        """Return the view of a meeting, with links on this origin for whoever may invite."""
        room = present.room
        links = {
            f"{role}_url": join_link(room, role, links_on)
            for role in (Role.PUBLISHER, Role.VIEWER)
            if links_on is not None and room.links[role].is_enabled
        }
        return cls(
            room_id=room.name,
            room_name=room.name,
            meeting_id=room.active_meeting_id,
            start_date=present.started_at,
            participant_count=len(present.people),
            recording_active=room.active_recording_id is not None,
            locked=room.terms.is_closed,
            **links,
        )


class ParticipantView(View, title="OpenViduMeetParticipant"):
    """A connected participant."""

    participant_identity: str = Field(description="Unique in the room.", examples=[_IDENTITY])
    participant_name: str = Field(
        description="The name that others see. Several participants may share one.",
        examples=["Alice"],
    )
    external_id: str | None = Field(
        None, description="Your own id of them, as given with the token.", examples=["user-42"]
    )
    metadata: str | None = Field(
        None, description="Your own text about them, as given with the token."
    )
    role: RoleName | None = Field(
        None,
        description="The role that they have now; absent if their token is not one of Meet's.",
        examples=["publisher"],
    )
    join_date: int = Field(
        description="When they joined, in milliseconds since the Unix epoch.",
        examples=[1_861_963_202_250],
    )
    audio_active: bool = Field(description="Whether their microphone is on.", examples=[True])
    video_active: bool = Field(description="Whether their camera is on.", examples=[True])
    screen_share_active: bool = Field(
        description="Whether they share their screen.", examples=[False]
    )
    hand_raised_date: int | None = Field(
        None,
        description="When they raised their hand, in milliseconds since the Unix epoch; absent "
        "while it is down.",
        examples=[1_861_963_260_000],
    )
    session_id: str = Field(
        description="Identifies this connection in events.", examples=["PA_4k2JmQ9XwZ7b"]
    )

    @classmethod
    def of(cls, room: Room, participant: Participant) -> Self:
        """Return the view of a participant."""
        return cls(
            participant_identity=participant.identity,
            participant_name=participant.name,
            external_id=participant.attributes.get("externalId"),
            metadata=participant.attributes.get("metadata"),
            role=role.value if (role := role_of(room, participant)) else None,
            join_date=participant.joined_at,
            audio_active=participant.publishes(Source.MICROPHONE),
            video_active=participant.publishes(Source.CAMERA),
            screen_share_active=participant.publishes(
                Source.SCREEN_SHARE, Source.SCREEN_SHARE_AUDIO
            ),
            hand_raised_date=raised_at(participant),
            session_id=participant.sid,
        )


class ParticipantList(View, title="OpenViduMeetParticipants"):
    """The connected participants of a meeting."""

    participants: list[ParticipantView] = Field(description="By the time of joining.")

    @classmethod
    def of(cls, present: Presence) -> Self:
        """Return the view of the people in a meeting."""
        return cls(participants=[ParticipantView.of(present.room, p) for p in present.people])


class Done(View, title="Message"):
    """What was done, in words."""

    message: str = Field(description="A sentence for people.", examples=["Meeting ended"])


class LockBody(WireModel, title="MeetingLock"):
    """Whether a meeting is locked."""

    locked: Boolean = Field(description="Whether nobody new may join.", examples=[True])


class HandBody(WireModel, title="ParticipantHand"):
    """Whether a participant's hand is up."""

    raised: Boolean = Field(
        description="`true` raises the hand, `false` lowers it.", examples=[True]
    )


class RoleBody(WireModel, title="ParticipantRoleChange"):
    """A change of a participant's role: an action, or the role itself."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    action: Annotated[Literal["upgrade", "downgrade"] | None, BeforeValidator(_action)] = Field(
        None,
        description="`upgrade` makes a moderator; `downgrade` makes a moderator a publisher.",
        examples=["upgrade"],
    )
    role: Annotated[RoleName | None, BeforeValidator(_role)] = Field(
        None, description="The role to have from now on, instead of an action."
    )

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.action is None) == (self.role is None):
            raise broken_rule("Must name either action or role")
        return self

    @property
    def wanted(self) -> Wanted:
        """The role that is wanted, from the one that the participant has."""
        if self.role is not None:
            return exactly(Role(self.role))
        return upgrade if self.action == "upgrade" else downgrade


Off = Annotated[Literal[False] | None, BeforeValidator(_off)]


class MediaBody(WireModel, title="ParticipantMedia"):
    """What to mute. Only false is possible: nobody turns on a microphone but its owner."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    audio_active: Off = Field(None, description="`false` mutes the microphone.", examples=[False])
    video_active: Off = Field(None, description="`false` stops the camera.")
    screen_share_active: Off = Field(None, description="`false` stops sharing the screen.")

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.sources:
            raise broken_rule(
                "Must name at least one of audioActive, videoActive, screenShareActive"
            )
        return self

    @property
    def sources(self) -> list[Source]:
        """The sources to mute."""
        named = [
            (self.audio_active, [Source.MICROPHONE]),
            (self.video_active, [Source.CAMERA]),
            (self.screen_share_active, [Source.SCREEN_SHARE, Source.SCREEN_SHARE_AUDIO]),
        ]
        return [source for off, sources in named if off is False for source in sources]


class MessageBody(WireModel, title="MeetingMessage"):
    """A message into a meeting."""

    topic: Annotated[Text, AfterValidator(_topic)] = Field(
        description="What it is about; clients choose messages by it. 1 to 64 of `a-z`, `0-9`, `.` "
        "and `-`; those that begin with `meet.` are Meet's own.",
        examples=["poll.opened"],
        json_schema_extra={"pattern": r"^(?!meet\.)[a-z0-9.-]{1,64}$"},
    )
    data: Annotated[Any, AfterValidator(_data)] = Field(
        description=f"Any JSON, at most {MAX_DATA_BYTES} bytes in UTF-8; clients get it as text.",
        examples=[{"question": "Coffee or tea?"}],
    )
    to: Annotated[list[Text], Field(min_length=1, max_length=MAX_RECIPIENTS)] | None = Field(
        None,
        description="The identities of those who get it; absent: everybody. Those who are not "
        "connected are ignored.",
        examples=[[_IDENTITY]],
    )
