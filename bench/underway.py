"""The sweep of recordings while very many are under way, with the processor of 512 MB."""

import json
import time
from typing import Any

import urllib3

from bench.lambdas import Place
from bench.sweep import SHARE, by_delay, held_to, store
from bench.whole import Surroundings, child
from meet.clock import HOUR, MINUTE, SECOND, Milliseconds, now
from meet.recordings.items import to_values
from meet.recordings.lifecycle import Status
from meet.recordings.model import Recording, new_id
from meet.rooms.items import to_values as room_values
from meet.rooms.model import Preferences, Role, Room
from tests.contract.samples import SAMPLES
from tools import dynamodb_local

RECORDINGS = 5_000


def measure(place: Place) -> str:
    """Return the table; where DynamoDB Local cannot be had, why."""
    heads = ["LiveKit takes", "recordings checked in one run", "calls of LiveKit", "run", "CPU"]
    return by_delay(place, heads, _row)


def _row(place: Place, around: Surroundings, delay: float) -> list[str]:
    client = dynamodb_local.our_client_of(around.dynamodb)
    http = urllib3.PoolManager()
    function = "sweep_recordings"
    with child(around, place.python, place.ours(function), function, SAMPLES[function]) as sweep:
        sweep.ask("handles")  # its first call is behind it
        recordings = [_recording(number) for number in range(RECORDINGS)]
        store(client, "RoomsTable", [room_values(_room(each.room_name)) for each in recordings])
        store(client, "RecordingsTable", [_values(each) for each in recordings])
        under_way = [(each.room_name, each.egress_id, each.object_key) for each in recordings]
        told = json.dumps({"recordings": under_way, "delay": delay}).encode()
        http.request("POST", f"{around.others}/recordings", body=told)
        before = http.request("GET", around.others).json()
        began = time.monotonic()
        with held_to(SHARE, sweep.process.pid):
            ((used, _, _),) = sweep.ask(1)
        took = time.monotonic() - began
        after = http.request("GET", around.others).json()
    asked = after["asked"] - before["asked"]
    checked = after["looked_at"] - before["looked_at"]
    return [
        f"{delay} s",
        f"{checked:,} of {RECORDINGS:,}",
        f"{asked:,}",
        f"{took:.0f} s",
        f"{used:.1f} s",
    ]


def _recording(number: int) -> Recording:
    began = Milliseconds(now() - 2 * MINUTE)
    return Recording(
        new_id(began),
        f"OpenVidu-{number:015d}",
        Status.STARTED,
        created_at=began,
        egress_id=f"EG_{number}",
        started_at=began,
    )


def _values(recording: Recording) -> dict[str, Any]:
    own = {"egressId": recording.egress_id, "startedAt": recording.started_at}
    return to_values(recording) | own | {"sweepAt": now() - SECOND}


def _room(name: str) -> Room:
    return Room(
        name=name,
        prefix="OpenVidu",
        created_at=Milliseconds(now() - HOUR),
        expires_at=Milliseconds(now() + HOUR),
        max_participants=None,
        preferences=Preferences(),
        secrets=dict.fromkeys(Role, "nkLM9FLc70PU_tmibxQVVtb1gTqLx0aF"),
    )
