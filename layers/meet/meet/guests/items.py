"""Invitations and bans as items of the table Meetings, under the name of their room.

An invitation's item is found by its name, of which a room has one at a time, and a ban by what it
refuses: so a request for a token reads by keys.
"""

from typing import Any

from meet import dynamodb
from meet.actors import Actor
from meet.clock import DAY, SECOND, Milliseconds
from meet.guests.model import Ban, Draft, Invitation, digest_of, name_digest_in, without_number
from meet.rooms.model import Role

TTL_ATTRIBUTE = "deleteAfter"
INVITATION, BAN = "invitation#", "ban#"
_GRACE = DAY
_AT_MOST = 11 * 365 * DAY
"""Longer than a room without a new end. The sweep deletes the items when the room ends."""


def partition_of(room_name: str) -> str:
    """Return the partition key of what belongs to a room and not to a meeting."""
    return f"room#{room_name}"


def key_of(room_name: str, item: str) -> dict[str, Any]:
    """Return the key of an item of a room."""
    return dynamodb.to_item({"meetingId": partition_of(room_name), "item": item})


def invitation_item(invitation_id: str) -> str:
    """Return the sort key of an invitation."""
    return INVITATION + name_digest_in(invitation_id)


def invitation_values(room_name: str, invitation: Invitation, by: Actor) -> dict[str, Any]:
    """Return the attributes of a new invitation."""
    draft = invitation.draft
    ends_at = draft.expires_at
    gone_at = invitation.created_at + _AT_MOST if ends_at is None else ends_at + _GRACE
    return {
        "meetingId": partition_of(room_name),
        "item": invitation_item(invitation.id),
        "id": invitation.id,
        "tokenDigest": invitation.token_digest,
        "name": draft.name,
        "role": draft.role,
        "expiresAt": ends_at,
        "maxJoins": draft.max_joins,
        "externalId": draft.external_id,
        "metadata": draft.metadata,
        "skipsLobby": draft.skips_lobby,
        "createdAt": invitation.created_at,
        "joins": 0,
        "by": by.to_json(),
        TTL_ATTRIBUTE: gone_at // SECOND,
    }


def invitation_from(values: dict[str, Any]) -> Invitation:
    """Return the invitation in an item."""
    limit = values.get("maxJoins")
    return Invitation(
        id=values["id"],
        token_digest=values["tokenDigest"],
        created_at=Milliseconds(int(values["createdAt"])),
        joins=int(values["joins"]),
        last_join_at=dynamodb.moment(values, "lastJoinAt"),
        revoked_at=dynamodb.moment(values, "revokedAt"),
        draft=Draft(
            name=values["name"],
            role=Role(values["role"]),
            expires_at=dynamodb.moment(values, "expiresAt"),
            max_joins=None if limit is None else int(limit),
            external_id=values.get("externalId"),
            metadata=values.get("metadata"),
            skips_lobby=values["skipsLobby"],
        ),
    )


def name_ban_item(name: str) -> str:
    """Return the sort key of the ban of a name."""
    return f"{BAN}name#{digest_of(without_number(name))}"


def external_ban_item(external_id: str) -> str:
    """Return the sort key of the ban of an externalId."""
    return f"{BAN}externalId#{external_id}"


def ban_values(room_name: str, ban: Ban, by: Actor) -> list[dict[str, Any]]:
    """Return the attributes of the items of a ban: one for each thing that it refuses."""
    refused = [name_ban_item(ban.name)] if ban.bans_name else []
    refused += [] if ban.external_id is None else [external_ban_item(ban.external_id)]
    return [
        {
            "meetingId": partition_of(room_name),
            "item": item,
            "id": ban.id,
            "name": ban.name,
            "identity": ban.identity,
            "externalId": ban.external_id,
            "bansName": ban.bans_name,
            "at": ban.at,
            "by": by.to_json(),
            TTL_ATTRIBUTE: (ban.at + _AT_MOST) // SECOND,
        }
        for item in refused or [f"{BAN}invitation#{ban.id}"]
    ]


def ban_from(values: dict[str, Any]) -> Ban:
    """Return the ban in one of its items."""
    return Ban(
        id=values["id"],
        at=Milliseconds(int(values["at"])),
        name=values["name"],
        identity=values["identity"],
        external_id=values.get("externalId"),
        bans_name=values["bansName"],
    )
