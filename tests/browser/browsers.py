"""Finds, installs and starts headless browsers that speak to nobody but this machine.

Chromium is driven over its DevTools protocol and Firefox over WebDriver BiDi, both by Playwright
and both as Debian has them: people use these, not builds of Playwright's own.
"""

import subprocess
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Error, Playwright

from tests.debian import find_or_install

CHROMIUM, FIREFOX = "chromium", "firefox"
_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream=fps=10",  # half of the usual: it is all software
    "--allow-loopback-in-peer-connection",
    "--autoplay-policy=no-user-gesture-required",
    "--disable-background-networking",
    "--disable-component-update",
    # A page that a test answers itself counts as public, and may not talk to this machine.
    "--disable-features=LocalNetworkAccessChecks,LocalNetworkAccessChecksWebSockets,"
    "LocalNetworkAccessChecksWebRTC",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]
_PREFERENCES: dict[str, str | float | bool] = {
    "media.navigator.permission.disabled": True,
    "media.navigator.streams.fake": True,
    "media.peerconnection.ice.loopback": True,
    "media.peerconnection.ice.obfuscate_host_addresses": False,
    "media.autoplay.default": 0,
    "media.autoplay.blocking_policy": 0,
    "network.proxy.type": 0,
    "datareporting.policy.dataSubmissionEnabled": False,
    "app.update.enabled": False,
}
_START_MS = 120_000


def chromium(playwright: Playwright, *flags: str) -> Browser | None:
    """Start a Chromium, which is installed where it is missing; return None if it cannot be."""
    path = find_or_install("chromium", *_NAMES)
    if path is not None:
        return playwright.chromium.launch(executable_path=path, args=[*_FLAGS, *flags])
    subprocess.run(["playwright", "install", "chromium"], check=False)
    try:
        return playwright.chromium.launch(args=[*_FLAGS, *flags])
    except Error:
        return None


def firefox(playwright: Playwright) -> Browser | None:
    """Start a Firefox, which is installed where it is missing; return None if it cannot be."""
    path = find_or_install("firefox-esr", "firefox-esr", "firefox")
    if path is None:
        return None
    find_or_install("ffmpeg", "ffmpeg")  # whose libraries Firefox decodes H.264 with
    return playwright.firefox.launch(
        channel="moz-firefox",  # over WebDriver BiDi, which every Firefox speaks
        executable_path=path,
        firefox_user_prefs=_PREFERENCES,
        timeout=_START_MS,
    )


LAUNCHERS = {CHROMIUM: chromium, FIREFOX: firefox}
EVERY = tuple(LAUNCHERS)


# Playwright's own sets the field's `value`, which React overrides, so that React sees no change.
_TYPED = """
const typed = (text) => {
  const field = document.activeElement;
  const start = field.selectionStart ?? field.value.length;
  const end = field.selectionEnd ?? start;
  const value = field.value.slice(0, start) + text + field.value.slice(end);
  Object.getOwnPropertyDescriptor(Object.getPrototypeOf(field), "value").set.call(field, value);
  field.dispatchEvent(new InputEvent("input", {data: text, bubbles: true, composed: true}));
};
Object.defineProperty(window, "__pw_bidiInsertText", {value: typed});  // whichever comes first
"""


def window(browser: Browser, **options: Any) -> BrowserContext:
    """Open a window of its own, with nothing kept from others."""
    context = browser.new_context(**options)
    if browser.browser_type.name == FIREFOX:
        context.add_init_script(_TYPED)
    return context
