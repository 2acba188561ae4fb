"""Why LiveKit is unavailable is written down: a log line and a metric by kind, never a token."""

import json
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

import pytest
from botocore.exceptions import (
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
    SSLError,
)

from meet.connections import Sent
from meet.errors import MediaServerUnavailable
from meet.livekit.outages import EVENT, READS_EVERY, Kind
from meet.wiring import clients, livekit
from tests.fakes import Clock, replied
from tests.functions.gateway import Reply, event, invoke
from tests.functions.logs import Logs
from tests.functions.rooms import HOUR
from tools import ROOT

URL = "https://livekit.example.com"
TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJtZWV0In0.c2lnbmF0dXJl"
PARTICIPANTS, START = "RoomService/ListParticipants", "Egress/StartRoomCompositeEgress"


class Answer(NamedTuple):
    """An HTTP answer."""

    status: int
    body: bytes = b""


@dataclass
class Away:
    """Stands in for the connections to LiveKit, and answers or fails as it is told."""

    answer: Exception | Answer = field(default_factory=lambda: Answer(200))

    def send(self, body: bytes, headers: dict[str, str], **_: Any) -> Sent:
        if isinstance(self.answer, Exception):
            raise self.answer
        return replied(*self.answer)


def refusal(status: int, code: str, message: str = "") -> Answer:
    return Answer(status, json.dumps({"code": code, "msg": message}).encode())


@pytest.fixture
def away(aws: None, monkeypatch: pytest.MonkeyPatch) -> Away:
    away = Away()
    monkeypatch.setattr(clients, "livekit", cache(lambda: away))
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
        (EndpointConnectionError(endpoint_url=URL), "unreachable"),
        (ConnectTimeoutError(endpoint_url=URL), "unreachable"),
        (SSLError(endpoint_url=URL, error=OSError("certificate has expired")), "unreachable"),
        (ConnectionClosedError(endpoint_url=URL), "unreachable"),
        (ReadTimeoutError(endpoint_url=URL), "timeout"),
        (refusal(408, "deadline_exceeded"), "timeout"),
        (refusal(401, "unknown"), "wrong_key"),
        (refusal(401, "unauthenticated", "invalid API key"), "wrong_key"),
        (refusal(403, "permission_denied"), "refused"),
        (refusal(429, "resource_exhausted"), "quota"),
        (refusal(500, "internal"), "failed"),
        (refusal(503, "unavailable"), "failed"),
        (Answer(502, b"<html>"), "not_livekit"),
        (Answer(200, b"<html>"), "not_livekit"),
    ],
)
def test_a_token_that_cannot_be_given_says_why_in_the_log_alone(
    room: dict[str, Any],
    away: Away,
    told: Told,
    answer: Exception | Answer,
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
        (ReadTimeoutError(endpoint_url=URL), "timeout"),
    ],
)
def test_a_recording_that_cannot_start_says_why_each_time(
    room: dict[str, Any],
    away: Away,
    told: Told,
    answer: Exception | Answer,
    kind: str,
) -> None:
    egress = livekit.recorder()
    away.answer = answer
    for _ in range(2):
        with pytest.raises(Exception, match=START):
            egress.start(room["roomName"], "recordings/x.mp4")
    lines = told.written()
    assert [(line["kind"], line["method"]) for line in lines] == [(kind, START)] * 2
    assert told.counted() == [kind] * 2
    if isinstance(answer, Answer):
        assert json.loads(answer.body)["msg"] in lines[0]["detail"]


def test_reads_that_poll_are_written_down_once_a_minute(
    room: dict[str, Any],
    away: Away,
    still_clock: Clock,
    told: Told,
) -> None:
    away.answer = EndpointConnectionError(endpoint_url=URL)
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


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("", "the stack has no LiveKitUrl"),
        ("wss://livekit:x", "LiveKitUrl is not a URL"),
        ("wss://[::1", "LiveKitUrl is not a URL"),
        ("wss:///x", "LiveKitUrl is not a URL"),
        ("wss://livekit.example.com ", "LiveKitUrl is not a URL"),
        ("WSS://livekit.example.com", "LiveKitUrl is not a URL"),
        (None, "the stack has no LiveKitApiSecret"),
    ],
)
def test_a_stack_that_was_given_no_livekit_says_so(
    room: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    told: Told,
    url: str | None,
    reason: str,
) -> None:
    if url is not None:
        monkeypatch.setenv("LIVEKIT_URL", url)
    else:
        key = '{"apiKey": "key", "apiSecret": ""}'
        monkeypatch.setattr(clients, "secret", lambda name: key)
    assert join(room).status == 503
    (line,) = told.written()
    assert line["kind"] == "not_configured"
    assert reason in line["detail"]
    assert told.counted() == ["not_configured"]
    with pytest.raises(MediaServerUnavailable, match=reason):
        livekit.recorder()


def test_the_runbook_knows_every_kind() -> None:
    runbook = (ROOT / "docs/operations.md").read_text()
    assert EVENT in runbook
    for kind in Kind:
        assert f"`{kind.value}`" in runbook
