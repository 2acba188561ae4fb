"""POST /livekit/webhook."""

import base64
import hashlib
import json
import time
from typing import Any

import jwt
import pytest
from livekit.api import TokenVerifier, WebhookReceiver

from meet import wiring
from meet.clock import HOUR
from meet.errors import Unauthorized
from meet.livekit.rooms import room_metadata
from meet.livekit.tokens import AccessTokens
from meet.rooms.repository import RoomRepository
from tests.fakes import Clock, FakeLiveKit
from tests.functions.gateway import Call, Reply, event, invoke
from tests.functions.rooms import create_room, secret_of
from tools.memory_aws import LIVEKIT_KEY, LIVEKIT_SECRET

REFUSED = (401, {"message": "Unauthorized"})


def message(kind: str, room: str, metadata: str | None = None, **more: Any) -> bytes:
    ours = room_metadata(wiring.owner()) if metadata is None else metadata
    body = {"event": kind, "id": "EV_1", "room": {"sid": "RM_1", "name": room, "metadata": ours}}
    return json.dumps(body | more).encode()


def sign(body: bytes, *, secret: str = LIVEKIT_SECRET, **changed: Any) -> str:
    """Return the token that LiveKit sends along; a claim of None is left out."""
    now = int(time.time())
    algorithm = changed.pop("algorithm", "HS256")
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    claims = {"iss": LIVEKIT_KEY, "nbf": now, "exp": now + 300, "sha256": digest} | changed
    claims = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(claims, secret, algorithm=algorithm)


def post(body: bytes, token: str | None = None, header: str = "Authorization") -> Reply:
    headers = {"Content-Type": "application/webhook+json", header: token or sign(body)}
    return invoke(event("POST", "/livekit/webhook", body=body, headers=headers))


@pytest.mark.parametrize("kind", ["room_started", "participant_joined"])
def test_a_meeting_of_ours_without_an_open_room_is_closed(
    call: Call, still_clock: Clock, livekit: FakeLiveKit, kind: str
) -> None:
    deleted = create_room(call, still_clock, expirationDate=still_clock() + 9 * HOUR)["roomName"]
    call("DELETE", f"/rooms/{deleted}")
    expired = create_room(call, still_clock)["roomName"]
    still_clock.advance(HOUR)
    for room in (deleted, expired, "abcdefghijklmno"):
        livekit.join(room, "Alice")
        assert post(message(kind, room)).status // 100 == 2
        assert room not in livekit.inside


def test_a_meeting_in_an_open_room_goes_on(
    call: Call, still_clock: Clock, livekit: FakeLiveKit
) -> None:
    room = create_room(call, still_clock)["roomName"]
    livekit.join(room, "Alice")
    for kind in ("room_started", "participant_joined", "participant_left", "room_finished"):
        assert post(message(kind, room)).status // 100 == 2
    assert livekit.calls == []


@pytest.mark.parametrize("metadata", ["", "{}", '{"createdBy": "meet-0000000000000000"}', "meet"])
def test_a_room_that_is_not_ours_is_answered_200_and_let_alone(
    call: Call, livekit: FakeLiveKit, metadata: str
) -> None:
    livekit.join("abcdefghijklmno", "Alice")
    for kind in ("room_started", "participant_joined", "room_finished"):
        assert post(message(kind, "abcdefghijklmno", metadata)).status == 200
    assert livekit.calls == []


def test_an_event_without_a_room_or_of_a_kind_to_come_is_ignored(
    call: Call, livekit: FakeLiveKit
) -> None:
    for body in (b"{}", b'{"event": "room_started"}', b'{"event": "x", "y": {"z": [1]}}'):
        assert post(body).status // 100 == 2
    unknown_egress = {"egressId": "EG_1", "roomName": "nobody-knows"}
    body = message("egress_ended", "abcdefghijklmno", "", egressInfo=unknown_egress)
    assert post(body).status == 200
    assert livekit.calls == []


