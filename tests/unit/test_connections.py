"""Kept connections, against servers that close them, keep silent, or have the wrong certificate."""

import gc
import socket
import ssl
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from botocore.exceptions import (
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
    SSLError,
)

from meet.connections import Connections, tls
from tests.receivers import certificate_in, free_port, receiver, talker

SOON = 10
"""Seconds."""
REPLY = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Told: yes\r\n\r\n{}"


def connections_of(url: str, *, read: float = SOON, most: int = 40) -> Connections:
    return Connections(url, connect_timeout=SOON, read_timeout=read, most=most)


@contextmanager
def connections(url: str, *, read: float = SOON, most: int = 40) -> Iterator[Connections]:
    """Yield connections, which are closed afterwards: a server waits for them."""
    asked = connections_of(url, read=read, most=most)
    yield asked
    for each in asked._idle:
        each.close()


def post(asked: Connections) -> bytes:
    return asked.send(b"{}", {"content-type": "application/json"}).reply().data


def read_request(connection: socket.socket) -> bool:
    """Read one request; False if the client has closed."""
    seen = b""
    while not seen.endswith(b"\r\n\r\n{}"):
        part = connection.recv(4096)
        if not part:
            return False
        seen += part
    return True


@contextmanager
def server(answers: int) -> Iterator[tuple[str, list[int]]]:
    """Answer so many requests on each connection, then close it; yield the URL and the counts."""
    counts: list[int] = []

    def talk(connection: socket.socket) -> None:
        counts.append(0)
        mine = len(counts) - 1
        while counts[mine] < answers and read_request(connection):
            counts[mine] += 1
            connection.sendall(REPLY)

    with talker(talk) as url:
        yield url, counts


def test_a_reply_has_status_headers_and_body() -> None:
    with server(9) as (url, _), connections(url) as asked:
        reply = asked.send(b"{}", {"content-type": "application/json"}).reply()
    assert (reply.status, reply.data, reply.headers.get("x-told")) == (200, b"{}", "yes")
    assert reply.headers.get("x-amz-crc32") is None


def test_a_reply_is_read_once_since_the_connection_then_has_another_request() -> None:
    with server(9) as (url, counts), connections(url) as asked:
        sent = asked.send(b"{}", {})
        assert sent.reply().data == b"{}"
        sent.drop()
        with pytest.raises(TypeError):
            sent.reply()
        assert post(asked) == b"{}"
    assert counts == [2], "to drop it afterwards did not close the connection"


def test_a_connection_whose_reply_nobody_reads_is_closed() -> None:
    with server(9) as (url, counts), connections(url) as asked:
        asked.send(b"{}", {}).drop()
        assert not asked._idle
        assert post(asked) == b"{}"
    assert sorted(counts) in ([0, 1], [1, 1])


def test_one_after_the_other_have_one_connection() -> None:
    with server(9) as (url, counts), connections(url) as asked:
        assert [post(asked) for _ in range(5)] == [b"{}"] * 5
    assert counts == [5]


def test_a_connection_that_was_closed_while_it_was_idle_is_not_used() -> None:
    closed = threading.Event()

    def talk(connection: socket.socket) -> None:
        if read_request(connection):
            connection.sendall(REPLY)
            connection.shutdown(socket.SHUT_RDWR)
            closed.set()

    with talker(talk) as url, connections(url) as asked:
        for _ in range(3):
            closed.clear()
            assert post(asked) == b"{}"
            assert closed.wait(SOON)


def test_many_at_once_have_a_connection_each_and_keep_as_many_as_were_asked_for() -> None:
    together = threading.Barrier(4)

    def talk(connection: socket.socket) -> None:
        while read_request(connection):
            together.wait(SOON)
            connection.sendall(REPLY)

    with (
        talker(talk) as url,
        ThreadPoolExecutor(4) as pool,
        connections(url, most=2) as asked,
    ):
        for _ in range(3):
            replies = list(pool.map(lambda _: post(asked), range(4)))
            assert replies == [b"{}"] * 4
            assert len(asked._idle) == 2


def test_a_server_that_asks_to_close_is_asked_on_a_new_connection() -> None:
    last = REPLY.replace(b"X-Told: yes", b"Connection: close")

    def talk(connection: socket.socket) -> None:
        if read_request(connection):
            connection.sendall(last)

    with talker(talk) as url, connections(url) as asked:
        assert [post(asked), post(asked)] == [b"{}", b"{}"]


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{}", id="half a body"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Le", id="half a header"),
        pytest.param(b"220 mail.example.com ready\r\n", id="another protocol"),
        pytest.param(b"HTTP/1.1 200 OK\r\n" + b"a" * 70_000 + b"\r\n", id="a header without end"),
    ],
)
def test_an_answer_that_is_cut_or_is_not_http_is_a_closed_connection(said: bytes) -> None:
    def talk(connection: socket.socket) -> None:
        if read_request(connection):
            connection.sendall(said)

    with talker(talk) as url, connections(url) as asked:
        with pytest.raises(ConnectionClosedError):
            post(asked)
        assert not asked._idle, "what was read halfway is not used again"


@pytest.mark.parametrize("size", [b"-5", b"f" * 40])
def test_a_chunk_of_an_impossible_size_ends_the_connection(size: bytes) -> None:
    def talk(connection: socket.socket) -> None:
        if read_request(connection):
            head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
            connection.sendall(head + size + b"\r\n{}\r\n0\r\n\r\n")

    with talker(talk) as url, connections(url) as asked:
        with pytest.raises(ConnectionClosedError):
            post(asked)
        assert not asked._idle


