"""LiveKit's egress: what we ask of it, and what we make of its answers."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
import pytest
from google.protobuf.json_format import ParseDict
from livekit.protocol.egress import (
    EgressInfo,
    EgressStatus,
    EncodedFileType,
    EncodingOptionsPreset,
    ListEgressRequest,
    ListEgressResponse,
    RoomCompositeEgressRequest,
    S3Upload,
    StopEgressRequest,
    UpdateStreamRequest,
)
from livekit.protocol.models import TokenPagination

from meet.errors import MediaServerUnavailable
from meet.livekit import egress as recorder
from meet.livekit import twirp
from meet.livekit.egress import LiveKitEgress, to_egress
from meet.livekit.recorder import Egress, EgressState
from meet.livekit.tokens import AccessTokens
from meet.livekit.twirp import OutcomeUnknown, TwirpClient, connections_to
from meet.wiring import clients, livekit
from tests.receivers import talker

KEY = "recordings/abcdefghijklmno/rec_00000000000000000000000000.mp4"
SECRET = "livekit-secret-of-at-least-32-bytes"
MS = 1_000_000


@dataclass
class Server:
    """Speaks Twirp as livekit-server does, and says what it is told to."""

    status: int = 200
    body: bytes = b""
    silent: bool = False
    requests: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    url: str = ""
    over: threading.Event = field(default_factory=threading.Event)

    def refuse(self, status: int, code: str, message: str = "") -> None:
        self.status, self.body = status, json.dumps({"code": code, "msg": message}).encode()


@pytest.fixture
def server() -> Iterator[Server]:
    told = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told.requests.append((self.path, dict(self.headers), body))
            if told.silent:
                told.over.wait(10)
                return
            self.send_response(told.status)
            self.send_header("Content-Length", str(len(told.body)))
            self.end_headers()
            self.wfile.write(told.body)

        def log_message(self, *arguments: Any) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=http.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    told.url = f"ws://127.0.0.1:{http.server_port}"
    yield told
    told.over.set()
    http.shutdown()
    http.server_close()


def egress_at(url: str, **upload: Any) -> LiveKitEgress:
    client = TwirpClient(connections_to(url), AccessTokens("livekit-key", SECRET))
    return LiveKitEgress(
        client, lambda: S3Upload(bucket="recordings", region="eu-west-1", **upload)
    )


def started(server: Server) -> RoomCompositeEgressRequest:
    server.body = EgressInfo(egress_id="EG_1", room_name="room").SerializeToString()
    egress_at(server.url).start("room", KEY)
    return RoomCompositeEgressRequest.FromString(server.requests[-1][2])


def test_a_start_asks_for_one_mp4_of_the_room_in_the_bucket(server: Server) -> None:
    request = started(server)
    assert server.requests[-1][0] == "/twirp/livekit.Egress/StartRoomCompositeEgress"
    assert (request.room_name, request.layout) == ("room", "grid")
    assert request.preset == EncodingOptionsPreset.H264_720P_30
    (output,) = request.file_outputs
    assert output.filepath == KEY
    assert output.file_type == EncodedFileType.MP4
    assert output.disable_manifest
    assert (output.s3.bucket, output.s3.region) == ("recordings", "eu-west-1")
    assert (output.s3.access_key, output.s3.secret, output.s3.assume_role_arn) == ("", "", "")
    assert not (request.audio_only or request.video_only or request.stream_outputs)


def test_every_call_is_signed_for_recording_alone(server: Server) -> None:
    started(server)
    _, headers, _ = server.requests[-1]
    assert headers["Content-Type"] == "application/protobuf"
    token = headers["Authorization"].removeprefix("Bearer ")
    claims = jwt.decode(token, SECRET, algorithms=["HS256"])
    assert claims["video"] == {"roomRecord": True}
    assert claims["exp"] - claims["nbf"] <= 600


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, {}),
        ({"EGRESS_ROLE": "", "EGRESS_SECRET": ""}, {}),
        (
            {"EGRESS_ROLE": "arn:role", "EGRESS_EXTERNAL_ID": "id"},
            {"assume_role_arn": "arn:role", "assume_role_external_id": "id"},
        ),
        ({"EGRESS_ROLE": "arn:role"}, {"assume_role_arn": "arn:role"}),
        ({"EGRESS_SECRET": "name"}, {"access_key": "AK", "secret": "SK"}),
        ({"EGRESS_ROLE": "arn:role", "EGRESS_SECRET": "x"}, {"assume_role_arn": "arn:role"}),
    ],
)
def test_egress_writes_with_a_role_with_a_key_or_with_its_own_credentials(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], expected: dict[str, Any]
) -> None:
    def secret(name: str) -> str:
        return '{"accessKey": "AK", "secretKey": "SK"}'

    for name, value in {
        "RECORDINGS_BUCKET": "b",
        "AWS_REGION": "eu-west-1",
        **environment,
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(clients, "secret", secret)
    assert livekit.upload() == S3Upload(bucket="b", region="eu-west-1", **expected)


def test_the_answer_is_what_livekit_says(server: Server) -> None:
    info = EgressInfo(egress_id="EG_1", room_name="room", status=EgressStatus.EGRESS_STARTING)
    server.body = info.SerializeToString()
    egress = egress_at(server.url).start("room", KEY)
    assert (egress.id, egress.state) == ("EG_1", EgressState.STARTING)


def test_stop_and_lists_ask_for_what_they_say(server: Server) -> None:
    egress = egress_at(server.url)
    egress.stop("EG_1")
    assert StopEgressRequest.FromString(server.requests[-1][2]).egress_id == "EG_1"
    items = [EgressInfo(egress_id="EG_1"), EgressInfo(egress_id="EG_2")]
    server.body = ListEgressResponse(items=items).SerializeToString()
    assert [each.id for each in egress.under_way()] == ["EG_1", "EG_2"]
    assert ListEgressRequest.FromString(server.requests[-1][2]) == ListEgressRequest(active=True)
    assert len(egress.in_room("room")) == 2
    assert ListEgressRequest.FromString(server.requests[-1][2]) == ListEgressRequest(
        room_name="room"
    )


@pytest.mark.parametrize(
    ("status", "code", "outcome"),
    [
        (503, "unavailable", MediaServerUnavailable),  # no worker
        (404, "not_found", MediaServerUnavailable),  # no such room
        (400, "invalid_argument", MediaServerUnavailable),
        (501, "unimplemented", MediaServerUnavailable),
        (401, "unauthenticated", MediaServerUnavailable),
        (401, "unknown", MediaServerUnavailable),  # a wrong key
        (403, "permission_denied", MediaServerUnavailable),
        (429, "resource_exhausted", MediaServerUnavailable),
        (408, "deadline_exceeded", OutcomeUnknown),
        (500, "internal", OutcomeUnknown),
    ],
)
def test_a_start_that_livekit_refuses_may_be_repeated_unless_its_outcome_is_unknown(
    server: Server, status: int, code: str, outcome: type[Exception]
) -> None:
    server.refuse(status, code, "secret text")
    with pytest.raises(MediaServerUnavailable) as error:
        egress_at(server.url).start("room", KEY)
    assert type(error.value) is outcome
    assert error.value.code == code
    assert f"{code}: secret text" in str(error.value), "for the log"
    assert "secret text" not in str(error.value.body)


def test_an_answer_that_is_none_of_livekits_leaves_the_outcome_unknown(server: Server) -> None:
    server.body = b"<html>Welcome to nginx!</html>"
    with pytest.raises(OutcomeUnknown):
        egress_at(server.url).start("room", KEY)


@pytest.mark.parametrize("code", ["not_found", "failed_precondition"])
def test_to_stop_what_is_over_is_no_error(server: Server, code: str) -> None:
    server.refuse(412, code)
    egress_at(server.url).stop("EG_1")


@pytest.mark.parametrize("code", ["deadline_exceeded", "internal", "unknown", "permission_denied"])
def test_a_stop_that_livekit_did_not_do_is_told(server: Server, code: str) -> None:
    server.refuse(408, code)
    with pytest.raises(MediaServerUnavailable):
        egress_at(server.url).stop("EG_1")


@pytest.mark.parametrize(
    ("status", "code", "is_alive"),
    [
        (400, "invalid_argument", True),  # UpdateStream called on non-streaming egress
        (412, "failed_precondition", True),  # it ends at this moment
        (404, "not_found", False),
        (503, "unavailable", False),  # no response from servers
        (408, "deadline_exceeded", False),
        (401, "unauthenticated", None),
        (403, "permission_denied", True),
        (500, "internal", None),
        (429, "resource_exhausted", None),
    ],
)
def test_a_recorder_is_dead_only_if_livekit_says_that_nobody_answers(
    server: Server, status: int, code: str, is_alive: bool | None
) -> None:
    server.refuse(status, code)
    if is_alive is None:
        with pytest.raises(MediaServerUnavailable):
            egress_at(server.url).is_alive("EG_1")
    else:
        assert egress_at(server.url).is_alive("EG_1") is is_alive
    assert server.requests[-1][0] == "/twirp/livekit.Egress/UpdateStream"
    assert UpdateStreamRequest.FromString(server.requests[-1][2]) == UpdateStreamRequest(
        egress_id="EG_1"
    )


def test_a_list_of_several_pages_is_read_to_its_end(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = iter(["a", "b", ""])
    send = TwirpClient._send
    asked = []

    def answer(client: TwirpClient, method: str, request: ListEgressRequest, *rest: Any) -> Any:
        asked.append(request.page_token.token)
        token = TokenPagination(token=next(pages))
        items = [EgressInfo(egress_id=f"EG_{len(asked)}")]
        server.body = ListEgressResponse(items=items, next_page_token=token).SerializeToString()
        return send(client, method, request, *rest)

    monkeypatch.setattr(TwirpClient, "_send", answer)
    assert [each.id for each in egress_at(server.url).under_way()] == ["EG_1", "EG_2", "EG_3"]
    assert asked == ["", "a", "b"]


CALLS: list[Callable[[LiveKitEgress], object]] = [
    lambda egress: egress.start("room", KEY),
    lambda egress: egress.stop("EG_1"),
    lambda egress: egress.is_alive("EG_1"),
    lambda egress: egress.under_way(),
    lambda egress: egress.in_room("room"),
]


@pytest.mark.parametrize("call", CALLS)
def test_after_our_timeout_the_outcome_is_unknown(
    server: Server, monkeypatch: pytest.MonkeyPatch, call: Callable[[LiveKitEgress], object]
) -> None:
    monkeypatch.setattr(recorder, "START_TIMEOUT", 0.05)
    defaults = {**(TwirpClient.call.__kwdefaults__ or {}), "timeout": 0.05}
    monkeypatch.setattr(TwirpClient.call, "__kwdefaults__", defaults)
    server.silent = True
    with pytest.raises(OutcomeUnknown):
        call(egress_at(server.url))


def test_timeouts_leave_time_behind_the_gateway_and_a_start_ends_before_livekit_does() -> None:
    assert recorder.START_TIMEOUT == 8
    assert twirp.CONNECT_TIMEOUT + twirp.READ_TIMEOUT + recorder.START_TIMEOUT < 28


@pytest.mark.parametrize("call", CALLS)
def test_a_refused_connection_did_nothing(call: Callable[[LiveKitEgress], object]) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"ws://127.0.0.1:{unused.getsockname()[1]}"
        with pytest.raises(MediaServerUnavailable) as error:
            call(egress_at(url))
    assert type(error.value) is MediaServerUnavailable


@pytest.mark.parametrize("call", CALLS)
def test_after_a_broken_connection_all_but_a_start_is_sent_again(
    call: Callable[[LiveKitEgress], object],
) -> None:
    paths: list[bytes] = []

    def break_off(connection: socket.socket) -> None:
        paths.append(connection.recv(65_536).split()[1])

    with talker(break_off) as url, pytest.raises(OutcomeUnknown):
        call(egress_at(url.replace("http", "ws")))
    assert len(paths) == (1 if call is CALLS[0] else 2)
    assert len(set(paths)) == 1


# ------------------------------------------------------------------ what LiveKit's words mean


def heard(**info: Any) -> Egress:
    """Return our reading of an EgressInfo in a webhook's JSON."""
    return to_egress(ParseDict({"egressId": "EG_1", "roomName": "room", **info}, EgressInfo()))


