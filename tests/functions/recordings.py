"""What the tests of recordings share: rooms to record, files, events, and the sweep."""

import base64
import hashlib
import json
import time
from dataclasses import dataclass
from decimal import Decimal
from importlib import import_module
from typing import Any

import jwt

from meet import wiring
from meet.livekit.recorder import Egress, EgressState
from meet.recordings.lifecycle import Evidence
from meet.recordings.model import Recording
from tests.fakes import Clock, FakeLiveKit, FakeRecorder
from tests.functions.gateway import CONTEXT, Call, Reply, event, invoke
from tests.functions.rooms import HOUR, create_room
from tools.memory_aws import ACCOUNT, LIVEKIT_KEY, LIVEKIT_SECRET, REGION

BUCKET = "recordings"
SECOND = 1_000
MINUTE = 60 * SECOND
UNKNOWN_ID = "rec_" + "0" * 26
NOT_FOUND = (404, {"code": 404, "message": "Recording not found", "reason": "recording_not_found"})


@dataclass(frozen=True)
class Studio:
    """A place to make recordings in."""

    call: Call
    clock: Clock
    livekit: FakeLiveKit
    recorder: FakeRecorder

    def room(self, **options: Any) -> str:
        """Create a room that somebody publishes in, open for a day; return its name."""
        day = {"expirationDate": self.clock() + 24 * HOUR}
        name: str = create_room(self.call, self.clock, **(day | options))["roomName"]
        self.livekit.join(name, "Alice", is_publishing=True)
        return name

    def post(self, room: str, **headers: str) -> Reply:
        return self.call("POST", "/recordings", {"roomName": room}, headers)

    def start(self, room: str | None = None) -> str:
        """Start a recording; return its id."""
        room = room or self.room()
        reply = self.post(room)
        assert reply.status == 200, reply.text
        recording_id: str = reply.body["id"]
        self.livekit.join(room, self.egress_of(recording_id).id, is_recorder=True)
        return recording_id

    def vanish(self, recording_id: str) -> None:
        """Let the recorder be gone from its meeting, without anybody being told."""
        egress = self.egress_of(recording_id)
        del self.livekit.inside[egress.room_name][egress.id]

    def kill(self, recording_id: str) -> None:
        """Let the machine that records lose its power."""
        self.vanish(recording_id)
        self.recorder.dead.add(self.egress_of(recording_id).id)

    def active(self, room: str | None = None) -> str:
        """Start a recording that runs; return its id."""
        recording_id = self.start(room)
        self.hear(recording_id, Evidence.EGRESS_ACTIVE, started_at=self.clock())
        return recording_id

    def ready(self, content: bytes = b"video", room: str | None = None) -> str:
        """Make a recording with a file; return its id."""
        recording_id = self.active(room)
        now = self.clock()
        self.upload(recording_id, content)
        self.hear(recording_id, Evidence.EGRESS_COMPLETE, ended_at=now, duration=Decimal("2.500"))
        assert self.status(recording_id) == "READY"
        return recording_id

    def failed(self, room: str | None = None) -> str:
        """Make a recording that failed; return its id."""
        recording_id = self.active(room)
        self.hear(recording_id, Evidence.EGRESS_FAILED, ended_at=self.clock(), error="secret text")
        assert self.status(recording_id) == "FAILED"
        return recording_id

    def show(self, recording_id: str) -> dict[str, Any]:
        reply = self.call("GET", f"/recordings/{recording_id}")
        assert reply.status == 200, reply.text
        body: dict[str, Any] = reply.body
        return body

    def status(self, recording_id: str) -> str:
        status: str = self.show(recording_id)["status"]
        return status

    def stop(self, recording_id: str) -> Reply:
        return self.call("PUT", f"/recordings/{recording_id}")

    def egress_of(self, recording_id: str) -> Egress:
        """Return LiveKit's side of a recording."""
        key = stored(recording_id).object_key
        return next(each for each in self.recorder.egresses.values() if each.object_key == key)

    def change(self, recording_id: str, evidence: Evidence, **facts: Any) -> Egress:
        """Let something happen at LiveKit that nobody hears of."""
        return self.recorder.change(self.egress_of(recording_id).id, evidence, **facts)

    def hear(self, recording_id: str, evidence: Evidence, **facts: Any) -> None:
        """Let something happen at LiveKit, and its webhook arrive."""
        reply = webhook(info_of(self.change(recording_id, evidence, **facts)))
        assert reply.status == 200, reply.text

    def upload(self, recording_id: str, content: bytes = b"video") -> str:
        """Put a recording's file into the bucket; nobody hears of it. Return its key."""
        key = stored(recording_id).object_key
        put(key, content)
        return key

    def is_free(self, room: str) -> bool:
        """True if a recording could be started in a room."""
        return wiring.room_repository().get(room).active_recording_id is None


