"""Fixtures of tests in a browser."""

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.browsers import CHROMIUM, EVERY, LAUNCHERS, window
from tests.browser.visitors import AXE
from tools import ROOT

if TYPE_CHECKING:
    from tools.stack.local_stack import LocalStack


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test in Chromium, and one that is marked with `every_browser` in the others, too."""
    if "browser" in metafunc.fixturenames:
        everywhere = metafunc.definition.get_closest_marker("every_browser")
        engines = EVERY if everywhere else (CHROMIUM,)
        metafunc.parametrize("browser", engines, indirect=True, scope="module")


# Its event loop must be gone before other tests make theirs.
@pytest.fixture(scope="module")
def browser(request: pytest.FixtureRequest) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = LAUNCHERS[request.param](playwright)
        if launched is None:
            message = f"No {request.param} on PATH or by apt-get: no test ran in it."
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
    context = window(browser)
    yield context.new_page()
    context.close()
