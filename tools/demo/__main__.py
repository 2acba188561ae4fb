"""Demonstrates the running stack: room, meeting, recording, moderation, playback."""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import av

from meet import clock
from tools import ROOT
from tools.demo.api import HTTP_OK, Api, step
from tools.demo.moderation import Moderation
from tools.demo.people import present

SECONDS = 10
PEOPLE = {
    "Ada": {"publish": ["camera", "microphone"], "colour": [90, 180, 90], "tone": 440},
    "Bob": {"publish": ["camera", "microphone"], "colour": [120, 90, 180], "tone": 660},
}
_AWAITED = (
    "participant.updated",
    "lobby.waiting",
    "lobby.admitted",
    "room.updated",
    "meeting.ended",
    "recording.deleted",
    "room.deleted",
)
"""The events that the demo waits for; they may be stored in any order."""


class Demo:
    """Walks through the API of one stack, and prints the results."""

    def __init__(self, stack: dict[str, Any]) -> None:
        self._livekit_url = stack["livekitUrl"]
        self._api = Api(stack)

    def run(self) -> None:
        """Record and moderate a meeting, play its recording, delete all; then print its events."""
        now = self._api.call("GET", "/events?after=latest").json()["cursor"]
        with step("create a room") as told:
            options = {"roomNamePrefix": "demo", "expirationDate": clock.now() + clock.HOUR}
            room = self._api.call("POST", "/rooms", options).json()
            told(room["roomName"])
        with self._meeting(room) as people:
            with step("start recording") as told:
                recording = self._start(room["roomName"])
                told(f"{recording['id']} {recording['status']}")
            path = f"/recordings/{recording['id']}"
            with step("first picture") as told:
                told(self._until(path, "STARTED")["status"])
            time.sleep(SECONDS)
            with step("stop") as told:
                told(str(self._api.call("PUT", path).status))
            with step("READY") as told:
                ready = self._until(path, "READY")
                told(f"{ready['duration']} s, {ready['size']} bytes")
            Moderation(self._api, self._livekit_url, room, people).run()
        self._play(path, ready)
        with step("delete recording and room") as told:
            deleted = (
                self._api.call("DELETE", path),
                self._api.call("DELETE", f"/rooms/{room['roomName']}"),
            )
            told(" ".join(str(each.status) for each in deleted))
        with step("events") as told:
            events = self._events(room["roomName"], now)
            told("".join(f"\n    {_line(each)}" for each in events))

    def _events(self, room_name: str, cursor: str) -> list[dict[str, Any]]:
        """Return the room's events after a cursor, once all that are awaited are among them."""
        found: list[dict[str, Any]] = []
        missing, deadline = set(_AWAITED), time.monotonic() + 30
        while missing:
            page = self._api.call("GET", f"/events?after={cursor}").json()
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
            reply = self._api.call("POST", "/recordings", {"roomName": room_name}, may_be=(409,))
            if reply.status in HTTP_OK:
                recording: dict[str, Any] = reply.json()
                return recording
            if time.monotonic() > deadline:
                sys.exit(f"The recording does not start: {reply.data.decode()}")
            time.sleep(0.1)

    def _play(self, path: str, ready: dict[str, Any]) -> None:
        last = ready["size"] - 1
        for wanted in ("bytes=0-1023", f"bytes={last // 2}-", "bytes=-1"):
            with step(f"range {wanted}") as told:
                part = self._api.call("GET", f"{path}/stream", Range=wanted)
                told(f"{part.status} {part.headers['Content-Range']}")
        with step("play by link") as told:
            link = self._api.call("GET", f"{path}/url").json()["url"]
            film = ROOT / ".local" / "demo.mp4"
            film.write_bytes(self._api.call("GET", link, Range="bytes=0-").data)
            told(_save_middle(film))

    def _until(self, path: str, status: str) -> dict[str, Any]:
        deadline = time.monotonic() + 30
        while True:
            recording: dict[str, Any] = self._api.call("GET", path).json()
            # The file may be noticed a moment before the recorder reports its length.
            if recording["status"] == status and (status != "READY" or "duration" in recording):
                return recording
            if recording["status"] == "FAILED" or time.monotonic() > deadline:
                sys.exit(f"{path} is {recording['status']}, not {status}: {recording}")
            time.sleep(0.1)

    @contextmanager
    def _meeting(self, room: dict[str, Any]) -> Iterator[dict[str, dict[str, Any]]]:
        """Let everybody join and publish; the value is the answers with their tokens, by name."""
        answers = {name: self._api.ask_to_join(room, name, "publisher").json() for name in PEOPLE}
        people = [{"token": answers[name]["token"], **PEOPLE[name]} for name in PEOPLE]
        with ExitStack() as meeting:
            with step("two people join and publish"):
                meeting.enter_context(present(self._livekit_url, people))
            yield answers


def _line(event: dict[str, Any]) -> str:
    data = event["data"]
    about = data.get("participantName") or " ".join(data.get("changed", [])) or data.get("status")
    if event["type"] == "participant.updated":
        about += f": {data['role']}"
    actor = event.get("actor", {}).get("type", "")
    time_of_day = event["timestamp"][11:23]
    shown = f"{event['position']:>5}  {time_of_day}  {event['type']:<20}{about or '':<26}{actor}"
    return shown.rstrip()


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
