"""The services of recordings."""

from typing import TYPE_CHECKING

from meet.settings import settings
from meet.signing import Purpose
from meet.wiring import clients, livekit
from meet.wiring.rooms import room_repository, room_service

if TYPE_CHECKING:
    from meet.recordings.auto_start import AutomaticStarts
    from meet.recordings.control import RecordingControl
    from meet.recordings.custody import Custody
    from meet.recordings.deletion import RecordingDeletion
    from meet.recordings.delivery import RecordingDelivery
    from meet.recordings.evidence import RecordingEvidence
    from meet.recordings.faststart import Faststart
    from meet.recordings.link_repository import LinkRepository
    from meet.recordings.media import MediaStore
    from meet.recordings.parts import SweepSharing
    from meet.recordings.repository import RecordingRepository
    from meet.recordings.sharing import RecordingSharing
    from meet.recordings.sweep import RecordingSweep
    from meet.recordings.watching import SharedPlayback


def recording_repository() -> "RecordingRepository":
    from meet.recordings.repository import RecordingRepository

    return RecordingRepository(clients.dynamodb(), settings.recordings_table, room_repository())


def media_store() -> "MediaStore":
    from meet.recordings.media import MediaStore

    return MediaStore(clients.s3(), settings.recordings_bucket)


def playback_key() -> bytes:
    """Return the key that signs playback links."""
    return clients.signing_key(Purpose.PLAYBACK_LINKS)


def recording_control() -> "RecordingControl":
    from meet.recordings.control import RecordingControl

    return RecordingControl(
        recording_repository(), room_service(), livekit.media_server, livekit.recorder
    )


def automatic_starts() -> "AutomaticStarts":
    from meet.recordings.auto_start import AutomaticStarts

    return AutomaticStarts(recording_control())


def recording_delivery() -> "RecordingDelivery":
    from meet.recordings.delivery import RecordingDelivery

    return RecordingDelivery(recording_repository(), media_store, playback_key)


def link_repository() -> "LinkRepository":
    from meet.recordings.link_repository import LinkRepository

    return LinkRepository(clients.dynamodb(), settings.meetings_table, settings.recordings_table)


def recording_sharing() -> "RecordingSharing":
    from meet.recordings.sharing import RecordingSharing

    return RecordingSharing(recording_repository(), link_repository())


def shared_playback() -> "SharedPlayback":
    from meet.recordings.watching import SharedPlayback

    return SharedPlayback(
        recording_repository(),
        link_repository(),
        media_store,
        lambda: clients.signing_key(Purpose.PASSES),
        lambda: clients.signing_key(Purpose.VIEWERS),
    )


def recording_deletion() -> "RecordingDeletion":
    from meet.recordings.deletion import RecordingDeletion

    return RecordingDeletion(
        recording_repository(),
        recording_custody(),
        link_repository(),
        media_store(),
        settings.recording_trash,
    )


def recording_custody() -> "Custody":
    from meet.recordings.custody import Custody

    return Custody(recording_repository())


def recording_evidence() -> "RecordingEvidence":
    from meet.recordings.evidence import RecordingEvidence

    return RecordingEvidence(
        recording_repository(),
        room_repository(),
        livekit.recorder,
        media_store(),
        settings.recording_retention,
    )


def faststart() -> "Faststart":
    from meet.recordings.faststart import Faststart
    from meet.recordings.media import MediaStore
    from meet.recordings.replacement import Replacement

    files = MediaStore(clients.copying_s3(), settings.recordings_bucket)
    return Faststart(recording_repository(), Replacement(files))


def recording_sweep() -> "RecordingSweep":
    from meet.recordings.presence import Presence
    from meet.recordings.settlement import RecordingSettlement
    from meet.recordings.sweep import RecordingSweep

    evidence = recording_evidence()
    presence = Presence(evidence.recordings, livekit.media_server, livekit.recorder)
    longest = settings.max_recording_duration
    return RecordingSweep(RecordingSettlement(evidence, presence, recording_deletion(), longest))


def sweep_sharing(function: str) -> "SweepSharing":
    """Return the sharing of a sweep among invocations of the function with this ARN."""
    from meet.recordings.parts import SweepSharing

    return SweepSharing(clients.lambdas, function)
