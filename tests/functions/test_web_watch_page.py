"""The page of share links, and what a browser lets it do."""

from importlib import import_module
from pathlib import Path

import pytest

from meet.web.site import Site
from tests.functions.gateway import event, invoke
from tests.functions.recordings import UNKNOWN_ID
from tests.functions.test_web_console_page import directives, get

web = import_module("functions.web.app")
FILES = Path(web.__file__ or "").parent
PAGE = f"/watch/{UNKNOWN_ID}"


@pytest.fixture
def built(aws: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Serve a page that is built."""
    (tmp_path / "watch.html").write_text('<main lang="{language}"><div id=root></div>')
    monkeypatch.setattr(web, "site", Site(FILES, static=tmp_path))


def test_it_is_the_same_page_for_every_link_also_for_one_that_leads_nowhere(built: None) -> None:
    for url in (PAGE, "/watch/x"):
        page = get(url)
        assert (page.status, page.text) == (200, '<main lang="en"><div id=root></div>')
        assert page.headers["cache-control"] == "no-cache"
        assert get(url, "HEAD").status == 200
        assert get(url, "POST").status == 405
    assert invoke(event("GET", PAGE) | {"path": f"/meet{PAGE}"}).status == 200
    for url in ("/watch", f"{PAGE}/more"):
        assert get(url).status == 404


def test_it_plays_what_comes_from_us_and_tells_no_one_where_it_is(built: None) -> None:
    page = get(PAGE)
    policy = directives(page)
    for name in ("script-src", "style-src", "connect-src", "media-src"):
        assert policy.pop(name) == ["'self'"], name
    assert policy.pop("img-src") == ["'self'", "data:"]
    nothing = {"default-src", "base-uri", "form-action", "frame-ancestors"}
    assert policy == {name: ["'none'"] for name in nothing}
    assert page.headers["referrer-policy"] == "no-referrer"
    assert "camera=()" in page.headers["permissions-policy"]


def test_where_it_is_not_built_a_plain_page_says_so(
    aws: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "site", Site(FILES, static=tmp_path))
    assert "not built" in get(PAGE).text
