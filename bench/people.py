"""A meeting of 30 on this machine: the page beside livekit-client alone, in Chromium.

The others are LiveKit's clients for Python with a small picture each. Both pages have the same
camera and microphone, the same options of the client, and by turns a browser of their own.
"""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median
from typing import Any
from urllib.parse import quote

from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from bench.lambdas import REFERENCES
from bench.table import ratio, table
from tests.browser.browsers import chromium
from tests.browser.visitors import Visitor, visitor
from tests.live import Client, warm
from tools import ROOT
from tools.demo.people import present
from tools.stack.local_stack import LocalStack

OTHERS = 29
ROUNDS = 3
JOINS = 7
"""Into a meeting with one other."""

_FPS = 10
_SETTLES_MS = 8_000
_MEASURED_MS = 20_000
_LONGEST_MS = 90_000
_CLIENT = ROOT / "web" / "node_modules" / "livekit-client" / "dist" / "livekit-client.umd.js"
_BARE = REFERENCES / "bare.html"
_PEOPLE = "People"

_NOTED = """
window.connections = [];
window.RTCPeerConnection = class extends window.RTCPeerConnection {
  constructor(...options) {
    super(...options);
    window.connections.push(this);
  }
};
window.pictures = () => [...document.querySelectorAll(".tile:not(.own) video")]
  .filter((each) => each.getVideoPlaybackQuality().totalVideoFrames > 0).length;
addEventListener("click", ({target}) => {
  if (window.clicked || target.closest("button")?.textContent.trim() !== "Join") return;
  window.clicked = performance.now();
  const look = () => {
    if (pictures() > 0) window.pictured = performance.now();
    else requestAnimationFrame(look);
  };
  look();
}, true);
"""
"""Notes the connections, the click on Join, and the first picture of somebody else."""
_RECEIVED = """async () => {
  let bytes = 0;
  for (const each of connections.filter(({connectionState}) => connectionState !== "closed"))
    for (const stats of (await each.getStats()).values())
      if (stats.type === "transport") bytes += stats.bytesReceived;
  return bytes;
}"""
_ANSWERS = """async (name) => {
  const all = [...document.querySelectorAll("button")];
  const button = all.find(({textContent}) => textContent.trim().startsWith(name));
  const frame = () => new Promise(requestAnimationFrame);
  const took = [];
  for (let n = 0; n < 10; n += 1) {
    const began = performance.now();
    button.click();
    await frame();
    await frame();
    took.push(performance.now() - began);
    await new Promise((goOn) => setTimeout(goOn, 200));
  }
  return took;
}"""
"""How long it takes until the picture after a click is on the screen, in milliseconds."""
_LOADED = """() => {
  const all = performance.getEntriesByType("resource").filter((each) => each.transferSize > 0);
  const calls = (each) => new URL(each.name).pathname.includes("/api/");
  const scripts = all.filter((each) => new URL(each.name).pathname.endsWith(".js"));
  const before = all.findIndex(calls);
  const first = before < 0 ? all : all.slice(0, before);
  const size = (those) => those.reduce((sum, each) => sum + each.encodedBodySize, 0);
  return {
    requests: 1 + first.length,
    first: size(scripts.filter((each) => first.includes(each))),
    script: size(scripts),
    token: all.filter(({name}) => name.endsWith("/token")).at(-1)?.duration ?? 0,
  };
}"""


@dataclass
class Seen:
    """What was measured of a page."""

    cpu: list[float] = field(default_factory=list)
    """Seconds a second."""
    received: list[float] = field(default_factory=list)
    """Kilobytes a second."""
    pictures: list[int] = field(default_factory=list)
    answers: list[float] = field(default_factory=list)
    """Milliseconds."""
    among_many: list[float] = field(default_factory=list)
    with_one: list[float] = field(default_factory=list)
    tokens: list[float] = field(default_factory=list)
    """Seconds."""


@dataclass(frozen=True)
class Meeting:
    """A room with people inside."""

    api: Client
    room: dict[str, Any]

    def open_page(self, somebody: Visitor) -> None:
        """Stand at the door."""
        somebody.open(self.room["publisherURL"])
        somebody.at_the_door()
        somebody.page.get_by_label("Your name").fill(somebody.name)

    def open_bare(self, somebody: Visitor) -> None:
        """Have a token."""
        page, stack = somebody.page, self.api.stack
        page.route("**/bare.html", lambda route: route.fulfill(path=_BARE))
        page.route("**/livekit-client.umd.js", lambda route: route.fulfill(path=_CLIENT))
        token = self.api.token(self.room, somebody.name).body["token"]
        somebody.open(f"{stack.origin}/bare.html#url={quote(str(stack.livekit_url))}&token={token}")


