"""The pages and their files over HTTP, as browsers get them."""

import gzip
import hashlib
import re
from base64 import b64encode
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


def policy_of(page: Answer) -> dict[str, list[str]]:
    directives = (each.split() for each in page.headers["Content-Security-Policy"].split("; "))
    return {name: values for name, *values in directives}


def digests(html: str, tag: str) -> list[str]:
    """Return the sources of what stands in a page, as its policy has to name them."""
    inside = re.findall(rf"<{tag}\b[^>]*>(.*?)</{tag}>", html, re.DOTALL)
    found = (hashlib.sha256(each.encode()).digest() for each in inside)
    return [f"'sha256-{b64encode(each).decode()}'" for each in found]


def test_the_meeting_page_comes_with_its_security_headers(api: Client) -> None:
    page = page_of(api)
    headers, policy = page.headers, policy_of(page)
    assert policy["default-src"] == policy["frame-ancestors"] == ["'none'"]
    assert policy["worker-src"] == ["'self'", "blob:"]
    socket = str(api.stack.livekit_url)
    assert policy["connect-src"] == ["'self'", socket, socket.replace("ws", "http", 1)]
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
    html = gzip.decompress(page_of(api).data).decode()
    files = re.findall(r'(?:src|href)="(/meet/assets/[^"]+)"', html)
    assert any(file.endswith(".js") for file in files)
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


def test_a_page_comes_packed_to_browsers_that_unpack(api: Client) -> None:
    path = f"/meet/{api.create_room()['roomName']}/"
    packed, plain = fetch(api, path), fetch(api, path, "identity")
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert gzip.decompress(packed.data) == plain.data
    assert len(packed.data) < len(plain.data) * 0.5
    assert {"Accept-Encoding", "Accept-Language"} <= set(packed.headers["Vary"].split(", "))


@pytest.mark.parametrize(
    ("page", "more"),
    [
        ("/meet/{room}/", ["'wasm-unsafe-eval'"]),
        ("/meet/console", []),
        ("/meet/watch/rec_x", []),
    ],
)
def test_a_page_runs_the_one_script_in_it_that_its_policy_names(
    api: Client, page: str, more: list[str]
) -> None:
    answer = fetch(api, page.format(room=api.create_room()["roomName"]), "identity")
    html, policy = answer.data.decode(), policy_of(answer)
    scripts, styles = digests(html, "script"), digests(html, "style")
    assert len(scripts) == len(styles) == 1
    assert policy["script-src"] == ["'self'", *scripts, *more]
    assert policy["style-src"] == ["'self'", *styles]
    assert not re.search(r"\s(?:style|on\w+)=", re.sub(r"(?s)<(script|style).*?</\1>", "", html))
    assert '<link rel="stylesheet"' not in html
