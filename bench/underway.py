"""The sweep of recordings while very many are under way, with the processor of 512 MB."""

import json
import time
from contextlib import ExitStack
from typing import Any

import urllib3

from bench.lambdas import Place
from bench.sweep import SHARE, by_delay, held_to, store
from bench.whole import Surroundings, child
from meet.clock import HOUR, MINUTE, SECOND, Milliseconds, now
from meet.recordings.items import to_values
from meet.recordings.lifecycle import Status
from meet.recordings.model import Recording, new_id
from meet.recordings.parts import Invocation, Part, parts_for
from meet.rooms.items import to_values as room_values
from meet.rooms.model import Preferences, Role, Room
from tests.contract.samples import SAMPLES
from tools import dynamodb_local

RECORDINGS = 5_000


def measure(place: Place) -> str:
    """Return the table; where DynamoDB Local is not available, why."""
    heads = [
        *("LiveKit takes", "invocations", "recordings checked", "calls of LiveKit"),
        *("the longest one", "CPU, all of them", "resident, at most"),
    ]
    return by_delay(place, heads, _alone, _shared)


def _alone(place: Place, around: Surroundings, delay: float) -> list[str]:
    """Measure one invocation that has to check everything."""
    return _row(place, around, delay, [_event(Part(0, 1))])


def _shared(place: Place, around: Surroundings, delay: float) -> list[str]:
    """Measure the invocation of a minute, and those that it asks Lambda for.

    One after the other, since each has a share of a processor to itself at AWS.
    """
    others = map(_event, parts_for(RECORDINGS)[1:])
    return _row(place, around, delay, [SAMPLES["sweep_recordings"], *others])


def _event(part: Part) -> dict[str, int]:
    return Invocation(part, Milliseconds(now() + HOUR)).to_event()


def _row(
    place: Place, around: Surroundings, delay: float, events: list[dict[str, Any]]
) -> list[str]:
    client = dynamodb_local.our_client_of(around.dynamodb)
    http = urllib3.PoolManager()
    function = "sweep_recordings"
    code = place.ours(function)
    with ExitStack() as processes:
        sweeps = [
            processes.enter_context(child(around, place.python, code, function, event))
            for event in events
        ]
        for sweep in sweeps:
            sweep.ask("handles")  # its first call is behind it
        recordings = [_recording(number) for number in range(RECORDINGS)]
        store(client, "RoomsTable", [room_values(_room(each.room_name)) for each in recordings])
        store(client, "RecordingsTable", [_values(each) for each in recordings])
        under_way = [(each.room_name, each.egress_id, each.object_key) for each in recordings]
        told = json.dumps({"recordings": under_way, "delay": delay}).encode()
        http.request("POST", f"{around.others}/recordings", body=told)
        before = http.request("GET", around.others).json()
        took, cpu, resident = 0.0, 0.0, 0
        for sweep in sweeps:
            began = time.monotonic()
            with held_to(SHARE, sweep.process.pid):
                ((used, _, _),) = sweep.ask(1)
            took = max(took, time.monotonic() - began)
            cpu += used
            resident = max(resident, sweep.ask("handles")[1])
        after = http.request("GET", around.others).json()
    asked_for = sorted(each["part"] for each in after["invoked"])
    if asked_for != [each["part"] for each in events[1:]]:
        raise SystemExit(f"Lambda was asked for the parts {asked_for}")
    return [
        f"{delay} s",
        str(len(events)),
        f"{after['looked_at']:,} of {RECORDINGS:,}",
        f"{after['asked'] - before['asked']:,}",
        f"{took:.0f} s",
        f"{cpu:.1f} s",
        f"{resident / 2**20:.0f} MiB",
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
