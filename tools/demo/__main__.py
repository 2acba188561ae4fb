"""Demonstrates the running stack: room, meeting, recording, playback, each with its time."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import av
import urllib3

from meet import clock
from tools import ROOT
from tools.demo.people import present

SECONDS = 10
PEOPLE = {
    "Ada": {"publish": ["camera", "microphone"], "colour": [90, 180, 90], "tone": 440},
    "Bob": {"publish": ["camera", "microphone"], "colour": [120, 90, 180], "tone": 660},
}
_HTTP_OK = range(200, 300)
_LAST = ("meeting.ended", "recording.deleted", "room.deleted")
"""The events with which a demo is over; they may be stored in any order."""


class Demo:
    """Walks through the API of one stack, and prints the results."""

    def __init__(self, stack: dict[str, Any]) -> None:
        self._stack = stack
        self._http = urllib3.PoolManager()

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        may_be: tuple[int, ...] = (),
        **headers: str,
    ) -> Any:
        """Return the answer to a call; raises SystemExit for an unexpected status."""
        url = path if path.startswith("http") else self._stack["apiUrl"] + path
        sent = {"X-API-KEY": self._stack["apiKey"], **headers}
        if body is not None:
            sent["Content-Type"] = "application/json"
        data = None if body is None else json.dumps(body)
        reply = self._http.request(method, url, body=data, headers=sent, timeout=30, retries=False)
        if reply.status not in (*_HTTP_OK, *may_be):
            sys.exit(f"{method} {path}: {reply.status} {reply.data.decode()}")
        return reply

    def run(self) -> None:
        """Record two people, play the recording, delete it; then print what the log says of it."""
        now = self.call("GET", "/events?after=latest").json()["cursor"]
        with step("create a room") as told:
            options = {"roomNamePrefix": "demo", "expirationDate": clock.now() + clock.HOUR}
            room = self.call("POST", "/rooms", options).json()
            told(room["roomName"])
        with self._meeting(room):
            with step("start recording") as told:
                recording = self._start(room["roomName"])
                told(f"{recording['id']} {recording['status']}")
            path = f"/recordings/{recording['id']}"
            with step("first picture") as told:
                told(self._until(path, "STARTED")["status"])
            time.sleep(SECONDS)
            with step("stop") as told:
                told(str(self.call("PUT", path).status))
            with step("READY") as told:
                ready = self._until(path, "READY")
                told(f"{ready['duration']} s, {ready['size']} bytes")
        self._play(path, ready)
        with step("delete recording and room") as told:
            deleted = self.call("DELETE", path), self.call("DELETE", f"/rooms/{room['roomName']}")
            told(" ".join(str(each.status) for each in deleted))
        with step("events") as told:
            events = self._events(room["roomName"], now)
            told("".join(f"\n    {_line(each)}" for each in events))

    def _events(self, room_name: str, cursor: str) -> list[dict[str, Any]]:
        """Return the room's events after a cursor, once its end is among them."""
        found: list[dict[str, Any]] = []
        missing, deadline = set(_LAST), time.monotonic() + 30
        while missing:
            page = self.call("GET", f"/events?after={cursor}").json()
            cursor = page["cursor"]
            found += [each for each in page["events"] if each["roomName"] == room_name]
            missing -= {each["type"] for each in found}
            if time.monotonic() > deadline:
                sys.exit(f"The log has no {', '.join(sorted(missing))} of {room_name} yet.")
            time.sleep(0.2)
        return found

    def _start(self, room_name: str) -> dict[str, Any]:
        """Start recording; LiveKit considers a track published once its first packet arrived."""
        deadline = time.monotonic() + 5
        while True:
            reply = self.call("POST", "/recordings", {"roomName": room_name}, may_be=(409,))
            if reply.status in _HTTP_OK:
                recording: dict[str, Any] = reply.json()
                return recording
            if time.monotonic() > deadline:
                sys.exit(f"The recording does not start: {reply.data.decode()}")
            time.sleep(0.1)

    def _play(self, path: str, ready: dict[str, Any]) -> None:
        last = ready["size"] - 1
        for wanted in ("bytes=0-1023", f"bytes={last // 2}-", "bytes=-1"):
            with step(f"range {wanted}") as told:
                part = self.call("GET", f"{path}/stream", Range=wanted)
                told(f"{part.status} {part.headers['Content-Range']}")
        with step("play by link") as told:
            link = self.call("GET", f"{path}/url").json()["url"]
            film = ROOT / ".local" / "demo.mp4"
            film.write_bytes(self.call("GET", link, Range="bytes=0-").data)
            told(_save_middle(film))

    def _until(self, path: str, status: str) -> dict[str, Any]:
        deadline = time.monotonic() + 30
        while True:
            recording: dict[str, Any] = self.call("GET", path).json()
            # The file may be noticed a moment before the recorder reports its length.
            if recording["status"] == status and (status != "READY" or "duration" in recording):
                return recording
            if recording["status"] == "FAILED" or time.monotonic() > deadline:
                sys.exit(f"{path} is {recording['status']}, not {status}: {recording}")
            time.sleep(0.1)

    @contextmanager
    def _meeting(self, room: dict[str, Any]) -> Iterator[None]:
        secret = parse_qs(urlsplit(room["publisherURL"]).query)["secret"][0]
        people = []
        for name, person in PEOPLE.items():
            request = {"roomName": room["roomName"], "participantName": name, "secret": secret}
            token = self.call("POST", "/participants/token", request).json()["token"]
            people.append({"token": token, **person})
        with ExitStack() as meeting:
            with step("two people join and publish"):
                meeting.enter_context(present(self._stack["livekitUrl"], people))
            yield


@contextmanager
def step(name: str) -> Iterator[Callable[[str], None]]:
    """Print the step, its time and its result."""
    told: list[str] = []
    began = time.monotonic()
    yield told.append
    print(f"  {name:<30}{time.monotonic() - began:7.2f} s  {' '.join(told)}", flush=True)


def _line(event: dict[str, Any]) -> str:
    data = event["data"]
    about = data.get("participantName") or data.get("status") or ""
    actor = event.get("actor", {}).get("type", "")
    time_of_day = event["timestamp"][11:23]
    return f"{event['position']:>5}  {time_of_day}  {event['type']:<20}{about:<16}{actor}".rstrip()


def _save_middle(film: Path) -> str:
    with av.open(str(film)) as container:
        frames = list(container.decode(video=0))
    picture = film.with_suffix(".png")
    frames[len(frames) // 2].to_image().save(picture)  # type: ignore[no-untyped-call]
    return f"{len(frames)} pictures; the middle one is {picture.relative_to(ROOT)}"


def main() -> None:
    """Run the demo on the stack that make run started."""
    try:
        stack = json.loads((ROOT / ".local" / "stack.json").read_text())
    except FileNotFoundError:
        sys.exit("No stack is running: type make run in another terminal first.")
    Demo(stack).run()


if __name__ == "__main__":
    main()
