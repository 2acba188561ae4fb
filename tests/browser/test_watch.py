"""The page of a share link: somebody without an account watches a recording, or learns why not."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, expect

from meet.clock import MINUTE, SECOND
from tests.browser.console import LOADED_MS, is_clean
from tests.browser.films import filmed, plays, share
from tests.browser.test_languages import has_no_sideways_scroll
from tests.browser.visitors import visitor
from tests.live import Client, eventually, warm

pytestmark = pytest.mark.usefixtures("pages")

WINDOWS: dict[str, dict[str, Any]] = {
    "desktop": {},
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True},
    "small phone": {"viewport": {"width": 320, "height": 568}},
}
STARTED = 1_795_352_400_000  # 2026-11-22T13:00 UTC
FIRST_LOAD_BYTES = 120_000


@pytest.fixture(scope="module")
def recording(api: Client, tmp_path_factory: pytest.TempPathFactory) -> str:
    warm(api, "CreateRecordingLink", "OpenRecordingLink", "GetRecordingLinkStream")
    return filmed(api, tmp_path_factory.mktemp("watch"), STARTED)


def views(api: Client, recording: str, link: dict[str, Any]) -> int:
    links = api.call("GET", f"/recordings/{recording}/links").body["links"]
    (count,) = [int(each["views"]) for each in links if each["linkId"] == link["linkId"]]
    return count


@pytest.mark.every_browser
@pytest.mark.parametrize("size", WINDOWS)
def test_a_recording_plays_by_its_link_without_a_login(
    api: Client, browser: Browser, recording: str, size: str
) -> None:
    link = share(api, recording, download=True)
    options = {"locale": "en-GB", "timezone_id": "Europe/Madrid", **WINDOWS[size]}
    with visitor(browser, "anyone", **options) as somebody:
        page = somebody.page
        somebody.open(link["url"])
        heading = page.get_by_role("heading", level=1)
        expect(heading).to_have_text("all-hands", timeout=LOADED_MS)
        expect(page).to_have_title("all-hands")
        expect(page.get_by_text("22 November 2026 at 14:00")).to_be_visible()
        expect(page.get_by_text("Length 0:12")).to_be_visible()
        expect(page.get_by_text("This link works until")).to_be_visible()
        assert views(api, recording, link) == 0, "only who plays it views it"
        plays(somebody)
        assert views(api, recording, link) == 1
        assert has_no_sideways_scroll(somebody)
        assert somebody.complaints() == []
        save = page.get_by_role("link", name="Download")
        expect(save).to_be_in_viewport()
        with page.expect_download() as saved:
            save.click()
        assert saved.value.suggested_filename.endswith(".mp4")
        is_clean(somebody)
        scripts = somebody.scripts()
        assert 0 < len(scripts) <= 6
        assert all(scripts.values())
        assert sum(scripts.values()) <= FIRST_LOAD_BYTES


def test_a_link_that_was_deleted_says_so_in_every_language(
    api: Client, browser: Browser, recording: str
) -> None:
    link = share(api, recording)
    with visitor(browser, "anyone") as somebody:
        page = somebody.page
        somebody.open(link["url"])
        expect(page.locator("video")).to_be_visible(timeout=LOADED_MS)
        expect(page.get_by_role("link", name="Download")).to_have_count(0)
        path = f"/recordings/{recording}/links/{link['linkId']}"
        assert api.call("DELETE", path).status == 204
        # The player finds out by itself, and the page says it without being loaded again.
        page.locator("video").evaluate("player => { player.muted = true; player.play() }")
        gone = page.get_by_role("heading", name="There is nothing to watch here")
        expect(gone).to_be_focused(timeout=LOADED_MS)
        expect(page.locator("video")).to_have_count(0)
        assert somebody.complaints() == []
    for locale, said in {
        "es-ES": "Aquí no hay nada que ver",
        "de-AT": "Hier gibt es nichts zu sehen",
        "fr-FR": "Il n’y a rien à voir ici",  # noqa: RUF001
    }.items():
        with visitor(
            browser, "anyone", locale=locale, viewport={"width": 320, "height": 568}
        ) as it:
            it.open(link["url"])
            expect(it.page.get_by_role("heading", name=said)).to_be_visible(timeout=LOADED_MS)
            assert has_no_sideways_scroll(it)


def test_a_link_that_has_ended_or_is_cut_short_says_which(
    api: Client, browser: Browser, recording: str
) -> None:
    short = share(api, recording, lifetime=5 * SECOND)
    token = urlsplit(short["url"]).fragment
    url = f"/recordings/{recording}/links/{short['linkId']}/open"

    def has_ended() -> bool:
        return api.call("POST", url, {"token": token}, key=None).status == 410

    eventually(has_ended, 30, "the link ends")
    with visitor(browser, "anyone") as somebody:
        somebody.open(short["url"])
        somebody.ends_with("This link has expired")
        assert somebody.complaints() == []
    for cut in (short["url"].partition("#")[0], short["url"][:-1] + "~"):
        with visitor(browser, "anyone") as somebody:
            somebody.open(cut)
            somebody.ends_with("There is nothing to watch here")


def test_the_key_of_a_link_is_in_no_log_and_no_address_that_is_asked_for(
    api: Client, browser: Browser, recording: str
) -> None:
    link = share(api, recording, lifetime=10 * MINUTE)
    token = urlsplit(link["url"]).fragment
    key = token.rpartition(".")[2]
    with visitor(browser, "anyone") as somebody:
        somebody.open(link["url"])
        plays(somebody)
        asked = [urlsplit(each.url) for each in somebody.requests]
        assert not [each for each in asked if key in each.path or key in each.query]
        (stream, *_) = [each for each in asked if each.path.endswith("/stream")]
        said = [line for line in somebody.said if key in line]
        assert said == []
    (player_pass,) = parse_qs(stream.query)["pass"]
    for log in api.stack.logs.glob("*.log"):
        text = log.read_text(errors="replace")
        assert key not in text, log
        assert player_pass not in text, log
