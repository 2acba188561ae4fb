"""Whatever reaches a handler, it answers in the API's own words, and never with a failure."""

import base64
import json
import string
import time
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from meet import wiring
from meet.access import API, OPERATIONS
from meet.livekit.recorder import EgressState
from meet.recordings.lifecycle import Evidence
from tests.fakes import Clock, FakeLiveKit
from tests.functions.gateway import ORIGIN, Call, Reply, event, invoke
from tests.functions.logs import Logs
from tests.functions.recordings import Studio, info_of, item_of, webhook
from tests.functions.rooms import create_room
from tests.security.leaks import assert_says_nothing
from tools import ROOT
from tools.openapi import document

LIMIT = 100 * 1024
DOCUMENT = document()["paths"]
ANY_BODY = {400, 413, 415, 422}
"""What any operation may answer to a body, also one that takes none."""

OF_THE_API = sorted(
    {*OPERATIONS} - {("DELETE", f"{API}/participants/{name}") for name in ("token", "tokens")}
)
PROPERTIES = [
    *("roomNamePrefix", "expirationDate", "maxParticipants", "preferences", "enabled"),
    *("chatPreferences", "recordingPreferences", "virtualBackgroundPreferences"),
    *("roomName", "participantName", "secret", "recordingIds", "__proto__", "constructor"),
]
PARAMETERS = [
    *("fields", "maxItems", "nextPageToken", "status", "roomName", "recordingIds", "token"),
]
HEADERS = [
    *("Range", "If-Range", "Accept", "Idempotency-Key", "Content-Type", "Authorization"),
    *("X-Forwarded-Host", "Cookie", "Origin", "X-HTTP-Method-Override"),
]

text = st.text(st.characters(codec=None, exclude_categories=[]), max_size=40)  # surrogates, too
number = st.integers() | st.floats() | st.sampled_from([1e308, -0.0, 2**63, 10**300, -(10**18)])
value = st.recursive(
    st.none() | st.booleans() | number | text,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(PROPERTIES) | text, inner, max_size=4)
    ),
    max_leaves=12,
)
body = st.dictionaries(st.sampled_from(PROPERTIES), value, max_size=6) | value
segment = st.text(string.printable, min_size=1, max_size=60).map(lambda t: quote(t, safe="")) | (
    st.binary(min_size=1, max_size=20).map(lambda raw: "".join(f"%{byte:02X}" for byte in raw))
)
header = st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF), max_size=40)
query = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@pytest.fixture
def names(studio: Studio) -> list[str]:
    """Return the data to be found: a room, its recordings, a participant."""
    room = studio.room()
    return [room, studio.ready(room=room), studio.failed(room), "Alice"]


