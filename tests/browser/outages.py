"""Outages between a page and LiveKit."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

from livekit.protocol.models import SERVER_SHUTDOWN
from livekit.protocol.rtc import LeaveRequest, SignalResponse
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


def lose(sockets: list[WebSocketRoute]) -> None:
    """End a page's latest connection for good, as LiveKit does when it shuts down.

    Without a word from LiveKit its client takes 43 s to give up, with the same outcome.
    """
    leave = LeaveRequest(action=LeaveRequest.DISCONNECT, reason=SERVER_SHUTDOWN)
    sockets[-1].send(SignalResponse(leave=leave).SerializeToString())
