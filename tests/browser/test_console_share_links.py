"""Share links of recordings in the console, in a real browser on the real stack."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Locator, expect

from meet import clock
from meet.clock import DAY, MINUTE, SECOND
from tests.browser.console import LOADED_MS, admin, is_clean
from tests.browser.films import filmed, plays, share
from tests.browser.test_console_rooms import CLIPBOARD, copied
from tests.browser.test_languages import has_no_sideways_scroll
from tests.browser.visitors import Visitor, visitor
from tests.live import Client, eventually, warm

pytestmark = pytest.mark.usefixtures("pages")

STARTED = 1_795_352_400_000  # 2026-11-22T13:00 UTC
NOTHING = "There is nothing to watch here"
SAID = {
    "es-ES": ("Enlaces para compartir", "Compartir", "Compartir esta grabación"),
    "de-AT": ("Freigabelinks", "Freigeben", "Diese Aufzeichnung freigeben"),
    "fr-FR": ("Liens de partage", "Partager", "Partager cet enregistrement"),
}


@pytest.fixture(scope="module")
def recording(api: Client, tmp_path_factory: pytest.TempPathFactory) -> str:
    warm(api, "CreateRecordingLink", "GetRecordingLinks", "DeleteRecordingLink")
    warm(api, "OpenRecordingLink", "GetRecordingLinkStream")
    return filmed(api, tmp_path_factory.mktemp("shared"), STARTED)


@pytest.fixture(autouse=True)
def no_links(api: Client, recording: str) -> None:
    for each in links(api, recording):
        assert api.call("DELETE", f"/recordings/{recording}/links/{each['linkId']}").status == 204


def links(api: Client, recording: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.call("GET", f"/recordings/{recording}/links").body["links"]
    return found


@contextmanager
def slowed_down(somebody: Visitor) -> Iterator[None]:
    """Let the page draw slower than a browser counts frames."""
    protocol = somebody.page.context.new_cdp_session(somebody.page)
    protocol.send("Emulation.setCPUThrottlingRate", {"rate": 12})
    yield
    protocol.send("Emulation.setCPUThrottlingRate", {"rate": 1})


def listed(somebody: Visitor) -> Locator:
    return somebody.page.get_by_role("region", name="Share links").locator("tbody tr")


def test_a_link_is_made_copied_used_and_deleted(
    api: Client, browser: Browser, recording: str
) -> None:
    with admin(browser, api, f"#/recordings/{recording}", permissions=CLIPBOARD) as somebody:
        page = somebody.page
        expect(page.get_by_text("No share links yet.")).to_be_visible(timeout=LOADED_MS)
        somebody.button("Share").click()
        dialog = page.get_by_role("dialog", name="Share this recording")
        dialog.get_by_label("30 days").check()
        dialog.get_by_label("Number of views").fill("0")
        dialog.get_by_role("button", name="Create link").click()
        wrong = dialog.get_by_text("Enter a whole number from 1 to 1,000,000.")
        expect(wrong).to_be_visible(timeout=LOADED_MS)
        expect(dialog.get_by_label("Number of views")).to_be_focused()
        assert somebody.complaints() == []
        dialog.get_by_label("Number of views").fill("2")
        dialog.get_by_label("Allow download").check()
        dialog.get_by_role("button", name="Create link").click()
        made = page.get_by_role("dialog", name="The link is ready")
        url = made.locator("code").inner_text(timeout=LOADED_MS)
        assert urlsplit(url).path == f"/meet/watch/{recording}"
        page.keyboard.press("Escape")
        expect(made, "only its buttons close it").to_be_visible()
        assert somebody.complaints() == []
        made.get_by_role("button", name="Copy link").click()
        eventually(lambda: copied(somebody) == url, 5, "the link is copied")
        made.get_by_role("button", name="Close").click()

        link = listed(somebody)
        expect(link).to_have_count(1, timeout=LOADED_MS)
        for said in ("Valid", "0 of 2", "Never", "With download"):
            expect(link).to_contain_text(said)
        (stored,) = links(api, recording)
        assert (stored["maxViews"], stored["download"]) == (2, True)
        assert abs(stored["expiresAt"] - clock.now() - 30 * DAY) < 5 * MINUTE
        assert url.partition("#")[2] not in page.content(), "it is shown once"
        assert somebody.complaints() == []

        with visitor(browser, "anyone") as watching:
            watching.open(url)
            expect(watching.page.locator("video")).to_be_visible(timeout=LOADED_MS)
            plays(watching)
            expect(link).to_contain_text("1 of 2", timeout=30_000)
            expect(link).not_to_contain_text("Never")
            link.get_by_role("button", name=re.compile("^Delete the link created on")).click()
            question = page.get_by_role("dialog", name="Delete this link?")
            expect(question).to_contain_text("stops working at once")
            expect(question).to_contain_text("A download that has begun may go on")
            assert somebody.complaints() == []
            with slowed_down(somebody):
                question.get_by_role("button", name="Delete").click()
                expect(page.locator(".toast")).to_have_text(
                    "The link was deleted.", timeout=LOADED_MS
                )
                expect(page.get_by_text("No share links yet.")).to_be_visible(timeout=LOADED_MS)
            expect(page.get_by_role("heading", name="Share links")).to_be_focused()
            assert links(api, recording) == []
            watching.page.reload()
            watching.ends_with(NOTHING)
        is_clean(somebody)


def test_an_end_outside_the_next_year_is_refused_at_its_field(
    api: Client, browser: Browser, recording: str
) -> None:
    with admin(browser, api, f"#/recordings/{recording}") as somebody:
        somebody.button("Share").click(timeout=LOADED_MS)
        dialog = somebody.page.get_by_role("dialog", name="Share this recording")
        dialog.get_by_label("Exact time").check()
        field = dialog.get_by_label("Date and time")
        for wrong in ("2020-01-01T12:00", "2099-01-01T12:00", ""):
            field.fill(wrong)
            dialog.get_by_role("button", name="Create link").click()
            expect(
                dialog.get_by_text("Choose a time in the future, at most one year ahead.")
            ).to_be_visible(timeout=LOADED_MS)
            expect(field).to_be_focused()
        assert links(api, recording) == []


def test_a_link_that_is_over_says_why(api: Client, browser: Browser, recording: str) -> None:
    used = share(api, recording, maxViews=1)
    open_path = f"/recordings/{recording}/links/{used['linkId']}/open"
    token = urlsplit(used["url"]).fragment
    stream = api.call("POST", open_path, {"token": token}, key=None).body["streamUrl"]
    part = api.call("GET", stream, key=None, headers={"Range": "bytes=0-7"})
    assert part.status == 206
    share(api, recording, lifetime=30 * SECOND)
    with admin(browser, api, f"#/recordings/{recording}") as somebody:
        short, long = listed(somebody).first, listed(somebody).last
        expect(short).to_contain_text("Valid", timeout=LOADED_MS)
        expect(short).to_contain_text("Never")
        expect(long).to_contain_text("Used up")
        expect(long).to_contain_text("1 of 1")
        expect(short).to_contain_text("Expired", timeout=45_000)
        assert somebody.complaints() == []


def test_one_that_somebody_else_deleted_meanwhile_is_gone_all_the_same(
    api: Client, browser: Browser, recording: str
) -> None:
    link = share(api, recording)
    with admin(browser, api, f"#/recordings/{recording}") as somebody:
        page = somebody.page
        listed(somebody).get_by_role("button").click(timeout=LOADED_MS)
        path = f"/recordings/{recording}/links/{link['linkId']}"
        assert api.call("DELETE", path).status == 204
        page.get_by_role("dialog").get_by_role("button", name="Delete", exact=True).click()
        expect(page.locator(".toast")).to_have_text("The link was deleted.", timeout=LOADED_MS)
        expect(page.get_by_text("No share links yet.")).to_be_visible(timeout=LOADED_MS)


@pytest.mark.parametrize("locale", SAID)
def test_links_are_made_in_each_language_also_on_a_small_phone(
    api: Client, browser: Browser, recording: str, locale: str
) -> None:
    heading, button, title = SAID[locale]
    share(api, recording, maxViews=25, download=True)
    with admin(browser, api, f"#/recordings/{recording}") as english:
        cookies = english.page.context.storage_state()
        address = english.page.url
    small = {"width": 320, "height": 568}
    with visitor(browser, "admin", locale=locale, viewport=small, storage_state=cookies) as it:
        it.open(address)
        section = it.page.get_by_role("region", name=heading)
        expect(section.locator("tbody tr")).to_have_count(1, timeout=LOADED_MS)
        assert has_no_sideways_scroll(it)
        assert it.complaints() == []
        it.button(button).click()
        expect(it.page.get_by_role("dialog", name=title)).to_be_visible()
        assert has_no_sideways_scroll(it)
        assert it.complaints() == []
