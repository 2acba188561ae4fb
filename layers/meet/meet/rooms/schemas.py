"""Rooms on the wire: request bodies in, views out."""

from typing import Annotated, Any, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from meet import clock
from meet.rooms.model import Preferences, Role, Room, clean_prefix
from meet.types import Boolean, Integer, Text, Timestamp, WireModel, broken_rule, expected

MAX_PREFIX = 50
MAX_LIFETIME_YEARS = 10
_YEAR = 365.25 * clock.DAY


def _in_the_future(moment: int) -> int:
    now = clock.now()
    if moment <= now:
        raise broken_rule("Must be in the future")
    if moment > now + MAX_LIFETIME_YEARS * _YEAR:
        raise broken_rule(f"Must be at most {MAX_LIFETIME_YEARS} years ahead")
    return moment


def _no_null(value: object) -> object:
    if value is None:
        raise expected("object", value)
    return value


class ChatPreferences(WireModel):
    """The chat of a room."""

    enabled: Boolean = Field(True, description="Whether people can send and receive messages.")


class RecordingPreferences(WireModel):
    """The recording of a room."""

    enabled: Boolean = Field(True, description="Whether the room can be recorded.")


class VirtualBackgroundPreferences(WireModel):
    """The virtual background of a room."""

    enabled: Boolean = Field(True, description="Whether people can replace their background.")


class RoomPreferences(WireModel):
    """What a room allows; what is missing is enabled."""

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
        """Return what was named, by the property's name on the wire."""
        named: dict[str, Any] = self.model_dump(by_alias=True, exclude_unset=True)
        return {name: value["enabled"] for name, value in named.items() if value}


class RoomOptions(WireModel):
    """Body of POST /rooms."""

    expiration_date: Annotated[Timestamp, AfterValidator(_in_the_future)] = Field(
        description="When the room closes, in milliseconds since the Unix epoch."
    )
    room_name_prefix: Annotated[Text, Field(max_length=MAX_PREFIX)] = Field(
        "", description="What the generated name begins with; other characters are dropped."
    )
    max_participants: Annotated[Integer, Field(ge=1, le=10_000)] | None = Field(
        None, description="How many people may be in the room at once; no limit if absent."
    )
    preferences: RoomPreferences = RoomPreferences()

    @property
    def prefix(self) -> str:
        """The prefix as it stands in the room's name."""
        return clean_prefix(self.room_name_prefix)


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
        """Return what was named, by the property's name on the wire."""
        return super().changes() if self.preferences is None else self.preferences.changes()


class RoomView(WireModel):
    """A room as the API shows it."""

    room_name: str
    creation_date: int
    expiration_date: int
    room_name_prefix: str
    preferences: RoomPreferences
    max_participants: int | None = None
    moderator_url: str = Field(alias="moderatorURL")
    publisher_url: str = Field(alias="publisherURL")
    viewer_url: str = Field(alias="viewerURL")

    @classmethod
    def of(cls, room: Room, *, origin: str) -> Self:
        """Return the view of a room, with links that begin with the origin."""
        chosen = room.preferences

        def link(role: Role) -> str:
            return f"{origin}/meet/{room.name}/?secret={room.secrets[role]}"

        return cls(
            room_name=room.name,
            creation_date=room.created_at,
            expiration_date=room.expires_at,
            room_name_prefix=room.prefix,
            preferences=RoomPreferences(
                chat_preferences=ChatPreferences(enabled=chosen.chat),
                recording_preferences=RecordingPreferences(enabled=chosen.recording),
                virtual_background_preferences=VirtualBackgroundPreferences(
                    enabled=chosen.virtual_background
                ),
            ),
            max_participants=room.max_participants,
            moderator_url=link(Role.MODERATOR),
            publisher_url=link(Role.PUBLISHER),
            viewer_url=link(Role.VIEWER),
        )

    def to_json(self) -> dict[str, Any]:
        """Return the JSON object; what is absent is left out."""
        return self.model_dump(by_alias=True, exclude_none=True)
