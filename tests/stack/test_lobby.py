"""The lobby on the running stack: a moderator in a real meeting is told, and admits."""

import asyncio

import pytest
from livekit import rtc

from tests.live import Client, eventually_async, meeting, warm

SOON = 30


@pytest.fixture(scope="module", autouse=True)
def warm_functions(api: Client) -> None:
    warm(api, "GenerateParticipantToken", "GetWaiting", "DecideWaiting", "ReceiveLivekitWebhook")


def test_a_moderator_is_told_of_who_waits_admits_them_and_they_join(api: Client) -> None:
    log = api.call("GET", "/events?after=latest").body["cursor"]
    room = api.create_room(lobby={"enabled": True})
    path = f"/meetings/{room['roomName']}/waiting"

    async def scenario() -> None:
        moderator = api.token(room, "Mo", "moderator").body
        bearer = {"Authorization": f"Bearer {moderator['apiToken']}"}
        async with meeting(api.stack.livekit_url, moderator["token"]) as (mo,):
            told: list[rtc.DataPacket] = []
            mo.room.on("data_received", told.append)
            asked = await asyncio.to_thread(api.token, room, "Ada")
            assert (asked.status, asked.body["status"]) == (202, "waiting")
            await eventually_async(lambda: bool(told), SOON, "the moderator is told")
            assert (told[0].topic, bytes(told[0].data)) == ("meet.lobby", b"{}")
            assert told[0].participant is None  # it is from the server

            listed = api.call("GET", path, key=None, headers=bearer)
            (waiting,) = listed.body["waiting"]
            assert waiting["participantName"] == "Ada"
            ticket = {"ticket": asked.body["ticket"]}
            assert api.call("POST", "/participants/token", ticket, key=None).status == 202
            decision = {"decision": "admit"}
            url = f"{path}/{waiting['id']}"
            assert api.call("PUT", url, decision, key=None, headers=bearer).status == 200
            admitted = api.call("POST", "/participants/token", ticket, key=None)
            assert admitted.status == 200

            async with meeting(api.stack.livekit_url, admitted.body["token"]):
                await eventually_async(
                    lambda: {p.name for p in mo.room.remote_participants.values()} == {"Ada"},
                    SOON,
                    "Ada is in the meeting",
                )

    asyncio.run(scenario())

    def types() -> list[str]:
        found = api.call("GET", f"/events?after={log}&types=lobby.*").body["events"]
        assert asked_for_nothing_secret(str(found))
        return [each["type"] for each in found if each["roomName"] == room["roomName"]]

    asyncio.run(
        eventually_async(
            lambda: types() == ["lobby.waiting", "lobby.admitted"], SOON, "the lobby's events"
        )
    )


def asked_for_nothing_secret(text: str) -> bool:
    return "ticket" not in text and "secret" not in text


def test_people_who_are_not_moderators_are_told_nothing(api: Client) -> None:
    room = api.create_room(lobby={"enabled": True, "roles": ["viewer"]})

    async def scenario() -> None:
        tokens = [
            api.token(room, n, r).body["token"]
            for n, r in (("Mo", "moderator"), ("Bob", "publisher"))
        ]
        async with meeting(api.stack.livekit_url, *tokens) as (mo, bob):
            told: list[str] = []
            mo.room.on("data_received", lambda packet: told.append("Mo"))
            bob.room.on("data_received", lambda packet: told.append("Bob"))
            for name in ("Ada", "Eve"):
                assert (await asyncio.to_thread(api.token, room, name, "viewer")).status == 202
            await eventually_async(lambda: told.count("Mo") == 2, SOON, "Mo is told twice")
            assert set(told) == {"Mo"}

    asyncio.run(scenario())
