"""Meetings that are moderated by API, with real clients and a real LiveKit."""

import asyncio
import json
from functools import partial
from typing import Any
from urllib.parse import quote

import pytest
from livekit import api as livekit_api
from livekit import rtc
from livekit.protocol.models import DisconnectReason

from tests.live import Answer, Client, Person, eventually_async, meeting, warm

SEEN_WITHIN = 2
"""Seconds from the answer of the API until a client has it."""


@pytest.fixture(scope="module", autouse=True)
def warm_functions(api: Client) -> None:
    warm(api, "UpdateParticipantRole", "MuteParticipant", "SendMessage", "EndMeeting")
    warm(api, "GetMeeting", "GetMeetingParticipants", "ReceiveLivekitWebhook", "Authorize")


def people_of(room: dict[str, Any], answer: dict[str, Any], path: str = "") -> str:
    identity = quote(answer["participantIdentity"], safe="")
    return f"/meetings/{room['roomName']}/participants/{identity}{path}"


async def _ask(api: Client, method: str, path: str, body: Any = None) -> Answer:
    answer = await asyncio.to_thread(partial(api.call, method, path, body))
    assert answer.status in {200, 202}, answer
    return answer


def _role(somebody: Person) -> str:
    role: str = json.loads(somebody.room.local_participant.metadata)["role"]
    return role


async def _permission(api: Client, room: str, identity: str) -> Any:
    """Return the permission that LiveKit has of a participant."""
    url = (api.stack.livekit_url or "").replace("ws", "http", 1)
    async with livekit_api.LiveKitAPI(
        url, api.stack.livekit_api_key, api.stack.livekit_api_secret
    ) as livekit:
        asked = livekit_api.RoomParticipantIdentity(room=room, identity=identity)
        found = await asyncio.wait_for(livekit.room.get_participant(asked), 10)
    return found.permission


def test_a_role_reaches_a_connected_client_and_survives_its_reconnection(api: Client) -> None:
    room = api.create_room()
    name = room["roomName"]
    viewer, moderator = (api.token(room, "Ada", role).body for role in ("viewer", "moderator"))

    async def scenario() -> None:
        tokens = (viewer["token"], moderator["token"])
        async with meeting(api.stack.livekit_url, *tokens) as (ada, mo):
            await _ask(api, "PUT", people_of(room, viewer, "/role"), {"action": "upgrade"})
            await eventually_async(lambda: _role(ada) == "moderator", SEEN_WITHIN, "promoted")
            promoted, born = [
                await _permission(api, name, each["participantIdentity"])
                for each in (viewer, moderator)
            ]
            assert promoted == born, "as the token of a moderator gives it"
            await ada.publish()
            await asyncio.wait_for(mo.video.wait(), 10)
            await _ask(api, "PUT", people_of(room, moderator, "/role"), {"role": "viewer"})
            await eventually_async(lambda: _role(mo) == "viewer", SEEN_WITHIN, "demoted")
        # Again with the old token: LiveKit reports it, and the stored role is given back.
        async with meeting(api.stack.livekit_url, moderator["token"]) as (mo,):
            await eventually_async(lambda: _role(mo) == "viewer", 20, "demoted again")
            identity = moderator["participantIdentity"]
            assert not (await _permission(api, name, identity)).can_publish

    asyncio.run(scenario())
    bearer = {"Authorization": f"Bearer {moderator['participantToken']}"}
    assert api.call("GET", f"/meetings/{name}", key=None, headers=bearer).status == 401
    bearer = {"Authorization": f"Bearer {viewer['participantToken']}"}
    recordings = f"/recordings?roomName={name}"
    assert api.call("GET", recordings, key=None, headers=bearer).status == 200


def test_a_muted_client_learns_it_and_a_message_arrives(api: Client) -> None:
    room = api.create_room()
    speaker, listener = (api.token(room, name).body for name in ("Ada", "Bob"))

    async def scenario() -> None:
        tokens = (speaker["token"], listener["token"])
        async with meeting(api.stack.livekit_url, *tokens) as (ada, bob):
            muted, heard = asyncio.Event(), asyncio.Queue[rtc.DataPacket]()
            ada.room.on("track_muted", lambda *_: muted.set())
            bob.room.on("data_received", heard.put_nowait)
            await ada.publish()
            await asyncio.wait_for(bob.video.wait(), 10)
            shown = (await _ask(api, "GET", people_of(room, speaker))).body
            assert (shown["videoActive"], shown["role"]) == (True, "publisher")
            await _ask(api, "PUT", people_of(room, speaker, "/media"), {"videoActive": False})
            await asyncio.wait_for(muted.wait(), SEEN_WITHIN)
            assert not (await _ask(api, "GET", people_of(room, speaker))).body["videoActive"]

            message = {"topic": "poll.opened", "data": {"question": "☕?"}}
            to = {"to": [listener["participantIdentity"]]}
            await _ask(api, "POST", f"/meetings/{room['roomName']}/messages", message | to)
            packet = await asyncio.wait_for(heard.get(), SEEN_WITHIN)
            assert (packet.topic, json.loads(packet.data)) == ("poll.opened", message["data"])

    asyncio.run(scenario())


def test_a_meeting_that_is_ended_for_good_keeps_old_tokens_out_and_new_ones_in(
    api: Client,
) -> None:
    room = api.create_room()
    path = f"/meetings/{room['roomName']}"
    old = api.token(room, "Ada").body

    async def scenario() -> None:
        async with meeting(api.stack.livekit_url, old["token"]) as (ada,):
            assert (await _ask(api, "GET", path)).body["participantCount"] == 1
            await _ask(api, "DELETE", f"{path}?reconnect=false")
            await asyncio.wait_for(ada.gone.wait(), 10)
        new = (await asyncio.to_thread(api.token, room, "Bob")).body
        async with meeting(api.stack.livekit_url, new["token"]) as (bob,):
            back = Person(rtc.Room())
            reasons: list[Any] = []
            back.room.on("disconnected", reasons.append)
            await back.room.connect(str(api.stack.livekit_url), old["token"])
            await asyncio.wait_for(back.gone.wait(), 20)
            assert reasons == [DisconnectReason.PARTICIPANT_REMOVED]
            assert not bob.gone.is_set()

    asyncio.run(scenario())
