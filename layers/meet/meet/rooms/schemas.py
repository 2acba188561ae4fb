"""Request and response bodies about rooms."""

import unicodedata
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Annotated, Any

from pydantic import AfterValidator, Field, WithJsonSchema, model_validator

from meet import clock
from meet.paging import from_token
from meet.parameters import next_page
from meet.powertools import Body
from meet.rooms.items import LIST_KEY, Changes
from meet.rooms.model import AutoStart, Preferences, RecordingPlan, clean_prefix
from meet.rooms.recording_options import AnAutoStart, CompositionOptions
from meet.rooms.terms import RoomTerms, not_null
from meet.types import (
    Boolean,
    Integer,
    Text,
    Timestamp,
    WireModel,
    broken_rule,
)

MAX_PREFIX = 50
MAX_LIFETIME_YEARS = 10
MAX_PARTICIPANTS = 10_000
MAX_RETENTION_DAYS = 3650

_EXPIRES = 1_893_456_000_000


def within(years: int) -> AfterValidator:
    """Return the rule that a moment is later than now, by at most so many years."""

    def check(moment: int) -> int:
        now = clock.now()
        if moment <= now:
            raise broken_rule("Must be in the future")
        if moment > _years_after(now, years):
            raise broken_rule(f"Must be at most {years} year{'s' if years > 1 else ''} ahead")
        return moment

    return AfterValidator(check)


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


class ChatPreferences(WireModel):
    """The chat of a room."""

    enabled: Boolean = Field(
        True, description="Whether people can send and receive messages.", examples=[True]
    )


class RecordingPreferences(CompositionOptions):
    """The recording of a room."""

    enabled: Boolean = Field(True, description="Whether the room can be recorded.", examples=[True])
    retention_days: Annotated[Integer, Field(ge=1, le=MAX_RETENTION_DAYS)] | None = Field(
        None,
        description="Days after its end after which a recording is deleted, for recordings that "
        "begin from now on. Absent or null: what the deployment says.",
        examples=[30],
    )
    auto_start: AnAutoStart | None = Field(
        None,
        description="When the recording of a meeting starts automatically: once the first or the "
        "second participant or a moderator is there, and in any case not before a participant "
        "publishes. It starts once in a meeting, once more if it fails, and not after a recording "
        "was stopped by a caller. Absent or null: not automatically.",
        examples=[AutoStart.SECOND_PARTICIPANT],
    )

    def to_plan(self) -> RecordingPlan:
        """Return the preferences that are set."""
        return replace(
            super().to_plan(), retention_days=self.retention_days, auto_start=self.auto_start
        )


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
            recording_plan=self.recording_preferences.to_plan(),
        )

    def named(self) -> dict[str, Any]:
        """Return the preferences in the body, by their dotted names in the API."""
        named: dict[str, Any] = self.model_dump(by_alias=True, exclude_unset=True)
        return {
            f"{group}.{name}": value
            for group, values in named.items()
            if group in BARE
            for name, value in values.items()
        }


Expiration = Annotated[Timestamp, within(MAX_LIFETIME_YEARS)]
Limit = Annotated[Integer, Field(ge=1, le=MAX_PARTICIPANTS)]


def _expiration_date(default: Any = ...) -> Any:
    return Field(
        default,
        description="When the room closes, in milliseconds since the Unix epoch: a whole number, "
        f"later than now, at most {MAX_LIFETIME_YEARS} years ahead.",
        examples=[_EXPIRES],
    )


def _max_participants() -> Any:
    return Field(
        None,
        description="How many people may be in the room at once. Absent or null: no limit.",
        examples=[10],
    )


class RoomOptions(RoomTerms, title="OpenViduMeetRoomOptions"):
    """Options for a new room."""

    expiration_date: Expiration = _expiration_date()
    room_name_prefix: Annotated[
        Text, AfterValidator(_prefix), WithJsonSchema({"type": "string", "maxLength": MAX_PREFIX})
    ] = Field(
        "",
        description="What the room's name begins with. Letters lose their accents; white space "
        "becomes a hyphen; everything but ASCII letters, digits and hyphens is dropped.",
        examples=["OpenVidu"],
    )
    max_participants: Limit | None = _max_participants()
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


class RoomChanges(RoomTerms):
    """What to change of a room; what is absent stays as it is."""

    expiration_date: Annotated[Expiration | None, not_null("number")] = _expiration_date(None)
    max_participants: Limit | None = _max_participants()
    preferences: Annotated[RoomPreferences | None, not_null("object")] = Field(
        None, description="What the room allows."
    )


class RoomUpdate(RoomChanges, RoomPreferences):
    """Body of PUT /rooms/{roomName}: changes, or the preferences alone and bare."""

    @model_validator(mode="before")
    @classmethod
    def _one_shape(cls, body: Any) -> Any:
        if not isinstance(body, dict):
            return body
        is_bare = "preferences" not in body and not BARE.isdisjoint(body)
        return {name: value for name, value in body.items() if (name in BARE) is is_bare}

    def changes(self) -> Changes:
        """Return the properties in the body by their dotted paths."""
        wanted = super().named() if self.preferences is None else self.preferences.named()
        named = self.model_dump(by_alias=True, exclude_unset=True)
        return {
            **{f"preferences.{name}": value for name, value in _consistent(wanted).items()},
            **{
                name: named[name] for name in ("expirationDate", "maxParticipants") if name in named
            },
            **self.term_changes(),
        }


def _consistent(preferences: dict[str, Any]) -> dict[str, Any]:
    """Take back the encoding of a room that shall be recorded without a picture, or the latter."""
    sound, picture = (f"recordingPreferences.{name}" for name in ("audioOnly", "encoding"))
    if preferences.get(sound):
        return preferences | {picture: None}
    if preferences.get(picture) is not None:
        return {sound: None} | preferences
    return preferences


BARE = {str(field.alias) for field in RoomPreferences.model_fields.values()}


ChangedRoom = Annotated[
    RoomUpdate,
    Body(
        openapi_examples={
            "default": {"summary": "Wrapped", "value": {"preferences": _WITHOUT_RECORDING}},
            "bare": {"summary": "Bare", "value": _WITHOUT_RECORDING},
            "longer": {"summary": "A later end", "value": {"expirationDate": _EXPIRES}},
            "closed": {
                "summary": "Nobody new may join, and one link is disabled",
                "value": {"status": "closed", "links": {"viewer": {"enabled": False}}},
            },
        }
    ),
]
