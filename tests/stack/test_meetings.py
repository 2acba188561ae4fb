"""Real clients in real meetings, let in by our tokens."""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from livekit import api as livekit_api
from livekit import rtc
from livekit.protocol.models import DisconnectReason
from livekit.protocol.rtc import SignalResponse

from tests.live import Client, Person, eventually, eventually_async, meeting, warm
from tools.stack.local_stack import LocalStack


@pytest.fixture(scope="module", autouse=True)
def warm_functions(api: Client) -> None:
    warm(api, "DisconnectParticipant", "DeleteRoom", "ReceiveLivekitWebhook")


def _token(api: Client, room: dict[str, str], name: str, role: str = "publisher") -> str:
    answer = api.token(room, name, role)
    assert answer.status == 200, answer
    assert answer.body["livekitUrl"] == api.stack.livekit_url
    token: str = answer.body["token"]
    return token


def _names(somebody: Person) -> set[str]:
    """Return the names of the others that somebody sees."""
    return {each.name for each in somebody.room.remote_participants.values()}


async def _all_at_once(url: str | None, tokens: list[str]) -> list[Person]:
    people = [Person(rtc.Room()) for _ in tokens]
    await asyncio.gather(
        *(p.room.connect(str(url), token) for p, token in zip(people, tokens, strict=True))
    )
    return people


@asynccontextmanager
async def _signal_alone(api: Client, token: str) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    """Connect to LiveKit's signalling and never to media, as no client of LiveKit's does."""
    url = f"{api.stack.livekit_url}/rtc"
    query = {"access_token": token, "auto_subscribe": "1", "protocol": "16"}
    async with aiohttp.ClientSession() as session, session.ws_connect(url, params=query) as socket:
        yield socket


async def _livekit_rooms(stack: LocalStack) -> set[str]:
    url = (stack.livekit_url or "").replace("ws", "http", 1)
    async with livekit_api.LiveKitAPI(
        url, stack.livekit_api_key, stack.livekit_api_secret
    ) as livekit:
        rooms = await asyncio.wait_for(livekit.room.list_rooms(livekit_api.ListRoomsRequest()), 10)
    return {room.name for room in rooms.rooms}


def test_two_people_meet_and_livekit_does_not_report_the_end_of_tracks(api: Client) -> None:
    room = api.create_room()

    async def scenario() -> None:
        tokens = _token(api, room, "Alice", "moderator"), _token(api, room, "Bob")
        async with meeting(api.stack.livekit_url, *tokens) as (alice, bob):
            await alice.publish()
            await asyncio.wait_for(bob.video.wait(), 10)
            assert _names(bob) == {"Alice"}

    asyncio.run(scenario())

    def events() -> set[str]:
        log = api.stack.processes.log("livekit").read_text()
        sent = [line for line in log.splitlines() if "sent webhook" in line]
        ours = [line for line in sent if f'"room": "{room["roomName"]}"' in line]
        return {event for line in ours for event in re.findall(r'"event": "(\w+)"', line)}

    # Those about the end of tracks come before those about leaving.
    eventually(lambda: "participant_left" in events(), 30, "a report of somebody who left")
    assert {"participant_joined", "track_published"} <= events()
    assert "track_unpublished" not in events()


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


def test_guests_of_one_name_who_join_at_the_same_moment_all_stay(api: Client) -> None:
    room = api.create_room()

    async def scenario() -> None:
        tokens = [_token(api, room, "Guest") for _ in range(6)]  # all before the first join
        guests = await _all_at_once(api.stack.livekit_url, tokens)
        try:
            await eventually_async(
                lambda: all(len(each.room.remote_participants) == 5 for each in guests),
                10,
                "all in",
            )
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(_first_gone(guests), 3)
        finally:
            await asyncio.gather(*(each.leave() for each in guests))

    asyncio.run(scenario())


async def _first_gone(people: list[Person]) -> None:
    waiting = [asyncio.ensure_future(each.gone.wait()) for each in people]
    try:
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for each in waiting:
            each.cancel()


def test_a_token_taken_beforehand_throws_nobody_out(api: Client) -> None:
    room = api.create_room()

    async def scenario() -> None:
        beforehand = _token(api, room, "Mona", "viewer")
        token = _token(api, room, "Mona", "moderator")
        async with meeting(api.stack.livekit_url, token, beforehand) as (mona, _):
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(mona.gone.wait(), 3)

    asyncio.run(scenario())


def test_an_earlier_token_replaces_its_own_connection_and_no_other(api: Client) -> None:
    room = api.create_room()

    async def scenario() -> None:
        first, namesake = _token(api, room, "Alice"), _token(api, room, "Alice")
        async with meeting(api.stack.livekit_url, first, namesake) as (alice, other):
            reload = api.token(room, "Alice", previousToken=first).body["token"]
            async with meeting(api.stack.livekit_url, reload):
                await asyncio.wait_for(alice.gone.wait(), 5)
                with pytest.raises(TimeoutError):
                    await asyncio.wait_for(other.gone.wait(), 2)

    asyncio.run(scenario())


