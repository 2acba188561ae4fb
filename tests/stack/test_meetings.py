"""Real clients in real meetings, let in by our tokens."""

import asyncio
import time

import aiohttp
import pytest
from livekit import api as livekit_api
from livekit import rtc

from dev.stack import LocalStack
from tests.live import Client, Person, eventually_async, meeting, warm


@pytest.fixture(scope="module", autouse=True)
def warm_functions(api: Client) -> None:
    warm(api, "DisconnectParticipant", "DeleteRoom", "ReceiveLivekitWebhook")


def _token(api: Client, room: dict[str, str], name: str, role: str = "publisher") -> str:
    answer = api.token(room, name, role)
    assert answer.status == 200, answer
    assert answer.body["livekitUrl"] == api.stack.livekit_url
    token: str = answer.body["token"]
    return token


async def _livekit_rooms(stack: LocalStack) -> set[str]:
    url = (stack.livekit_url or "").replace("ws", "http", 1)
    async with livekit_api.LiveKitAPI(
        url, stack.livekit_api_key, stack.livekit_api_secret
    ) as livekit:
        rooms = await asyncio.wait_for(livekit.room.list_rooms(livekit_api.ListRoomsRequest()), 10)
    return {room.name for room in rooms.rooms}


def test_two_people_meet_and_one_sees_the_other(api: Client) -> None:
    room = api.create_room()

    async def scenario() -> None:
        tokens = _token(api, room, "Alice", "moderator"), _token(api, room, "Bob")
        async with meeting(api.stack.livekit_url, *tokens) as (alice, bob):
            await alice.publish()
            await asyncio.wait_for(bob.video.wait(), 10)
            assert bob.room.remote_participants.keys() == {"Alice"}

    asyncio.run(scenario())


def test_a_viewer_sees_but_cannot_publish(api: Client) -> None:
    room = api.create_room()

    async def scenario() -> None:
        tokens = _token(api, room, "Alice"), _token(api, room, "Vera", "viewer")
        async with meeting(api.stack.livekit_url, *tokens) as (alice, vera):
            await alice.publish()
            await asyncio.wait_for(vera.video.wait(), 10)
            with pytest.raises((rtc.participant.PublishTrackError, asyncio.TimeoutError)):
                await asyncio.wait_for(vera.publish(), 5)
            assert not alice.video.is_set()

    asyncio.run(scenario())


def test_a_namesake_throws_nobody_out(api: Client) -> None:
    room = api.create_room()

    async def scenario() -> None:
        async with meeting(api.stack.livekit_url, _token(api, room, "Alice")) as (first,):
            namesake = api.token(room, "Alice").body
            assert namesake["participantName"] == "Alice_1"
            async with meeting(api.stack.livekit_url, namesake["token"]) as (second,):
                assert second.room.local_participant.identity == "Alice_1"
                assert "Alice" in second.room.remote_participants
                assert not first.gone.is_set()

    asyncio.run(scenario())


def test_a_full_room_gives_no_token_and_livekit_refuses_older_ones(api: Client) -> None:
    room = api.create_room(maxParticipants=2)

    async def scenario() -> None:
        early = [_token(api, room, name) for name in ("Alice", "Bob", "Carol")]
        async with meeting(api.stack.livekit_url, *early[:2]):
            refused = await asyncio.to_thread(api.token, room, "Dave")
            assert refused.status == 409
            assert refused.body == {"code": 409, "message": "The room is full"}
            late = Person(rtc.Room())
            with pytest.raises(rtc.ConnectError):
                await late.room.connect(str(api.stack.livekit_url), early[2])

    asyncio.run(scenario())


def test_a_kick_disconnects_within_two_seconds(api: Client) -> None:
    room = api.create_room()
    path = f"/participants/Bob%20Smith?roomName={room['roomName']}"

    async def scenario() -> None:
        async with meeting(api.stack.livekit_url, _token(api, room, "Bob Smith")) as (bob,):
            began = time.monotonic()
            assert (await asyncio.to_thread(api.call, "DELETE", path)).status == 204
            await asyncio.wait_for(bob.gone.wait(), 2)
            assert time.monotonic() - began < 2
        assert api.call("DELETE", path).body == {"code": 404, "message": "Participant not found"}

    asyncio.run(scenario())


def test_who_was_removed_does_not_come_back_with_the_old_token(api: Client) -> None:
    room = api.create_room()
    path = f"/participants/Bob?roomName={room['roomName']}"

    async def scenario() -> None:
        token = _token(api, room, "Bob")
        async with meeting(api.stack.livekit_url, _token(api, room, "Alice")) as (alice,):
            async with meeting(api.stack.livekit_url, token) as (bob,):
                assert (await asyncio.to_thread(api.call, "DELETE", path)).status == 204
                await asyncio.wait_for(bob.gone.wait(), 2)
            async with meeting(api.stack.livekit_url, token) as (bob,):
                await asyncio.wait_for(bob.gone.wait(), 5)
            new = _token(api, room, "Bob")
            async with meeting(api.stack.livekit_url, new, _token(api, room, "Carol")) as (bob, _):
                await eventually_async(
                    lambda: {"Bob", "Carol"} <= alice.room.remote_participants.keys(), 5, "all in"
                )
                with pytest.raises(TimeoutError):
                    await asyncio.wait_for(bob.gone.wait(), 3)

    asyncio.run(scenario())


