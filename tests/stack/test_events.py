"""What happens on the running stack is in its log of events."""

import asyncio
from typing import Any

import pytest

from tests.live import Client, eventually, meeting, warm

SOON = 30
"""Seconds: the emulator polls each stream about once a second, on a machine that does much else."""


@pytest.fixture(scope="module", autouse=True)
def warm_functions(api: Client) -> None:
    warm(api, "GetEvents", "ReceiveLivekitWebhook", "DeleteRoom")


class Log:
    """Reads a room's events, going on with the cursor of each answer."""

    def __init__(self, api: Client) -> None:
        self.api = api
        self.cursor: str = api.call("GET", "/events?after=latest").body["cursor"]
        self.events: list[dict[str, Any]] = []

    def types_of(self, room: str) -> list[str]:
        answer = self.api.call("GET", f"/events?after={self.cursor}")
        assert answer.status == 200, answer
        self.events += answer.body["events"]
        self.cursor = answer.body["cursor"]
        return [each["type"] for each in self.events if each["roomName"] == room]


def test_a_room_that_is_created_updated_and_deleted(api: Client) -> None:
    log = Log(api)
    name = api.create_room()["roomName"]
    api.call("PUT", f"/rooms/{name}", {"chatPreferences": {"enabled": False}})
    assert api.call("DELETE", f"/rooms/{name}").status == 204
    expected = ["room.created", "room.updated", "room.deleted"]
    eventually(lambda: log.types_of(name) == expected, SOON, "three events of the room")
    ours = [each for each in log.events if each["roomName"] == name]
    assert all(each["actor"] == {"type": "apiKey", "name": "first"} for each in ours)
    positions = [each["position"] for each in log.events]
    assert positions == list(range(positions[0], positions[0] + len(positions)))

    def of_room() -> bool:
        found = api.call("GET", f"/events?roomName={name}").body["events"]
        return [each["id"] for each in found] == [each["id"] for each in ours]

    eventually(of_room, SOON, "the same events by the room's name")


def test_two_people_who_meet(api: Client) -> None:
    log = Log(api)
    room = api.create_room()
    name = room["roomName"]

    async def scenario() -> None:
        tokens = [api.token(room, person).body["token"] for person in ("Ada", "Bob")]
        async with meeting(api.stack.livekit_url, *tokens):
            await asyncio.to_thread(
                eventually,
                lambda: log.types_of(name).count("participant.joined") == 2,
                SOON,
                "both have joined",
            )
            shown = api.call("GET", f"/rooms/{name}").body
            assert shown["status"] == "active_meeting"

    asyncio.run(scenario())
    eventually(lambda: log.types_of(name).count("participant.left") == 2, SOON, "both have left")
    assert api.call("DELETE", f"/rooms/{name}").status == 204
    eventually(lambda: "meeting.ended" in log.types_of(name), SOON, "the meeting has ended")
    ours = {each["type"]: each["data"] for each in log.events if each["roomName"] == name}
    assert sorted(ours) == [
        "meeting.ended",
        "meeting.started",
        "participant.joined",
        "participant.left",
        "room.created",
        "room.deleted",
    ]
    assert ours["meeting.ended"]["participants"] == 2
    assert ours["meeting.ended"]["reason"] == "roomDeleted"
    assert ours["participant.left"]["reason"] == "left"
    assert ours["participant.left"]["role"] == "publisher"
    assert ours["participant.left"]["duration"] >= 0


def test_events_go_on_after_the_emulator_has_started_again(api: Client) -> None:
    log = Log(api)
    before = api.create_room()["roomName"]
    eventually(lambda: log.types_of(before) == ["room.created"], SOON, "its event")
    api.stack.emulator.stop()
    api.stack.emulator.start()

    after = api.create_room()["roomName"]
    eventually(lambda: log.types_of(after) == ["room.created"], SOON, "its event")
