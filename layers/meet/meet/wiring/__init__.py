"""Settings become clients, and clients become services.

Clients, connections and what remembers failures are built once per Lambda environment, on first
use, and kept until `reset`. Services only hold those, so each call builds one; secrets and signing
keys are asked for on each call, and are at most MAX_AGE seconds old. Functions import what they
need and no more: importing this package reads no environment, builds no client and imports no
LiveKit.

The modules reach secrets and LiveKit through the module that builds them (`clients.secret`,
`clients.signing_key`, `livekit.media_server`), so that a test replaces each in one place.
"""

from meet.wiring.console import console_sessions, console_tokens
from meet.wiring.endpoints import (
    delivery_repository,
    event_dispatch,
    queue_polling,
    webhook_creation,
    webhook_definition,
    webhook_delivery,
    webhook_replay,
    webhook_repository,
    webhook_sweep,
    webhook_test,
)
from meet.wiring.events import (
    event_log,
    event_sources,
    meeting_duration,
    meeting_reports,
    meeting_repository,
    meeting_sweep,
)
from meet.wiring.guests import guest_list, guest_repository
from meet.wiring.kept import reset
from meet.wiring.live import hands, live_meetings, role_changes
from meet.wiring.livekit import access_tokens, livekit_webhooks
from meet.wiring.lobby import lobby_door, lobby_reception, waiting_repository
from meet.wiring.operations import authorizer, once, token_key
from meet.wiring.participants import (
    api_tokens,
    arrivals,
    exclusion,
    live_roles,
    participant_admission,
    participant_removal,
)
from meet.wiring.recordings import (
    automatic_starts,
    faststart,
    link_repository,
    media_store,
    playback_key,
    recording_control,
    recording_custody,
    recording_deletion,
    recording_delivery,
    recording_evidence,
    recording_repository,
    recording_sharing,
    recording_sweep,
    shared_playback,
    sweep_sharing,
)
from meet.wiring.rooms import room_ending, room_repository, room_service
from meet.wiring.stack import owner

__all__ = [
    "access_tokens",
    "api_tokens",
    "arrivals",
    "authorizer",
    "automatic_starts",
    "console_sessions",
    "console_tokens",
    "delivery_repository",
    "event_dispatch",
    "event_log",
    "event_sources",
    "exclusion",
    "faststart",
    "guest_list",
    "guest_repository",
    "hands",
    "link_repository",
    "live_meetings",
    "live_roles",
    "livekit_webhooks",
    "lobby_door",
    "lobby_reception",
    "media_store",
    "meeting_duration",
    "meeting_reports",
    "meeting_repository",
    "meeting_sweep",
    "once",
    "owner",
    "participant_admission",
    "participant_removal",
    "playback_key",
    "queue_polling",
    "recording_control",
    "recording_custody",
    "recording_deletion",
    "recording_delivery",
    "recording_evidence",
    "recording_repository",
    "recording_sharing",
    "recording_sweep",
    "reset",
    "role_changes",
    "room_ending",
    "room_repository",
    "room_service",
    "shared_playback",
    "sweep_sharing",
    "token_key",
    "waiting_repository",
    "webhook_creation",
    "webhook_definition",
    "webhook_delivery",
    "webhook_replay",
    "webhook_repository",
    "webhook_sweep",
    "webhook_test",
]