def test_a_removed_moderators_token_opens_nothing_any_more(api: Client) -> None:
    room = api.create_room()
    token = _token(api, room, "Mona", "moderator")
    bearer = {"Authorization": f"Bearer {token}"}
    listing = f"/recordings?roomName={room['roomName']}"

    async def scenario() -> None:
        async with meeting(api.stack.livekit_url, token) as (mona,):
            assert api.call("GET", listing, key=None, headers=bearer).status == 200
            removal = f"/participants/Mona?roomName={room['roomName']}"
            assert (await asyncio.to_thread(api.call, "DELETE", removal)).status == 204
            await asyncio.wait_for(mona.gone.wait(), 2)

    asyncio.run(scenario())
    assert api.call("GET", listing, key=None, headers=bearer).status == 401


def test_where_chat_is_off_livekit_takes_no_data_from_anybody(api: Client) -> None:
    no_chat = {"chatPreferences": {"enabled": False}}

    async def heard(sender: Person, listener: Person) -> bool:
        arrived = asyncio.Event()
        listener.room.on("data_received", lambda _: arrived.set())
        try:
            await asyncio.wait_for(sender.room.local_participant.publish_data("hello"), 5)
            await asyncio.wait_for(arrived.wait(), 3)
        except (rtc.participant.PublishDataError, TimeoutError):
            return False
        return True

    async def scenario() -> None:
        for chat, room in (
            (False, api.create_room(preferences=no_chat)),
            (True, api.create_room()),
        ):
            tokens = [
                _token(api, room, role, role) for role in ("moderator", "publisher", "viewer")
            ]
            async with meeting(api.stack.livekit_url, *tokens) as (moderator, publisher, viewer):
                assert await heard(moderator, publisher) is chat
                assert await heard(publisher, moderator) is chat
                assert not await heard(viewer, moderator)

    asyncio.run(scenario())


def test_deleting_a_room_disconnects_and_an_old_token_does_not_bring_it_back(api: Client) -> None:
    room = api.create_room()
    path = f"/rooms/{room['roomName']}"

    async def scenario() -> None:
        token = _token(api, room, "Alice")
        async with meeting(api.stack.livekit_url, token) as (alice,):
            assert (await asyncio.to_thread(api.call, "DELETE", path)).status == 204
            await asyncio.wait_for(alice.gone.wait(), 5)
        assert api.token(room, "Alice").status == 404
        await _rejoin_in_vain(api, room["roomName"], token)

    asyncio.run(scenario())


def test_an_expired_room_is_empty_within_a_minute(api: Client) -> None:
    lifetime = 20_000
    room = api.create_room(lifetime=lifetime)

    async def scenario() -> None:
        token = _token(api, room, "Alice")
        async with meeting(api.stack.livekit_url, token) as (alice,):
            await asyncio.wait_for(alice.gone.wait(), lifetime / 1000 + 60)
        assert api.token(room, "Alice").status == 404
        await _rejoin_in_vain(api, room["roomName"], token)

    asyncio.run(scenario())


def test_without_livekit_rooms_go_on_and_what_needs_it_answers_503(api: Client) -> None:
    room = api.create_room()
    path = f"/rooms/{room['roomName']}"

    async def scenario() -> None:
        async with meeting(api.stack.livekit_url, _token(api, room, "Alice")) as (alice,):
            await asyncio.to_thread(api.stack.stop_livekit)
            try:
                refused = await asyncio.to_thread(api.token, room, "Bob")
                assert refused.status == 503
                assert int(refused.headers["Retry-After"]) > 0
                kick = await asyncio.to_thread(
                    api.call, "DELETE", f"/participants/Alice?roomName={room['roomName']}"
                )
                assert kick.status == 503
                assert (await asyncio.to_thread(api.call, "GET", path)).status == 200
                assert (await asyncio.to_thread(api.call, "DELETE", path)).status == 204
                assert (await asyncio.to_thread(api.call, "GET", path)).status == 404
            finally:
                api.stack.start_livekit()  # not in a thread: it would end with the thread
            # The delete is finished by the sweep, now that LiveKit is back.
            await asyncio.wait_for(alice.gone.wait(), 120)
        assert room["roomName"] not in await _livekit_rooms(api.stack)

    asyncio.run(scenario())


async def _rejoin_in_vain(api: Client, name: str, token: str) -> None:
    """Join with a token of a room that is over: LiveKit may let in, but not for long.

    Speaks LiveKit's signalling by itself: the SDK would go on trying for a minute.
    """
    url = f"{api.stack.livekit_url}/rtc"
    query = {"access_token": token, "auto_subscribe": "1", "protocol": "16"}
    async with aiohttp.ClientSession() as session, session.ws_connect(url, params=query) as socket:
        async with asyncio.timeout(10):
            async for _ in socket:
                pass  # until LiveKit hangs up

    def is_gone() -> bool:
        return name not in asyncio.run(_livekit_rooms(api.stack))

    await eventually_async(is_gone, 10, "the meeting is closed again")
