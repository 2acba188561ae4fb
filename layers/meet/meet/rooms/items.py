"""A room as an item of the table."""

from typing import Any

from meet import dynamodb
from meet.actors import Actor
from meet.clock import DAY, SECOND, Milliseconds
from meet.rooms.model import ClosedBy, Preferences, Removal, Role, RoleChange, Room

TTL_ATTRIBUTE = "deleteAfter"
TTL_GRACE = DAY  # the sweep ends a room; TTL only removes its item later

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
            "recordingPreferences": {"enabled": room.preferences.recording},
            "virtualBackgroundPreferences": {"enabled": room.preferences.virtual_background},
        },
        "secrets": {role.value: secret for role, secret in room.secrets.items()},
        "roleChanges": {},
        "indexShard": dynamodb.shard_of(room.name),
        "listKey": list_key_of(room),
        "sweepAt": room.expires_at,
        TTL_ATTRIBUTE: ttl_after(room.expires_at),
    }


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
        secrets={Role(role): secret for role, secret in values["secrets"].items()},
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
    )


def preferences_from(values: dict[str, Any]) -> Preferences:
    """Return the preferences in an item."""
    chosen = values["preferences"]
    return Preferences(
        chat=chosen["chatPreferences"]["enabled"],
        recording=chosen["recordingPreferences"]["enabled"],
        virtual_background=chosen["virtualBackgroundPreferences"]["enabled"],
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
    split = (each.partition(" ") for each in stored)
    removals = (Removal(Milliseconds(int(at)), identity) for at, _, identity in split)
    return tuple(sorted(removals, key=lambda removal: removal.at))
