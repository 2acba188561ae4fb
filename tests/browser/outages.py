"""Outages between a page and LiveKit."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import WebSocketRoute

from tests.browser.visitors import Visitor
from tests.live import Client


def watch_sockets(somebody: Visitor) -> list[WebSocketRoute]:
    """Return the list to which every connection for signalling will be added."""
    sockets: list[WebSocketRoute] = []

    def through(socket: WebSocketRoute) -> None:
        socket.connect_to_server()
        sockets.append(socket)

    somebody.page.route_web_socket("**/rtc**", through)
    return sockets


@contextmanager
def cut_off(api: Client, sockets: list[WebSocketRoute]) -> Iterator[None]:
    """Stop signalling and media for everybody, and close one participant's latest connection."""
    livekit = api.stack.processes.pid("livekit")
    os.kill(livekit, signal.SIGSTOP)
    try:
        sockets[-1].close()
        yield
    finally:
        os.kill(livekit, signal.SIGCONT)