FILE = {
    "filename": KEY,
    "startedAt": str(1_800_000_000_123 * MS + 999_999),
    "endedAt": str(1_800_000_009_000 * MS),
    "duration": "8876543210",
}
ASKED = {"roomComposite": {"roomName": "room", "fileOutputs": [{"filepath": KEY}]}}


@pytest.mark.parametrize("where", [{"fileResults": [FILE]}, {"file": FILE}])
def test_a_complete_one_has_its_facts_also_in_the_deprecated_field(where: dict[str, Any]) -> None:
    egress = heard(status="EGRESS_COMPLETE", startedAt="1", **where)
    assert egress.is_over
    assert egress.object_key == KEY
    assert egress.started_at == 1_800_000_000_123, "nanoseconds are cut"
    assert egress.ended_at == 1_800_000_009_000
    assert egress.duration == Decimal("8.877")


def test_started_comes_without_a_status_and_means_starting() -> None:
    egress = heard(startedAt=str(5 * 10**18 // 3), file={"filename": KEY})
    assert egress.state is EgressState.STARTING
    assert not egress.is_over
    assert egress.started_at is None, "that is when the request came"
    assert (egress.ended_at, egress.duration, egress.error) == (None, None, "")


@pytest.mark.parametrize("where", ["file", "fileResults"])
@pytest.mark.parametrize(
    ("status", "file", "began"),
    [
        ("EGRESS_STARTING", {"startedAt": "7000000"}, None),
        ("EGRESS_ACTIVE", {}, None),
        ("EGRESS_ACTIVE", {"startedAt": "7000000"}, 7),
        ("EGRESS_ENDING", {"startedAt": "7000000"}, 7),
        ("EGRESS_COMPLETE", {"startedAt": "7000000", "endedAt": "9000000"}, 7),
        ("EGRESS_LIMIT_REACHED", {"startedAt": "7000000", "endedAt": "9000000"}, 7),
        ("EGRESS_FAILED", {"startedAt": "7000000"}, 7),  # killed: nobody wrote when it ended
        ("EGRESS_FAILED", {"startedAt": "7000000", "endedAt": "9000000"}, 7),
        ("EGRESS_FAILED", {"startedAt": "9000000", "endedAt": "9000000"}, None),
        ("EGRESS_FAILED", {"endedAt": "9000000"}, None),
        ("EGRESS_ABORTED", {"startedAt": "9000000", "endedAt": "9000000"}, None),
        ("EGRESS_ABORTED", {}, None),
    ],
)
def test_it_began_when_its_file_did_and_one_that_never_ran_never_began(
    where: str, status: str, file: dict[str, str], began: int | None
) -> None:
    """The egress's own startedAt is when it was asked for, or anything else."""
    named = {"filename": KEY, **file}
    egress = heard(
        status=status, startedAt="1000000", **{where: named if where == "file" else [named]}
    )
    assert egress.started_at == began


@pytest.mark.parametrize("of_output", [True, False])
def test_the_second_kind_of_request_names_key_and_bucket_too(of_output: bool) -> None:
    storage = {"storage": {"s3": {"bucket": "recordings"}}}
    output = {"file": {"filepath": KEY}} | (storage if of_output else {})
    asked = {"roomName": "room", "outputs": [output]} | ({} if of_output else storage)
    egress = heard(egress=asked)
    assert (egress.object_key, egress.bucket) == (KEY, "recordings")


def test_livekits_account_of_an_end_is_read() -> None:
    said = {"details": "End reason: X", "errorCode": 403, "backupStorageUsed": True}
    egress = heard(status="EGRESS_COMPLETE", fileResults=[{**FILE, "location": "/b/x.mp4"}], **said)
    assert (egress.details, egress.error_code) == ("End reason: X", 403)
    assert (egress.is_in_backup, egress.location) == (True, "/b/x.mp4")


def test_without_any_file_the_key_is_what_was_asked_for() -> None:
    assert heard(**ASKED).object_key == KEY
    assert heard(fileResults=[{}], **ASKED).object_key == KEY
    assert heard().object_key == ""
    assert heard(trackComposite={"audioTrackId": "TR"}).object_key == ""


@pytest.mark.parametrize("duration", ["-1", "-62135596800000000000"[:19], "0", None])
def test_one_that_never_ran_has_no_duration(duration: str | None) -> None:
    file = {"filename": KEY} if duration is None else {"filename": KEY, "duration": duration}
    assert heard(status="EGRESS_ABORTED", fileResults=[file]).duration is None


def test_a_moment_before_1970_is_none() -> None:
    file = {"filename": KEY, "startedAt": "-5", "endedAt": "-6795364578871345152"}
    egress = heard(status="EGRESS_COMPLETE", fileResults=[file])
    assert (egress.started_at, egress.ended_at) == (None, None)


@pytest.mark.parametrize(
    ("status", "is_over"),
    [
        ("EGRESS_STARTING", False),
        ("EGRESS_ACTIVE", False),
        ("EGRESS_ENDING", False),
        ("EGRESS_COMPLETE", True),
        ("EGRESS_FAILED", True),
        ("EGRESS_ABORTED", True),
        ("EGRESS_LIMIT_REACHED", True),
    ],
)
def test_every_status_of_livekit_is_evidence(status: str, is_over: bool) -> None:
    egress = heard(status=status, fileResults=[FILE], error="why")
    assert (egress.state, egress.is_over) == (EgressState(status), is_over)
    assert (egress.ended_at is not None) == is_over
    assert (egress.duration is not None) == is_over
    assert egress.error == "why"


def test_no_status_of_livekit_is_forgotten() -> None:
    assert {name for name in EgressStatus.keys() if name not in {*EgressState}} == set()  # noqa: SIM118
