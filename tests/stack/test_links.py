"""Links that are rotated, invitations, bans and a moved end, with the real LiveKit."""

import asyncio
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from meet import clock
from tests.live import Client, eventually_async, meeting, warm

MINUTE = 60 * 1000
SOON = 15
"""Seconds: within a moment, but on a machine that also starts another stack."""


@pytest.fixture(scope="module", autouse=True)
def warm_functions(api: Client) -> None:
    warm(api, "RotateLink", "DeleteInvitation", "DisconnectParticipant", "ReceiveLivekitWebhook")


def token_of(api: Client, room: dict[str, Any], name: str, **more: str) -> str:
    answer = api.token(room, name, **more)
    assert answer.status == 200, answer
    token: str = answer.body["token"]
    return token


def test_rotating_with_disconnect_shows_out_who_came_by_the_link_and_out_again(
    api: Client,
) -> None:
    room = api.create_room()
    path = f"/rooms/{room['roomName']}/links/publisher/rotate?disconnect=true"

    async def scenario() -> None:
        ada = token_of(api, room, "Ada")
        vera = api.token(room, "Vera", "viewer").body["token"]
        async with meeting(api.stack.livekit_url, vera) as (viewer,):
            async with meeting(api.stack.livekit_url, ada) as (publisher,):
                rotated = await asyncio.to_thread(api.call, "POST", path)
                assert rotated.status == 200
                await asyncio.wait_for(publisher.gone.wait(), SOON)
            async with meeting(api.stack.livekit_url, ada) as (publisher,):
                await asyncio.wait_for(publisher.gone.wait(), SOON)
            assert api.token(room, "Ada").body["reason"] == "invalid_secret"
            back = token_of(api, rotated.body, "Ada")
            async with meeting(api.stack.livekit_url, back) as (publisher,):
                await eventually_async(
                    lambda: len(viewer.room.remote_participants) == 1, 5, "Ada is back"
                )
                assert not publisher.gone.is_set()
            assert not viewer.gone.is_set()

    asyncio.run(scenario())


def test_revoking_an_invitation_shows_its_bearer_out(api: Client) -> None:
    room = api.create_room()
    path = f"/rooms/{room['roomName']}/invitations"
    wanted = {"participantName": "Ada", "role": "publisher", "maxJoins": 5, "externalId": "u1"}
    made = api.call("POST", path, {"invitations": [wanted]}).body["invitations"][0]
    invite = parse_qs(urlsplit(made["url"]).query)["invite"][0]

    def ask(**more: Any) -> Any:
        body = {"roomName": room["roomName"], "invite": invite, **more}
        return api.call("POST", "/participants/token", body, key=None)

    async def scenario() -> None:
        one = f"{path}/{made['invitationId']}"
        token = ask().body["token"]
        async with meeting(api.stack.livekit_url, token) as (first,):
            assert (await asyncio.to_thread(ask)).status == 409
            again = (await asyncio.to_thread(ask, takeOver=True)).body["token"]
            async with meeting(api.stack.livekit_url, again) as (second,):
                await asyncio.wait_for(first.gone.wait(), 3)
                await eventually_async(
                    lambda: api.call("GET", one).body["joins"] == 2, 10, "both joins are counted"
                )
                assert (await asyncio.to_thread(api.call, "DELETE", one)).status == 204
                await asyncio.wait_for(second.gone.wait(), 3)
        async with meeting(api.stack.livekit_url, again) as (second,):
            await asyncio.wait_for(second.gone.wait(), 5)
        assert ask().body["reason"] == "invalid_invitation"

    asyncio.run(scenario())


def test_a_ban_holds_against_an_old_token_and_a_new_one(api: Client) -> None:
    room = api.create_room()

    async def scenario() -> None:
        token = token_of(api, room, "Mallory", externalId="u9")
        other = token_of(api, room, "Mel", externalId="u9")
        path = f"/participants/Mallory?roomName={room['roomName']}&ban=true"
        async with meeting(api.stack.livekit_url, token) as (mallory,):
            assert (await asyncio.to_thread(api.call, "DELETE", path)).status == 204
            await asyncio.wait_for(mallory.gone.wait(), 3)
        for old in (token, other):
            async with meeting(api.stack.livekit_url, old) as (mallory,):
                await asyncio.wait_for(mallory.gone.wait(), 5)
        assert api.token(room, "mallory").body["reason"] == "banned"
        assert api.token(room, "Mel", externalId="u9").body["reason"] == "banned"

    asyncio.run(scenario())


def test_nobody_falls_out_when_the_end_was_moved_and_their_token_expires(api: Client) -> None:
    """LiveKit looks at a token's end when its bearer joins, and not again."""
    room = api.create_room(lifetime=12_000)

    async def scenario() -> None:
        token = token_of(api, room, "Ada")  # ends with the room, as it was
        async with meeting(api.stack.livekit_url, token) as (ada,):
            later = {"expirationDate": clock.now() + 10 * MINUTE}
            path = f"/rooms/{room['roomName']}"
            assert (await asyncio.to_thread(api.call, "PUT", path, later)).status == 200
            with pytest.raises(TimeoutError):  # the old end, and the sweep of the next minute
                await asyncio.wait_for(ada.gone.wait(), 75)
            assert (await asyncio.to_thread(api.call, "GET", path)).status == 200

    asyncio.run(scenario())
