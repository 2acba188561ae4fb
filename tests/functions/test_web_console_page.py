"""The console's page, and what a browser lets it do."""

from importlib import import_module
from pathlib import Path

import pytest

from meet.web.site import Site
from tests.functions.gateway import REQUEST_ID, Reply, event, invoke

web = import_module("functions.web.app")
FILES = Path(web.__file__ or "").parent

URLS = [
    "/console",
    "/console/",
    "/console/rooms",
    "/console/a/b/",
    "/console/login",
    "/console/x.js",
]


def get(url: str, method: str = "GET", **headers: str) -> Reply:
    return invoke(event(method, url, headers=headers))


@pytest.fixture
def built(aws: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Serve a console that is built."""
    (tmp_path / "console.html").write_text("<title>Console</title><div id=root></div>")
    monkeypatch.setattr(web, "site", Site(FILES, static=tmp_path))


@pytest.mark.parametrize("url", URLS)
def test_every_address_below_the_console_shows_its_page(built: None, url: str) -> None:
    page = get(url)
    assert (page.status, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "<div id=root>" in page.text
    assert page.headers["cache-control"] == "no-cache"


def test_it_is_there_under_a_custom_domain_with_the_base_path(built: None) -> None:
    for url in ("/console", "/console/rooms"):
        assert "<div id=root>" in invoke(event("GET", url) | {"path": f"/meet{url}"}).text


@pytest.mark.parametrize("url", URLS)
def test_where_it_is_not_built_a_plain_page_says_so(
    aws: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setattr(web, "site", Site(FILES, static=tmp_path))
    page = get(url)
    assert page.status == 200
    assert "not built" in page.text


def test_head_answers_as_get_does_and_nothing_else_is_allowed(built: None) -> None:
    assert get("/console", "HEAD").status == 200
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        assert get("/console", method).status == 405


def directives(page: Reply) -> dict[str, list[str]]:
    parts = (each.split() for each in page.headers["content-security-policy"].split("; "))
    return {name: values for name, *values in parts}


def test_it_runs_our_files_talks_to_us_and_plays_from_the_bucket(built: None) -> None:
    policy = directives(get("/console"))
    assert policy.pop("media-src") == ["'self'", "https://recordings.s3.eu-west-1.amazonaws.com"]
    assert policy.pop("img-src") == ["'self'", "data:", "blob:"]
    for name in ("script-src", "style-src", "font-src", "connect-src"):
        assert policy.pop(name) == ["'self'"], name
    nothing = {"default-src", "base-uri", "form-action", "frame-ancestors"}
    assert policy == {name: ["'none'"] for name in nothing}


def test_on_the_local_stack_it_plays_from_the_emulator(
    built: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:4566")
    assert directives(get("/console"))["media-src"] == ["'self'", "http://127.0.0.1:4566"]


def test_it_gets_no_camera_no_microphone_and_no_opener(built: None) -> None:
    headers = get("/console").headers
    off = headers["permissions-policy"].split(", ")
    assert {"camera=()", "microphone=()", "display-capture=()", "geolocation=()"} <= set(off)
    assert all(each.endswith("=()") for each in off)
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-request-id"] == REQUEST_ID


@pytest.mark.parametrize(
    "url", ["/", "/console", "/console/session", "/assets/page.css", "/nothing"]
)
def test_a_browser_that_came_by_https_stays_with_it(built: None, url: str) -> None:
    assert get(url).headers["strict-transport-security"] == "max-age=31536000"
    plain = {"X-Forwarded-Proto": "http"}
    assert "strict-transport-security" not in get(url, **plain).headers
