"""Why LiveKit is unavailable is written down: a log line and a metric by kind, never a token."""

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
import urllib3
from urllib3.exceptions import (
    ConnectTimeoutError,
    NewConnectionError,
    ProtocolError,
    ReadTimeoutError,
    SSLError,
)

from meet.livekit.outages import EVENT, READS_EVERY, Kind
from meet.wiring import clients, livekit
from tests.fakes import Clock
from tests.functions.gateway import Reply, event, invoke
from tests.functions.logs import Logs
from tests.functions.rooms import HOUR
from tools import ROOT

POOL: Any = urllib3.HTTPConnectionPool("livekit.example.com")
TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJtZWV0In0.c2lnbmF0dXJl"
PARTICIPANTS, START = "RoomService/ListParticipants", "Egress/StartRoomCompositeEgress"


@dataclass
class Away:
    """Stands in for the connections to LiveKit, and answers or fails as it is told."""

    answer: Any = None

    def request(self, verb: str, url: str, **more: Any) -> Any:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def refusal(status: int, code: str, message: str = "") -> urllib3.HTTPResponse:
    body = json.dumps({"code": code, "msg": message}).encode()
    return urllib3.HTTPResponse(body=body, status=status)


@pytest.fixture
def away(aws: None, monkeypatch: pytest.MonkeyPatch) -> Away:
    away = Away()
    monkeypatch.setattr(clients, "http_pool", cache(lambda: away))
    return away


@pytest.fixture
def room(aws: None, still_clock: Clock) -> dict[str, Any]:
    body = {"expirationDate": still_clock() + HOUR, "maxParticipants": 5}
    room: dict[str, Any] = post("/rooms", body).body
    return room


def post(path: str, body: dict[str, Any]) -> Reply:
    headers = {"Content-Type": "application/json"}
    return invoke(event("POST", f"/api/v1{path}", body=json.dumps(body).encode(), headers=headers))


def join(room: dict[str, Any]) -> Reply:
    secret = room["viewerURL"].partition("?secret=")[2]
    body = {"roomName": room["roomName"], "participantName": "Alice", "secret": secret}
    return post("/participants/token", body)


@dataclass(frozen=True)
class Told:
    """What the log and the metrics say about outages."""

    logs: Logs
    capsys: pytest.CaptureFixture[str]

    def written(self) -> list[dict[str, Any]]:
        return [line for line in self.logs() if line["message"] == EVENT]

    def counted(self) -> list[str]:
        """Return the kinds that were counted since the last call."""
        output = self.capsys.readouterr().out
        lines = [json.loads(line) for line in output.splitlines() if "_aws" in line]
        return [line["kind"] for line in lines if "MediaServerUnavailable" in line]


@pytest.fixture
def told(logs: Logs, capsys: pytest.CaptureFixture[str]) -> Told:
    return Told(logs, capsys)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (NewConnectionError(POOL, "refused"), "unreachable"),
        (ConnectTimeoutError("2 s"), "unreachable"),
        (SSLError("certificate has expired"), "unreachable"),
        (ProtocolError("broken"), "unreachable"),
        (ReadTimeoutError(POOL, "/", "5 s"), "timeout"),
        (refusal(408, "deadline_exceeded"), "timeout"),
        (refusal(401, "unknown"), "wrong_key"),
        (refusal(401, "unauthenticated", "invalid API key"), "wrong_key"),
        (refusal(403, "permission_denied"), "refused"),
        (refusal(429, "resource_exhausted"), "quota"),
        (refusal(500, "internal"), "failed"),
        (refusal(503, "unavailable"), "failed"),
        (urllib3.HTTPResponse(body=b"<html>", status=502), "not_livekit"),
        (urllib3.HTTPResponse(body=b"<html>", status=200), "not_livekit"),
    ],
)
def test_a_token_that_cannot_be_given_says_why_in_the_log_alone(
    room: dict[str, Any],
    away: Away,
    told: Told,
    answer: Any,
    kind: str,
) -> None:
    away.answer = answer
    reply = join(room)
    assert (reply.status, reply.body["reason"]) == (503, "media_server_unavailable")
    assert reply.body.keys() == {"code", "message", "reason"}
    (line,) = told.written()
    assert (line["kind"], line["method"]) == (kind, PARTICIPANTS)
    assert line["correlation_id"], "found by the request's id"
    assert told.counted() == [kind]


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (refusal(503, "unavailable", "no response from servers"), "egress_unavailable"),
        (refusal(500, "internal", "egress not connected (redis required)"), "egress_unavailable"),
        (refusal(501, "unimplemented", "not enabled"), "refused"),
        (refusal(403, "permission_denied", "AssumeRole is disabled for this account"), "refused"),
        (refusal(429, "resource_exhausted", "concurrent egress limit"), "quota"),
        (ReadTimeoutError(POOL, "/", "8 s"), "timeout"),
    ],
)
def test_a_recording_that_cannot_start_says_why_each_time(
    room: dict[str, Any],
    away: Away,
    told: Told,
    answer: Any,
    kind: str,
) -> None:
    egress = livekit.recorder()
    for _ in range(2):
        away.answer = answer
        with pytest.raises(Exception, match=START):
            egress.start(room["roomName"], "recordings/x.mp4")
        answer = refusal_again(answer)
    lines = told.written()
    assert [(line["kind"], line["method"]) for line in lines] == [(kind, START)] * 2
    assert told.counted() == [kind] * 2
    if isinstance(answer, urllib3.HTTPResponse):
        assert json.loads(answer.data)["msg"] in lines[0]["detail"]


def refusal_again(answer: Any) -> Any:
    """Return the same answer, to be read once more."""
    if isinstance(answer, Exception):
        return answer
    return urllib3.HTTPResponse(body=answer.data, status=answer.status)


def test_reads_that_poll_are_written_down_once_a_minute(
    room: dict[str, Any],
    away: Away,
    still_clock: Clock,
    told: Told,
) -> None:
    away.answer = NewConnectionError(POOL, "refused")
    for _ in range(20):
        assert join(room).status == 503
    assert len(told.written()) == 1
    still_clock.advance(READS_EVERY)
    join(room)
    assert len(told.written()) == 2
    assert len(told.counted()) == 2


def test_neither_a_token_nor_a_long_story_is_written_down(
    room: dict[str, Any], away: Away, told: Told
) -> None:
    away.answer = refusal(401, "unauthenticated", f"invalid token: {TOKEN} {'x' * 10_000}")
    join(room)
    (line,) = told.written()
    assert "invalid token: [token] xxx" in line["detail"]
    assert len(line["detail"]) < 300


@pytest.mark.parametrize("missing", ["url", "secret"])
def test_a_stack_that_was_given_no_livekit_says_so(
    room: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    told: Told,
    missing: str,
) -> None:
    if missing == "url":
        monkeypatch.setenv("LIVEKIT_URL", "")
    else:
        key = '{"apiKey": "key", "apiSecret": ""}'
        monkeypatch.setattr(clients, "secret", lambda name: key)
    assert join(room).status == 503
    assert {line["kind"] for line in told.written()} == {"not_configured"}
    assert set(told.counted()) == {"not_configured"}


def test_the_runbook_knows_every_kind() -> None:
    runbook = (ROOT / "docs/operations.md").read_text()
    assert EVENT in runbook
    for kind in Kind:
        assert f"`{kind.value}`" in runbook