def measure() -> str:
    """Return the tables."""
    directory = ROOT / ".local" / "bench"
    shutil.rmtree(directory, ignore_errors=True)
    page, bare = Seen(), Seen()
    with LocalStack(directory) as stack, sync_playwright() as playwright:
        api = Client(stack)
        warm(api, "Web", "GenerateParticipantToken", "ReceiveLivekitWebhook")
        with _meeting(api, 1) as two:
            loaded = _first_load(playwright, two)
            with _browser(playwright) as one, _browser(playwright) as other:
                for number in range(JOINS + 1):
                    for seen, browser in ((page, one), (bare, other)):
                        with visitor(browser, f"Ada {number}") as ada:
                            took = _join(ada, two, is_bare=seen is bare)
                        if number:  # the first one warms up
                            seen.with_one.append(took)
        with _meeting(api, OTHERS) as many:
            for number in range(ROUNDS):
                for seen in (page, bare):
                    with _browser(playwright) as browser:
                        _stay(browser, many, seen, f"Ada {number}", is_bare=seen is bare)
    return "\n".join([_compared(page, bare), _of_first_load(loaded)])


@contextmanager
def _meeting(api: Client, others: int) -> Iterator[Meeting]:
    room = api.create_room()
    look = {"publish": ["small"], "fps": _FPS, "watches": False}
    people = [
        {
            "token": api.token(room, f"Person {number}").body["token"],
            "colour": [100 + number, 90 + 2 * number, 200 - 3 * number],
            **look,
        }
        for number in range(others)
    ]
    with present(str(api.stack.livekit_url), people):
        yield Meeting(api, room)


@contextmanager
def _browser(playwright: Playwright) -> Iterator[Browser]:
    browser = chromium(playwright)
    assert browser, "no Chromium, and none that can be installed"
    try:
        yield browser
    finally:
        browser.close()


def _join(ada: Visitor, meeting: Meeting, *, is_bare: bool) -> float:
    """Return the seconds from the click on Join to the first picture of somebody else."""
    ada.page.add_init_script(_NOTED)
    (meeting.open_bare if is_bare else meeting.open_page)(ada)
    ada.page.wait_for_load_state("networkidle")
    ada.button("Join").click()
    ada.page.wait_for_function("() => window.pictured", timeout=_LONGEST_MS)
    return float(ada.page.evaluate("pictured - clicked")) / 1000


def _stay(browser: Browser, meeting: Meeting, seen: Seen, name: str, *, is_bare: bool) -> None:
    with visitor(browser, name) as ada:
        seen.among_many.append(_join(ada, meeting, is_bare=is_bare))
        if not is_bare:
            seen.tokens.append(ada.page.evaluate(_LOADED)["token"] / 1000)
        ada.page.wait_for_timeout(_SETTLES_MS)
        began, cpu, received = time.monotonic(), _cpu(browser), _received(ada.page)
        ada.page.wait_for_timeout(_MEASURED_MS)
        passed = time.monotonic() - began
        seen.cpu.append((_cpu(browser) - cpu) / passed)
        seen.received.append((_received(ada.page) - received) / passed / 1000)
        seen.pictures.append(int(ada.page.evaluate("pictures()")))
        seen.answers += ada.page.evaluate(_ANSWERS, _PEOPLE)


def _cpu(browser: Browser) -> float:
    """Return the seconds that all processes of the browser have used."""
    session = browser.new_browser_cdp_session()
    processes = session.send("SystemInfo.getProcessInfo")["processInfo"]
    session.detach()
    return sum(float(each["cpuTime"]) for each in processes)


def _received(page: Page) -> float:
    return float(page.evaluate(_RECEIVED))


def _first_load(playwright: Playwright, meeting: Meeting) -> list[dict[str, float]]:
    """Return the figures of the door and those of the meeting."""
    with _browser(playwright) as browser, visitor(browser, "Ada") as ada:
        ada.open(meeting.room["publisherURL"])
        ada.page.wait_for_function(f"() => ({_LOADED})().token > 0")
        door: dict[str, float] = ada.page.evaluate(_LOADED)
        ada.join()
        ada.page.wait_for_load_state("networkidle")
        inside: dict[str, float] = ada.page.evaluate(_LOADED)
    return [door, inside]


def _compared(page: Seen, bare: Seen) -> str:
    def row(what: str, of: str, digits: int, note: str = "") -> list[str]:
        ours, theirs = getattr(page, of), getattr(bare, of)
        shown = [f"{median(each):.{digits}f}{note}" for each in (ours, theirs)]
        comparable = len(ours) == len(theirs) and of != "pictures"
        return [what, *shown, ratio(ours, theirs) if comparable else ""]

    rows = [
        row("CPU of the browser, seconds a second", "cpu", 2),
        row("received, kB a second", "received", 0),
        row("pictures of others on the screen", "pictures", 0),
        row("from a click to what it shows, ms", "answers", 0),
        ["the slowest of these, ms", *(f"{max(each.answers):.0f}" for each in (page, bare)), ""],
        row(f"from Join to the first picture of {OTHERS} others, s", "among_many", 2),
        ["of which the token, s", f"{median(page.tokens):.2f}", "", ""],
        row("from Join to the first picture of one other, s", "with_one", 2),
    ]
    heads = [f"median, {OTHERS + 1} people", "the page", "livekit-client alone", "ratio"]
    return table(heads, rows) + "\n"


def _of_first_load(loaded: list[dict[str, float]]) -> str:
    door, inside = loaded
    rows = [
        ["requests before the first call of the API", f"{door['requests']:.0f}", ""],
        ["script, kB with gzip", f"{door['first'] / 1000:.0f}", f"{inside['script'] / 1000:.0f}"],
    ]
    return table(["first load", "at the door", "inside"], rows) + "\n"