def test_the_same_event_twice_changes_nothing_more(
    call: Call, still_clock: Clock, livekit: FakeLiveKit
) -> None:
    livekit.join("abcdefghijklmno", "Alice")
    body = message("room_started", "abcdefghijklmno")
    assert [post(body).status // 100 for _ in range(2)] == [2, 2]
    assert livekit.inside == {}


def joins(call: Call, livekit: FakeLiveKit, room: dict[str, Any]) -> dict[str, Any]:
    """Let somebody join with a new token; return what LiveKit's webhook tells of them."""
    body = {
        "roomName": room["roomName"],
        "participantName": "Alice",
        "secret": secret_of(room, "publisher"),
    }
    token = call("POST", "/participants/token", body).body["token"]
    claims = jwt.decode(token, options={"verify_signature": False})
    livekit.join_with(room["roomName"], token)
    return {"identity": claims["sub"], "attributes": claims["attributes"]}


def test_who_was_removed_is_turned_away_with_the_token_of_before_and_let_in_with_a_new_one(
    call: Call, still_clock: Clock, livekit: FakeLiveKit
) -> None:
    room = create_room(call, still_clock)
    name = room["roomName"]
    before = joins(call, livekit, room)
    identity = before["identity"]
    assert post(message("participant_joined", name, participant=before)).status == 200
    assert identity in livekit.inside[name]
    assert call("DELETE", f"/participants/{identity}?roomName={name}").status == 204

    livekit.join(name, identity)
    for _ in range(2):  # the second time LiveKit does not know them any more
        assert post(message("participant_joined", name, participant=before)).status == 200
        assert identity not in livekit.inside[name]

    after = joins(call, livekit, room)  # in the same millisecond
    assert post(message("participant_joined", name, participant=after)).status == 200
    assert after["identity"] in livekit.inside[name]


def test_who_left_before_being_removed_is_turned_away_too(
    call: Call, still_clock: Clock, livekit: FakeLiveKit
) -> None:
    room = create_room(call, still_clock)
    name = room["roomName"]
    before = joins(call, livekit, room)
    livekit.inside[name].clear()
    assert call("DELETE", f"/participants/{before['identity']}?roomName={name}").status == 404
    livekit.join(name, before["identity"])
    assert post(message("participant_joined", name, participant=before)).status == 200
    assert livekit.inside[name] == {}


@pytest.mark.parametrize(
    "attributes", [{}, {"issuedAt": ""}, {"issuedAt": "x"}, {"issuedAt": "-1"}, {"issuedAt": "²"}]
)
def test_who_has_no_token_of_ours_is_not_turned_away(
    call: Call, still_clock: Clock, livekit: FakeLiveKit, attributes: dict[str, str]
) -> None:
    name = create_room(call, still_clock)["roomName"]
    livekit.join(name, "Alice")
    assert call("DELETE", f"/participants/Alice?roomName={name}").status == 204
    livekit.join(name, "Alice")
    somebody = {"identity": "Alice", "attributes": attributes}
    assert post(message("participant_joined", name, participant=somebody)).status == 200
    assert "Alice" in livekit.inside[name]


def test_when_livekit_cannot_turn_somebody_away_the_event_is_to_be_sent_again(
    call: Call, still_clock: Clock, livekit: FakeLiveKit
) -> None:
    room = create_room(call, still_clock)
    name = room["roomName"]
    before = joins(call, livekit, room)
    assert call("DELETE", f"/participants/Alice?roomName={name}").status == 204
    livekit.down = True
    assert post(message("participant_joined", name, participant=before)).status == 503


def test_when_livekit_fails_the_event_is_to_be_sent_again(call: Call, livekit: FakeLiveKit) -> None:
    livekit.down = True
    livekit.inside["abcdefghijklmno"] = {}
    body = message("room_started", "abcdefghijklmno")
    assert post(body).status >= 500
    livekit.down = False
    assert post(body).status // 100 == 2
    assert livekit.inside == {}


def test_when_the_table_fails_the_event_is_to_be_sent_again(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: RoomRepository, name: str) -> None:
        raise RuntimeError("told to fail")

    monkeypatch.setattr(RoomRepository, "get", fail)
    reply = post(message("room_started", "abcdefghijklmno"))
    assert reply.status == 500
    assert "told to fail" not in reply.text


@pytest.mark.parametrize(
    "body", [b"", b"garbage", b"{", b'{"event": 5}', b"\xff\xfe", b'{"event": "\xff"}']
)
def test_garbage_that_livekit_signed_is_400_and_no_more(
    call: Call, livekit: FakeLiveKit, body: bytes
) -> None:
    reply = post(body)
    assert (reply.status, reply.body) == (
        400,
        {"code": 400, "message": "Malformed JSON body", "reason": "malformed_body"},
    )
    assert livekit.calls == []


@pytest.mark.parametrize("body", [b"[]", b"null", b'"room_started"', b"5"])
def test_json_that_is_no_event_does_nothing(call: Call, livekit: FakeLiveKit, body: bytes) -> None:
    assert post(body).status < 500
    assert livekit.calls == []


# One token is signed by HS512 with the real secret, which is long enough for HS256.
@pytest.mark.filterwarnings("ignore:The HMAC key is:jwt.InsecureKeyLengthWarning")
def test_what_livekit_did_not_sign_is_refused(call: Call, livekit: FakeLiveKit) -> None:
    body, now = message("room_started", "abcdefghijklmno"), int(time.time())
    for token in (
        "garbage",
        "a.b.c",
        "é",
        "Basic dTpw",
        sign(body, secret="another-secret-of-at-least-32-bytes"),
        sign(body, iss="another-key"),
        sign(body, iss=None),
        sign(body, exp=now - 3600, nbf=now - 7200),
        sign(body, exp=None),
        sign(body, nbf=now + 3600),
        sign(body, sha256=None),
        sign(body, sha256=""),
        sign(body, sha256=5),
        sign(body, algorithm="none", secret=""),
        sign(body, algorithm="HS512"),
        sign(b"another body"),
        sign(body) + "x",
    ):
        reply = post(body, token)
        assert (reply.status, reply.body) == REFUSED, token
    no_header = event("POST", "/livekit/webhook", body=body)
    assert (invoke(no_header).status, invoke(no_header).body) == REFUSED
    assert post(body + b" ", sign(body)).status == 401
    assert livekit.calls == []


@pytest.mark.parametrize("header", ["Authorization", "authorization", "AUTHORIZATION"])
def test_the_header_is_read_in_any_case(call: Call, header: str) -> None:
    body = message("room_started", "abcdefghijklmno", "")
    assert post(body, sign(body), header).status // 100 == 2


def test_a_body_that_is_not_base64_is_checked_as_it_came(call: Call) -> None:
    body = message("room_started", "abcdefghijklmno", "", note="é 🎥")
    request = event("POST", "/livekit/webhook", headers={"Authorization": sign(body)})
    assert invoke(request | {"body": body.decode(), "isBase64Encoded": False}).status // 100 == 2


def test_an_event_of_more_than_100_kib_is_heard(
    call: Call, still_clock: Clock, livekit: FakeLiveKit
) -> None:
    livekit.join("abcdefghijklmno", "Alice")
    participant = {"identity": "Alice", "metadata": "x" * 120_000}
    body = message("participant_joined", "abcdefghijklmno", participant=participant)
    assert post(body).status // 100 == 2
    assert livekit.inside == {}


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"secret": "another-secret-of-at-least-32-bytes"},
        {"iss": "another-key"},
        {"iss": None},
        {"exp": None},
        {"exp": 1},
        {"exp": int(time.time()) - 30},
        {"exp": int(time.time()) - 90},
        {"nbf": int(time.time()) + 30},
        {"nbf": int(time.time()) + 900},
        {"nbf": None},
        {"sha256": None},
        {"sha256": ""},
        {"sha256": "bm8="},
        {"algorithm": "none", "secret": ""},
        {"algorithm": "HS384"},
        {"video": {"roomAdmin": True}, "sub": "somebody"},
    ],
)
def test_our_check_and_livekits_own_receiver_agree(changed: dict[str, Any]) -> None:
    body = b'{"event": "room_started", "id": "\xc3\xa9"}'
    secret = LIVEKIT_SECRET * 2  # long enough for each algorithm
    token = sign(body, **{"secret": secret, **changed})
    receiver = WebhookReceiver(TokenVerifier(LIVEKIT_KEY, secret))
    for sent in (body, body + b" "):
        try:
            receiver.receive(sent.decode(), token)
            theirs = True
        except Exception:
            theirs = False
        try:
            AccessTokens(LIVEKIT_KEY, secret).check_webhook(sent, token)
            ours = True
        except Unauthorized:
            ours = False
        assert ours == theirs
