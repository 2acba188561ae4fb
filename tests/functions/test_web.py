"""The pages, and the 404 and 405 of everything else."""

import gzip
import hashlib
from base64 import b64encode
from importlib import import_module
from pathlib import Path

import pytest

from meet.clock import HOUR
from meet.rooms.repository import RoomRepository
from meet.web.built import BuiltPage
from meet.web.headers import livekit_origins
from meet.web.site import Site
from tests.fakes import Clock, FakeLiveKit
from tests.functions.aws_calls import AwsCalls
from tests.functions.gateway import REQUEST_ID, ROUTES, Call, Reply, event, invoke
from tests.functions.logs import Logs
from tests.functions.rooms import create_room

web = import_module("functions.web.app")
FILES = Path(web.__file__ or "").parent

SCRIPT, STYLE = "start({title:1})", "a{color:red}" * 50
UNKNOWN = {"code": 404, "message": "Not found", "reason": "not_found"}


def get(url: str, method: str = "GET", **headers: str) -> Reply:
    return invoke(event(method, url, headers=headers))


@pytest.fixture(autouse=True, params=["built", "not built"])
def static(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Serve pages that are built, and do without."""
    files = tmp_path / "assets"
    files.mkdir()
    if request.param == "built":
        page = (
            f"<script type=module data-main=x>{SCRIPT}</script><style>{STYLE}</style>"
            "<title>{title}</title><meta content='{embedders}'><div id=root></div>"
        )
        (tmp_path / "meeting.html").write_text(page)
        (files / "meeting-abc.js").write_text("let it = 1")
        (files / "meeting-abc.js.gz").write_bytes(gzip.compress(b"let it = 1"))
        (files / "large.wasm.gz").write_bytes(gzip.compress(b"wasm"))
        (files / "plain.css").write_text("a {}")
    monkeypatch.setattr(web, "site", Site(FILES, static=tmp_path))
    return str(request.param)


@pytest.mark.parametrize("prefix", ["", "stand-up", "meet", "meeting", "meet-us", "api", "assets"])
def test_a_join_link_shows_the_page_of_its_room(
    call: Call, still_clock: Clock, prefix: str
) -> None:
    room = create_room(call, still_clock, roomNamePrefix=prefix)
    for url in (f"/{room['roomName']}/?secret=abc", f"/{room['roomName']}"):
        page = get(url)
        assert page.status == 200, url
        assert page.headers["content-type"].startswith("text/html")
        assert room["roomName"] in page.text
        assert "secret=" not in page.text


def test_the_same_link_works_under_a_custom_domain_with_the_base_path(
    call: Call, still_clock: Clock
) -> None:
    room = create_room(call, still_clock)
    request = event("GET", f"/{room['roomName']}/") | {"path": f"/meet/{room['roomName']}/"}
    assert invoke(request).status == 200


def test_an_expired_deleted_or_unknown_room_shows_that_it_is_gone(
    call: Call, still_clock: Clock
) -> None:
    expired = create_room(call, still_clock)["roomName"]
    deleted = create_room(call, still_clock, expirationDate=still_clock() + 9 * HOUR)["roomName"]
    call("DELETE", f"/rooms/{deleted}")
    still_clock.advance(HOUR)
    pages = [get(f"/{name}/") for name in (expired, deleted, "abcdefghijklmno")]
    assert [page.status for page in pages] == [404, 404, 404]
    assert len({page.text for page in pages}) == 1
    assert pages[0].headers["content-type"].startswith("text/html")


def test_the_home_page_is_there(aws: None) -> None:
    page = get("/")
    assert page.status == 200
    assert page.headers["content-type"].startswith("text/html")


def test_every_answer_has_the_request_id_and_the_security_headers(aws: None) -> None:
    for url in ("/", "/abcdefghijklmno/", "/assets/page.css", "/api/v1/nothing"):
        headers = get(url).headers
        assert headers["x-request-id"] == REQUEST_ID
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer", "a link holds a secret"
        assert "frame-ancestors" in headers["content-security-policy"]


@pytest.mark.parametrize(
    "url",
    [
        "/api/v1",
        "/api/v1/",
        "/api/v1/nothing",
        "/api/v1/rooms/",
        "/api/v1/rooms/a/b",
        "/api/v2/rooms",
        "/API/V1/rooms",
        "/assets/nothing.css",
        "/assets/../app.py",
        "/assets/%2e%2e/app.py",
        "/assets/..%2Fapp.py",
        "/assets/%00",
        "/%00/",
        "/%FF/",
        "/%2F/",
        "/short/",
        "/robots.txt",
    ],
)
def test_an_unknown_path_is_404_in_the_error_body(aws: None, url: str) -> None:
    for method in ("GET", "POST", "PUT", "DELETE", "PATCH"):
        reply = get(url, method)
        is_page = method != "GET" and not url.lower().startswith("/api")
        assert reply.status == 404 or (is_page and reply.status == 405), method
        if reply.status == 404:
            assert reply.body == UNKNOWN
        assert reply.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("method", "url", "allowed"),
    [
        ("PATCH", "/api/v1/rooms", "GET, POST"),
        ("DELETE", "/api/v1/rooms", "GET, POST"),
        ("HEAD", "/api/v1/rooms", "GET, POST"),
        ("OPTIONS", "/api/v1/rooms", "GET, POST"),
        ("POST", "/api/v1/rooms/abc", "DELETE, GET, PUT"),
        ("PATCH", "/api/v1/rooms/a%2Fb", "DELETE, GET, PUT"),
        ("GET", "/api/v1/participants/token", "DELETE, POST"),
        ("GET", "/api/v1/participants/Alice", "DELETE"),
        ("PATCH", "/api/v1/participants/%F0%9F%8E%A5", "DELETE"),
    ],
)
def test_an_unknown_method_is_405_in_the_error_body(
    aws: None, method: str, url: str, allowed: str
) -> None:
    reply = get(url, method)
    assert reply.status == 405
    assert reply.headers["allow"] == allowed
    assert reply.headers["x-request-id"] == REQUEST_ID
    if method != "HEAD":
        assert reply.body == {
            "code": 405,
            "message": "Method not allowed",
            "reason": "method_not_allowed",
        }
        assert reply.headers["content-type"] == "application/json"


def test_a_page_is_not_there_for_other_methods(aws: None) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        assert get("/abcdefghijklmno/", method).status in {404, 405}


def test_head_answers_every_page_as_get_does_without_a_body(call: Call, still_clock: Clock) -> None:
    room = create_room(call, still_clock)["roomName"]
    pages = ("/", f"/{room}", f"/{room}/?secret=x", "/console", "/console/", "/console/login")
    others = ("/console/logout", "/console/rooms", "/abcdefghijklmno/", "/api/v1/openapi.json")
    for url in (*pages, *others, "/assets/page.css", "/icon.svg", "/nothing"):
        got, head = get(url), get(url, "HEAD")
        assert head.status == got.status, url
        assert head.text == "", url
        assert head.headers == got.headers, url
    assert {get(url, "HEAD").status for url in pages} == {200}


def test_the_base_path_alone_is_the_home_page_also_for_an_uptime_monitor(aws: None) -> None:
    for path in ("/", "/meet"):  # the stage's root, and that of a custom domain
        assert invoke(event("HEAD", "/") | {"path": path}).status == 200


def test_every_resource_that_has_a_page_has_it_for_head_too() -> None:
    """API Gateway looks for the method on the path's own resource, and never goes on to a proxy."""
    of_web = {route for route, function in ROUTES.items() if function == "web"}
    with_page = {resource for method, resource in of_web if method == "GET"}
    assert with_page == {resource for method, resource in of_web if method == "HEAD"}
    literal = {resource for _, resource in ROUTES if resource.startswith("/console/")}
    assert literal <= {resource for method, resource in ROUTES if method == "GET"}
    assert "/" in with_page


def test_looking_for_a_room_reads_none_of_its_secrets(
    call: Call, still_clock: Clock, aws_calls: AwsCalls
) -> None:
    room = create_room(call, still_clock)
    aws_calls.forget()
    assert get(f"/{room['roomName']}/").status == 200
    ((name, _, answer),) = aws_calls.made
    assert name == "GetItem"
    assert answer["Item"].keys() == {"roomName", "expirationDate"}


def test_a_bug_is_500_without_a_word_about_it_and_logged_with_the_request_id(
    call: Call, livekit: FakeLiveKit, logs: Logs, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: RoomRepository, name: str, **_: object) -> None:
        raise RuntimeError("told to fail")

    monkeypatch.setattr(RoomRepository, "is_open", fail)
    reply = get("/abcdefghijklmno/")
    assert reply.status == 500
    assert reply.body == {
        "code": 500,
        "message": "Internal server error",
        "reason": "internal_server_error",
    }
    errors = [line for line in logs() if "told to fail" in str(line)]
    assert errors, "the log knows"
    assert all(line.get("correlation_id") == REQUEST_ID for line in errors)


def test_what_is_in_a_path_is_never_html(aws: None) -> None:
    for url in ("/%3Cscript%3E/", "/%3Cscript%3Ealert(1)%3C%2Fscript%3E", "/api/v1/%3Cb%3E"):
        assert "<script" not in get(url).text
        assert "<b>" not in get(url).text


def _policy(reply: Reply) -> dict[str, list[str]]:
    directives = reply.headers["content-security-policy"].split("; ")
    return {name: values for name, *values in (each.split() for each in directives)}


def test_the_meeting_page_may_run_our_files_and_talk_to_us_and_to_livekit(
    aws: None, static: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if static == "not built":
        return
    monkeypatch.setenv("LIVEKIT_URL", "wss://livekit.example.com:8443")
    page = get("/abcdefghijklmno/")
    policy = _policy(page)
    assert policy["default-src"] == ["'none'"]
    assert policy["script-src"] == ["'self'", _digest(SCRIPT), "'wasm-unsafe-eval'"]
    assert policy["worker-src"] == ["'self'", "blob:"]
    assert policy["style-src"] == ["'self'", _digest(STYLE)]
    livekit = ["wss://livekit.example.com:8443", "https://livekit.example.com:8443"]
    assert policy["connect-src"] == ["'self'", *livekit]
    assert policy["frame-ancestors"] == policy["base-uri"] == policy["form-action"] == ["'none'"]
    assert "unsafe-inline" not in str(policy)
    assert page.headers["cache-control"] == "no-cache"
    assert "camera=(self)" in page.headers["permissions-policy"]
    assert "wasm" not in str(_policy(get("/")))


def _digest(text: str) -> str:
    return f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def test_what_a_visitor_adds_to_a_page_is_never_allowed_to_run() -> None:
    """The policy names what the page was built with, before anything is filled in."""
    page = BuiltPage.of(f"<title>{{title}}</title><script data-main=x>{SCRIPT}</script>")
    assert page.scripts == (_digest(SCRIPT),)
    assert BuiltPage.of("<script src='/a.js'></script><p>{title}</p>").scripts == ()


def test_a_page_is_packed_for_browsers_that_unpack(
    call: Call, still_clock: Clock, static: str
) -> None:
    url = f"/{create_room(call, still_clock)['roomName']}/"
    packed, plain = get(url, **{"Accept-Encoding": "gzip"}), get(url)
    assert packed.text == plain.text
    if static == "built":  # the plain page is too small to be worth it
        assert packed.headers["content-encoding"] == "gzip"
        assert packed.headers["vary"] == "Accept-Language, Accept-Encoding"
    assert "content-encoding" not in plain.headers


def test_livekit_cloud_sends_people_to_its_regions(aws: None) -> None:
    assert livekit_origins("wss://meet-1.livekit.cloud") == [
        "wss://meet-1.livekit.cloud",
        "https://meet-1.livekit.cloud",
        "wss://*.livekit.cloud",
        "https://*.livekit.cloud",
    ]
    assert livekit_origins("ws://127.0.0.1:7880") == [
        "ws://127.0.0.1:7880",
        "http://127.0.0.1:7880",
    ]
    assert livekit_origins("") == []


def test_only_the_embedders_that_the_stack_names_may_frame_the_meeting(
    aws: None, static: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALLOWED_EMBEDDERS", "https://a.example https://b.example")
    framed = _policy(get("/abcdefghijklmno/"))["frame-ancestors"]
    built = static == "built"
    assert framed == (["https://a.example", "https://b.example"] if built else ["'none'"])
    told = "<meta content='https://a.example https://b.example'>"
    assert (told in get("/abcdefghijklmno/").text) is built, "whom the page tells what happens"
    assert _policy(get("/"))["frame-ancestors"] == ["'none'"]


def test_assets_are_kept_for_a_year_and_packed_for_browsers_that_unpack(
    aws: None, static: str
) -> None:
    if static == "not built":
        assert get("/assets/meeting-abc.js").body == UNKNOWN
        return
    packed = invoke(event("GET", "/assets/meeting-abc.js", headers={"Accept-Encoding": "br, gzip"}))
    assert packed.status == 200
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["vary"] == "Accept-Encoding"
    plain = get("/assets/meeting-abc.js")
    assert plain.text == "let it = 1"
    assert "content-encoding" not in plain.headers
    for each in (packed, plain):
        assert each.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert "javascript" in each.headers["content-type"]
    wasm = invoke(event("GET", "/assets/large.wasm", headers={"Accept-Encoding": "gzip"}))
    assert (wasm.status, wasm.headers["content-type"]) == (200, "application/wasm")
    assert get("/assets/plain.css").headers["content-type"].startswith("text/css")


def test_the_title_is_text(aws: None, static: str) -> None:
    assert "<title>Room not found</title>" in get("/abcdefghijklmno/").text


@pytest.mark.parametrize(
    ("accepted", "language", "title"),
    [
        ("", "en", "Room not found"),
        ("pt-BR,*;q=0.5", "en", "Room not found"),
        ("es-MX,es;q=0.9,en;q=0.8", "es", "No se ha encontrado la sala"),
        ("pt, en;q=0.3, de-AT;q=0.7", "de", "Raum nicht gefunden"),
        ("fr;q=0, de;q=x, fr-CA;q=0.1", "fr", "Salle introuvable"),
    ],
)
def test_visitors_are_answered_in_their_language(
    aws: None, accepted: str, language: str, title: str
) -> None:
    page = get("/abcdefghijklmno/", **{"Accept-Language": accepted})
    assert f"<title>{title}</title>" in page.text
    assert "Accept-Language" in page.headers["vary"].split(", ")
    home = get("/", **{"Accept-Language": accepted})
    assert f'<html lang="{language}">' in home.text
    assert "{" not in home.text
