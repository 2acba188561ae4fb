"""LiveKit's egress, a network that loses and doubles, and an AWS that fails, on one clock.

Everything comes from one seed: the clock, the ids, what is lost, what dies, and when.
"""

import base64
import hashlib
import heapq
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from importlib import import_module
from itertools import count
from random import Random
from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import patch

import jwt
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from meet import clock, wiring
from meet.clock import HOUR, MINUTE, SECOND, Milliseconds
from meet.errors import MediaServerUnavailable
from meet.livekit.participants import Participant
from meet.livekit.recorder import (
    DEFAULT_COMPOSITION,
    Composition,
    Egress,
    EgressState,
    Recorder,
)
from meet.livekit.rooms import LiveMeeting, MediaServer
from meet.livekit.twirp import OutcomeUnknown
from tests.films import film
from tests.functions.gateway import CONTEXT, Reply, event, invoke
from tests.killing import Killed
from tools.memory_aws import LIVEKIT_KEY, LIVEKIT_SECRET, memory_aws

BUCKET = "recordings"
MAX_DURATION = 20 * MINUTE
PART = 4 * 1024
"""Bytes: a film of 10 KB has several parts, as one of a gigabyte has."""

DROPPED = DOUBLED = 0.3
KILLED = 0.04
"""How often a write is the last thing that a function does, before it or after it."""

WRITES = {
    "PutItem",
    "UpdateItem",
    "DeleteItem",
    "TransactWriteItems",
    "BatchWriteItem",
    "DeleteObjects",
    "CreateMultipartUpload",
    "UploadPart",
    "UploadPartCopy",
    "CompleteMultipartUpload",
}

FATES = {
    "good": 30,
    "slow upload": 8,
    "fails at the start": 5,
    "fails on the way": 8,
    "fails after the upload": 4,
    "ends by itself": 8,
    "complete without a file": 6,
    "dies": 8,
    "dies, its file is uploaded": 8,
    "dies, its file is uploaded hours later": 4,
    "dies while it ends": 5,
    "never gets going": 5,
}
ANSWERS = {"yes": 70, "no": 12, "never arrived": 6, "refused": 12}


def content_of(key: str) -> bytes:
    """Return the file that is uploaded: each recording has its own, with its index at the end."""
    return film(pictures=2) + (8 + len(key)).to_bytes(4) + b"free" + key.encode()


@dataclass
class Live:
    """One egress as it really is."""

    egress: Egress
    fate: str
    dead: bool = False
    asked_to_stop: bool = False


@dataclass
class Figures:
    """What happened."""

    counts: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        return "\n".join(f"  {name:44}{count:8}" for name, count in sorted(self.counts.items()))


