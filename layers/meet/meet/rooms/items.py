"""A room as an item of the table."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, TypeAlias

from meet import dynamodb
from meet.actors import Actor
from meet.clock import DAY, SECOND, Milliseconds
from meet.livekit.recorder import Encoding, Layout
from meet.rooms.model import (
    DEFAULT_TERMS,
    NO_PLAN,
    AutoStart,
    AutoStarted,
    ClosedBy,
    Link,
    Lobby,
    Preferences,
    RecordingPlan,
    Removal,
    Role,
    RoleChange,
    Room,
    Terms,
)

Changes: TypeAlias = Mapping[str, Any]
"""New values of a room by their dotted paths in the API; None for a value that is taken away."""

TTL_ATTRIBUTE = "deleteAfter"
TTL_GRACE = DAY  # the sweep ends a room; TTL only removes its item later

_ROLES = {role.value: role for role in Role}
_LINKS = MappingProxyType({role: Link() for role in Role})
"""Of a room whose links were neither disabled nor replaced."""
_CHANGED_LINKS = {f"{role}Link{what}" for role in Role for what in ("Disabled", "Version", "Epoch")}
_TERMS = {
    "startsAt",
    "maxDurationMinutes",
    "metadata",
    "isClosed",
    "lobbyEnabled",
    "lobbyRoles",
    "lobbyOpenWithoutModerator",
}
"""Attributes of which each changes a room's terms; most rooms have none."""

LISTED = (
    *("roomName", "roomNamePrefix", "creationDate", "expirationDate", "closedAt", "listKey"),
    *("maxParticipants", "preferences", "secrets", "activeMeetingId"),
    *sorted(_TERMS),
    *(f"{role}LinkDisabled" for role in Role),
)
"""Attributes that say which rooms a list has, and what it shows of them."""

LIST_KEY = r"\d{15}#[A-Za-z0-9-]{15,66}"


def key_of(name: str) -> dict[str, Any]:
    """Return the key of a room's item."""
    return dynamodb.to_item({"roomName": name})


def list_key_of(room: Room) -> str:
    """Return the key by which lists are sorted."""
    return dynamodb.list_key(room.created_at, room.name)


def ttl_after(moment: int) -> int:
    """Return when an item is removed, in seconds, for a room that is over at this moment."""
    return (moment + TTL_GRACE) // SECOND


def to_values(room: Room) -> dict[str, Any]:
    """Return the attributes of a new room."""
    return {
        "roomName": room.name,
        "roomNamePrefix": room.prefix,
        "creationDate": room.created_at,
        "expirationDate": room.expires_at,
        "maxParticipants": room.max_participants,
        "preferences": {
            "chatPreferences": {"enabled": room.preferences.chat},
            "recordingPreferences": {
                "enabled": room.preferences.recording,
                **_known(plan_values(room.preferences.recording_plan)),
            },
            "virtualBackgroundPreferences": {"enabled": room.preferences.virtual_background},
        },
        "secrets": {role.value: secret for role, secret in room.secrets.items()},
        "roleChanges": {},
        "indexShard": dynamodb.shard_of(room.name),
        "listKey": list_key_of(room),
        "sweepAt": room.expires_at,
        TTL_ATTRIBUTE: ttl_after(room.expires_at),
        **_terms_values(room.terms),
        **{f"{role}LinkDisabled": True for role in Role if not room.links[role].is_enabled},
    }


def _terms_values(terms: Terms) -> dict[str, Any]:
    lobby, default = terms.lobby, Lobby()
    values = {
        "startsAt": terms.starts_at,
        "maxDurationMinutes": terms.max_duration_minutes,
        "metadata": dict(terms.metadata) or None,
        "isClosed": terms.is_closed or None,
        "lobbyEnabled": lobby.enabled or None,
        "lobbyRoles": None if lobby.roles == default.roles else list(lobby.roles),
        "lobbyOpenWithoutModerator": lobby.open_without_moderator or None,
    }
    return _known(values)


def change_of(changes: Changes) -> dynamodb.Change:
    """Return the update of an item that makes these changes."""
    change = dynamodb.Change()
    for path, value in changes.items():
        match path.split("."):
            case ["preferences", *_]:
                change.set_or_remove(path, value)
            case ["expirationDate"]:
                change.set(path, value)
                change.set("sweepAt", value)
                change.set(TTL_ATTRIBUTE, ttl_after(value))
            case ["status"]:
                change.set_or_remove("isClosed", value == "closed" or None)
            case ["metadata"]:
                change.set_or_remove(path, value or None)
            case ["links", role, _]:
                change.set_or_remove(f"{role}LinkDisabled", not value or None)
            case ["lobby", name]:
                change.set(f"lobby{name[0].upper()}{name[1:]}", value)
            case _:
                change.set_or_remove(path, value)
    return change


