"""What a user of the system watches, read from what the functions print."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any, TypeAlias

import pytest

from meet.metrics import NAMESPACE
from meet.recordings.lifecycle import Evidence
from meet.wiring import clients
from tests.fakes import Clock, FakeLiveKit
from tests.functions.gateway import Call, event, invoke
from tests.functions.recordings import MINUTE, SECOND, Studio, object_created, sweep
from tests.functions.rooms import HOUR, create_room, secret_of
from tests.functions.test_authorize import authorize, is_let_in
from tests.functions.test_receive_livekit_webhook import message, post, sign
from tools.memory_aws import API_KEY

Metric: TypeAlias = tuple[str, float, dict[str, str]]
Metrics: TypeAlias = Callable[[], list[Metric]]


def metric(line: dict[str, Any]) -> Metric:
    """Read one line as CloudWatch does: metric, value, dimensions without the stack."""
    (directive,) = line["_aws"]["CloudWatchMetrics"]
    assert directive["Namespace"] == NAMESPACE
    (dimensions,), (described,) = directive["Dimensions"], directive["Metrics"]
    values = {name: line[name] for name in dimensions}
    assert values.pop("stack") == "meet"
    return described["Name"], line[described["Name"]], values


@pytest.fixture
def metrics(capsys: pytest.CaptureFixture[str]) -> Metrics:
    """Return the metrics that were printed since the last look."""

    def printed() -> list[Metric]:
        lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if line]
        return [metric(line) for line in lines if "_aws" in line]

    return printed


def ended(status: str) -> Metric:
    return "RecordingsEnded", 1, {"status": status}


def test_a_line_has_what_cloudwatch_asks_for(
    call: Call, still_clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    create_room(call, still_clock)
    (text,) = [line for line in capsys.readouterr().out.splitlines() if '"_aws"' in line]
    assert json.loads(text) == {
        "_aws": {
            "Timestamp": still_clock(),
            "CloudWatchMetrics": [
                {
                    "Namespace": "Meet",
                    "Dimensions": [["stack"]],
                    "Metrics": [{"Name": "RoomsCreated", "Unit": "Count"}],
                }
            ],
        },
        "stack": "meet",
        "RoomsCreated": 1,
    }


def test_a_room_is_counted_when_it_is_made_and_not_when_its_answer_is_repeated(
    call: Call, still_clock: Clock, metrics: Metrics
) -> None:
    body = {"expirationDate": still_clock() + HOUR}
    for _ in range(2):
        assert call("POST", "/rooms", body, {"Idempotency-Key": "one"}).status == 200
    assert metrics() == [("RoomsCreated", 1, {})]


def test_tokens_are_counted_and_refusals_by_reason(
    call: Call, still_clock: Clock, livekit: FakeLiveKit, metrics: Metrics
) -> None:
    room = create_room(call, still_clock, maxParticipants=1)
    metrics()

    def ask(name: str = room["roomName"], secret: str = secret_of(room, "viewer")) -> None:
        request = {"roomName": name, "participantName": "Alice", "secret": secret}
        call("POST", "/participants/token", request)

    ask()
    ask(name="abcdefghijklmno")
    ask(secret="wrong")
    livekit.join(room["roomName"], "Bob")
    ask()
    livekit.down = True
    ask()
    reasons = ["RoomToJoinNotFound", "InvalidSecret", "RoomFull", "MediaServerUnavailable"]
    assert metrics() == [
        ("TokensGranted", 1, {}),
        *(("TokensRefused", 1, {"reason": reason}) for reason in reasons),
    ]


def test_an_end_is_counted_once_however_often_it_is_told(studio: Studio, metrics: Metrics) -> None:
    recording_id = studio.active()
    studio.stop(recording_id)
    studio.clock.advance(7 * SECOND)
    metrics()
    key = studio.upload(recording_id)
    for _ in range(2):
        object_created(key)
        studio.hear(
            recording_id,
            Evidence.EGRESS_COMPLETE,
            ended_at=studio.clock(),
            duration=Decimal("2.5"),
        )
        studio.clock.advance(MINUTE)
        sweep()
    assert metrics() == [ended("READY"), ("StopToReady", 7, {})]


def test_a_failure_is_counted_and_so_is_the_file_that_comes_after_all(
    studio: Studio, metrics: Metrics
) -> None:
    recording_id = studio.active()
    metrics()
    studio.hear(recording_id, Evidence.EGRESS_FAILED, ended_at=studio.clock())
    assert metrics() == [ended("FAILED")]
    studio.clock.advance(3 * SECOND)
    object_created(studio.upload(recording_id))
    assert metrics() == [ended("READY"), ("StopToReady", 3, {})]


def test_what_the_sweep_has_to_settle_is_counted(studio: Studio, metrics: Metrics) -> None:
    recording_id = studio.active()
    studio.upload(recording_id)
    studio.change(recording_id, Evidence.EGRESS_COMPLETE, ended_at=studio.clock())
    studio.clock.advance(MINUTE)
    metrics()
    sweep()
    assert metrics() == [
        ended("READY"),
        ("StopToReady", 60, {}),
        ("RecordingsSettledBySweep", 1, {}),
    ]


def test_what_the_sweep_gives_up_is_counted_as_lost_too(studio: Studio, metrics: Metrics) -> None:
    recording_id = studio.active()
    studio.recorder.egresses.clear()
    studio.clock.advance(2 * MINUTE)
    metrics()
    sweep()
    assert studio.status(recording_id) == "FAILED"
    assert metrics() == [
        ended("FAILED"),
        ("RecordingsLost", 1, {}),
        ("RecordingsSettledBySweep", 1, {}),
    ]


def test_an_idle_sweep_costs_no_metric(studio: Studio, metrics: Metrics) -> None:
    sweep()
    assert metrics() == []


@pytest.mark.usefixtures("call")
def test_a_webhook_with_a_bad_signature_is_counted_and_a_good_one_is_not(
    metrics: Metrics,
) -> None:
    body = message("participant_left", "abcdefghijklmno")
    assert post(body).status == 200
    assert metrics() == []
    assert post(body, sign(body, secret="another secret of 32 bytes or more")).status == 401
    assert metrics() == [("WebhooksRejected", 1, {})]


@pytest.mark.usefixtures("aws")
def test_the_authorizer_counts_whom_it_refuses(metrics: Metrics) -> None:
    assert is_let_in(API_KEY)
    assert metrics() == []
    assert not is_let_in("wrong")
    assert metrics() == [("AuthorizerRefused", 1, {})]


@pytest.mark.usefixtures("aws")
def test_an_authorizer_that_cannot_decide_is_counted_apart(
    metrics: Metrics, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(name: str) -> str:
        raise RuntimeError("told to fail")

    monkeypatch.setattr(clients, "secret", fail)
    with pytest.raises(RuntimeError, match="told to fail"):
        authorize({"X-API-KEY": API_KEY})
    assert metrics() == [("AuthorizerFailed", 1, {})]


@pytest.mark.usefixtures("call")
def test_no_metric_says_who_or_where(
    studio: Studio, metrics: Metrics, capsys: pytest.CaptureFixture[str]
) -> None:
    room = studio.room()
    studio.ready(room=room)
    invoke(event("GET", f"/{room}/"))
    lines = [line for line in capsys.readouterr().out.splitlines() if '"_aws"' in line]
    assert lines
    assert not any(room in line for line in lines)
