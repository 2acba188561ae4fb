"""The timeline of a recording in the console, in a real browser on the real stack."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, expect

from meet import clock
from meet.clock import DAY, HOUR, MINUTE, SECOND
from tests.browser.console import LOADED_MS, admin, failed_recording, is_clean, row, shows
from tests.browser.films import filmed
from tests.browser.test_languages import has_no_sideways_scroll
from tests.browser.visitors import Visitor, visitor
from tests.live import Client

pytestmark = pytest.mark.usefixtures("pages")

STARTED = 1_767_268_800_000  # 2026-01-01T12:00 UTC
KEY = {"type": "apiKey", "name": "first"}
SWEEP = {"type": "system", "name": "sweep"}
ERROR = "The recorder vanished from the meeting."
SAID = {
    "es-ES": ("Cronología", "La grabación falló", "Comprobación periódica"),
    "de-AT": ("Verlauf", "Die Aufzeichnung schlug fehl", "Regelmäßige Prüfung"),
    "fr-FR": ("Chronologie", "L’enregistrement a échoué", "Contrôle régulier"),  # noqa: RUF001
}


def vanished(api: Client, room: str, **more: Any) -> str:
    """Write a recording whose recorder was lost after a stop was requested."""
    return failed_recording(
        api,
        room,
        ERROR,
        started=STARTED,
        by=KEY,
        stopRequestedAt=STARTED + MINUTE,
        stopBy={"type": "moderator", "name": "Ada"},
        recorderMissingSince=STARTED + 2 * MINUTE,
        givenUpAt=STARTED + 30 * MINUTE,
        failedBy=SWEEP,
        **more,
    )


def entries(somebody: Visitor) -> Locator:
    return somebody.page.get_by_role("region", name="Timeline").locator("tbody tr")


def happened(somebody: Visitor) -> list[str]:
    return entries(somebody).locator(".event-name").all_inner_texts()


def test_why_one_failed_and_who_stopped_it(api: Client, browser: Browser) -> None:
    room = api.create_room(roomNamePrefix="vanished")["roomName"]
    failed = vanished(api, room)
    options = {"locale": "en-GB", "timezone_id": "Europe/Madrid"}
    with admin(browser, api, f"#/recordings/{failed}", **options) as somebody:
        expect(entries(somebody)).to_have_count(5, timeout=LOADED_MS)
        assert happened(somebody) == [
            "Recording was requested",
            "The recorder began to record",
            "A stop was requested",
            "The recorder was not in the meeting",
            "The recording failed",
        ]
        requested, _, stopped, missing, failure = entries(somebody).all()
        expect(requested).to_contain_text("Request")
        expect(requested).to_contain_text("API key first")
        expect(stopped).to_contain_text("1 Jan 2026, 13:01:00")
        expect(stopped).to_contain_text("Ada (moderator)")
        expect(missing).to_contain_text("Routine check")
        expect(failure.locator(".row-note")).to_have_text(ERROR)
        expect(failure.locator(".row-note")).to_have_attribute("lang", "en")
        expect(somebody.page.get_by_role("heading", name="Share links")).to_have_count(0)
        assert somebody.complaints() == []
        is_clean(somebody)


@pytest.mark.parametrize("locale", SAID)
def test_it_is_told_in_each_language_also_on_a_small_phone(
    api: Client, browser: Browser, locale: str
) -> None:
    heading, failure, source = SAID[locale]
    failed = vanished(api, api.create_room(roomNamePrefix="told")["roomName"])
    with admin(browser, api, f"#/recordings/{failed}") as english:
        cookies = english.page.context.storage_state()
        address = english.page.url
    small = {"width": 320, "height": 568}
    with visitor(browser, "admin", locale=locale, viewport=small, storage_state=cookies) as it:
        it.open(address)
        table = it.page.get_by_role("region", name=heading)
        expect(table.get_by_text(failure, exact=True)).to_be_visible(timeout=LOADED_MS)
        expect(table.get_by_text(source).first).to_be_visible()
        assert has_no_sideways_scroll(it)
        assert it.complaints() == []


def test_a_hold_and_its_end_are_in_it_at_once(
    api: Client, browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> None:
    recording = filmed(api, tmp_path_factory.mktemp("timeline"), STARTED)
    arrived = ["Recording was requested", "The recorder began to record", "The recorder ended"]
    arrived.append("The file arrived")
    with admin(browser, api, f"#/recordings/{recording}") as somebody:
        page = somebody.page
        expect(entries(somebody)).to_have_count(4, timeout=LOADED_MS)
        assert happened(somebody) == arrived
        expect(entries(somebody).nth(2)).to_contain_text("Length 0:12")
        expect(entries(somebody).nth(3)).to_contain_text("File storage")
        somebody.button("Hold").click()
        dialog = page.get_by_role("dialog", name="Hold this recording?")
        dialog.get_by_label("Reason").fill("Case 4711")
        dialog.get_by_role("button", name="Hold", exact=True).click()
        held = entries(somebody).nth(4)
        expect(held).to_contain_text("The recording was held", timeout=LOADED_MS)
        expect(held).to_contain_text("Case 4711")
        expect(held).to_contain_text("Console")
        assert somebody.complaints() == []
        somebody.button("Lift hold").click()
        page.get_by_role("dialog").get_by_role("button", name="Lift hold").click()
        expect(entries(somebody)).to_have_count(6, timeout=LOADED_MS)
        expect(held).to_contain_text("Case 4711")
        expect(entries(somebody).last).to_contain_text("Its hold was lifted")
        is_clean(somebody)


def test_one_in_the_trash_is_opened_from_there_and_restored(api: Client, browser: Browser) -> None:
    room = api.create_room(roomNamePrefix="thrown")["roomName"]
    now = clock.now()
    vanished(api, room, deleted=now - HOUR, restorable_until=now + 3 * DAY, deletedBy=KEY)
    with admin(browser, api, f"#/recordings?deleted=true&room={room}") as somebody:
        page = somebody.page
        row(somebody, ERROR).get_by_role("link").click(timeout=LOADED_MS)
        expect(page.get_by_text("This recording is in the trash.")).to_be_visible(timeout=LOADED_MS)
        shows(somebody, room)
        expect(page.get_by_text("Gone for good")).to_be_visible()
        expect(entries(somebody)).to_have_count(6)
        last = entries(somebody).last
        expect(last).to_contain_text("It was moved to the trash")
        expect(last).to_contain_text("API key first")
        expect(entries(somebody).nth(4)).to_contain_text(ERROR)
        expect(page.get_by_role("button", name="Delete")).to_have_count(0)
        assert somebody.complaints() == []

        somebody.button("Restore").click()
        expect(page.locator(".toast")).to_have_text(
            "The recording was restored.", timeout=LOADED_MS
        )
        expect(somebody.button("Delete")).to_be_visible(timeout=LOADED_MS)
        expect(page.get_by_role("heading", level=1)).to_be_focused()
        last = entries(somebody).last
        expect(last).to_contain_text("It was restored from the trash", timeout=LOADED_MS)
        expect(entries(somebody).nth(5)).to_contain_text("It was moved to the trash")
        expect(last).to_contain_text("Console")
        is_clean(somebody)


def test_one_that_is_being_deleted_cannot_be_restored(api: Client, browser: Browser) -> None:
    now = clock.now()
    room = api.create_room(roomNamePrefix="doomed")["roomName"]
    doomed = vanished(
        api,
        room,
        deleted=now - HOUR,
        restorable_until=now + 3 * DAY,
        deletingSince=now - SECOND,
    )
    with admin(browser, api, f"#/recordings/{doomed}") as somebody:
        said = somebody.page.get_by_text("This recording is being deleted for good already.")
        expect(said).to_be_visible(timeout=LOADED_MS)
        expect(entries(somebody).last).to_contain_text("Its deletion for good began")
        expect(somebody.button("Restore")).to_have_count(0)


def test_one_that_never_was_has_no_page(api: Client, browser: Browser) -> None:
    with admin(browser, api, "#/recordings/rec_01KX3QZ8V5T7M2N4P6R9S0W1Y3") as somebody:
        shows(somebody, "This recording does not exist")
        assert somebody.complaints() == []