def from_values(values: dict[str, Any]) -> Room:
    """Return the room in an item."""
    limit = values.get("maxParticipants")
    return Room(
        name=values["roomName"],
        prefix=values["roomNamePrefix"],
        created_at=Milliseconds(int(values["creationDate"])),
        expires_at=Milliseconds(int(values["expirationDate"])),
        max_participants=None if limit is None else int(limit),
        preferences=preferences_from(values),
        secrets={_ROLES[role]: secret for role, secret in values["secrets"].items()},
        closed_at=dynamodb.moment(values, "closedAt"),
        active_recording_id=values.get("activeRecordingId"),
        removals=_removals(values.get("removals", set())),
        closed_by=ClosedBy(values["closedBy"]) if "closedBy" in values else None,
        active_meeting_id=values.get("activeMeetingId"),
        active_meeting_since=dynamodb.moment(values, "activeMeetingSince"),
        role_changes={
            identity: _role_change(change)
            for identity, change in values.get("roleChanges", {}).items()
        },
        tokens_valid_after=dynamodb.moment(values, "tokensValidAfter"),
        has_guest_list=values.get("guestList", False),
        terms=_terms(values),
        links=_links(values),
        auto_started=_auto_started(values),
        recording_stopped_at=dynamodb.moment(values, "recordingStoppedAt"),
    )


def _auto_started(values: dict[str, Any]) -> AutoStarted | None:
    if "autoStartedRecordingId" not in values:
        return None
    return AutoStarted(
        values["autoStartedIn"],
        values["autoStartedRecordingId"],
        int(values["autoStartAttempts"]),
    )


def _terms(values: dict[str, Any]) -> Terms:
    if _TERMS.isdisjoint(values):
        return DEFAULT_TERMS
    minutes = values.get("maxDurationMinutes")
    default = Lobby()
    return Terms(
        starts_at=dynamodb.moment(values, "startsAt"),
        max_duration_minutes=None if minutes is None else int(minutes),
        metadata=values.get("metadata", {}),
        is_closed=values.get("isClosed", False),
        lobby=Lobby(
            enabled=values.get("lobbyEnabled", default.enabled),
            roles=tuple(map(Role, values.get("lobbyRoles", default.roles))),
            open_without_moderator=values.get(
                "lobbyOpenWithoutModerator", default.open_without_moderator
            ),
        ),
    )


def _links(values: dict[str, Any]) -> Mapping[Role, Link]:
    if _CHANGED_LINKS.isdisjoint(values):
        return _LINKS
    return {role: _link(values, name) for name, role in _ROLES.items()}


def _link(values: dict[str, Any], role: str) -> Link:
    disabled, version = values.get(f"{role}LinkDisabled"), values.get(f"{role}LinkVersion")
    epoch = values.get(f"{role}LinkEpoch")
    return Link(is_enabled=not disabled, version=int(version or 0), epoch=int(epoch or 0))


def preferences_from(values: dict[str, Any]) -> Preferences:
    """Return the preferences in an item."""
    chosen = values["preferences"]
    return Preferences(
        chat=chosen["chatPreferences"]["enabled"],
        recording=chosen["recordingPreferences"]["enabled"],
        virtual_background=chosen["virtualBackgroundPreferences"]["enabled"],
        recording_plan=_plan(chosen["recordingPreferences"]),
    )


def plan_values(plan: RecordingPlan) -> dict[str, Any]:
    """Return a plan by names in the API; None for what is not set."""
    return {
        "layout": plan.layout,
        "encoding": plan.encoding,
        "audioOnly": plan.audio_only,
        "retentionDays": plan.retention_days,
        "autoStart": plan.auto_start,
    }


def _known(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _plan(values: dict[str, Any]) -> RecordingPlan:
    if values.keys() == {"enabled"}:
        return NO_PLAN
    layout, encoding = values.get("layout"), values.get("encoding")
    days, auto_start = values.get("retentionDays"), values.get("autoStart")
    return RecordingPlan(
        layout=None if layout is None else Layout(layout),
        encoding=None if encoding is None else Encoding(encoding),
        audio_only=values.get("audioOnly"),
        retention_days=None if days is None else int(days),
        auto_start=None if auto_start is None else AutoStart(auto_start),
    )


def role_change_values(change: RoleChange) -> dict[str, Any]:
    """Return a change of role as the room's item has it."""
    return {"role": change.role.value, "at": change.at, "by": change.by.to_json()}


def _role_change(values: dict[str, Any]) -> RoleChange:
    by = values["by"]
    return RoleChange(
        Role(values["role"]), Milliseconds(int(values["at"])), Actor(by["type"], by.get("name"))
    )


def _removals(stored: set[str]) -> tuple[Removal, ...]:
    if not stored:
        return ()
    split = (each.partition(" ") for each in stored)
    removals = (Removal(Milliseconds(int(at)), identity) for at, _, identity in split)
    return tuple(sorted(removals, key=lambda removal: removal.at))