def test_after_a_reply_that_is_not_the_last_a_connection_is_closed() -> None:
    def talk(connection: socket.socket) -> None:
        if read_request(connection):
            connection.sendall(b"HTTP/1.1 103 Early Hints\r\n\r\n" + REPLY)

    with talker(talk) as url, connections(url) as asked:
        assert asked.send(b"{}", {}).reply().status == 103
        assert not asked._idle, "the next request would get the answer to this one"


def test_a_refusal_without_a_length_is_told_as_it_is() -> None:
    def talk(connection: socket.socket) -> None:
        if read_request(connection):
            connection.sendall(b"HTTP/1.0 503 Busy\r\n\r\n<html>")

    with talker(talk) as url, connections(url) as asked:
        reply = asked.send(b"{}", {}).reply()
    assert (reply.status, reply.data) == (503, b"<html>")


@pytest.mark.parametrize(
    ("url", "host", "port"),
    [
        ("http://[::1]", "::1", 80),
        ("https://[fd00:ec2::254]/", "fd00:ec2::254", 443),
        ("https://dynamodb.eu-west-1.amazonaws.com", "dynamodb.eu-west-1.amazonaws.com", 443),
        ("http://localhost:8000", "localhost", 8000),
        ("https://meet.example.", "meet.example", 443),
    ],
)
def test_the_host_and_the_port_are_those_of_the_endpoint(url: str, host: str, port: int) -> None:
    connected = connections_of(url)._unconnected()
    assert (connected.host, connected.port) == (host, port)


@pytest.mark.parametrize(("of_all", "of_this"), [(0.05, None), (600, 0.05)])
def test_a_server_that_keeps_silent_is_waited_for_as_long_as_was_said(
    of_all: float, of_this: float | None
) -> None:
    over = threading.Event()

    def talk(connection: socket.socket) -> None:
        read_request(connection)
        over.wait(SOON)

    with talker(talk) as url, connections(url, read=of_all) as asked:
        with pytest.raises(ReadTimeoutError):
            asked.send(b"{}", {}, read_timeout=of_this).reply()
        over.set()
        assert not asked._idle


def test_nobody_listens() -> None:
    with (
        connections(f"http://127.0.0.1:{free_port()}") as asked,
        pytest.raises(EndpointConnectionError),
    ):
        post(asked)


def test_a_host_that_does_not_answer_at_all_is_a_timeout_of_its_own() -> None:
    with socket.socket() as full:  # its queue is, so that a handshake is never completed
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        waiting = []
        for _ in range(3):
            each = socket.socket()
            each.setblocking(False)
            each.connect_ex(full.getsockname())
            waiting.append(each)
        url = f"http://127.0.0.1:{full.getsockname()[1]}"
        late = Connections(url, connect_timeout=0.05, read_timeout=SOON, most=1)
        with pytest.raises(ConnectTimeoutError):
            post(late)
        for each in waiting:
            each.close()


def test_a_certificate_that_nobody_vouches_for_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = certificate_in(tmp_path)
    with receiver(certificate=certificate) as endpoint:
        url = endpoint.url.removesuffix("/hook")
        with connections(url) as asked, pytest.raises(SSLError):
            post(asked)
        assert not endpoint.received
        trusting = ssl.create_default_context(cafile=str(certificate))
        monkeypatch.setattr("meet.connections._made_once", lambda: trusting)
        with connections(url) as asked:
            assert asked.send(b"{}", {}).reply().status == 204
        other = url.replace("127.0.0.1", "localhost")  # a name that is not in the certificate
        with connections(other) as asked, pytest.raises(SSLError):
            post(asked)
    assert len(endpoint.received) == 1


def test_what_is_kept_is_closed_with_the_client() -> None:
    with server(9) as (url, _):
        asked = connections_of(url)
        post(asked)
        kept = asked._idle[0]
        del asked
        gc.collect()
        assert kept.sock is None


def test_all_connections_have_the_same_tls_which_is_made_once_and_checks_peers() -> None:
    with ThreadPoolExecutor(4) as pool:
        made = set(pool.map(lambda _: tls(), range(4)))
    assert made == {tls()}
    assert tls().check_hostname
    assert tls().verify_mode is ssl.CERT_REQUIRED


@pytest.mark.parametrize("base", ["", "/", "/below", "/below/"])
def test_a_path_is_below_that_of_the_endpoint(base: str) -> None:
    with receiver() as endpoint:
        asked = connections_of(endpoint.url.removesuffix("/hook") + base)
        asked.send(b"{}", {}).reply()
        asked.send(b"{}", {}, path="/x.Y/Z").reply()
    below = base.rstrip("/")
    assert [each.path for each in endpoint.received] == [f"{below}/", f"{below}/x.Y/Z"]


@pytest.mark.parametrize(
    "endpoint",
    [
        *("https://x:y", "https://[::1", "https://", "https:///x", "https://.", "x", "wss://x"),
        *("https://x y", "https://x ", "https://x/ ", "https://x/a b", "https://x/\x7f"),
        "https://x/ü",
    ],
)
def test_an_endpoint_has_to_be_a_url(endpoint: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        connections_of(endpoint)


@pytest.mark.parametrize("host", ["a..b", f"{'x' * 64}.example"])
def test_a_name_that_no_host_can_have_is_one_that_is_not_there(host: str) -> None:
    with pytest.raises(EndpointConnectionError):
        post(connections_of(f"https://{host}"))
