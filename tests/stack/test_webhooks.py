"""Events of the running stack reach a real receiver, signed, by stream, queue and function."""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from standardwebhooks import Webhook as StandardWebhook

from tests.live import Client
from tests.receivers import Receiver, receiver
from tools import ROOT

ARRIVES_IN = 60
"""Seconds: a webhook counts after 30, and the first call of a function starts a process."""


def register(api: Client, url: str, **body: Any) -> dict[str, Any]:
    made = api.call("POST", "/webhooks", {"url": url} | body)
    assert made.status == 201, made.data
    webhook: dict[str, Any] = made.body
    return webhook


def wait_for(condition: Callable[[], Any], seconds: float = ARRIVES_IN) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.1)


def events_of(endpoint: Receiver, webhook: dict[str, Any], room: str) -> list[dict[str, Any]]:
    """Return the verified events about a room, by their positions."""
    verify = StandardWebhook(webhook["secret"]).verify
    events = [verify(each.body, each.headers) for each in list(endpoint.received)]
    ours = {each["id"]: each for each in events if each.get("roomName") == room}
    return sorted(ours.values(), key=lambda event: int(event["position"]))


def test_a_receiver_gets_what_happens_to_a_room_and_what_it_missed(api: Client) -> None:
    with receiver() as endpoint:
        webhook = register(api, endpoint.url, events=["room.*"])
        path = f"/webhooks/{webhook['webhookId']}"
        try:
            tested = api.call("POST", f"{path}/test")
            assert (tested.status, tested.body["status"]) == (200, 204)
            # Until every environment knows the webhook, and the functions have started.
            first = api.create_room(roomNamePrefix="hooks")["roomName"]
            time_of_first = time.monotonic()
            while not events_of(endpoint, webhook, first):
                assert time.monotonic() - time_of_first < 2 * ARRIVES_IN
                first = api.create_room(roomNamePrefix="hooks")["roomName"]
                time.sleep(3)

            began = time.monotonic()
            room = api.create_room(roomNamePrefix="hooks")
            name = room["roomName"]
            wait_for(lambda: events_of(endpoint, webhook, name))
            print(f"from the request to the receiver: {time.monotonic() - began:.2f} s")
            off = {"preferences": {"chatPreferences": {"enabled": False}}}
            assert api.call("PUT", f"/rooms/{name}", off).status == 200
            endpoint.answers(503)
            assert api.call("DELETE", f"/rooms/{name}").status == 204
            wait_for(lambda: api.call("GET", f"{path}/deliveries").body)
            endpoint.answers(204)
            wait_for(lambda: len(events_of(endpoint, webhook, name)) == 3)
            wait_for(lambda: not api.call("GET", f"{path}/deliveries").body)
            events = events_of(endpoint, webhook, name)
            assert [each["type"] for each in events] == [
                "room.created",
                "room.updated",
                "room.deleted",
            ]
            endpoint.received.clear()
            ids = [each["id"] for each in events]
            replayed = api.call("POST", f"{path}/replay", {"eventIds": ids})
            assert (replayed.status, replayed.body) == (202, {"events": 3})
            wait_for(lambda: len(events_of(endpoint, webhook, name)) == 3)
            for secret in room.values():
                if isinstance(secret, str) and "secret=" in secret:
                    text = b"".join(each.body for each in endpoint.received).decode()
                    assert secret.partition("secret=")[2] not in text
        finally:
            assert api.call("DELETE", path).status == 204


def test_the_receiver_for_users_prints_events_and_cleans_up(api: Client) -> None:
    def webhooks() -> int:
        return len(api.call("GET", "/webhooks").body["webhooks"])

    before = webhooks()
    file = str(api.stack.directory / "stack.json")
    command = [sys.executable, "-m", "tools.receiver", "--stack", file]
    running = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    lines: list[str] = []
    assert running.stdout is not None
    reading = threading.Thread(target=lambda: lines.extend(running.stdout or []), daemon=True)
    reading.start()
    try:
        wait_for(lambda: webhooks() == before + 1)
        until = time.monotonic() + 2 * ARRIVES_IN
        while not any("room.created" in line for line in lines):
            assert time.monotonic() < until
            api.create_room(roomNamePrefix="shown")
            time.sleep(3)
    finally:
        running.send_signal(signal.SIGTERM)
        running.wait(30)
    reading.join(10)
    running.stdout.close()
    assert "refused" not in "".join(lines)
    assert webhooks() == before


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/", "http://user@127.0.0.1/"])
def test_an_address_that_breaks_a_rule_is_refused(api: Client, url: str) -> None:
    assert api.call("POST", "/webhooks", {"url": url}).status == 422
