"""What a meeting costs the connection: layers by size, nothing for what is hidden; figures."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from livekit.protocol.models import ConnectionQuality
from livekit.protocol.rtc import SignalResponse
from playwright.sync_api import Browser, ViewportSize, WebSocketRoute, expect

from tests.browser.visitors import JOIN_MS, Visitor, visitor
from tests.live import Client, eventually

pytestmark = pytest.mark.usefixtures("pages")

CONNECTIONS = """
window.connections = [];
window.RTCPeerConnection = class extends window.RTCPeerConnection {
  constructor(...options) {
    super(...options);
    window.connections.push(this);
  }
};
"""
"""Remembers the page's connections, to ask them what they send and receive."""
STREAMS = """async (type) => {
  const found = [];
  for (const each of window.connections) {
    if (each.connectionState === "closed") continue;
    for (const stats of (await each.getStats()).values())
      if (stats.type === type && stats.kind === "video") found.push(stats);
  }
  return found;
}"""
LAYERS = """() => window.connections
  .filter((each) => each.connectionState !== "closed")
  .flatMap((each) => each.getSenders())
  .filter((sender) => sender.track?.kind === "video")
  .flatMap((sender) => sender.getParameters().encodings)
  .filter(({active}) => active)
  .map(({rid}) => rid)"""
HIDE = """(hidden) => {
  const get = () => hidden ? "hidden" : "visible";
  Object.defineProperty(document, "visibilityState", {get, configurable: true});
  document.dispatchEvent(new Event("visibilitychange"));
}"""
SMALL: ViewportSize = {"width": 640, "height": 300}
LARGE: ViewportSize = {"width": 1280, "height": 900}
STEADY_MS = 3000
PATIENCE_S = 45


@pytest.fixture
def pair(api: Client, browser: Browser) -> Iterator[tuple[Visitor, Visitor]]:
    room = api.create_room()
    with visitor(browser, "Ada") as ada, visitor(browser, "Bob") as bob:
        for each in (ada, bob):
            each.page.add_init_script(CONNECTIONS)
            each.enter(room["publisherURL"])
        ada.sees_moving("Bob")
        yield ada, bob


def _streams(somebody: Visitor, kind: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = somebody.page.evaluate(STREAMS, f"{kind}-rtp")
    return found


def _received(somebody: Visitor) -> int:
    return sum(each["bytesReceived"] for each in _streams(somebody, "inbound"))


def _layers(somebody: Visitor) -> set[str]:
    """Return the layers of the camera that are sent: q, h and f, the smallest first."""
    return set(somebody.page.evaluate(LAYERS))


def test_a_picture_is_sent_no_larger_than_its_tile(pair: tuple[Visitor, Visitor]) -> None:
    ada, bob = pair
    ada.press("Speaker view")
    eventually(lambda: _layers(bob) == {"q", "h", "f"}, PATIENCE_S, "a large tile needs all layers")
    ada.press("Grid view")
    ada.page.set_viewport_size(SMALL)
    eventually(lambda: _layers(bob) == {"q"}, PATIENCE_S, "a small one the smallest")
    ada.page.set_viewport_size(LARGE)
    ada.press("Speaker view")
    eventually(lambda: "f" in _layers(bob), PATIENCE_S, "the large one is back")


def test_hidden_pictures_cost_nothing(pair: tuple[Visitor, Visitor]) -> None:
    ada, bob = pair
    ada.page.evaluate(HIDE, True)

    def is_silent() -> bool:
        before = _received(ada)
        ada.page.wait_for_timeout(STEADY_MS)
        return _received(ada) == before

    eventually(is_silent, PATIENCE_S, "no picture comes to a hidden tab")
    eventually(lambda: not _layers(bob), PATIENCE_S, "nor is it sent")
    ada.page.evaluate(HIDE, False)
    ada.sees_moving("Bob", PATIENCE_S)


def test_the_figures_are_shown_on_demand(pair: tuple[Visitor, Visitor]) -> None:
    ada, _ = pair
    ada.press("Settings")
    ada.button("Connection details").click()
    panel = ada.page.get_by_role("complementary", name="Connection")
    bob = panel.get_by_role("listitem").filter(has_text="Bob").filter(has_text="Camera")
    expect(bob).to_contain_text("Resolution", timeout=JOIN_MS)
    expect(bob).to_contain_text("kbit/s", timeout=JOIN_MS)
    expect(bob).to_contain_text("%", timeout=JOIN_MS)
    expect(panel.get_by_role("listitem").filter(has_text="Ada (you)")).to_have_count(2)
    assert ada.complaints() == []
    keys = ada.page.keyboard
    keys.press("Escape")
    expect(panel).to_have_count(0)


def weaken(socket: WebSocketRoute) -> None:
    """Let LiveKit say that every connection is poor."""
    server = socket.connect_to_server()

    def tell(message: str | bytes) -> None:
        if isinstance(message, bytes):
            said = SignalResponse.FromString(message)
            for each in said.connection_quality.updates:
                each.quality = ConnectionQuality.POOR
            message = said.SerializeToString() if said.HasField("connection_quality") else message
        socket.send(message)

    server.on_message(tell)


def test_a_weak_connection_is_told_with_a_way_to_its_figures(api: Client, browser: Browser) -> None:
    room = api.create_room()
    with visitor(browser, "Ada") as ada, visitor(browser, "Bob") as bob:
        bob.enter(room["publisherURL"])
        ada.page.route_web_socket(re.compile("/rtc"), weaken)
        ada.enter(room["publisherURL"])
        told = ada.page.get_by_text("Your connection is weak. Others may not see or hear you well.")
        expect(told).to_be_visible(timeout=PATIENCE_S * 1000)
        for name in ("Ada", "Bob"):
            expect(ada.tile(name)).to_contain_text("weak connection")
        assert ada.complaints() == []
        notice = ada.page.locator(".notice", has=told)
        notice.get_by_role("button", name="Connection details").click()
        panel = ada.page.get_by_role("complementary", name="Connection")
        expect(panel).to_contain_text("weak connection")
        notice.get_by_role("button", name="Close").click()
        expect(told).to_have_count(0)
        expect(bob.page.get_by_text("Your connection is weak.")).to_have_count(0)
