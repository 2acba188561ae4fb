"""POST /participants/token."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import jwt
import pytest
from livekit.api import AccessToken, TokenVerifier, VideoGrants

from meet import wiring
from meet.clock import HOUR, MINUTE
from tests.fakes import Clock, FakeLiveKit
from tests.functions.aws_calls import AwsCalls
from tests.functions.gateway import Call, Reply
from tests.functions.rooms import create_room, secret_of
from tools.memory_aws import LIVEKIT_KEY, LIVEKIT_SECRET

ROLES = ["moderator", "publisher", "viewer"]
NOT_FOR_BROWSERS = {
    "roomAdmin",
    "roomCreate",
    "roomList",
    "roomRecord",
    "ingressAdmin",
    "recorder",
    "hidden",
}


def join(
    call: Call, room: dict[str, Any], role: str = "publisher", name: str = "Alice", **other: Any
) -> Reply:
    body = {"roomName": room["roomName"], "participantName": name, "secret": secret_of(room, role)}
    return call("POST", "/participants/token", body | other)


def claims(reply: Reply) -> dict[str, Any]:
    assert reply.status == 200, reply.text
    decoded: dict[str, Any] = jwt.decode(
        reply.body["token"],
        LIVEKIT_SECRET,
        algorithms=["HS256"],
        issuer=LIVEKIT_KEY,
        options={"verify_exp": False, "verify_nbf": False},  # the clock is the test's
    )
    return decoded


@pytest.mark.parametrize("role", ROLES)
def test_a_secret_opens_its_role(call: Call, still_clock: Clock, role: str) -> None:
    room = create_room(call, still_clock)
    reply = join(call, room, role)
    assert reply.status == 200
    identity = claims(reply)["sub"]
    assert reply.body == {
        "token": reply.body["token"],
        "participantToken": reply.body["participantToken"],
        **({"apiToken": reply.body["participantToken"]} if role == "moderator" else {}),
        "participantName": "Alice",
        "participantIdentity": identity,
        "role": role,
        "livekitUrl": "wss://livekit.example.com",
    }
    assert re.fullmatch(r"Alice_[a-z0-9]{6}", identity)
    assert claims(reply)["name"] == "Alice"


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("chat", [True, False])
def test_grants_follow_role_and_preferences(
    call: Call, still_clock: Clock, role: str, chat: bool
) -> None:
    room = create_room(call, still_clock, preferences={"chatPreferences": {"enabled": chat}})
    speaks = role != "viewer"
    video = claims(join(call, room, role))["video"]
    assert video == {
        "room": room["roomName"],
        "roomJoin": True,
        "canSubscribe": True,
        "canPublish": speaks,
        "canPublishData": speaks and chat,
    }
    assert not NOT_FOR_BROWSERS & video.keys()


@pytest.mark.parametrize("role", ROLES)
def test_livekits_own_verifier_reads_the_same(call: Call, still_clock: Clock, role: str) -> None:
    room = create_room(call, still_clock, maxParticipants=7)
    token = join(call, room, role, "Zoë Ångström 🎥").body["token"]
    read = TokenVerifier(LIVEKIT_KEY, LIVEKIT_SECRET).verify(token)
    assert read.identity.startswith("Zoë Ångström 🎥_")
    assert read.name == "Zoë Ångström 🎥"
    assert read.video is not None
    assert read.video.room == room["roomName"]
    assert read.video.room_join is True
    assert read.video.can_subscribe is True
    assert read.video.can_publish is (role != "viewer")
    assert read.video.can_publish_data is (role != "viewer")
    assert not any(
        [
            read.video.room_admin,
            read.video.room_create,
            read.video.room_list,
            read.video.room_record,
            read.video.ingress_admin,
            read.video.recorder,
            read.video.hidden,
        ]
    )
    assert read.room_config is not None
    assert read.room_config.max_participants == 7
    assert json.loads(read.metadata)["role"] == role
    with pytest.raises(jwt.PyJWTError):
        TokenVerifier(LIVEKIT_KEY, "another-secret-of-at-least-32-bytes").verify(token)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("part", ["chat", "recording", "virtualBackground"])
def test_the_metadata_tells_role_and_permissions(
    call: Call, still_clock: Clock, role: str, part: str
) -> None:
    off = {f"{part}Preferences": {"enabled": False}}
    room = create_room(call, still_clock, preferences=off)
    metadata = json.loads(claims(join(call, room, role))["metadata"])
    speaks = role != "viewer"
    assert set(metadata) == {"role", "permissions"}
    assert metadata["role"] == role
    assert metadata["permissions"] == {
        "canPublishScreen": speaks,
        "canRecord": role == "moderator" and part != "recording",
        "canChat": speaks and part != "chat",
        "canChangeVirtualBackground": speaks and part != "virtualBackground",
    }


def test_preferences_are_those_of_this_moment(call: Call, still_clock: Clock) -> None:
    room = create_room(call, still_clock)
    call("PUT", f"/rooms/{room['roomName']}", {"chatPreferences": {"enabled": False}})
    assert claims(join(call, room))["video"]["canPublishData"] is False


def test_a_token_joins_for_an_hour_and_never_past_the_expiry(
    call: Call, still_clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = create_room(call, still_clock, expirationDate=still_clock() + 24 * HOUR)
    short = create_room(call, still_clock, expirationDate=still_clock() + 10 * MINUTE)
    assert claims(join(call, day))["exp"] == (still_clock() + HOUR) // 1000
    assert claims(join(call, short))["exp"] == short["expirationDate"] // 1000
    assert claims(join(call, day))["nbf"] <= still_clock() // 1000
    monkeypatch.setenv("JOIN_TOKEN_MINUTES", "5")
    assert claims(join(call, day))["exp"] == (still_clock() + 5 * MINUTE) // 1000


def test_the_limit_is_set_before_anyone_is_in(call: Call, still_clock: Clock) -> None:
    limited = claims(join(call, create_room(call, still_clock, maxParticipants=2)))["roomConfig"]
    free = claims(join(call, create_room(call, still_clock)))["roomConfig"]
    assert limited["maxParticipants"] == 2
    assert "maxParticipants" not in free


def test_creating_a_room_touches_no_livekit(
    call: Call, still_clock: Clock, livekit: FakeLiveKit
) -> None:
    livekit.down = True
    create_room(call, still_clock, maxParticipants=2)
    assert livekit.calls == []


def test_every_token_has_an_identity_of_its_own_whoever_is_connected(
    call: Call, still_clock: Clock, livekit: FakeLiveKit
) -> None:
    room = create_room(call, still_clock)
    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(lambda _: join(call, room, name="Guest"), range(21)))
    assert len({claims(reply)["sub"] for reply in replies}) == 21
    assert {reply.body["participantName"] for reply in replies} == {"Guest"}


def test_nobody_else_gets_the_identity_of_somebody_who_has_not_joined_yet(
    call: Call, still_clock: Clock
) -> None:
    room = create_room(call, still_clock)
    taken_beforehand = claims(join(call, room, "viewer", "Mona"))["sub"]
    assert claims(join(call, room, "moderator", "Mona"))["sub"] != taken_beforehand
    imitation = claims(join(call, room, "viewer", taken_beforehand))["sub"]
    assert imitation != taken_beforehand


def previous(reply: Reply) -> dict[str, Any]:
    return {"previousToken": reply.body["token"]}


@pytest.mark.parametrize("later", [0, 30 * MINUTE, 5 * HOUR])
def test_an_earlier_token_gives_the_same_identity_also_when_it_is_expired(
    call: Call, still_clock: Clock, later: int
) -> None:
    room = create_room(call, still_clock, expirationDate=still_clock() + 9 * HOUR)
    first = join(call, room)
    still_clock.advance(later)
    again = join(call, room, **previous(first))
    assert claims(again)["sub"] == claims(first)["sub"] == again.body["participantIdentity"]
    third = join(call, room, name="Alice Cooper", **previous(again))
    assert claims(third)["sub"] == claims(first)["sub"]
    assert claims(third)["name"] == third.body["participantName"] == "Alice Cooper"


def test_an_earlier_token_as_livekit_renewed_it_gives_the_same_identity(
    call: Call, still_clock: Clock
) -> None:
    room = create_room(call, still_clock)
    told = claims(join(call, room))
    renewed = AccessToken(LIVEKIT_KEY, LIVEKIT_SECRET).with_identity(told["sub"])
    renewed = renewed.with_attributes(told["attributes"]).with_metadata(told["metadata"])
    grants = VideoGrants(room_join=True, room=room["roomName"])
    token = renewed.with_grants(grants).to_jwt()
    assert claims(join(call, room, previousToken=token))["sub"] == told["sub"]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("before", ROLES)
def test_an_earlier_token_gives_no_more_than_the_secret_does(
    call: Call, still_clock: Clock, role: str, before: str
) -> None:
    room = create_room(call, still_clock)
    earlier = join(call, room, before)
    reply = join(call, room, role, **previous(earlier))
    assert reply.body["role"] == role
    assert json.loads(claims(reply)["metadata"])["role"] == role
    assert claims(reply)["video"]["canPublish"] is (role != "viewer")
    assert ("apiToken" in reply.body) is (role == "moderator")
    assert join(call, room, secret="wrong", **previous(earlier)).status == 403


def test_an_earlier_token_that_is_not_one_of_ours_for_this_room_is_ignored(
    call: Call, still_clock: Clock
) -> None:
    room, other = create_room(call, still_clock), create_room(call, still_clock)
    good = join(call, room).body["token"]
    told = jwt.decode(good, options={"verify_signature": False})
    head, payload, signature = good.split(".")

    def signed(secret: str = LIVEKIT_SECRET, **changed: Any) -> str:
        return jwt.encode(told | changed, secret, algorithm="HS256")

    for token in (
        "",
        "x",
        "a.b.c",
        "\u00e9.\u00e9.\u00e9",
        f"{head}.{payload}.",
        f"{head}.{payload}.{signature[::-1]}",
        join(call, other).body["token"],
        join(call, room, "moderator").body["apiToken"],
        signed("another-secret-of-at-least-32-bytes"),
        signed(iss="another-key"),
        signed(attributes={}),
        signed(attributes=None),
        signed(attributes={"issuedAt": 5}),
        signed(video={"room": room["roomName"]}),
        signed(video="all"),
        jwt.encode({k: v for k, v in told.items() if k != "sub"}, LIVEKIT_SECRET),
        wiring.access_tokens().for_server({"roomJoin": True, "room": room["roomName"]}),
    ):
        reply = join(call, room, previousToken=token)
        assert reply.status == 200, token
        assert claims(reply)["sub"] != told["sub"], token
    assert join(call, room, previousToken=5).status == 422


def test_the_identity_of_somebody_who_was_removed_does_not_come_back(
    call: Call, still_clock: Clock, livekit: FakeLiveKit
) -> None:
    room = create_room(call, still_clock)
    first = join(call, room)
    identity = livekit.join_with(room["roomName"], first.body["token"])
    path = f"/participants/{identity}?roomName={room['roomName']}"
    assert call("DELETE", path).status == 204
    assert claims(join(call, room, **previous(first)))["sub"] != identity


def test_only_a_moderator_gets_a_token_for_the_api(call: Call, still_clock: Clock) -> None:
    day = create_room(call, still_clock, expirationDate=still_clock() + 24 * HOUR)
    hour = create_room(call, still_clock)
    assert "apiToken" not in join(call, day, "publisher").body
    assert "apiToken" not in join(call, day, "viewer").body
    for room in (day, hour):  # also beyond a room's end, which may be moved
        reply = join(call, room, "moderator")
        told = jwt.decode(reply.body["apiToken"], options={"verify_signature": False})
        assert told["exp"] == (still_clock() + 6 * HOUR) // 1000
        assert (told["room"], told["sub"]) == (room["roomName"], claims(reply)["sub"])
        with pytest.raises(jwt.PyJWTError):
            jwt.decode(reply.body["apiToken"], LIVEKIT_SECRET, algorithms=["HS256"])


def test_a_full_room_is_a_conflict(call: Call, still_clock: Clock, livekit: FakeLiveKit) -> None:
    room = create_room(call, still_clock, maxParticipants=2)
    livekit.join(room["roomName"], "Alice")
    assert join(call, room, name="Bob").status == 200
    livekit.join(room["roomName"], "Bob")
    reply = join(call, room, name="Carol")
    assert (reply.status, reply.body) == (
        409,
        {"code": 409, "message": "The room is full", "reason": "room_full"},
    )
    del livekit.inside[room["roomName"]]["Bob"]
    assert join(call, room, name="Carol").status == 200


def test_who_is_connected_already_does_not_count_twice(
    call: Call, still_clock: Clock, livekit: FakeLiveKit
) -> None:
    room = create_room(call, still_clock, maxParticipants=1)
    first = join(call, room)
    livekit.join_with(room["roomName"], first.body["token"])
    assert join(call, room).status == 409
    again = join(call, room, **previous(first))
    assert claims(again)["sub"] == claims(first)["sub"]


def test_recorders_do_not_count(call: Call, still_clock: Clock, livekit: FakeLiveKit) -> None:
    room = create_room(call, still_clock, maxParticipants=1)
    livekit.join(room["roomName"], "EG_1", is_recorder=True)
    assert join(call, room).status == 200


def test_a_room_that_is_not_there_has_the_body_of_old(call: Call, still_clock: Clock) -> None:
    expired = create_room(call, still_clock)
    deleted = create_room(call, still_clock, expirationDate=still_clock() + 9 * HOUR)
    call("DELETE", f"/rooms/{deleted['roomName']}")
    still_clock.advance(HOUR)
    for name in (expired["roomName"], deleted["roomName"], "abcdefghijklmno", "", "x" * 3000):
        reply = join(call, expired, roomName=name)
        assert reply.status == 404
        assert reply.body == {"name": "Room not found", "message": "The room does not exist"}


def test_a_secret_of_no_role_of_this_room_is_refused(call: Call, still_clock: Clock) -> None:
    room, other = create_room(call, still_clock), create_room(call, still_clock)
    good = secret_of(room, "moderator")
    for secret in (
        secret_of(other, "moderator"),
        good[:-1],
        good + "a",
        good + " ",
        good.swapcase(),
        "",
        "moderator",
        "ключ",
        "x" * 5000,
        "\0",
    ):
        reply = join(call, room, secret=secret)
        assert (reply.status, reply.body) == (
            403,
            {"code": 403, "message": "Invalid secret", "reason": "invalid_secret"},
        )


def test_what_is_missing_is_refused_all_at_once(call: Call) -> None:
    reply = call("POST", "/participants/token", {})
    assert reply.status == 422
    assert reply.body == {
        "error": "Unprocessable Entity",
        "message": "Invalid request body",
        "details": [
            {"field": name, "message": "Required"}
            for name in ("roomName", "participantName", "secret")
        ],
    }


@pytest.mark.parametrize("name", ["roomName", "participantName", "secret"])
@pytest.mark.parametrize(
    ("value", "kind"), [(None, "null"), (5, "number"), (True, "boolean"), ([], "array")]
)
def test_strings_are_strings(
    call: Call, still_clock: Clock, name: str, value: Any, kind: str
) -> None:
    reply = join(call, create_room(call, still_clock), **{name: value})
    assert reply.status == 422
    assert reply.body["details"] == [
        {"field": name, "message": f"Expected string, received {kind}"}
    ]


@pytest.mark.parametrize("value", ["", " ", "\t\n", "\u00a0\u2003", "x" * 129])
def test_a_participants_name_has_1_to_128_characters_and_is_not_blank(
    call: Call, still_clock: Clock, value: str
) -> None:
    room = create_room(call, still_clock)
    reply = join(call, room, name=value)
    assert reply.status == 422
    assert [each["field"] for each in reply.body["details"]] == ["participantName"]
    assert join(call, room, name="x" * 128).status == 200


@pytest.mark.parametrize(
    "value", ["\0", "a\0b", "a\nb", "\u202eecilA", "\u3164", "\u200d", ".", ".."]
)
def test_a_name_that_cannot_be_read_or_addressed_gets_no_token(
    call: Call, still_clock: Clock, livekit: FakeLiveKit, value: str
) -> None:
    reply = join(call, create_room(call, still_clock), name=value)
    assert reply.status == 422
    assert [each["field"] for each in reply.body["details"]] == ["participantName"]
    assert livekit.calls == []


def test_a_name_is_the_same_however_its_accents_were_typed(call: Call, still_clock: Clock) -> None:
    reply = join(call, create_room(call, still_clock), name="Zoe\u0308")
    assert claims(reply)["name"] == "Zoë"


@pytest.mark.parametrize("letter", ["x", "é", "न", "🎥"])
def test_an_identity_fits_into_livekits_256_bytes(
    call: Call, still_clock: Clock, letter: str
) -> None:
    room = create_room(call, still_clock)
    longest = min(128, 240 // len(letter.encode()))
    reply = join(call, room, name=letter * longest)
    assert len(claims(reply)["sub"].encode()) <= 256
    assert claims(reply)["name"] == letter * longest
    if longest < 128:
        too_long = join(call, room, name=letter * (longest + 1))
        assert too_long.status == 422
        assert too_long.body["details"] == [
            {"field": "participantName", "message": "Must be at most 240 bytes in UTF-8"}
        ]


@pytest.mark.parametrize("name", [".", ".."])
def test_a_name_that_vanishes_from_paths_is_refused(
    call: Call, still_clock: Clock, name: str
) -> None:
    reply = join(call, create_room(call, still_clock), name=name)
    assert reply.status == 422
    assert reply.body["details"] == [
        {"field": "participantName", "message": 'Must not be "." or ".."'}
    ]


def test_a_room_without_a_limit_costs_one_read_and_does_without_livekits_api(
    call: Call, still_clock: Clock, livekit: FakeLiveKit, aws_calls: AwsCalls
) -> None:
    room = create_room(call, still_clock)
    join(call, room, "moderator")  # which reads the secrets
    aws_calls.forget()
    livekit.down = True
    for role in ROLES:
        assert join(call, room, role).status == 200
    assert aws_calls.names == ["GetItem"] * 3
    assert livekit.calls == []


def test_with_livekit_down_a_limit_cannot_be_kept_so_it_is_503(
    call: Call, still_clock: Clock, livekit: FakeLiveKit
) -> None:
    room = create_room(call, still_clock, maxParticipants=5)
    livekit.down = True
    reply = join(call, room)
    assert reply.status == 503
    assert int(reply.headers["retry-after"]) > 0
    assert reply.body["code"] == 503
    assert "told to fail" not in reply.text


def test_a_stack_without_livekit_lets_nobody_in(
    call: Call, still_clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = create_room(call, still_clock)
    monkeypatch.setenv("LIVEKIT_URL", "")
    assert join(call, room).status == 503


def test_neither_secret_nor_token_is_answered_beyond_the_token_itself(
    call: Call, still_clock: Clock
) -> None:
    room = create_room(call, still_clock)
    reply = join(call, room)
    payload = json.dumps(claims(reply))
    for role in ROLES:
        assert secret_of(room, role) not in reply.text + payload
    assert LIVEKIT_SECRET not in reply.text + payload
