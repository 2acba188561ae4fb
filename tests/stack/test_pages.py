"""The pages and their files over HTTP, as browsers get them."""

import gzip
import re
from collections import Counter

import pytest

from tests.live import Answer, Client
from tools.build import pages


@pytest.fixture(autouse=True)
def built(api: Client) -> None:
    if not pages.is_current():
        pytest.skip("the web pages could not be built")


def fetch(api: Client, path: str, encoding: str = "gzip, deflate, br") -> Answer:
    """Get a path as it comes over the wire, not unpacked."""
    reply = api.http.request(
        "GET",
        f"{api.stack.origin}{path}",
        headers={"Accept-Encoding": encoding},
        decode_content=False,
        preload_content=False,
        retries=False,
    )
    return Answer(reply.status, reply.headers, reply.read(decode_content=False))


def page_of(api: Client) -> Answer:
    return fetch(api, f"/meet/{api.create_room()['roomName']}/")


def test_the_meeting_page_comes_with_its_security_headers(api: Client) -> None:
    headers = page_of(api).headers
    policy = dict(each.split(" ", 1) for each in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == policy["frame-ancestors"] == "'none'"
    assert policy["script-src"] == "'self' 'wasm-unsafe-eval'"
    assert policy["worker-src"] == "'self' blob:"
    assert policy["style-src"] == "'self'"
    socket = str(api.stack.livekit_url)
    assert policy["connect-src"] == f"'self' {socket} {socket.replace('ws', 'http', 1)}"
    assert "unsafe-inline" not in headers["Content-Security-Policy"]
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Permissions-Policy"] == (
        "camera=(self), microphone=(self), display-capture=(self)"
    )
    assert headers["Cache-Control"] == "no-cache"


def test_head_answers_pages_as_get_does(api: Client) -> None:
    room = api.create_room()["roomName"]
    for path in (
        "/meet",
        f"/meet/{room}/",
        f"/meet/{room}",
        "/meet/console",
        "/meet/console/login",
    ):
        head = api.http.request("HEAD", f"{api.stack.origin}{path}", retries=False)
        assert (head.status, head.data) == (200, b""), path
        assert head.headers["Content-Type"].startswith("text/html")


def test_files_come_packed_once_and_stay_for_a_year(api: Client) -> None:
    html = page_of(api).data.decode()
    files = re.findall(r'(?:src|href)="(/meet/assets/[^"]+)"', html)
    assert any(file.endswith(".js") for file in files)
    assert any(file.endswith(".css") for file in files)
    sizes = Counter[str]()
    for file in files:
        built = (pages.BUILT / file.removeprefix("/meet/")).read_bytes()
        packed, plain = fetch(api, file), fetch(api, file, "identity")
        assert packed.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(packed.data) == built
        assert len(packed.data) < len(built)
        sizes.update(packed=len(packed.data), built=len(built))
        assert "Content-Encoding" not in plain.headers
        assert plain.data == built
        for each in (packed, plain):
            assert each.status == 200
            assert each.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert sizes["packed"] < sizes["built"] * 0.5, "small files do not shrink by half, but all do"


def test_no_style_or_script_stands_in_the_page(api: Client) -> None:
    html = page_of(api).data.decode()
    assert "<style" not in html
    assert " style=" not in html
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", html))
