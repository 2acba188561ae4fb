"""One attempt against real receivers: what is sent, what came of it, and when it ends."""

import hashlib
import hmac
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook as StandardWebhook

from meet.clock import HOUR, Milliseconds, now
from meet.webhooks import sending
from meet.webhooks.model import Definition, Format, Secrets, Webhook, new_secret
from meet.webhooks.outcome import Outcome
from meet.webhooks.peer import is_public
from meet.webhooks.sending import Sender
from tests.receivers import (
    babble,
    certificate_in,
    close,
    drip,
    free_port,
    hang,
    receiver,
    talker,
)

EVENT = "evt_5f0c1m8q0v6w3e7t2k9n4b8x1z"
BODY = '{"type":"room.created","data":{"name":"Zoë"}}'.encode()
SIGNING = Secrets(new_secret())
LOCAL = Sender(ssl.create_default_context(), allow_private=True)
PUBLIC = Sender(ssl.create_default_context())
ON_A_BUSY_MACHINE = 8
"""Seconds within which half a second is over: far less than endpoints here keep a caller."""


def webhook(url: str, format: Format = Format.STANDARD) -> Webhook:  # noqa: A002
    return Webhook.new(Definition(url, format), now=now())


def send(url: str, sender: Sender = LOCAL, patience: float = 2.0) -> Outcome:
    return sender.send(webhook(url), SIGNING, EVENT, BODY, now=now(), patience=patience)


def words(outcome: Outcome) -> str:
    return outcome.words


def test_an_event_arrives_to_the_byte_and_says_who_sends_it() -> None:
    with receiver() as endpoint:
        outcome = send(f"{endpoint.url}?for=us&x=%20")
    (received,) = endpoint.received
    assert (outcome.status, outcome.is_success) == (204, True)
    assert received.body == BODY
    assert received.path == "/hook?for=us&x=%20"
    assert received.headers["content-type"] == "application/json"
    assert received.headers["user-agent"] == "Meet/1"
    assert received.headers["webhook-id"] == EVENT


def test_the_library_of_standard_webhooks_verifies_the_signature() -> None:
    with receiver() as endpoint:
        send(endpoint.url)
    (received,) = endpoint.received
    verified = StandardWebhook(SIGNING.current).verify(received.body, received.headers)
    assert verified == json.loads(BODY)


def test_while_a_secret_is_replaced_both_verify_and_then_only_the_new_one() -> None:
    moment, before = now(), new_secret()
    until = Milliseconds(moment + HOUR)
    with receiver() as endpoint:
        rotated, signed = Secrets(new_secret(), before, until), webhook(endpoint.url)
        LOCAL.send(signed, rotated, EVENT, BODY, now=moment)
        over = replace(rotated, previous_until=moment)
        LOCAL.send(signed, over, EVENT, BODY, now=moment)
    during, after = endpoint.received
    for secret in (rotated.current, before):
        assert StandardWebhook(secret).verify(during.body, during.headers)
    assert StandardWebhook(rotated.current).verify(after.body, after.headers)
    with pytest.raises(Exception, match="No matching signature"):
        StandardWebhook(before).verify(after.body, after.headers)


@pytest.mark.parametrize(
    "secret", ["ovmeet-0123456789abcdef", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]
)
def test_a_receiver_of_openvidu_meet_verifies_the_signature(secret: str) -> None:
    with receiver() as endpoint:
        theirs = webhook(endpoint.url, Format.OPENVIDU)
        LOCAL.send(theirs, Secrets(secret), EVENT, BODY, now=now())
    (received,) = endpoint.received
    stamp, signature = received.headers["x-timestamp"], received.headers["x-signature"]
    assert abs(now() - int(stamp)) < 120_000
    expected = hmac.new(secret.encode(), f"{stamp}.".encode() + received.body, hashlib.sha256)
    assert hmac.compare_digest(expected.hexdigest(), signature)
    assert received.headers["webhook-id"] == EVENT


# ------------------------------------------------------------------------------ what may go wrong


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_each_2xx_is_a_success(status: int) -> None:
    with receiver() as endpoint:
        endpoint.answers(status)
        assert send(endpoint.url).is_success