def stored(recording_id: str) -> Recording:
    return wiring.recording_repository().get(recording_id)


def put(key: str, content: bytes) -> None:
    wiring.media_store().client.put_object(Bucket=BUCKET, Key=key, Body=content)


def is_in_bucket(key: str) -> bool:
    return wiring.media_store().find(key) is not None


def is_due(recording_id: str) -> bool:
    """True if a sweep will look at a recording again."""
    item = item_of(recording_id)
    return item is not None and "sweepAt" in item


def item_of(recording_id: str) -> dict[str, Any] | None:
    client = wiring.recording_repository().client
    key = {"recordingId": {"S": recording_id}}
    found: dict[str, Any] = dict(client.get_item(TableName="RecordingsTable", Key=key))
    item: dict[str, Any] = found.get("Item", {})
    return item if "status" in item else None  # a deletion leaves a mark


SWEEP = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:SweepRecordings"


def sweep(
    remaining: int = 55_000, *, event: dict[str, Any] | None = None, function: str = SWEEP
) -> dict[str, int]:
    """Run the sweep as the schedule does, or with another event."""
    told = {"get_remaining_time_in_millis": lambda: remaining, "invoked_function_arn": function}
    context = type(CONTEXT)(**vars(CONTEXT) | told)
    handler = import_module("functions.sweep_recordings.app").handler
    report: dict[str, int] = handler(event or {}, context)
    return report


def under_way(studio: Studio, count: int, *, event: dict[str, Any] | None = None) -> list[str]:
    """Let so many recordings go on, which a sweep has seen once; the next one is due."""
    ids = [studio.active() for _ in range(count)]
    studio.clock.advance(MINUTE)
    assert sweep(event=event) == {"settled": 0, "waiting": count}
    studio.clock.advance(MINUTE)
    studio.recorder.calls.clear()
    studio.livekit.calls.clear()
    return ids


def looked_into(studio: Studio) -> list[str]:
    """Return the rooms whose participants LiveKit was asked for, as often as it was."""
    return sorted(room for what, room in studio.livekit.calls if what == "participants")


def room_of(recording_id: str) -> str:
    name: str = (item_of(recording_id) or {})["roomName"]["S"]
    return name


def object_created(key: str) -> dict[str, str | None]:
    """Hand over the event that EventBridge sends for a new object."""
    detail = {"version": "0", "bucket": {"name": BUCKET}, "object": {"key": key, "size": 5}}
    message = {"detail-type": "Object Created", "source": "aws.s3", "detail": detail}
    handler = import_module("functions.recording_uploaded.app").handler
    report: dict[str, str | None] = handler(message, CONTEXT)
    return report


def info_of(egress: Egress) -> dict[str, Any]:
    """Return an EgressInfo as LiveKit writes it in webhooks: camel case, defaults left out."""
    file: dict[str, Any] = {"filename": egress.object_key}
    info: dict[str, Any] = {"egressId": egress.id, "roomId": "RM_1", "roomName": egress.room_name}
    if egress.state is not EgressState.STARTING:
        info["status"] = egress.state.value
    if egress.started_at:
        file["startedAt"] = info["startedAt"] = str(egress.started_at * 1_000_000)
    for name, value in (
        ("details", egress.details),
        ("errorCode", egress.error_code),
        ("backupStorageUsed", egress.is_in_backup),
    ):
        if value:
            info[name] = value
    if egress.location:
        file["location"] = egress.location
    if egress.ended_at:
        file["endedAt"] = info["endedAt"] = str(egress.ended_at * 1_000_000)
    if egress.duration:
        file["duration"] = str(int(egress.duration * 1_000_000_000))
    if egress.error:
        info["error"] = egress.error
    output = {"filepath": egress.object_key, "s3": {"bucket": egress.bucket}}
    asked = {"roomName": egress.room_name, "fileOutputs": [output]}
    return info | {"file": file, "fileResults": [file], "roomComposite": asked}


def webhook(info: dict[str, Any], kind: str = "egress_updated") -> Reply:
    """Post LiveKit's webhook about an egress, signed."""
    return post({"event": kind, "egressInfo": info})


def post(message: dict[str, Any]) -> Reply:
    """Post a webhook of LiveKit's, signed."""
    body = json.dumps({"id": "EV_1", **message}).encode()
    now = int(time.time())
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    claims = {"iss": LIVEKIT_KEY, "nbf": now, "exp": now + 300, "sha256": digest}
    headers = {"Authorization": jwt.encode(claims, LIVEKIT_SECRET, algorithm="HS256")}
    return invoke(event("POST", "/livekit/webhook", body=body, headers=headers))