class World:
    """A batch of recordings, from their rooms to the settled dust."""

    killed = KILLED

    def __init__(self, seed: int, figures: Figures) -> None:
        self.random = Random(seed)
        self.environment: dict[str, str] = {}
        self.counts = figures.counts
        self.moment = Milliseconds(1_800_000_000_000)
        self.later: list[tuple[int, int, Callable[[], None]]] = []
        self.hours_later: list[tuple[float, Callable[[], None]]] = []
        self.number = 0
        self.live: dict[str, Live] = {}
        self.going_on: dict[str, bool] = {}
        self.down = False
        self.failing = False
        self.answered: dict[str, str] = {}
        self.killable = True
        self.sweeping = False

    # ------------------------------------------------------------------ time and the network

    def now(self) -> Milliseconds:
        return self.moment

    def wait_until(self, moment: Milliseconds) -> None:
        self.moment = max(self.moment, moment)

    def after(self, delay: float, action: Callable[[], None]) -> None:
        self.number += 1
        heapq.heappush(self.later, (self.moment + int(delay), self.number, action))

    def run(self) -> None:
        """Let everything happen that is going to."""
        while self.later:
            at, _, action = heapq.heappop(self.later)
            self.moment = Milliseconds(max(self.moment, at))
            action()

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def pick(self, shares: dict[str, int]) -> str:
        return self.random.choices(list(shares), list(shares.values()))[0]

    def between(self, low: float, high: float) -> float:
        return self.random.uniform(low, high)

    def spread(self, kind: str, deliver: Callable[[], None]) -> None:
        """Deliver a message never, once or twice, soon or late."""
        self.counts[f"{kind} sent"] += 1
        if self.chance(DROPPED):
            self.counts[f"{kind} dropped"] += 1
            return
        times = 2 if self.chance(DOUBLED) else 1
        self.counts[f"{kind} doubled"] += times - 1
        for _ in range(times):
            late = self.chance(0.15)
            self.after(self.between(0, 40 * MINUTE if late else 30 * SECOND), deliver)

    # ---------------------------------------------------------------------- AWS and its ends

    def attempt(self, what: Callable[[], Reply | None]) -> Reply | None:
        """Run a function of ours that may be killed; None when it was, or failed."""
        self.failing = self.killable
        try:
            reply = what()
        except (Killed, Exception) as error:
            kind = "were killed" if isinstance(error, Killed) else "failed"
            self.counts[f"functions that {kind}"] += 1
            return None
        finally:
            self.failing = False
        if reply is not None and reply.status >= 500 and reply.status != 503:
            self.counts["functions that failed"] += 1
            return None
        return reply

    def make_api_call(self, make: Callable[..., Any]) -> Callable[..., Any]:
        def call(client: Any, operation: str, parameters: dict[str, Any]) -> Any:
            dies = self.failing and operation in WRITES and self.chance(self.killed)
            when = self.pick({"before": 1, "after": 1, "refused": 1}) if dies else ""
            if when == "before":
                raise Killed
            if when == "refused":
                error = {"Error": {"Code": "InternalServerError", "Message": "told to fail"}}
                raise ClientError(cast(Any, error), operation)
            answer = make(client, operation, parameters)
            if when == "after":
                raise Killed
            return answer

        return call

    def call(self, method: str, path: str, body: Any = None) -> Reply | None:
        headers = {"Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        request = event(method, f"/api/v1{path}", body=data, headers=headers)
        return self.attempt(lambda: invoke(request))

    def sweep(self) -> None:
        self.counts["sweeps"] += 1
        before = self.statuses()
        self.sweeping = True
        for name in ("sweep_rooms", "sweep_recordings"):
            handler = import_module(f"functions.{name}.app").handler

            def run(handler: Callable[..., Any] = handler) -> None:
                handler({}, CONTEXT)

            self.attempt(run)
        self.sweeping = False
        for recording_id, status in self.statuses().items():
            if status in {"READY", "FAILED"} and before.get(recording_id) != status:
                self.counts[f"brought to {status} by the sweep"] += 1

    def items(self, table: str) -> list[dict[str, Any]]:
        client: Any = wiring.room_repository().client
        found: list[dict[str, Any]] = []
        page: dict[str, Any] = {"LastEvaluatedKey": None}
        while "LastEvaluatedKey" in page:
            key = page["LastEvaluatedKey"]
            further = {"ExclusiveStartKey": key} if key else {}
            page = client.scan(TableName=table, **further)
            found += page["Items"]
        return found

    def statuses(self) -> dict[str, str]:
        return {key: item["status"]["S"] for key, item in self.recordings().items()}

    def recordings(self) -> dict[str, dict[str, Any]]:
        """Return the stored recordings by id, without deletion markers."""
        items = self.items("RecordingsTable")
        return {item["recordingId"]["S"]: item for item in items if "status" in item}

    def objects(self) -> dict[str, str]:
        """Return the ETags of the files by key."""
        listing = wiring.media_store().client.list_objects_v2(Bucket=BUCKET)
        return {each["Key"]: each["ETag"] for each in listing.get("Contents", [])}

    # ------------------------------------------------------------------------------- LiveKit

    def participants(self, room: str) -> list[Participant]:
        self.ask()
        if not self.going_on.get(room):
            return []
        recorders = [
            Participant(each.egress.id, is_recorder=True)
            for each in self.live.values()
            if each.egress.room_name == room and not (each.dead or each.egress.is_over)
        ]
        # Whoever loses the network is away for a moment.
        away = self.killable and self.chance(0.1)
        people = [] if away else [Participant("Alice", is_publishing=True)]
        return people + ([] if self.killable and self.chance(0.1) else recorders)

    def is_alive(self, egress_id: str) -> bool:
        self.ask()
        return not self.live[egress_id].dead

    def remove_participant(self, room: str, identity: str) -> None:
        raise AssertionError("no participant is removed here")

    def meetings(self, owner: str) -> list[LiveMeeting]:
        self.ask()
        rooms = [room for room, goes_on in self.going_on.items() if goes_on]
        return [LiveMeeting(room, f"RM_{room}", self.now()) for room in rooms]

    def delete_room(self, room: str) -> None:
        self.ask()
        self.going_on[room] = False
        for each in self.live.values():
            if each.egress.room_name == room and not each.dead and not each.egress.is_over:
                self.end(each)

    def start(
        self, room: str, object_key: str, composition: Composition = DEFAULT_COMPOSITION
    ) -> Egress:
        self.ask()
        answer = self.pick(ANSWERS)
        self.counts[f"starts: answer {answer}"] += 1
        if answer == "refused":
            raise MediaServerUnavailable("no response from servers")
        if answer == "never arrived":
            raise OutcomeUnknown("timeout")
        starting, name = EgressState.STARTING, f"EG_{len(self.live)}"
        facts = (None, None, self.now(), None, "")
        egress = Egress(name, room, starting, object_key, *facts, bucket=BUCKET)
        live = Live(egress, self.pick(FATES))
        self.live[name] = live
        self.counts[f"fate: {live.fate}"] += 1
        self.tell(live, "egress_started")
        self.begin(live)
        if answer == "no":
            raise OutcomeUnknown("timeout")
        return egress

    def stop(self, egress_id: str) -> None:
        self.ask()
        live = self.live[egress_id]
        if live.dead:
            raise OutcomeUnknown("request timed out")
        # The sweep asks every minute, and is not always out of luck.
        unlucky = self.killable and not self.sweeping
        if unlucky and self.chance(0.1):
            raise OutcomeUnknown("timeout")
        self.end(live)
        if unlucky and self.chance(0.1):
            raise OutcomeUnknown("timeout")

    def under_way(self) -> list[Egress]:
        self.ask()
        return [each.egress for each in self.live.values() if not each.egress.is_over]

    def in_room(self, room: str) -> list[Egress]:
        self.ask()
        return [each.egress for each in self.live.values() if each.egress.room_name == room]

    def ask(self) -> None:
        if self.down or (self.killable and self.chance(0.03)):
            raise MediaServerUnavailable("told to fail")

    def begin(self, live: Live) -> None:
        if live.fate == "fails at the start":
            self.after(SECOND, lambda: self.become(live, EgressState.FAILED, error="boom"))
        elif live.fate == "never gets going":
            live.dead = self.chance(0.5)
        else:
            self.after(self.between(500, 9_000), lambda: self.go(live))

    def go(self, live: Live) -> None:
        if live.egress.is_over or live.asked_to_stop:
            return
        self.become(live, EgressState.ACTIVE, started_at=self.now())
        wait = self.between(10 * SECOND, 4 * MINUTE)
        if live.fate == "fails on the way":
            self.after(wait, lambda: self.become(live, EgressState.FAILED, error="boom"))
        elif live.fate == "fails after the upload":
            self.after(wait, lambda: self.fail_after_upload(live))
        elif live.fate == "ends by itself":
            self.after(wait, lambda: self.reach_limit(live))
        elif live.fate.startswith("dies") and live.fate != "dies while it ends":
            self.after(wait, lambda: self.die(live))

    def fail_after_upload(self, live: Live) -> None:
        if not live.asked_to_stop:
            self.upload(live)
            self.become(live, EgressState.FAILED, error="boom")

    def reach_limit(self, live: Live) -> None:
        if not live.asked_to_stop:
            live.asked_to_stop = True
            self.upload(live)
            self.finish(live, EgressState.LIMIT_REACHED)

    def die(self, live: Live) -> None:
        if live.asked_to_stop or live.egress.is_over:
            return
        live.dead = True
        if live.fate.endswith("later"):
            self.hours_later.append((self.between(1, 12) * HOUR, lambda: self.upload(live)))
        elif "uploaded" in live.fate:
            self.after(self.between(0, 20 * SECOND), lambda: self.upload(live))

    def end(self, live: Live) -> None:
        """Do as an egress that is asked to stop does."""
        if live.asked_to_stop or live.egress.is_over or live.dead:
            return
        live.asked_to_stop = True
        if live.egress.state is EgressState.STARTING:
            self.after(SECOND, lambda: self.become(live, EgressState.ABORTED, error="early"))
            return
        self.become(live, EgressState.ENDING)
        if live.fate == "dies while it ends":
            live.dead = True
            return
        slow = live.fate == "slow upload"
        wait = self.between(5 * MINUTE, 28 * MINUTE) if slow else self.between(500, 50 * SECOND)
        self.after(wait, lambda: self.complete(live))

    def complete(self, live: Live) -> None:
        if live.fate != "complete without a file" and not live.egress.is_over:
            self.upload(live)
        self.after(self.between(0, 5 * SECOND), lambda: self.finish(live, EgressState.COMPLETE))

    def finish(self, live: Live, state: EgressState) -> None:
        duration = Decimal(self.now() - (live.egress.started_at or self.now()) + 1) / 1000
        self.become(live, state, duration=duration)

    def become(self, live: Live, state: EgressState, **facts: Any) -> None:
        if live.egress.is_over or live.dead:
            return
        before = live.egress
        known = {name: getattr(before, name) for name in Egress.__slots__}
        known |= {"state": state, "updated_at": self.now()} | facts
        live.egress = Egress(**known)
        if live.egress.is_over:
            live.egress = Egress(**known | {"ended_at": self.now()})
        self.tell(live, "egress_ended" if live.egress.is_over else "egress_updated")

    def upload(self, live: Live) -> None:
        key = live.egress.object_key
        wiring.media_store().client.put_object(Bucket=BUCKET, Key=key, Body=content_of(key))
        self.announce(key)

    def announce(self, key: str) -> None:
        """Let S3 report a new file to both functions that want to know."""
        for function in ("recording_uploaded", "faststart_recording"):

            def tell(function: str = function) -> None:
                self.object_created(function, key)

            self.spread("object events", tell)

    def object_created(self, function: str, key: str, tries: int = 3) -> None:
        """Invoke asynchronously: AWS tries a function that failed twice again."""
        handler = import_module(f"functions.{function}.app").handler
        detail = {"object": {"key": key}}
        done = Reply(200, {}, "")

        def run() -> Reply:
            handler({"detail": detail}, CONTEXT)
            return done

        if self.attempt(run) is None and tries > 1:
            self.after(MINUTE, lambda: self.object_created(function, key, tries - 1))

    def tell(self, live: Live, kind: str) -> None:
        egress = live.egress
        body = json.dumps({"event": kind, "id": "EV_1", "egressInfo": _info(egress)}).encode()
        self.spread("webhooks", lambda: self.webhook(body))

    def webhook(
        self, body: bytes, tries: int = 5, *, accepted: Callable[[], None] = lambda: None
    ) -> None:
        """Post it, signed; LiveKit tries again after a 5xx, and gives up in the end."""
        now = int(time.time())
        digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
        claims = {"iss": LIVEKIT_KEY, "nbf": now, "exp": now + 300, "sha256": digest}
        headers = {"Authorization": jwt.encode(claims, LIVEKIT_SECRET, algorithm="HS256")}
        request = event("POST", "/livekit/webhook", body=body, headers=headers)
        reply = self.attempt(lambda: invoke(request))
        if reply is not None and reply.status < 300:
            accepted()
        elif (reply is None or reply.status >= 500) and tries > 1:
            self.after(3 * SECOND, lambda: self.webhook(body, tries - 1, accepted=accepted))
        else:
            self.counts["webhooks given up"] += 1


def _info(egress: Egress) -> dict[str, Any]:
    """Return it as protojson has it: int64 as text, defaults left out."""
    moments = {"startedAt": egress.started_at, "endedAt": egress.ended_at}
    times = {name: str(moment * 1_000_000) for name, moment in moments.items() if moment}
    file: dict[str, Any] = {"filename": egress.object_key, **times}
    if egress.duration:
        file["duration"] = str(int(egress.duration * 10**9))
    output = {"filepath": egress.object_key, "s3": {"bucket": egress.bucket}}
    info: dict[str, Any] = {"egressId": egress.id, "roomName": egress.room_name, **times}
    info |= {"file": file, "roomComposite": {"fileOutputs": [output]}}
    info["updatedAt"] = str((egress.updated_at or 0) * 1_000_000)
    if egress.state is not EgressState.STARTING:
        info["status"] = egress.state.value
    if egress.error:
        info["error"] = egress.error
    return info


WITH_THREADS = (
    *("recordings.auto_start", "recordings.replacement", "recordings.sweep"),
    *("rooms.ending", "meetings.sweep"),
)


class InOrder(Executor):
    """Does what it is given at once, so that the order is always the same.

    Where work is killed, what would follow in other threads is killed with it.
    """

    def __init__(self, threads: int) -> None:
        pass

    def submit(self, work: Callable[..., Any], /, *given: Any, **named: Any) -> "Future[Any]":
        done: Future[Any] = Future()
        try:
            done.set_result(work(*given, **named))
        except Exception as error:
            done.set_exception(error)
        return done


@contextmanager
def in_place(world: World) -> Iterator[None]:
    """Put a world in the place of the clock, of LiveKit and of AWS."""

    def media_server() -> MediaServer:
        return cast(MediaServer, world)  # nobody is promoted, muted or written to here

    def recorder() -> Recorder:
        return world

    by_seed = SimpleNamespace(
        randbits=world.random.getrandbits,
        choice=world.random.choice,
        token_urlsafe=lambda size: f"{world.random.getrandbits(8 * size):x}",
    )
    versions = (f"version-{number}" for number in count())
    make = world.make_api_call(BaseClient._make_api_call)  # type: ignore[attr-defined]
    with ExitStack() as places, memory_aws():
        for target, value in (
            ("meet.clock.now", world.now),
            ("meet.clock.wait_until", world.wait_until),
            ("meet.clock.pause", lambda attempt: None),
            ("meet.wiring.livekit.media_server", media_server),
            ("meet.wiring.livekit.recorder", recorder),
            *((f"meet.{module}.ThreadPoolExecutor", InOrder) for module in WITH_THREADS),
            ("meet.recordings.replacement.COPIED_AT_ONCE", PART),
            ("meet.recordings.faststart.MIN_PART", PART),
            ("meet.recordings.faststart.MAX_LENGTH", PART // 4),
            ("moto.s3.models.S3_UPLOAD_PART_MIN_SIZE", PART),
            ("moto.s3.models.random", SimpleNamespace(uuid4=lambda: next(versions))),
            ("meet.recordings.model.secrets", by_seed),
            ("meet.rooms.model.secrets", by_seed),
        ):
            places.enter_context(patch(target, value))
        places.enter_context(patch.object(BaseClient, "_make_api_call", make))
        maximum = {"MAX_RECORDING_SECONDS": str(MAX_DURATION // SECOND)}
        places.enter_context(patch.dict("os.environ", maximum | world.environment))
        wiring.reset()
        yield
    wiring.reset()


__all__ = ["HOUR", "MAX_DURATION", "Figures", "World", "clock", "in_place"]