@pytest.mark.parametrize("status", [400, 401, 404, 410, 429, 500, 503])
def test_any_other_status_is_a_failure_in_our_words(status: int) -> None:
    with receiver() as endpoint:
        endpoint.answers(status)
        outcome = send(endpoint.url)
    assert not outcome.is_success
    assert outcome.words == f"The endpoint answered {status}"


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(status: int) -> None:
    with receiver() as elsewhere, receiver() as endpoint:
        endpoint.answers(status, Location=elsewhere.url)
        outcome = send(endpoint.url)
    assert not outcome.is_success
    assert outcome.words == f"The endpoint answered {status}"
    assert elsewhere.received == []


def test_an_endpoint_that_is_down_refuses() -> None:
    assert send(f"http://127.0.0.1:{free_port()}/").words == "The endpoint refused the connection"


@pytest.mark.parametrize(
    ("talk", "says"),
    [
        (hang, "did not answer in 15 s"),
        (drip, "did not answer in 15 s"),
        (close, "closed the connection"),
        (babble, "does not speak HTTP"),
    ],
)
def test_an_attempt_ends_in_its_time_whatever_the_endpoint_does(
    talk: Callable[[socket.socket], None], says: str
) -> None:
    with talker(talk) as url:
        began = time.monotonic()
        outcome = send(url, patience=0.5)
        took = time.monotonic() - began
    assert outcome.words == f"The endpoint {says}"
    assert took < ON_A_BUSY_MACHINE


@pytest.mark.parametrize("talk", [hang, drip, close, babble])
def test_so_does_one_with_tls(talk: Callable[[socket.socket], None]) -> None:
    with talker(talk) as url:
        began = time.monotonic()
        outcome = send(url.replace("http:", "https:"), patience=0.5)
        took = time.monotonic() - began
    assert not outcome.is_success
    assert outcome.status is None
    assert took < ON_A_BUSY_MACHINE


def test_of_an_answer_of_10_mb_next_to_nothing_is_read() -> None:
    sent: list[int] = []

    def flood(connection: socket.socket) -> None:
        connection.recv(65536)
        size = 10 * 1024 * 1024
        connection.sendall(f"HTTP/1.1 200 OK\r\nContent-Length: {size}\r\n\r\n".encode())
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        while sum(sent) < size:
            sent.append(connection.send(b"x" * 4096))

    with talker(flood) as url:
        outcome = send(url)
    assert outcome.is_success
    assert outcome.duration < 1
    assert sum(sent) < 8 * 1024 * 1024, "what the kernels buffer, and no more"


def test_a_certificate_that_nobody_vouches_for_is_refused_before_anything_is_sent(
    tmp_path: Path,
) -> None:
    with receiver(certificate=certificate_in(tmp_path)) as endpoint:
        outcome = send(endpoint.url)
    assert outcome.words == "The endpoint has no valid certificate"
    assert endpoint.received == []


def test_a_valid_certificate_is_accepted(tmp_path: Path) -> None:
    certificate = certificate_in(tmp_path)
    trusting = Sender(ssl.create_default_context(cafile=str(certificate)), allow_private=True)
    with receiver(certificate=certificate) as endpoint:
        assert send(endpoint.url, trusting).is_success
        by_name = endpoint.url.replace("127.0.0.1", "localhost")  # not in the certificate
        assert words(send(by_name, trusting)) == "The endpoint has no valid certificate"
    assert len(endpoint.received) == 1


@pytest.mark.parametrize(
    ("header", "milliseconds"),
    [
        ("30", 30_000),
        ("7200", 3_600_000),
        ("1e9", 3_600_000),
        ("-5", None),
        ("inf", None),
        ("soon", None),
        ("Wed, 25 Nov 2026 10:00:00 GMT", None),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_an_endpoint_may_ask_for_time(status: int, header: str, milliseconds: int | None) -> None:
    with receiver() as endpoint:
        endpoint.answers(status, Retry_After=header)
        assert send(endpoint.url).retry_after == milliseconds


def test_only_429_and_503_ask_for_time() -> None:
    with receiver() as endpoint:
        endpoint.answers(500, Retry_After="30")
        assert send(endpoint.url).retry_after is None


def test_no_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with receiver() as proxy, receiver() as endpoint:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        assert send(endpoint.url).is_success
    assert proxy.received == []


# ------------------------------------------------------------------------- addresses of our network


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "2130706433",
        "0x7f.1",
        "017700000001",
        "[::ffff:127.0.0.1]",
        "0.0.0.0",
        "127.1",
        "[::1]",
        "[::]",
    ],
)
def test_no_notation_of_this_machine_is_sent_anything(host: str) -> None:
    heard: list[bytes] = []
    with talker(lambda connection: heard.append(connection.recv(1))) as url:
        outcome = send(url.replace("127.0.0.1", host), PUBLIC)
    assert outcome.words in {
        "The endpoint is not a public address",
        "The endpoint could not be resolved",  # what this machine's resolver does not take
    }
    assert heard == []