@pytest.mark.parametrize(("method", "resource"), OF_THE_API)
def test_any_json_to_any_operation_gets_an_answer_of_the_document(
    names: list[str], method: str, resource: str
) -> None:
    path = resource.removeprefix(API)
    documented = {int(each) for each in DOCUMENT[path][method.lower()]["responses"]} - {500}

    @settings(
        max_examples=60,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(
        body=st.none() | body,
        name=st.sampled_from(names) | segment,
        queries=st.dictionaries(st.sampled_from(PARAMETERS), query, max_size=3),
        headers=st.dictionaries(st.sampled_from(HEADERS), header, max_size=3),
    )
    def fuzz(body: Any, name: str, queries: dict[str, str], headers: dict[str, str]) -> None:
        parts = [name if "{" in part else part for part in resource.split("/")]
        pairs = "&".join(f"{key}={quote(each, safe='')}" for key, each in queries.items())
        raw = None if body is None else json.dumps(body).encode()
        if raw is not None:
            headers = {"Content-Type": "application/json"} | headers
        request = event(method, f"{'/'.join(parts)}?{pairs}", body=raw, headers=headers)
        request["resource"] = resource
        reply = invoke(request)
        assert reply.status in documented | (ANY_BODY if raw else set()), reply
        if reply.status >= 400:
            assert_says_nothing(reply.text)

    fuzz()


# -------------------------------------------------------------------------------------- bodies

DEEP = 40_000
BODIES: dict[str, bytes] = {
    "a megabyte": b'{"roomName": "' + b"a" * 1024**2 + b'"}',
    "a megabyte of nothing": b" " * 1024**2,
    "deep arrays": b'{"a":' + b"[" * DEEP + b"]" * DEEP + b"}",
    "deep objects": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    "a number of 5000 digits": b'{"expirationDate":' + b"9" * 5_000 + b"}",
    "a number of 100000 digits": b'{"expirationDate":' + b"9" * 100_000 + b"}",
    "a number beyond a double": b'{"expirationDate": 1e999}',
    "a number far beyond": b'{"expirationDate": 1e99999999999}',
    "a number below": b'{"expirationDate": -1e999, "maxParticipants": 1e308}',
    "half a surrogate pair": b'{"roomName": "\\ud800", "roomNamePrefix": "\\udfff"}',
    "a byte order mark": b"\xef\xbb\xbf{}",
    "UTF-16": '{"expirationDate": 1}'.encode("utf-16"),
    "invalid UTF-8": b'{"roomName": "\xff\xfe"}',
    "overlong UTF-8": b'{"roomName": "\xc0\xae\xc0\xae\xc0\xaf"}',
    "NUL": b"\x00",
    "a NUL in a name": b'{"roomName": "a\\u0000b", "secret": "", "participantName": "\\u0000"}',
    "two objects": b"{}{}",
    "many keys": b"{" + b",".join(b'"%d":1' % n for n in range(9_000)) + b"}",
    "keys that collide": b"{" + b",".join(b'"%d":1' % (n << 32) for n in range(5_000)) + b"}",
    "prototypes": b'{"__proto__": {"enabled": true}, "constructor": {"prototype": {}}}',
}


@pytest.mark.parametrize("what", BODIES)
def test_a_hostile_body_is_refused_at_once(call: Call, what: str) -> None:
    for method, resource in OF_THE_API:
        if method in {"POST", "PUT"} or resource == f"{API}/recordings":
            path = resource.removeprefix(API).replace("{", "").replace("}", "")
            began = time.process_time()
            reply = call(method, path, BODIES[what], {"Content-Type": "application/json"})
            assert reply.status in {400, 404, 413, 422} or method == "GET", (resource, reply)
            assert time.process_time() - began < 1
            assert reply.status < 400 or len(reply.text) < 1_000
            assert_says_nothing(reply.text)


def test_of_a_property_that_comes_twice_the_last_one_counts_everywhere(
    call: Call, still_clock: Clock
) -> None:
    """What is checked is what is stored: there is one reader of JSON."""
    later = still_clock() + 60_000
    twice = b'{"expirationDate": 1, "expirationDate": %d, "maxParticipants": "x", ' % later
    reply = call(
        "POST",
        "/rooms",
        twice + b'"maxParticipants": 5}',
        {"Content-Type": "application/json"},
    )
    assert (reply.status, reply.body["maxParticipants"]) == (200, 5)
    stored = call("GET", f"/rooms/{reply.body['roomName']}").body
    assert (stored["expirationDate"], stored["maxParticipants"]) == (later, 5)


# --------------------------------------------------------------------------------------- paths

TRAVERSALS = [
    *("%2e%2e", "%2e%2e%2f%2e%2e%2fetc%2fpasswd", "..%2f..%2fapp.py", "..%5c..%5capp.py"),
    *("%252e%252e%252f", "%25252e", "%c0%ae%c0%ae%c0%af", "%e0%80%ae", "%f8%80%80%80%ae"),
    *("%00", "a%00.css", "page.css%00", "%0d%0aX-Injected:%20yes", "%0a", "%e2%80%ae", "%uff0e"),
    *("a;b", ";", "..;", "a\\b", "\\", "a%5cb", "~", "%7e", "%", "%%", "%zz", "%2", "%ff%fe"),
    *("x" * 5_000, "%2f" * 2_000, "'", '"', "<script>", "{{7*7}}", "${jndi:ldap://x}", "*"),
]


@pytest.mark.parametrize("accept", ["identity", "gzip"])
@pytest.mark.parametrize("prefix", ["/", "/assets/", "/assets/../", "/api/v1/", "/a/b/", "//"])
def test_no_path_leaves_the_pages_or_breaks_them(
    call: Call, logs: Logs, prefix: str, accept: str
) -> None:
    for trick in [*TRAVERSALS, "..", "../..", "./.", ".", "", "../app.py", "../../page.html"]:
        for method in ("GET", "POST", "DELETE"):
            request = event(method, "/x", headers={"Accept-Encoding": accept})
            request |= {"resource": "/{proxy+}", "path": prefix + trick}
            request["pathParameters"] = {"proxy": (prefix + trick).lstrip("/")}
            reply = invoke(request)
            home = method == "GET" and prefix + trick in {"/", "/%0a"}
            assert reply.status in ({200} if home else {404, 405}), (method, prefix + trick, reply)
            assert_says_nothing(reply.text)
            assert "x-injected" not in reply.headers
            assert "location" not in reply.headers


def test_every_segment_of_an_operation_is_data(studio: Studio, names: list[str]) -> None:
    room, ready, *_ = names
    for trick in [*TRAVERSALS, f"{ready}%00", f"{ready}/../{ready}", f"%20{ready}", f"{ready}.mp4"]:
        for method, path in (
            ("GET", f"/rooms/{trick}"),
            ("DELETE", f"/rooms/{trick}"),
            ("DELETE", f"/participants/{trick}?roomName={room}"),
            ("GET", f"/recordings/{trick}"),
            ("PUT", f"/recordings/{trick}"),
            ("DELETE", f"/recordings/{trick}"),
            ("GET", f"/recordings/{trick}/stream"),
            ("GET", f"/recordings/{trick}/url"),
        ):
            reply = studio.call(method, path)
            assert reply.status in {404, 405}, (method, path, reply)
            assert_says_nothing(reply.text)
    assert studio.status(ready) == "READY"
    assert studio.call("GET", f"/rooms/{room}").status == 200


# ------------------------------------------------------------------------------------- headers


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-Host": "evil.example"},
        {"Forwarded": "host=evil.example"},
        {"X-Original-Host": "evil.example", "X-Host": "evil.example"},
        {"X-Original-URL": "/api/v1/rooms", "X-Rewrite-URL": "https://evil.example/"},
        {"Origin": "https://evil.example", "Referer": "https://evil.example/"},
    ],
)
def test_links_begin_with_the_host_of_the_gateway_whatever_else_is_sent(
    call: Call, studio: Studio, still_clock: Clock, headers: dict[str, str]
) -> None:
    """API Gateway serves a request only if its Host is the API's own or a custom domain's."""
    created = call("POST", "/rooms", {"expirationDate": still_clock() + 60_000}, headers)
    link = studio.call("GET", f"/recordings/{studio.ready()}/url", headers=headers)
    pages = [call("GET", "/rooms?maxItems=1", headers=headers) for _ in range(2)]
    for reply in (created, link, *pages):
        assert reply.status == 200
        assert "evil" not in reply.text + str(reply.headers)
    assert created.body["moderatorURL"].startswith(f"{ORIGIN}/meet/")


