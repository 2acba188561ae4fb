"""The console and the players in WebKit, where it is there."""

from collections.abc import Iterator

import pytest

from tests.browser.console import console_url
from tests.browser.films import SECONDS, filmed, share
from tests.browser.webkit import Window, plays, webkit
from tests.live import Client, warm

pytestmark = pytest.mark.usefixtures("pages")

STARTED = 1_795_352_400_000  # 2026-11-22T13:00 UTC
SIDEWAYS = "return document.documentElement.scrollWidth > innerWidth"


@pytest.fixture(scope="module")
def window() -> Iterator[Window]:
    with webkit() as opened:
        yield opened


@pytest.fixture(scope="module")
def recording(api: Client, window: Window, tmp_path_factory: pytest.TempPathFactory) -> str:
    warm(api, "CreateRecordingLink", "OpenRecordingLink", "GetRecordingLinkStream")
    return filmed(api, tmp_path_factory.mktemp("webkit"), STARTED)


def test_a_shared_recording_plays(api: Client, window: Window, recording: str) -> None:
    window.open(share(api, recording)["url"])
    window.shows("all-hands")
    plays(window, SECONDS)
    assert not window.run(SIDEWAYS)


def test_the_console_lists_rooms_and_plays_a_recording(
    api: Client, window: Window, recording: str
) -> None:
    room = api.create_room(roomNamePrefix="webkit")["roomName"]
    window.open(console_url(api, "#/rooms"))
    window.type("input[autocomplete=username]", api.stack.admin_username)
    window.type("input[type=password]", api.stack.admin_password)
    window.click("form button.primary")
    window.shows(room)
    assert not window.run(SIDEWAYS)
    window.run("location.hash = arguments[0]", f"#/recordings/{recording}")
    plays(window, SECONDS)
    window.run("location.hash = '#/api'")
    window.until("document.querySelectorAll('.operation').length > 20")
    assert not window.run(SIDEWAYS)
