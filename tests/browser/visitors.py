"""People with a browser, at the meeting page."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import (
    Browser,
    BrowserContext,
    FrameLocator,
    Locator,
    Page,
    Request,
    expect,
)

from tests.browser.browsers import window
from tools import ROOT

AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
JOIN_MS = 20_000

PLAYED = """(name) => {
  const video = document.querySelector(`.tile[data-name="${name}"] video`);
  if (!video) return null;
  const {totalVideoFrames} = video.getVideoPlaybackQuality();
  if (totalVideoFrames === 0 && video.currentTime > 0 && !video.presented) {
    video.presented = 1;
    const count = () => {
      video.presented += 1;
      video.requestVideoFrameCallback(count);
    };
    video.requestVideoFrameCallback(count);
  }
  return [totalVideoFrames || video.presented || 0, video.currentTime];
}"""
"""How many pictures were shown, and until when. Firefox does not count those of a MediaStream."""

MOVES = f"""([name, before]) => {{
  const now = ({PLAYED})(name);
  return now && now[0] > before[0] + 5 && now[1] > before[1];
}}"""


SCRIPTS = """() => Object.fromEntries(performance.getEntriesByType("resource")
  .map((each) => [new URL(each.name).pathname, each.encodedBodySize])
  .filter(([path]) => path.endsWith(".js")))"""

MORE = re.compile(r"^More\b")
"""And how much is new in there."""


def press(page: Page | FrameLocator, name: str | re.Pattern[str]) -> None:
    """Press a control of a meeting, which may be in More."""
    controls = page.locator(".controls")
    control = controls.get_by_role("button", name=name)
    more = controls.get_by_role("button", name=MORE)
    expect(control.or_(more).first).to_be_visible(timeout=JOIN_MS)
    if not control.is_visible():
        more.click()
    control.click()


@dataclass
class Visitor:
    """Somebody with a window of their own, and everything that it asked for or said."""

    page: Page
    name: str
    requests: list[Request] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def open(self, url: str) -> None:
        self.page.goto(url)

    def at_the_door(self) -> Locator:
        """Wait until the link is known to be good."""
        join = self.page.get_by_role("button", name="Join", exact=True)
        expect(join).to_be_visible(timeout=JOIN_MS)
        return join

    def join(self, timeout: float = JOIN_MS) -> None:
        join = self.at_the_door()
        self.page.get_by_label("Your name").fill(self.name)
        join.click()
        expect(self.button("Leave")).to_be_visible(timeout=timeout)

    def enter(self, url: str) -> None:
        """Open a join link, and join."""
        self.open(url)
        self.join()

    def reload(self) -> None:
        """Load the page again inside a meeting, and be in it again."""
        self.page.reload()
        expect(self.button("Leave")).to_be_visible(timeout=JOIN_MS)

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def press(self, name: str | re.Pattern[str]) -> None:
        """Press a control, which may be in More."""
        press(self.page, name)

    def act(self, name: str, action: str | None = None) -> None:
        """Open the menu about a participant, and choose from it."""
        actions = self.button(f"Actions for {name}")
        if not actions.is_visible():
            self.press("People")
        actions.click()
        if action:
            self.page.get_by_role("menuitem", name=action, exact=True).click()

    def tile(self, name: str) -> Locator:
        return self.page.locator(f'.tile[data-name="{name}"][data-source="camera"]')

    def sees_moving(self, name: str, seconds: float = 20) -> None:
        """Wait for frames of somebody that are decoded, and go on."""
        milliseconds = seconds * 1000
        self.page.wait_for_function(PLAYED, arg=name, timeout=milliseconds)
        before = self.page.evaluate(PLAYED, name)
        self.page.wait_for_function(MOVES, arg=[name, before], timeout=milliseconds)

    def write(self, text: str) -> None:
        if not self.page.get_by_label("Message", exact=True).is_visible():
            self.press("Chat")
        self.page.get_by_label("Message", exact=True).fill(text)
        self.button("Send").click()

    def reads(self, text: str) -> None:
        if not self.page.locator(".messages").is_visible():
            self.press("Chat")
        expect(self.page.locator(".messages .text").get_by_text(text, exact=True)).to_be_visible()

    def ends_with(self, sentence: str, seconds: float = 20) -> None:
        heading = self.page.get_by_role("heading", name=sentence)
        expect(heading).to_be_visible(timeout=seconds * 1000)

    def scripts(self) -> dict[str, int]:
        """Return each script that the page has loaded, by its path, with its bytes as sent.

        The page itself counts, since a browser tells its driver of a script from its cache as
        of another request, and gives it a size that is not one (Chromium: below 0).
        """
        found: dict[str, int] = self.page.evaluate(SCRIPTS)
        return found

    def has_no_devices(self) -> None:
        """Check that neither a picture of oneself nor a choice of devices is there."""
        expect(self.page.locator("video")).to_have_count(0)
        for each in ("Microphone", "Camera", "Loudspeaker"):
            expect(self.page.get_by_label(each, exact=True)).to_have_count(0)

    def complaints(self) -> list[str]:
        """Ask axe what is wrong with the page."""
        # Evaluated, not injected as a script: the page's own policy stays on.
        self.page.evaluate(AXE.read_text())
        found: list[dict[str, Any]] = self.page.evaluate("async () => (await axe.run()).violations")
        return [f"{each['id']}: {[node['html'] for node in each['nodes']]}" for each in found]


@contextmanager
def visitor(browser: Browser, name: str, **options: Any) -> Iterator[Visitor]:
    """Open a window for somebody, and close it at the end."""
    context = _context(browser, **options)
    page = context.new_page()
    somebody = Visitor(page, name)
    page.on("request", lambda request: somebody.requests.append(request))  # noqa: PLW0108
    page.on("console", lambda message: somebody.said.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: somebody.said.append(f"pageerror: {error}"))
    try:
        yield somebody
    finally:
        context.close()


def _context(browser: Browser, **options: Any) -> BrowserContext:
    options.setdefault("locale", "en-GB")
    options.setdefault("viewport", {"width": 1280, "height": 720})
    return window(browser, **options)


def picture(page: Page, path: Path) -> None:
    """Take a picture of a page."""
    path.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=path, animations="disabled")
