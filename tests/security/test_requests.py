"""Requests that no honest client makes, over HTTP to the running stack."""

import json
import socket
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import urlsplit

import pytest

from meet import clock
from tests.live import HOUR, Client, warm
from tests.security.callers import Target
from tests.security.leaks import assert_says_nothing
from tests.security.test_handlers import BODIES, TRAVERSALS

PATIENCE = 3.0
"""Seconds without a byte after which no more are waited for."""

JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module", autouse=True)
def warm_functions(api: Client) -> None:
    """Start what the tests below wait for with little patience."""
    warm(api, "Authorize", "CreateRoom", "GetRoom", "GetRooms", "GetRecording", "Web")


def raw(api: Client, request: bytes) -> tuple[int, bytes]:
    """Send bytes as they are; return the first answer's status, 0 for none, and all that came."""
    port = int(urlsplit(api.stack.origin).port or 80)
    received = b""
    with (
        socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as client,
        suppress(ConnectionError, TimeoutError),  # it hung up, or waits for more
    ):
        client.sendall(request)
        while piece := client.recv(65536):
            received += piece
    first = received.split(b" ", 2)
    return (int(first[1]) if len(first) > 2 else 0), received


def head(api: Client, path: str = "/meet/api/v1/rooms", method: str = "GET") -> bytes:
    host = urlsplit(api.stack.origin).netloc
    return f"{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n".encode()


def test_no_path_gets_in_or_out(api: Client, target: Target) -> None:
    tricks = [each for each in TRAVERSALS if len(each) < 1_000]
    for trick in tricks:
        path = trick.encode("latin-1").decode("ascii", "ignore").replace(" ", "%20")
        for base in ("/meet/api/v1/rooms/", "/meet/assets/", "/meet/api/v1/recordings/", "/meet/"):
            request = head(api, f"{base}{path}") + b"X-API-KEY: " + api.stack.api_key.encode()
            status, text = raw(api, request + b"\r\n\r\n")
            if (base, path) == ("/meet/", "%0a"):  # the home page, by Starlette's reading of $
                assert status == 200
                continue
            assert status in {400, 403, 404, 405}, (base + path, text[:200])
            assert_says_nothing(text.partition(b"\r\n\r\n")[2].decode("latin-1"))


def test_a_path_outside_the_stage_is_nobodys(api: Client) -> None:
    for path in (
        "/",
        "/_aws/execute-api",
        "/_ministack/health",
        "/restapis",
        "/2015-03-31/functions",
    ):
        answer = api.call("GET", api.stack.origin + path)
        assert (answer.status, answer.body) == (403, {"message": "Forbidden"})


@pytest.mark.parametrize("what", BODIES)
def test_a_hostile_body_is_4xx(api: Client, target: Target, what: str) -> None:
    for method, path, key in (
        ("POST", "/rooms", ""),
        ("POST", "/participants/token", None),
        ("PUT", f"/rooms/{target.room}", ""),
        ("POST", f"{api.stack.origin}/meet/console/login", None),
        ("POST", f"{api.stack.origin}/meet/livekit/webhook", None),
    ):
        answer = api.call(
            method, path, BODIES[what], key=key, headers=JSON | {"Origin": api.stack.origin}
        )
        assert 400 <= answer.status < 500, (path, answer)
        assert_says_nothing(answer.data.decode())


def smuggled(api: Client) -> Iterator[tuple[str, bytes]]:
    """Yield requests whose end two readers could see in different places."""
    key = b"X-API-KEY: " + api.stack.api_key.encode() + b"\r\n"
    post = head(api, method="POST") + JSON_LINE
    inner = head(api, f"/meet/api/v1/rooms?smuggled={clock.now()}") + key + b"\r\n"
    size = str(len(inner) + 5).encode()
    yield (
        "two lengths",
        post + b"Content-Length: 2\r\nContent-Length: " + size + b"\r\n\r\n{}" + inner,
    )
    yield "two lengths in one", post + b"Content-Length: 2, " + size + b"\r\n\r\n{}" + inner
    yield (
        "length and chunks",
        (
            post
            + b"Transfer-Encoding: chunked\r\nContent-Length: "
            + size
            + b"\r\n\r\n0\r\n\r\n"
            + inner
        ),
    )
    yield (
        "chunks by another name",
        (post + b"Content-Length: 2\r\nTransfer-Encoding: xchunked\r\n\r\n{}" + inner),
    )
    yield (
        "chunks with a blank",
        (post + b"Content-Length: 2\r\nTransfer-Encoding : chunked\r\n\r\n{}" + inner),
    )
    yield "a length below zero", post + b"Content-Length: -1\r\n\r\n" + inner
    yield "a length in words", post + b"Content-Length: two\r\n\r\n{}" + inner
    yield "a huge length", post + b"Content-Length: 99999999999999999999\r\n\r\n{}"
    yield "a folded header", head(api) + b"X-A: b\r\n " + key + b"\r\n"
    yield "a name with a blank", head(api) + b"X-API-KEY : " + key[11:] + b"\r\n"
    yield "a bare line feed", head(api).replace(b"\r\n", b"\n") + b"X-Api-Key: x\n\n"
    yield "a NUL in a header", head(api) + b"X-API-KEY: \x00" + key[11:] + b"\r\n"
    yield "CRLF in the path", head(api, "/meet/\r\nX-API-KEY: " + api.stack.api_key) + b"\r\n"
    yield "a blank in the path", head(api, "/meet/ x y") + key + b"\r\n"
    yield "no host", b"GET /meet/api/v1/rooms HTTP/1.1\r\n\r\n"
    yield "two hosts", head(api) + b"Host: evil.example\r\n\r\n"
    yield (
        "a thousand headers",
        head(api) + b"".join(b"X-%d: y\r\n" % n for n in range(5_000)) + b"\r\n",
    )
    yield "a long header", head(api) + b"X-A: " + b"y" * 200_000 + b"\r\n\r\n"
    yield "no HTTP at all", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(64)


