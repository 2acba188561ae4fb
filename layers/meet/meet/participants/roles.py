"""What a role means in LiveKit, and participants whose role there is not the one they have."""

import json
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from meet.errors import ParticipantNotFound
from meet.livekit.participants import Participant, Permission
from meet.livekit.rooms import MediaServer
from meet.rooms.model import Role, Room, role_in

logger = logging.getLogger(__name__)


def permission(room: Room, role: Role) -> Permission:
    """Return the permission of a participant with this role."""
    speaks = role is not Role.VIEWER
    return Permission(can_publish=speaks, can_publish_data=speaks and room.preferences.chat)


def metadata(room: Room, role: Role) -> str:
    """Return a participant's metadata: role and permissions, as JSON."""
    speaks = role is not Role.VIEWER
    permissions = {
        "canPublishScreen": speaks,
        "canRecord": role is Role.MODERATOR and room.preferences.recording,
        "canChat": speaks and room.preferences.chat,
        "canChangeVirtualBackground": speaks and room.preferences.virtual_background,
    }
    return json.dumps({"role": role.value, "permissions": permissions})


def role_shown(participant: Participant) -> Role | None:
    """Return the role that LiveKit has of a participant; None if their token is not ours."""
    is_ours = participant.issued_at is not None or "role" in participant.attributes
    return role_in(participant.metadata) if is_ours else None


def role_of(room: Room, participant: Participant) -> Role | None:
    """Return the role of a connected participant; None for one whose token is not ours."""
    return room.role_of(participant.identity, role_shown(participant))


@dataclass(frozen=True)
class LiveRoles:
    """Gives participants in LiveKit the roles that are stored for them."""

    media_server: Callable[[], MediaServer]

    def show(self, room: Room, identity: str, role: Role) -> None:
        """Give a connected participant a role.

        Raises ParticipantNotFound or MediaServerUnavailable.
        """
        self.media_server().update_participant(
            room.name,
            identity,
            metadata=metadata(room, role),
            attributes={"role": role.value},
            permission=permission(room, role),
        )

    def restore(self, room: Room, participant: Participant) -> bool:
        """Give back a role that an old token does not have; True if it was necessary."""
        role = role_of(room, participant)
        if role is None or role is role_shown(participant) or not participant.is_person:
            return False
        with suppress(ParticipantNotFound):  # gone already
            self.show(room, participant.identity, role)
            logger.warning("role given back", extra={"room": room.name, "role": role.value})
        return True
