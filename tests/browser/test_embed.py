"""The meeting in a frame of somebody else's page."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.visitors import JOIN_MS, Visitor, press, visitor
from tests.live import Client, eventually
from tools.stack.deployment import aws_session
from tools.stack.local_stack import LocalStack

pytestmark = pytest.mark.usefixtures("pages")

FRAME = """<!doctype html><title>embedder</title><script>
window.told = []; addEventListener("message", ({data, origin}) => told.push({...data, origin}));
</script><iframe src="{src}" width="900" height="600" allow="camera; microphone"></iframe>"""


@contextmanager
def embedder(link: str) -> Iterator[str]:
    """Serve a page with the meeting in a frame; yield its origin, which differs from ours."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = FRAME.replace("{src}", link.replace("&", "&amp;")).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


@contextmanager
def allowed(stack: LocalStack, origins: str) -> Iterator[None]:
    """Give the function of the pages what the stack's parameter AllowedEmbedders gives it."""
    functions = aws_session().client("lambda", endpoint_url=stack.aws_endpoint_url)
    found = functions.get_paginator("list_functions").paginate().build_full_result()["Functions"]
    (web,) = [
        each
        for each in found
        if "ALLOWED_EMBEDDERS" in each.get("Environment", {}).get("Variables", {})
    ]
    before = web["Environment"]["Variables"]

    def put(variables: dict[str, str]) -> None:
        functions.update_function_configuration(
            FunctionName=web["FunctionName"], Environment={"Variables": variables}
        )

    put(before | {"ALLOWED_EMBEDDERS": origins})
    try:
        yield
    finally:
        put(before)


def _told(somebody: Visitor) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = somebody.page.evaluate("told")
    return told


def test_nobody_frames_the_meeting_unless_the_stack_names_them(
    api: Client, browser: Browser
) -> None:
    room = api.create_room()
    with embedder(room["publisherURL"] + "&embed") as origin, visitor(browser, "Ada") as ada:
        ada.open(origin)
        eventually(
            lambda: ada.page.evaluate("1") and any("frame-ancestors" in each for each in ada.said),
            10,
            "the browser refuses the frame",
        )


def test_an_embedder_has_the_meeting_without_chrome_and_is_told_what_happens(
    api: Client, browser: Browser
) -> None:
    room = api.create_room()
    link = room["moderatorURL"] + "&embed"
    with embedder(link) as origin, visitor(browser, "Ada") as ada:
        with allowed(api.stack, f"https://elsewhere.example {origin}"):
            ada.open(origin)
            frame = ada.page.frame_locator("iframe")
            frame.get_by_label("Your name").fill("Ada")
            frame.get_by_role("button", name="Join", exact=True).click()
            leave = frame.get_by_role("button", name="Leave")
            expect(leave, str(ada.said)).to_be_visible(timeout=JOIN_MS)
            expect(frame.locator(".bar h1")).to_be_hidden()
            press(frame, "Record")
            eventually(lambda: {"recording"} <= {each["event"] for each in _told(ada)}, 30, "told")
            press(frame, "Stop recording")
            eventually(lambda: len(_told(ada)) == 3, 30, "told of the recording's end")
            leave.click()
            expect(frame.get_by_role("heading", name="You left the meeting")).to_be_visible()
        meet = {"source": "meet", "origin": api.stack.origin}
        assert _told(ada) == [
            {**meet, "event": "joined", "name": "Ada"},
            {**meet, "event": "recording", "active": True},
            {**meet, "event": "recording", "active": False},
            {**meet, "event": "left", "reason": "left"},
        ]


def test_who_embeds_but_is_not_named_is_told_nothing(api: Client, browser: Browser) -> None:
    room = api.create_room()
    with (
        embedder(room["viewerURL"] + "&embed") as origin,
        allowed(api.stack, "https://elsewhere.example"),
        visitor(browser, "Vera") as vera,
    ):

        def unframe(route: Any) -> None:  # a browser that knows no frame-ancestors
            answer = route.fetch()
            headers = dict(answer.headers)
            del headers["content-security-policy"]
            route.fulfill(response=answer, headers=headers)

        vera.page.route(f"**/{room['roomName']}/**", unframe)
        vera.open(origin)
        frame = vera.page.frame_locator("iframe")
        frame.get_by_label("Your name").fill("Vera")
        frame.get_by_role("button", name="Join", exact=True).click()
        frame.get_by_role("button", name="Leave").click(timeout=JOIN_MS)
        expect(frame.get_by_role("heading", name="You left the meeting")).to_be_visible()
        assert _told(vera) == []
