"""What has to be true of recordings when the dust has settled."""

from collections.abc import Iterator
from typing import Any

from meet import wiring
from meet.livekit.recorder import EgressState
from meet.recordings.model import Recording, id_in_key
from tests.chaos.archive import Archive
from tests.chaos.simulator import BUCKET, content_of


def judge(world: Archive) -> Iterator[str]:
    """Yield what is not as it has to be."""
    items = world.recordings()
    files = world.objects()
    egresses = {each.egress.object_key: each for each in world.live.values()}
    for recording_id in items:
        recording = wiring.recording_repository().stored(recording_id)
        assert recording is not None
        status, key = recording.status.value, recording.object_key
        live = egresses.get(key)
        name = f"{recording_id} ({live.fate if live else 'never began'}) is {status}"
        is_whole = world.is_whole(key)
        if status not in {"READY", "FAILED"}:
            yield f"{name}: no end"
        # Whether the late file of a deleted one has come is seen when it is restored.
        ends = {True} if status == "READY" else {False, recording.trash is not None}
        if is_whole not in ends:
            yield f"{name}, but its file is {'there' if key in files else 'not there'}"
        if (status == "FAILED") != (recording.error is not None):
            yield f"{name}, with the reason {recording.error}"
        if status == "READY" and not (recording.size == len(content_of(key)) and recording.etag):
            yield f"{name}, with the size {recording.size} and the ETag {recording.etag}"
        if status == "READY" and recording.etag != files.get(key):
            world.counts["ETag of before, event dropped"] += 1
        ended = live is not None and live.egress.state is EgressState.COMPLETE
        if live is not None and ended and status == "READY" and recording.trash is None:
            yield from _facts(name, recording, live.egress)
        yield from _against_the_ledger(world, name, recording)
    for room in world.items("RoomsTable"):
        if "activeRecordingId" in room:
            yield f"room {room['roomName']['S']} is locked by {room['activeRecordingId']['S']}"
    begun = {id_in_key(key) for key in egresses}
    for each in {*world.answered, *begun} - items.keys():
        if each is not None and world.ledger.has_to_be_there(each):
            yield f"{each} is lost"
    known = items.keys() | _with_a_late_file(world)
    for key in files:
        if id_in_key(key) not in known:
            yield f"{key} belongs to nothing"


def _with_a_late_file(world: Archive) -> set[str]:
    """Return the deleted recordings whose late file a sweep will look for, if its event is lost."""
    return {
        item["recordingId"]["S"]
        for item in world.items("RecordingsTable")
        if "status" not in item and int(item.get("sweepAt", {"N": 0})["N"]) > world.now()
    }


def _against_the_ledger(world: Archive, name: str, recording: Recording) -> Iterator[str]:
    record = world.ledger.records.get(recording.id)
    if record is None:  # its start was killed before LiveKit was asked
        return
    is_held, is_deleted = recording.hold is not None, recording.trash is not None
    if record.held is not None and record.held is not is_held:
        yield f"{name}, held: {is_held}, as told: {record.held}"
    if is_deleted and world.ledger.has_to_be_there(recording.id):
        yield f"{name}, and is in the trash"
    if record.gone is True and not is_deleted:
        yield f"{name}, but it was deleted"
    if recording.claim is not None:
        yield f"{name}, and its deletion has stopped"


def judge_what_is_left(world: Archive) -> Iterator[str]:
    """Yield what is left of recordings whose last day was over long ago."""
    listing = wiring.media_store().client.list_object_versions(Bucket=BUCKET)
    found = [*listing.get("Versions", []), *listing.get("DeleteMarkers", [])]
    left = {id_in_key(each["Key"]) for each in found} | world.recordings().keys()
    for recording_id, record in world.ledger.records.items():
        if world.ledger.has_to_be_destroyed(recording_id):
            world.counts["purged, in all versions"] += 1
            if recording_id in left:
                yield f"{recording_id} is not purged: {record}"
        if record.held is True:
            world.counts["held to the end, and there"] += recording_id in left


def still_swept(world: Archive) -> Iterator[str]:
    """Yield the recordings that sweeps would look at for ever."""
    for recording_id in world.recordings():
        recording = wiring.recording_repository().stored(recording_id)
        item = world.recordings()[recording_id]
        if recording is None or "sweepAt" not in item:
            continue
        ends = [recording.expires_at]  # also if it was held since: that look is the last one
        ends += [recording.trash.until] if recording.trash is not None else []
        if int(item["sweepAt"]["N"]) not in ends:
            yield f"{recording_id} has its end, but every sweep still looks at it"


def tally(world: Archive) -> None:
    """Count how it ended."""
    world.counts["rooms"] += len(world.items("RoomsTable"))
    for status in world.statuses().values():
        world.counts[f"end: {status}"] += 1


def _facts(name: str, recording: Any, egress: Any) -> Iterator[str]:
    for fact in ("started_at", "duration"):
        ours, theirs = getattr(recording, fact), getattr(egress, fact)
        if ours != theirs:
            yield f"{name}: {fact} is {ours}, LiveKit says {theirs}"