JSON_LINE = b"Content-Type: application/json\r\n"


def test_nothing_is_smuggled(api: Client) -> None:
    """No answer but refusals: what rides along is neither served nor let in by somebody's key."""
    for what, request in smuggled(api):
        status, received = raw(api, request)
        refused = 400 <= status < 500 or status == 501  # of an encoding that nobody knows
        assert status == 0 or refused, (what, received[:200])
        assert b'"roomName"' not in received, what
        for answer in received.split(b"HTTP/1.1 ")[1:]:
            assert answer[:1] == b"4" or answer[:3] == b"501", (what, answer[:200])
            assert_says_nothing(answer.partition(b"\r\n\r\n")[2].decode("latin-1"))
    assert api.call("GET", "/rooms?maxItems=1").status == 200


def test_a_forwarded_host_is_in_no_link(api: Client) -> None:
    headers = {"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example;proto=https"}
    headers |= {"X-Forwarded-Proto": "https", "X-Original-Host": "evil.example"}
    options = {"expirationDate": clock.now() + HOUR}
    room = api.call("POST", "/rooms", options, headers=headers)
    assert room.status == 200
    assert room.body["viewerURL"].startswith(f"{api.stack.origin}/meet/")
    listed = api.call("GET", "/rooms?maxItems=1", headers=headers)
    assert b"evil" not in listed.data + str(listed.headers).encode()


def test_a_line_break_in_a_parameter_reaches_no_header(api: Client) -> None:
    for name in ("fields", "maxItems", "nextPageToken", "x", "%0d%0aX-Injected:%201%0d%0a"):
        answer = api.call("GET", f"/rooms?maxItems=1&{name}=1%0d%0aX-Injected:%201")
        assert answer.status in {200, 422}
        assert "X-Injected" not in answer.headers
        assert "\n" not in answer.headers.get("Link", "")


def test_a_bearer_of_a_link_secret_cannot_guess_another(api: Client) -> None:
    """What an answer tells apart: no such room, and a wrong secret; names have 77 random bits."""
    room = api.create_room()
    publisher = room["publisherURL"].partition("?secret=")[2]
    body = {"roomName": room["roomName"], "participantName": "Mallory"}
    for guess in (publisher[:-1], f"{publisher}x", publisher.swapcase(), "", "\x00", publisher * 9):
        answer = api.call("POST", "/participants/token", body | {"secret": guess}, key=None)
        assert (answer.status, answer.body) == (
            403,
            {"code": 403, "message": "Invalid secret", "reason": "invalid_secret"},
        )
    token = api.call("POST", "/participants/token", body | {"secret": publisher}, key=None)
    assert json.loads(token.data)["role"] == "publisher"


def test_no_web_page_calls_the_emulator_or_reads_the_api(api: Client) -> None:
    """The emulator checks no credentials: what a page could send is refused where it arrives."""
    origin = {"Origin": "https://evil.example"}
    secret = {"X-Amz-Target": "secretsmanager.GetSecretValue"}
    preflight = origin | {"Access-Control-Request-Method": "POST"}
    picture = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "image"}
    rebound = {"Host": "evil.example:4566"}
    aws = f"{api.stack.aws_endpoint_url}/"
    for method, url, headers in (
        ("OPTIONS", aws, preflight),
        ("POST", aws, origin | secret),
        ("GET", f"{aws}2015-03-31/functions", origin),
        ("GET", f"{aws}?Action=ListStacks&Version=2010-05-15", picture),
        ("POST", aws, rebound | secret),
        ("GET", "/rooms", rebound),
    ):
        answer = api.call(method, url, headers=headers)
        assert (answer.status, answer.body) == (403, {"message": "Forbidden"}), (method, url)
    for method in ("OPTIONS", "GET"):
        answer = api.call(method, "/rooms?maxItems=1", headers=preflight)
        assert not [name for name in answer.headers if name.lower().startswith("access-control-")]
