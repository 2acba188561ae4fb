"""Response bodies about rooms."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Literal

from pydantic import Field

from meet.rooms.items import plan_values
from meet.rooms.model import Link, Lobby, Preferences, Role, Room
from meet.rooms.schemas import MAX_PARTICIPANTS, RoomPreferences
from meet.rooms.terms import LinksOptions, LobbyOptions
from meet.types import View, names_of, selected

_LINKS = {role: f"{role}URL" for role in Role}
"""Names of the links in the API."""
_NO_LOBBY = Lobby()

_NAME = "OpenVidu-k3v9x0q2m7t1c8z"
_EXPIRES = 1_893_456_000_000


def _join_link(role: Role) -> Any:
    return Field(
        alias=_LINKS[role],
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
        description="How many people may be in the room at once; absent if not limited.",
        examples=[10],
        json_schema_extra={"minimum": 1, "maximum": MAX_PARTICIPANTS},
    )
    status: Literal["open", "active_meeting", "closed"] = Field(
        description="Whether people are meeting in the room, or nobody new may join.",
        examples=["open"],
    )
    starts_at: int | None = Field(
        None,
        description="Before this moment, in milliseconds since the Unix epoch, only moderators "
        "join; absent if there is none.",
        examples=[1_893_400_000_000],
    )
    max_duration_minutes: int | None = Field(
        None, description="How long a meeting may last; absent if not limited.", examples=[90]
    )
    metadata: dict[str, str] | None = Field(
        None,
        description="The owner's notes about the room; absent if there are none.",
        examples=[{"course": "algebra-1"}],
    )
    links: LinksOptions | None = Field(
        None, description="Which links one can join with; absent while all are enabled."
    )
    lobby: LobbyOptions | None = Field(
        None, description="Who waits to be admitted; absent if it was never set."
    )


class RoomView(RoomFacts, title="OpenViduMeetRoom"):
    """A room; with `fields`, only the properties that were asked for."""

    moderator_url: str = _join_link(Role.MODERATOR)
    publisher_url: str = _join_link(Role.PUBLISHER)
    viewer_url: str = _join_link(Role.VIEWER)


_NAMES = names_of(RoomView)


def room_facts(room: Room) -> dict[str, Any]:
    """Return a room's JSON as events show it, a `RoomFacts`.

    Made without the model: a list of rooms took a third of its time for building models.
    """
    terms, meets = room.terms, room.active_meeting_id is not None
    are_enabled = all(link.is_enabled for link in room.links.values())
    facts = {
        "roomName": room.name,
        "creationDate": room.created_at,
        "expirationDate": room.expires_at,
        "roomNamePrefix": room.prefix,
        "preferences": _preferences_shown(room.preferences),
        "maxParticipants": room.max_participants,
        "status": "closed" if terms.is_closed else "active_meeting" if meets else "open",
        "startsAt": terms.starts_at,
        "maxDurationMinutes": terms.max_duration_minutes,
        "metadata": terms.metadata or None,
        "links": None if are_enabled else _links(room.links),
        "lobby": None if terms.lobby == _NO_LOBBY else _lobby(terms.lobby),
    }
    return {name: value for name, value in facts.items() if value is not None}


def room_view(room: Room, *, origin: str, fields: str | None = None) -> dict[str, Any]:
    """Return a room's JSON, a `RoomView` with links on this origin, limited to these fields."""
    view = room_facts(room)
    for role, name in _LINKS.items():
        view[name] = join_link(room, role, origin)
    return view if fields is None else selected(view, fields, _NAMES)


def settings_of(room: Room) -> dict[str, Any]:
    """Return everything that an update of a room can change, by names in the API."""
    terms = room.terms
    return {
        "expirationDate": room.expires_at,
        "maxParticipants": room.max_participants,
        "preferences": _preferences(room.preferences),
        "startsAt": terms.starts_at,
        "maxDurationMinutes": terms.max_duration_minutes,
        "metadata": terms.metadata,
        "status": "closed" if terms.is_closed else "open",
        "links": _links(room.links),
        "lobby": _lobby(terms.lobby),
    }


@lru_cache(maxsize=64)
def _preferences_shown(preferences: Preferences) -> dict[str, Any]:
    """Return the JSON of preferences, of which most rooms of a list have the same."""
    model = RoomPreferences.model_validate(_preferences(preferences))
    return model.model_dump(mode="json", by_alias=True, exclude_none=True)


def _preferences(preferences: Preferences) -> dict[str, Any]:
    return {
        "chatPreferences": {"enabled": preferences.chat},
        "recordingPreferences": {
            "enabled": preferences.recording,
            **plan_values(preferences.recording_plan),
        },
        "virtualBackgroundPreferences": {"enabled": preferences.virtual_background},
    }


def _links(links: Mapping[Role, Link]) -> dict[str, Any]:
    return {role.value: {"enabled": links[role].is_enabled} for role in Role}


def _lobby(lobby: Lobby) -> dict[str, Any]:
    return {
        "enabled": lobby.enabled,
        "roles": [role.value for role in lobby.roles],
        "openWithoutModerator": lobby.open_without_moderator,
    }


def changed_between(old: Room, new: Room) -> list[str]:
    """Return the dotted paths of what differs, links that were replaced among them."""
    links = [
        name for role, name in _LINKS.items() if old.links[role].version != new.links[role].version
    ]
    return sorted([*_changed(settings_of(old), settings_of(new)), *links])


def _changed(old: dict[str, Any], new: dict[str, Any], before: str = "") -> Iterator[str]:
    for name, value in new.items():
        path = before + name
        if isinstance(value, dict) and path != "metadata":
            yield from _changed(old[name], value, f"{path}.")
        elif old[name] != value:
            yield path


def join_link(room: Room, role: Role, origin: str) -> str:
    """Return the link to join as a role."""
    return f"{origin}/meet/{room.name}/?secret={room.secrets[role]}"


def with_origin(view: dict[str, Any], origin: str) -> dict[str, Any]:
    """Return a room's JSON, whose links are paths, with links that begin with the origin."""
    return view | {name: origin + view[name] for name in _LINKS.values()}