def test_no_page_redirects(call: Call) -> None:
    for path in (
        "//evil.example",
        "/\\evil.example",
        "/%2f%2fevil.example/",
        "/https://evil.example",
    ):
        for url in (path, f"{path}/..", "/?next=https://evil.example", "/?url=//evil.example"):
            request = event("GET", "/x", headers={"Host": "h"})
            request |= {"resource": "/{proxy+}", "path": url.partition("?")[0]}
            reply = invoke(request)
            assert reply.status in {200, 404}
            assert "location" not in reply.headers
            assert "evil" not in reply.text


def test_a_method_override_overrides_nothing(call: Call, still_clock: Clock) -> None:
    room = create_room(call, still_clock)["roomName"]
    for name in ("X-HTTP-Method-Override", "X-Method-Override", "X-HTTP-Method"):
        assert call("GET", f"/rooms/{room}?_method=DELETE", headers={name: "DELETE"}).status == 200
    assert call("GET", f"/rooms/{room}").status == 200


# ------------------------------------------------------------------------------- attacks


def test_an_old_webhook_heard_again_changes_nothing(studio: Studio) -> None:
    """LiveKit signs for minutes; whoever got hold of a webhook may send it again until then."""
    room = studio.room()
    recording = studio.active(room)
    running = studio.egress_of(recording)
    told = [replace(running, state=EgressState.STARTING, started_at=None), running]
    told.append(replace(running, state=EgressState.ENDING))
    studio.upload(recording)
    studio.hear(recording, Evidence.EGRESS_COMPLETE, ended_at=studio.clock())
    told.append(studio.egress_of(recording))
    before = item_of(recording), wiring.room_repository().get(room)
    for egress in told * 2:
        assert webhook(info_of(egress)).status == 200
    assert (item_of(recording), wiring.room_repository().get(room)) == before


def test_regular_expressions_take_hostile_text_in_linear_time(
    call: Call, livekit: FakeLiveKit
) -> None:
    long = "-" * 40_000
    header = {"Range": "bytes=" + "0" * 9_000 + "-" + "1" * 9_000}
    began = time.process_time()
    for reply in (
        call("POST", "/rooms", {"roomNamePrefix": long + " " * 40_000, "expirationDate": 1}),
        call("GET", f"/rooms?nextPageToken={'A' * 8_000}"),
        call("GET", f"/rooms?maxItems={'9' * 8_000}"),
        call("GET", f"/recordings?status={'READY,' * 1_300}READY"),
        call("GET", f"/recordings?fields={',' * 8_000}"),
        call("GET", f"/recordings/rec_{'0' * 8_000}/stream", headers=header),
    ):
        assert reply.status in {200, 404, 422}
    assert time.process_time() - began < 2


def test_a_body_that_is_no_base64_is_malformed(call: Call) -> None:
    for raw in ("!", "====", "\ud800", "A" * 5, base64.b64encode(b"{}").decode() + "\n"):
        request = event("POST", f"{API}/rooms", body=b"x")
        request |= {"body": raw, "isBase64Encoded": True}
        request["headers"]["Content-Type"] = "application/json"
        reply: Reply = invoke(request)
        assert reply.status == 400


def test_the_sources_have_no_key_in_them() -> None:
    for source in (ROOT / "layers" / "meet" / "meet").rglob("*.py"):
        assert "AKIA" not in source.read_text()
