"""The access table: every operation, and the credentials that open it."""

import hashlib
from collections.abc import Mapping
from enum import StrEnum
from hmac import compare_digest


class Credential(StrEnum):
    """A kind of credential that a request can carry."""

    API_KEY = "apiKeyInHeader"
    CONSOLE_COOKIE = "jwtInCookie"
    """The session of the console's user."""
    PARTICIPANT_TOKEN = "participantToken"  # noqa: S105 - a name
    """A participant's API token, which opens their room's operations while they moderate it."""
    OWN_PARTICIPANT_TOKEN = "ownParticipantToken"  # noqa: S105 - a name
    """The same token, whatever its holder's role: for what they may do to themselves."""
    PLAYBACK_LINK = "playbackLink"


API = "/api/v1"

ADMIN = frozenset({Credential.API_KEY, Credential.CONSOLE_COOKIE})
ADMIN_OR_MODERATOR = ADMIN | {Credential.PARTICIPANT_TOKEN}
ADMIN_OR_PARTICIPANT = ADMIN_OR_MODERATOR | {Credential.OWN_PARTICIPANT_TOKEN}
ADMIN_OR_LINK = ADMIN | {Credential.PLAYBACK_LINK}
ANYBODY = frozenset[Credential]()

_MEETING = f"{API}/meetings/{{roomName}}"
_PEOPLE = f"{_MEETING}/participants"