def test_the_longest_names_of_any_script_join(api: Client) -> None:
    room = api.create_room()
    names = ["x" * 128, "é" * 120, "न" * 80, "🎥" * 60]

    async def scenario() -> None:
        tokens = [_token(api, room, name) for name in names]
        async with meeting(api.stack.livekit_url, *tokens, _token(api, room, "Alice")) as people:
            await eventually_async(lambda: _names(people[-1]) == set(names), 10, "all in")

    asyncio.run(scenario())
    assert api.token(room, "न" * 81).status == 422
    assert api.token(room, "🎥" * 128).status == 422


def test_a_full_room_gives_no_token_and_livekit_refuses_older_ones(api: Client) -> None:
    room = api.create_room(maxParticipants=2)

    async def scenario() -> None:
        early = [_token(api, room, name) for name in ("Alice", "Bob", "Carol")]
        async with meeting(api.stack.livekit_url, *early[:2]):
            refused = await asyncio.to_thread(api.token, room, "Dave")
            assert refused.status == 409
            assert refused.body == {
                "code": 409,
                "message": "The room is full",
                "reason": "room_full",
            }
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
        assert api.call("DELETE", path).body == {
            "code": 404,
            "message": "Participant not found",
            "reason": "participant_not_found",
        }

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
                await eventually_async(lambda: _names(alice) == {"Bob", "Carol"}, 5, "all in")
                with pytest.raises(TimeoutError):
                    await asyncio.wait_for(bob.gone.wait(), 3)

    asyncio.run(scenario())


def test_no_token_of_a_removed_moderator_opens_anything(api: Client) -> None:
    room = api.create_room()
    first = api.token(room, "Mona", "moderator").body  # the page asks twice
    second = api.token(room, "Mona", "moderator", previousToken=first["token"]).body
    listing = f"/recordings?roomName={room['roomName']}"

    def status(token: str) -> int:
        return api.call(
            "GET", listing, key=None, headers={"Authorization": f"Bearer {token}"}
        ).status

    async def scenario() -> None:
        async with meeting(api.stack.livekit_url, second["token"]) as (mona,):
            assert [status(each["apiToken"]) for each in (first, second)] == [200, 200]
            assert [status(each["token"]) for each in (first, second)] == [401, 401]
            removal = f"/participants/{second['participantIdentity']}?roomName={room['roomName']}"
            assert (await asyncio.to_thread(api.call, "DELETE", removal)).status == 204
            await asyncio.wait_for(mona.gone.wait(), 2)

    asyncio.run(scenario())
    assert [status(each["apiToken"]) for each in (first, second)] == [401, 401]
    fresh = api.token(room, "Mona", "moderator", previousToken=second["token"]).body
    assert status(fresh["apiToken"]) == 200


def test_who_comes_back_to_the_signal_alone_is_disconnected_by_the_sweep(api: Client) -> None:
    room = api.create_room()

    async def scenario() -> None:
        answer = api.token(room, "Mallory").body
        removal = f"/participants/{answer['participantIdentity']}?roomName={room['roomName']}"
        async with _signal_alone(api, answer["token"]) as socket:
            await asyncio.wait_for(socket.receive(), 5)  # LiveKit's answer to the join
            assert (await asyncio.to_thread(api.call, "DELETE", removal)).status == 204
            assert await _hung_up(socket, 5) == DisconnectReason.PARTICIPANT_REMOVED
        reasons = []
        async with asyncio.timeout(150):  # the sweep comes once a minute
            while DisconnectReason.PARTICIPANT_REMOVED not in reasons:
                async with _signal_alone(api, answer["token"]) as socket:  # again and again
                    reasons.append(await _hung_up(socket, 150))

    asyncio.run(scenario())


async def _hung_up(socket: aiohttp.ClientWebSocketResponse, seconds: float) -> int:
    """Listen until LiveKit hangs up; return the reason that it gave."""
    reason: int = DisconnectReason.UNKNOWN_REASON
    async with asyncio.timeout(seconds):
        async for heard in socket:
            answer = SignalResponse.FromString(heard.data)
            if answer.HasField("leave"):
                reason = answer.leave.reason
    return reason


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
    room, limited = api.create_room(), api.create_room(maxParticipants=5)
    path = f"/rooms/{room['roomName']}"

    async def scenario() -> None:
        async with meeting(api.stack.livekit_url, _token(api, room, "Alice")) as (alice,):
            await asyncio.to_thread(api.stack.livekit.stop)
            try:
                assert (await asyncio.to_thread(api.token, room, "Bob")).status == 200
                refused = await asyncio.to_thread(api.token, limited, "Bob")
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
                api.stack.livekit.start()  # not in a thread: it would end with the thread
            # The delete is finished by the sweep, now that LiveKit is back.
            await asyncio.wait_for(alice.gone.wait(), 120)
        assert room["roomName"] not in await _livekit_rooms(api.stack)

    asyncio.run(scenario())


async def _rejoin_in_vain(api: Client, name: str, token: str) -> None:
    """Join with a token of a room that is over: LiveKit may let in, but not for long.

    Speaks LiveKit's signalling by itself: the SDK would go on trying for a minute.
    """
    async with _signal_alone(api, token) as socket:
        await _hung_up(socket, 10)

    def is_gone() -> bool:
        return name not in asyncio.run(_livekit_rooms(api.stack))

    await eventually_async(is_gone, 10, "the meeting is closed again")
