"""Request and response bodies about rooms."""

import unicodedata
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Annotated, Any, Literal, Self

from aws_lambda_powertools.event_handler.openapi.params import Body
from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from meet import clock
from meet.paging import from_token
from meet.parameters import next_page
from meet.rooms.items import LIST_KEY
from meet.rooms.model import Preferences, Role, Room, clean_prefix
from meet.types import (
    Boolean,
    Integer,
    Text,
    Timestamp,
    View,
    WireModel,
    broken_rule,
    expected,
)

MAX_PREFIX = 50
MAX_LIFETIME_YEARS = 10
MAX_PARTICIPANTS = 10_000
LINKS = ("moderatorURL", "publisherURL", "viewerURL")

_NAME = "OpenVidu-k3v9x0q2m7t1c8z"
_EXPIRES = 1_893_456_000_000


def _in_the_future(moment: int) -> int:
    now = clock.now()
    if moment <= now:
        raise broken_rule("Must be in the future")
    if moment > _years_after(now, MAX_LIFETIME_YEARS):
        raise broken_rule(f"Must be at most {MAX_LIFETIME_YEARS} years ahead")
    return moment


def _years_after(moment: int, years: int) -> int:
    day = datetime.fromtimestamp(moment // clock.SECOND, UTC)
    try:
        later = day.replace(year=day.year + years)
    except ValueError:  # 29 February
        later = day.replace(year=day.year + years, month=3, day=1)
    return moment + int((later - day) / timedelta(milliseconds=1))


def _prefix(text: str) -> str:
    if len(unicodedata.normalize("NFC", text)) > MAX_PREFIX or len(clean_prefix(text)) > MAX_PREFIX:
        raise broken_rule(
            f"Must be at most {MAX_PREFIX} characters"
        )  # NFKD can turn one character into three
    return text


RoomPageToken = Annotated[
    str | None, next_page(), AfterValidator(partial(from_token, pattern=LIST_KEY))
]


def _no_null(value: object) -> object:
    if value is None:
        raise expected("object", value)
    return value


class ChatPreferences(WireModel):
    """The chat of a room."""

    enabled: Boolean = Field(
        True, description="Whether people can send and receive messages.", examples=[True]
    )


class RecordingPreferences(WireModel):
    """The recording of a room."""

    enabled: Boolean = Field(True, description="Whether the room can be recorded.", examples=[True])


class VirtualBackgroundPreferences(WireModel):
    """The virtual background of a room."""

    enabled: Boolean = Field(
        True, description="Whether people can replace their background.", examples=[True]
    )


class RoomPreferences(WireModel):
    """What a room allows."""

    chat_preferences: ChatPreferences = ChatPreferences()
    recording_preferences: RecordingPreferences = RecordingPreferences()
    virtual_background_preferences: VirtualBackgroundPreferences = VirtualBackgroundPreferences()

    def to_model(self) -> Preferences:
        """Return the preferences of a new room."""
        return Preferences(
            chat=self.chat_preferences.enabled,
            recording=self.recording_preferences.enabled,
            virtual_background=self.virtual_background_preferences.enabled,
        )

    def changes(self) -> dict[str, bool]:
        """Return the preferences in the body, by their names in the API."""
        named: dict[str, Any] = self.model_dump(by_alias=True, exclude_unset=True)
        return {name: value["enabled"] for name, value in named.items() if value}


class RoomOptions(WireModel, title="OpenViduMeetRoomOptions"):
    """Options for a new room."""

    expiration_date: Annotated[Timestamp, AfterValidator(_in_the_future)] = Field(
        description="When the room closes, in milliseconds since the Unix epoch: a whole number, "
        f"later than now, at most {MAX_LIFETIME_YEARS} years ahead.",
        examples=[_EXPIRES],
    )
    room_name_prefix: Annotated[
        Text, AfterValidator(_prefix), WithJsonSchema({"type": "string", "maxLength": MAX_PREFIX})
    ] = Field(
        "",
        description="What the room's name begins with. Letters lose their accents; white space "
        "becomes a hyphen; everything but ASCII letters, digits and hyphens is dropped.",
        examples=["OpenVidu"],
    )
    max_participants: Annotated[Integer, Field(ge=1, le=MAX_PARTICIPANTS)] | None = Field(
        None,
        description="How many people may be in the room at once. Absent or null: no limit.",
        examples=[10],
    )
    preferences: RoomPreferences = Field(
        RoomPreferences(), description="What the room allows. A missing preference is enabled."
    )

    @property
    def prefix(self) -> str:
        """The prefix after cleaning, as in the room's name."""
        return clean_prefix(self.room_name_prefix)


_WITHOUT_RECORDING = {"recordingPreferences": {"enabled": False}}

NewRoom = Annotated[
    RoomOptions,
    Body(
        openapi_examples={
            "withNestedAttributes": {
                "summary": "Without recording",
                "value": {"expirationDate": _EXPIRES, "preferences": _WITHOUT_RECORDING},
            },
            "smallest": {"summary": "As little as possible", "value": {"expirationDate": _EXPIRES}},
        }
    ),
]


class RoomUpdate(RoomPreferences):
    """Body of PUT /rooms/{roomName}: the preferences, bare or as the property preferences."""

    preferences: Annotated[RoomPreferences | None, BeforeValidator(_no_null)] = None

    @model_validator(mode="before")
    @classmethod
    def _one_shape(cls, body: Any) -> Any:
        if isinstance(body, dict) and "preferences" in body:
            return {"preferences": body["preferences"]}
        return body

    def changes(self) -> dict[str, bool]:
        """Return the preferences in the body, by their names in the API."""
        return super().changes() if self.preferences is None else self.preferences.changes()


ChangedRoom = Annotated[
    RoomUpdate,
    Body(
        openapi_examples={
            "default": {"summary": "Wrapped", "value": {"preferences": _WITHOUT_RECORDING}},
            "bare": {"summary": "Bare", "value": _WITHOUT_RECORDING},
        }
    ),
]


def _join_link(role: Role) -> Any:
    return Field(
        alias=f"{role}URL",
        description=f"The link to join as {role}. Anyone who has it can join.",
        examples=[f"http://localhost:6080/meet/{_NAME}/?secret={role}-secret"],
        json_schema_extra={"format": "uri"},
    )


class RoomFacts(View):
    """A room without its links, as events show it."""

    room_name: str = Field(description="The prefix and 15 random characters.", examples=[_NAME])
    creation_date: int = Field(
        description="When the room was created, in milliseconds since the Unix epoch.",
        examples=[1_861_920_000_000],
    )
    expiration_date: int = Field(
        description="When the room closes and everyone is disconnected, in milliseconds since the "
        "Unix epoch.",
        examples=[_EXPIRES],
    )
    room_name_prefix: str = Field(
        description="The prefix after cleaning; may be empty.", examples=["OpenVidu"]
    )
    preferences: RoomPreferences = Field(description="All preferences of the room.")
    max_participants: int | None = Field(
        None,
        description="How many people may be in the room at once; absent if there is no limit.",
        examples=[10],
        json_schema_extra={"minimum": 1, "maximum": MAX_PARTICIPANTS},
    )
    status: Literal["open", "active_meeting"] = Field(
        description="Whether people are meeting in the room.", examples=["open"]
    )

    @classmethod
    def showing(cls, room: Room, **links: str) -> Self:
        """Return the view of a room, with these fields more."""
        chosen = room.preferences
        return cls(
            room_name=room.name,
            creation_date=room.created_at,
            expiration_date=room.expires_at,
            room_name_prefix=room.prefix,
            preferences=RoomPreferences.model_validate(
                {
                    "chatPreferences": {"enabled": chosen.chat},
                    "recordingPreferences": {"enabled": chosen.recording},
                    "virtualBackgroundPreferences": {"enabled": chosen.virtual_background},
                }
            ),
            max_participants=room.max_participants,
            status="open" if room.active_meeting_id is None else "active_meeting",
            **links,
        )


class RoomView(RoomFacts, title="OpenViduMeetRoom"):
    """A room; with `fields`, only the properties that were asked for."""

    moderator_url: str = _join_link(Role.MODERATOR)
    publisher_url: str = _join_link(Role.PUBLISHER)
    viewer_url: str = _join_link(Role.VIEWER)

    @classmethod
    def of(cls, room: Room, *, origin: str) -> Self:
        """Return the view of a room, with links on this origin."""

        def link(role: Role) -> str:
            return f"{origin}/meet/{room.name}/?secret={room.secrets[role]}"

        return cls.showing(room, **{f"{role}_url": link(role) for role in Role})


def with_origin(view: dict[str, Any], origin: str) -> dict[str, Any]:
    """Return a room's JSON, whose links are paths, with links that begin with the origin."""
    return view | {name: origin + view[name] for name in LINKS}