OPERATIONS: Mapping[tuple[str, str], tuple[str, frozenset[Credential]]] = {
    ("POST", f"{API}/rooms"): ("create_room", ADMIN),
    ("GET", f"{API}/rooms"): ("get_rooms", ADMIN),
    ("GET", f"{API}/rooms/{{roomName}}"): ("get_room", ADMIN),
    ("PUT", f"{API}/rooms/{{roomName}}"): ("update_room", ADMIN),
    ("DELETE", f"{API}/rooms/{{roomName}}"): ("delete_room", ADMIN),
    ("POST", f"{API}/rooms/{{roomName}}/links/{{role}}/rotate"): ("rotate_link", ADMIN),
    ("POST", f"{API}/rooms/{{roomName}}/invitations"): ("create_invitations", ADMIN),
    ("GET", f"{API}/rooms/{{roomName}}/invitations"): ("get_invitations", ADMIN),
    ("GET", f"{API}/rooms/{{roomName}}/invitations/{{invitationId}}"): ("get_invitation", ADMIN),
    ("DELETE", f"{API}/rooms/{{roomName}}/invitations/{{invitationId}}"): (
        "delete_invitation",
        ADMIN,
    ),
    ("GET", f"{API}/rooms/{{roomName}}/bans"): ("get_bans", ADMIN_OR_MODERATOR),
    ("DELETE", f"{API}/rooms/{{roomName}}/bans/{{banId}}"): ("delete_ban", ADMIN_OR_MODERATOR),
    ("POST", f"{API}/participants/token"): ("generate_participant_token", ANYBODY),
    ("POST", f"{API}/participants/tokens"): ("generate_participant_tokens", ADMIN),
    ("DELETE", f"{API}/participants/{{participantName}}"): (
        "disconnect_participant",
        ADMIN_OR_MODERATOR,
    ),
    # A participant may be called "token" or "tokens", and a gateway prefers the literal path.
    ("DELETE", f"{API}/participants/token"): ("disconnect_participant", ADMIN_OR_MODERATOR),
    ("GET", _MEETING): ("get_meeting", ADMIN_OR_MODERATOR),
    ("DELETE", _MEETING): ("end_meeting", ADMIN_OR_MODERATOR),
    ("GET", _PEOPLE): ("get_meeting_participants", ADMIN_OR_MODERATOR),
    ("PUT", f"{_PEOPLE}/media"): ("mute_participants", ADMIN_OR_MODERATOR),
    ("GET", f"{_PEOPLE}/{{identity}}"): ("get_meeting_participant", ADMIN_OR_MODERATOR),
    ("DELETE", f"{_PEOPLE}/{{identity}}"): ("remove_participant", ADMIN_OR_MODERATOR),
    ("PUT", f"{_PEOPLE}/{{identity}}/role"): ("update_participant_role", ADMIN_OR_MODERATOR),
    ("PUT", f"{_PEOPLE}/{{identity}}/media"): ("mute_participant", ADMIN_OR_MODERATOR),
    ("PUT", f"{_PEOPLE}/{{identity}}/hand"): ("raise_hand", ADMIN_OR_PARTICIPANT),
    ("PUT", f"{_MEETING}/lock"): ("lock_meeting", ADMIN_OR_MODERATOR),
    ("POST", f"{_MEETING}/messages"): ("send_message", ADMIN_OR_MODERATOR),
    ("DELETE", f"{API}/participants/tokens"): ("disconnect_participant", ADMIN_OR_MODERATOR),
    ("GET", f"{API}/meetings/{{roomName}}/waiting"): ("get_waiting", ADMIN_OR_MODERATOR),
    ("PUT", f"{API}/meetings/{{roomName}}/waiting"): ("decide_all_waiting", ADMIN_OR_MODERATOR),
    ("PUT", f"{API}/meetings/{{roomName}}/waiting/{{waitingId}}"): (
        "decide_waiting",
        ADMIN_OR_MODERATOR,
    ),
    ("POST", f"{API}/recordings"): ("create_recording", ADMIN_OR_MODERATOR),
    ("GET", f"{API}/recordings"): ("get_recordings", ADMIN_OR_MODERATOR),
    ("DELETE", f"{API}/recordings"): ("delete_multiple_recordings", ADMIN),
    ("GET", f"{API}/recordings/{{recordingId}}"): ("get_recording", ADMIN),
    ("PUT", f"{API}/recordings/{{recordingId}}"): ("stop_recording", ADMIN_OR_MODERATOR),
    ("DELETE", f"{API}/recordings/{{recordingId}}"): ("delete_recording", ADMIN),
    ("GET", f"{API}/recordings/{{recordingId}}/stream"): ("get_recording_stream", ADMIN_OR_LINK),
    ("HEAD", f"{API}/recordings/{{recordingId}}/stream"): ("get_recording_stream", ADMIN_OR_LINK),
    ("GET", f"{API}/recordings/{{recordingId}}/download"): (
        "get_recording_download",
        ADMIN_OR_LINK,
    ),
    ("HEAD", f"{API}/recordings/{{recordingId}}/download"): (
        "get_recording_download",
        ADMIN_OR_LINK,
    ),
    ("POST", f"{API}/recordings/{{recordingId}}/restore"): ("restore_recording", ADMIN),
    ("PUT", f"{API}/recordings/{{recordingId}}/hold"): ("hold_recording", ADMIN),
    ("DELETE", f"{API}/recordings/{{recordingId}}/hold"): ("release_recording", ADMIN),
    ("GET", f"{API}/recordings/{{recordingId}}/timeline"): ("get_recording_timeline", ADMIN),
    ("GET", f"{API}/recordings/{{recordingId}}/url"): ("get_recording_url", ADMIN),
    ("POST", f"{API}/recordings/{{recordingId}}/links"): ("create_recording_link", ADMIN),
    ("GET", f"{API}/recordings/{{recordingId}}/links"): ("get_recording_links", ADMIN),
    ("DELETE", f"{API}/recordings/{{recordingId}}/links/{{linkId}}"): (
        "delete_recording_link",
        ADMIN,
    ),
    # The link itself is the credential of these two.
    ("POST", f"{API}/recordings/{{recordingId}}/links/{{linkId}}/open"): (
        "open_recording_link",
        ANYBODY,
    ),
    ("GET", f"{API}/recordings/{{recordingId}}/links/{{linkId}}/stream"): (
        "get_recording_link_stream",
        ANYBODY,
    ),
    ("GET", f"{API}/events"): ("get_events", ADMIN),
    ("POST", f"{API}/webhooks"): ("create_webhook", ADMIN),
    ("GET", f"{API}/webhooks"): ("get_webhooks", ADMIN),
    ("GET", f"{API}/webhooks/{{webhookId}}"): ("get_webhook", ADMIN),
    ("PUT", f"{API}/webhooks/{{webhookId}}"): ("update_webhook", ADMIN),
    ("DELETE", f"{API}/webhooks/{{webhookId}}"): ("delete_webhook", ADMIN),
    ("POST", f"{API}/webhooks/{{webhookId}}/test"): ("test_webhook", ADMIN),
    ("POST", f"{API}/webhooks/{{webhookId}}/secret"): ("rotate_webhook_secret", ADMIN),
    ("GET", f"{API}/webhooks/{{webhookId}}/deliveries"): ("get_webhook_deliveries", ADMIN),
    ("POST", f"{API}/webhooks/{{webhookId}}/replay"): ("replay_webhook", ADMIN),
}
"""(method, resource) -> (function, credentials that open it). ANYBODY: without an authorizer.

A function that a PARTICIPANT_TOKEN opens compares its room with meet.http.room_of_caller,
because the authorizer cannot see a room that is named in the body or found by an id. One that an
OWN_PARTICIPANT_TOKEN opens compares the participant with meet.http.identity_of_caller, too.
"""


def name_of_key(given: str, keys: Mapping[str, str]) -> str | None:
    """Return the name of an API key in constant time, None if it is not one of ours.

    An empty key is never valid, even where one is stored.
    """
    matches = [name for name, key in keys.items() if is_same(given, key)]  # all of them, always
    return matches[0] if matches and given else None


def is_same(given: str, secret: str) -> bool:
    """True if `given` is the secret. All comparisons of secrets go through here.

    Comparing digests takes constant time, so timing reveals nothing, not even the length.
    """
    return compare_digest(_digest(given), _digest(secret))


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
