"""POST /participants/token."""

import json
from typing import Any

import jwt
import pytest
from livekit.api import TokenVerifier

from dev.aws import LIVEKIT_KEY, LIVEKIT_SECRET
from meet.clock import HOUR
from tests.conftest import Clock, FakeLiveKit
from tests.functions.conftest import AwsCalls, Call, Reply, create_room, secret_of

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
        reply.body["token"], LIVEKIT_SECRET, algorithms=["HS256"], issuer=LIVEKIT_KEY
    )
    return decoded


@pytest.mark.parametrize("role", ROLES)
def test_a_secret_opens_its_role(call: Call, still_clock: Clock, role: str) -> None:
    room = create_room(call, still_clock)
    reply = join(call, room, role)
    assert reply.status == 200
    assert reply.body == {
        "token": reply.body["token"],
        "participantName": "Alice",
        "role": role,
        "livekitUrl": "wss://livekit.example.com",
    }


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
    assert read.identity == "Zoë Ångström 🎥"
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


def test_a_token_lives_six_hours_and_never_past_the_expiry(call: Call, still_clock: Clock) -> None:
    day = create_room(call, still_clock, expirationDate=still_clock() + 24 * HOUR)
    hour = create_room(call, still_clock)
    assert claims(join(call, day))["exp"] == (still_clock() + 6 * HOUR) // 1000
    assert claims(join(call, hour))["exp"] == hour["expirationDate"] // 1000
    assert claims(join(call, day))["nbf"] <= still_clock() // 1000


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


def test_a_namesake_gets_the_next_free_number(
    call: Call, still_clock: Clock, livekit: FakeLiveKit
) -> None:
    room = create_room(call, still_clock)
    other = create_room(call, still_clock)
    livekit.join(other["roomName"], "Alice")
    for expected in ("Alice", "Alice_1", "Alice_2"):
        reply = join(call, room)
        assert reply.body["participantName"] == expected
        assert claims(reply)["sub"] == expected
        livekit.join(room["roomName"], expected)
    del livekit.inside[room["roomName"]]["Alice_1"]
    assert join(call, room).body["participantName"] == "Alice_1"
    assert join(call, room, name="alice").body["participantName"] == "alice"
    assert join(call, room, name="Alice_2").body["participantName"] == "Alice_2_1"


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


def test_recorders_do_not_count(call: Call, still_clock: Clock, livekit: FakeLiveKit) -> None:
    room = create_room(call, still_clock, maxParticipants=1)
    livekit.join(room["roomName"], "EG_1", is_recorder=True)
    assert join(call, room).status == 200


def test_a_recorders_name_is_not_given_to_a_person(
    call: Call, still_clock: Clock, livekit: FakeLiveKit
) -> None:
    room = create_room(call, still_clock)
    livekit.join(room["roomName"], "Alice", is_recorder=True)
    assert join(call, room).body["participantName"] != "Alice", "it would throw the recorder out"


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
    assert join(call, room, name="é" * 128).status == 200


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


def test_with_livekit_down_it_is_503_and_says_when_to_come_back(
    call: Call, still_clock: Clock, livekit: FakeLiveKit
) -> None:
    room = create_room(call, still_clock)
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


def test_the_room_is_read_once(call: Call, still_clock: Clock, aws_calls: AwsCalls) -> None:
    room = create_room(call, still_clock)
    join(call, room)
    aws_calls.forget()
    join(call, room)
    assert aws_calls.names == ["GetItem"]
