"""Requests to LiveKit's server API."""

import socket
import ssl
import threading
from pathlib import Path

import pytest
from botocore.exceptions import (
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
    SSLError,
)
from livekit.protocol.room import ListRoomsRequest, ListRoomsResponse

from meet.connections import Connections, Sent
from meet.errors import MediaServerUnavailable
from meet.livekit.tokens import AccessTokens
from meet.livekit.twirp import CONNECT_TIMEOUT, OutcomeUnknown, TwirpClient, connections_to
from tests.receivers import certificate_in, free_port, receiver, talker

METHOD = "RoomService/ListRooms"
URL = "https://livekit.example"


def ask(url: str, **more: float) -> ListRoomsResponse:
    tokens = AccessTokens("livekit-key", "livekit-secret-of-at-least-32-bytes")
    client = TwirpClient(connections_to(url.replace("http", "ws", 1)), tokens)
    grants = {"roomList": True}
    return client.call(METHOD, ListRoomsRequest(), ListRoomsResponse, grants=grants, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("below", ["", "/", "/livekit", "/livekit/", "/ws"])
def test_livekit_may_be_below_a_path(below: str) -> None:
    with receiver() as endpoint:
        endpoint.answers(200, Content_Length="0")
        ask(endpoint.url.removesuffix("/hook") + below)
    (received,) = endpoint.received
    assert received.path == f"{below.rstrip('/')}/twirp/livekit.{METHOD}"
    assert received.headers["user-agent"] == "Meet", "some firewalls want one"


def test_a_secure_url_is_asked_with_tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate = certificate_in(tmp_path)
    with receiver(certificate=certificate) as endpoint:
        endpoint.answers(200, Content_Length="0")
        url = endpoint.url.removesuffix("/hook")
        assert url.startswith("https:")
        with pytest.raises(MediaServerUnavailable):
            ask(url)
        assert not endpoint.received
        trusting = ssl.create_default_context(cafile=str(certificate))
        monkeypatch.setattr("meet.connections._made_once", lambda: trusting)
        ask(url)
    assert len(endpoint.received) == 1


@pytest.mark.parametrize(
    ("error", "outcome", "attempts"),
    [
        (ConnectTimeoutError(endpoint_url=URL), MediaServerUnavailable, 1),
        (EndpointConnectionError(endpoint_url=URL), MediaServerUnavailable, 1),
        (SSLError(endpoint_url=URL, error=OSError("expired")), MediaServerUnavailable, 1),
        (ConnectionClosedError(endpoint_url=URL), OutcomeUnknown, 2),
        (ReadTimeoutError(endpoint_url=URL), OutcomeUnknown, 1),
    ],
)
def test_what_was_never_sent_is_told_from_what_may_have_been_done(
    monkeypatch: pytest.MonkeyPatch, error: Exception, outcome: type[Exception], attempts: int
) -> None:
    asked = []

    def fail(connections: Connections, body: bytes, *_: object, **more: object) -> Sent:
        asked.append(more)
        raise error

    monkeypatch.setattr(Connections, "send", fail)
    with pytest.raises(MediaServerUnavailable) as raised:
        ask(URL)
    assert type(raised.value) is outcome
    assert len(asked) == attempts


def test_a_call_may_have_a_timeout_of_its_own() -> None:
    over = threading.Event()

    def keep_silent(connection: socket.socket) -> None:
        over.wait(60)

    with talker(keep_silent) as url:
        with pytest.raises(OutcomeUnknown, match="ReadTimeoutError"):
            ask(url, timeout=0.05)
        over.set()


def test_connecting_has_a_timeout_of_two_seconds() -> None:
    assert connections_to("wss://livekit.example")._connect_timeout == CONNECT_TIMEOUT == 2


def test_the_log_says_why_there_is_no_connection(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(MediaServerUnavailable):
        ask(f"http://127.0.0.1:{free_port()}")
    (record,) = caplog.records
    assert vars(record)["detail"] == "EndpointConnectionError: [Errno 111] Connection refused"
