"""Many people arrive at once: a busy server refuses some requests, and the pages try again."""

from collections import Counter
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.browser.console import console_url, log_in, row, shows
from tests.browser.visitors import Visitor, visitor
from tests.live import Client

pytestmark = pytest.mark.usefixtures("pages")

BUSY = {"code": 503, "message": "Service unavailable"}
LATE_MS = 40_000
FIRST_REQUESTS = 2
"""The page, and its script."""


def refuse_at_first(somebody: Visitor, status: int, times: int) -> Counter[str]:
    """Answer each file and each safe call so often with a failure; return how often it was."""
    refused: Counter[str] = Counter()

    def answer(route: Route) -> None:
        path = urlsplit(route.request.url).path
        is_safe = route.request.method == "GET" or path.endswith("/participants/token")
        is_page = route.request.resource_type == "document"
        if not is_safe or is_page or refused[path] >= times:
            route.continue_()
            return
        refused[path] += 1
        route.fulfill(status=status, json=BUSY, headers={"Retry-After": "1"})

    somebody.page.route("**/meet/**", answer)
    return refused


@pytest.mark.parametrize("status", [429, 500, 503])
def test_the_meeting_comes_up_where_everything_is_refused_at_first(
    api: Client, browser: Browser, status: int
) -> None:
    room = api.create_room()
    with visitor(browser, "Ada") as ada:
        refused = refuse_at_first(ada, status, times=2)
        ada.open(room["publisherURL"])
        expect(ada.button("Join")).to_be_visible(timeout=LATE_MS)
        ada.join(timeout=LATE_MS)
        kinds = {path.rpartition(".")[2] for path in refused}
        assert "js" in kinds
        assert any(path.endswith("/token") for path in refused)
        retried = {p: n for p, n in refused.items() if p.endswith((".js", "/token"))}
        assert set(retried.values()) == {2}, retried
        assert ada.page.evaluate("getComputedStyle(document.body).margin") == "0px", (
            "with its style"
        )


def test_the_console_comes_up_where_everything_is_refused_at_first(
    api: Client, browser: Browser
) -> None:
    room = api.create_room()
    with visitor(browser, "admin") as somebody:
        refused = refuse_at_first(somebody, 503, times=2)
        somebody.open(console_url(api, "#/rooms"))
        log_in(somebody, api)
        shows(somebody, "Rooms")
        expect(row(somebody, room["roomName"])).to_be_visible(timeout=LATE_MS)
        assert {"session", "rooms"} <= {path.rpartition("/")[2] for path in refused}


def test_what_does_not_come_is_told_with_a_link_to_try_again(api: Client, browser: Browser) -> None:
    room = api.create_room()
    with visitor(browser, "Ada") as ada:
        gone = "**/assets/meeting-*.js"
        ada.page.route(gone, lambda route: route.fulfill(status=404, json=BUSY))
        ada.open(room["publisherURL"])
        link = ada.page.get_by_role("link", name="load the page again")
        expect(link).to_be_visible()
        ada.page.unroute(gone)
        link.click()
        ada.at_the_door()


LOADED = """() => performance.getEntriesByType("resource")
  .filter((each) => each.transferSize > 0)
  .map((each) => new URL(each.name).pathname)"""
"""What came over the network, and not from the browser's cache."""


def test_the_door_needs_few_requests(api: Client, browser: Browser) -> None:
    room = api.create_room()
    with visitor(browser, "Ada") as ada:
        ada.open(room["publisherURL"])
        ada.at_the_door()
        loaded: list[str] = ada.page.evaluate(LOADED)
        first = loaded[: next(n for n, path in enumerate(loaded) if path.endswith("/token"))]
        assert 1 + len(first) <= FIRST_REQUESTS, first  # with the page itself
        assert len(first) == len(set(first)), "each file comes once"