def test_127_0_0_1_by_all_its_names_is_recognised_and_not_just_not_resolved() -> None:
    for host in ("127.0.0.1", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]"):
        outcome = send(f"http://{host}:{free_port()}/", PUBLIC)
        assert outcome.words == "The endpoint is not a public address", host


def test_a_name_that_changes_its_address_between_look_ups_gains_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    heard: list[bytes] = []
    look_ups: list[str] = []

    def rebinding(host: str, port: int, **named: Any) -> list[Any]:
        look_ups.append(host)
        address = "93.184.216.34" if len(look_ups) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    with talker(lambda connection: heard.append(connection.recv(1))) as url:
        monkeypatch.setattr(socket, "getaddrinfo", rebinding)
        monkeypatch.setattr("meet.webhooks.peer.CONNECT_TIMEOUT", 0.3)
        first = send(url.replace("127.0.0.1", "rebinding.example"), PUBLIC, patience=1)
        second = send(url.replace("127.0.0.1", "rebinding.example"), PUBLIC, patience=1)
    assert look_ups == ["rebinding.example"] * 2, "one look-up for each attempt"
    assert not first.is_success
    assert second.words == "The endpoint is not a public address"
    assert heard == []


def test_the_address_that_counts_is_the_one_that_the_socket_is_connected_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whatever was looked up: here the network leads a public address to this machine."""
    heard: list[bytes] = []
    connect = socket.socket.connect
    with talker(lambda connection: heard.append(connection.recv(1))) as url:
        port = int(url.rpartition(":")[2].partition("/")[0])

        class Led(socket.socket):
            def connect(self, address: Any) -> None:
                connect(self, ("127.0.0.1", port))

        monkeypatch.setattr("meet.webhooks.peer.socket.socket", Led)
        outcome = send(f"http://93.184.216.34:{port}/", PUBLIC)
        until = time.monotonic() + 5
        while not heard and time.monotonic() < until:
            time.sleep(0.01)
    assert outcome.words == "The endpoint is not a public address"
    assert heard == [b""], "a connection, and not a byte on it"


def test_a_slow_look_up_ends_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    is_over = threading.Event()

    def look_up(*_: Any, **__: Any) -> list[Any]:
        is_over.wait(30)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr("meet.webhooks.peer.CONNECT_TIMEOUT", 0.2)
    began = time.monotonic()
    outcome = send("http://slow.example/", PUBLIC)
    took = time.monotonic() - began
    is_over.set()
    assert took < ON_A_BUSY_MACHINE
    assert outcome.words == "The endpoint could not be resolved"


@pytest.mark.parametrize("name", ["no-such-name.invalid", "a" * 70 + ".example", "x..y"])
def test_a_name_without_an_address_is_said_to_be_one(name: str) -> None:
    assert send(f"http://{name}/").words == "The endpoint could not be resolved"


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.31.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "192.0.2.1",
        "198.18.0.1",
        "240.0.0.1",
        "::",
        "::1",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "fd00:ec2::254",
        "ff02::1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::7f00:1",
        "64:ff9b:1::a00:1",
        "2002:7f00:1::",
        "2001:0:1::1",
        "2001:db8::1",
        "fec0::1",
        "::7f00:1",
        "100::1",
    ],
)
def test_an_address_of_a_private_network_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "93.184.216.34",
        "8.8.8.8",
        "100.128.0.1",
        "172.32.0.1",
        "2606:4700::1111",
        "2a00:1450:4001:81b::200e",
        "::ffff:8.8.8.8",
    ],
)
def test_other_addresses_are_public(address: str) -> None:
    assert is_public(address)


def test_an_attempt_takes_15_seconds_at_most() -> None:
    assert sending.PATIENCE == 15
