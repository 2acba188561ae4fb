"""Fixtures of tests in a browser."""

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.chromium import launch
from tests.browser.visitors import AXE
from tools import ROOT

if TYPE_CHECKING:
    from tools.stack.local_stack import LocalStack


@pytest.fixture(scope="module")  # its event loop must be gone before other tests make theirs
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = launch(playwright)
        if launched is None:
            message = "No Chromium on PATH, by apt-get or by Playwright: no browser test ran."
            if os.environ.get("CI"):
                pytest.fail(message)
            pytest.skip(f"!!! {message}")
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def pages(stack: "LocalStack") -> None:
    """The built pages: the stack builds them when it starts."""
    built = ROOT / "functions/web/static/meeting.html"
    if built.exists() and AXE.exists():
        return
    message = "The web pages could not be built: no test of them ran."
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(f"!!! {message}")


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    yield context.new_page()
    context.close()
