"""Our tokens and our check of webhooks, measured against LiveKit's own library."""

import base64
import datetime
import hashlib
import json
from typing import Any

import jwt
import pytest
from livekit.api import AccessToken, TokenVerifier, VideoGrants, WebhookReceiver
from livekit.protocol.models import DataPacket, ParticipantInfo, ParticipantPermission, Room
from livekit.protocol.room import (
    MuteRoomTrackRequest,
    RoomConfiguration,
    RoomParticipantIdentity,
    SendDataRequest,
    UpdateParticipantRequest,
    UpdateRoomMetadataRequest,
)

from meet import clock, wiring
from meet.clock import HOUR, MINUTE, SECOND, Milliseconds
from meet.connections import Sent
from meet.errors import ParticipantNotFound, Unauthorized
from meet.livekit.participants import Permission, to_participant
from meet.livekit.rooms import LiveKit, is_owned, room_metadata, to_meeting
from meet.livekit.tokens import AccessTokens
from meet.livekit.twirp import TwirpClient
from meet.participants.admission import ParticipantAdmission
from meet.participants.entry import Entrance, Wish
from meet.rooms.model import Preferences, Role
from tests.fakes import FakeLiveKit, replied
from tools.memory_aws import LIVEKIT_KEY, LIVEKIT_SECRET

OURS = AccessTokens(LIVEKIT_KEY, LIVEKIT_SECRET)
VERIFIER = TokenVerifier(LIVEKIT_KEY, LIVEKIT_SECRET)
RECEIVER = WebhookReceiver(VERIFIER)

BODY = json.dumps(
    {
        "event": "participant_joined",
        "id": "EV_1",
        "room": {"sid": "RM_1", "name": "OpenVidu-k3v9x0q2m7t1c8z"},
        "participant": {"identity": "Zoë", "name": "Zoë 🎥"},
    },
    ensure_ascii=False,
)

NEVER_GRANTED = (
    "room_admin",
    "room_create",
    "room_list",
    "room_record",
    "ingress_admin",
    "recorder",
    "hidden",
)


def claims(token: str) -> dict[str, Any]:
    found: dict[str, Any] = jwt.decode(token, LIVEKIT_SECRET, algorithms=["HS256"])
    return found


def without_times(token: str) -> dict[str, Any]:
    return {name: value for name, value in claims(token).items() if name not in {"nbf", "exp"}}


def digest(body: str) -> str:
    return base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()


def theirs() -> AccessToken:
    return AccessToken(LIVEKIT_KEY, LIVEKIT_SECRET).with_ttl(datetime.timedelta(minutes=5))


@pytest.mark.parametrize("limit", [None, 12])
@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("chat", [True, False])
def test_a_participants_token_is_the_one_that_livekits_library_makes(
    aws: None, livekit: FakeLiveKit, role: Role, chat: bool, limit: int | None
) -> None:
    room = wiring.room_service().create(
        "OpenVidu",
        expires_at=clock.now() + 3 * HOUR,
        max_participants=limit,
        preferences=Preferences(chat=chat),
    )
    participants = ParticipantAdmission(
        wiring.room_service(),
        Entrance(wiring.guest_list(), lambda: OURS, 4 * HOUR),
        lambda: livekit,
        lambda: OURS,
        wiring.api_tokens,
        lambda: "meet-of-this-stack",
        4 * HOUR,
    )
    wish = Wish(room.name, "Zoë", room.secrets[role])
    admission = participants.issue(participants.applicant(wish))
    token, identity = admission.token, admission.identity
    found = claims(token)

    speaks = role is not Role.VIEWER
    grants = VideoGrants(
        room_join=True,
        room=room.name,
        can_publish=speaks,
        can_subscribe=True,
        can_publish_data=speaks and chat,
    )
    configuration = RoomConfiguration(
        empty_timeout=found["roomConfig"]["emptyTimeout"],
        departure_timeout=found["roomConfig"]["departureTimeout"],
        metadata='{"createdBy": "meet-of-this-stack"}',
        max_participants=limit or 0,
    )
    expected = theirs().with_identity(identity).with_name("Zoë").with_metadata(found["metadata"])
    expected.with_attributes(found["attributes"])
    expected.with_grants(grants).with_room_config(configuration)
    assert without_times(token) == without_times(expected.to_jwt())
    assert token.partition(".")[0] == expected.to_jwt().partition(".")[0]

    read = VERIFIER.verify(token)
    assert (read.identity, read.name, read.video) == (identity, "Zoë", grants)
    assert read.room_config == configuration
    assert not any(getattr(read.video, name) for name in NEVER_GRANTED)
    assert found["exp"] == room.expires_at // SECOND
    assert found["nbf"] <= clock.now() // SECOND


@pytest.mark.parametrize(
    ("grants", "equivalent"),
    [
        ({"roomCreate": True}, VideoGrants(room_create=True)),
        ({"roomList": True}, VideoGrants(room_list=True)),
        ({"roomRecord": True}, VideoGrants(room_record=True)),
        ({"roomAdmin": True, "room": "r"}, VideoGrants(room_admin=True, room="r")),
    ],
)
def test_the_token_of_our_own_calls_grants_what_livekits_library_would(
    grants: dict[str, Any], equivalent: VideoGrants
) -> None:
    token = OURS.for_server(grants)
    assert VERIFIER.verify(token).video == equivalent
    expected = claims(theirs().with_grants(equivalent).to_jwt())
    assert claims(token)["iss"] == expected["iss"]
    assert grants.items() <= expected["video"].items()
    lifetime = claims(token)["exp"] - claims(token)["nbf"]
    assert 0 < lifetime <= MINUTE // SECOND


def test_livekits_library_refuses_our_token_with_another_key_or_secret() -> None:
    token = OURS.for_server({"roomList": True})
    for key, secret in ((LIVEKIT_KEY, "x" * 40), ("another", LIVEKIT_SECRET)):
        with pytest.raises(jwt.PyJWTError):
            TokenVerifier(key, secret).verify(token)


def test_a_token_that_is_over_is_refused_by_livekits_library() -> None:
    token = OURS.for_participant(
        "Alice",
        name="Alice",
        metadata="{}",
        grants={"roomJoin": True, "room": "r"},
        room_configuration={},
        expires_at=Milliseconds(clock.now() - 2 * MINUTE),
    )
    with pytest.raises(jwt.ExpiredSignatureError):
        VERIFIER.verify(token)


def test_what_livekits_library_signs_both_receivers_take() -> None:
    token = theirs().with_sha256(digest(BODY)).to_jwt()
    OURS.check_webhook(BODY.encode(), token)
    assert RECEIVER.receive(BODY, token).room.name == "OpenVidu-k3v9x0q2m7t1c8z"


def test_a_webhook_as_the_server_signs_it_both_receivers_take() -> None:
    now = clock.now() // SECOND
    signed = {"exp": now + 300, "iss": LIVEKIT_KEY, "nbf": now, "sha256": digest(BODY)}
    token = jwt.encode(signed, LIVEKIT_SECRET, algorithm="HS256")
    OURS.check_webhook(BODY.encode(), token)
    assert RECEIVER.receive(BODY, token).participant.identity == "Zoë"


def _tampered() -> dict[str, tuple[str, str]]:
    now = clock.now() // SECOND
    good = {"exp": now + 300, "iss": LIVEKIT_KEY, "nbf": now, "sha256": digest(BODY)}

    def signed(secret: str = LIVEKIT_SECRET, **changed: Any) -> str:
        kept = {name: value for name, value in (good | changed).items() if value is not None}
        return jwt.encode(kept, secret, algorithm="HS256")

    unsigned = jwt.encode(good, "", algorithm="none")
    return {
        "another body": (BODY.replace("Zoë", "Eve"), signed()),
        "a space more": (BODY + " ", signed()),
        "another secret": (BODY, signed("another-secret-of-at-least-32-bytes")),
        "another key": (BODY, signed(iss="another")),
        "long over": (BODY, signed(exp=now - 3600)),
        "not yet": (BODY, signed(nbf=now + 3600)),
        "no end": (BODY, signed(exp=None)),
        "no digest": (BODY, signed(sha256=None)),
        "an empty digest": (BODY, signed(sha256="")),
        "a hexadecimal digest": (BODY, signed(sha256=hashlib.sha256(BODY.encode()).hexdigest())),
        "no signature": (BODY, unsigned),
        "no token": (BODY, ""),
        "nonsense": (BODY, "a.b.c"),
    }


@pytest.mark.parametrize("case", _tampered())
def test_what_livekits_library_refuses_we_refuse(case: str) -> None:
    body, token = _tampered()[case]
    with pytest.raises(Exception):  # noqa: B017 - the library raises bare exceptions, too
        RECEIVER.receive(body, token)
    with pytest.raises(Unauthorized):
        OURS.check_webhook(body.encode(), token)


@pytest.mark.parametrize("seconds", [-90, -30, 30, 90])
def test_clocks_may_differ_by_as_much_as_livekits_library_allows(seconds: int) -> None:
    now = clock.now() // SECOND
    signed = {"iss": LIVEKIT_KEY, "sha256": digest(BODY), "exp": now + 300, "nbf": now - 300}
    signed |= {"exp": now + seconds} if seconds < 0 else {"nbf": now + seconds}
    token = jwt.encode(signed, LIVEKIT_SECRET, algorithm="HS256")

    def takes(receive: Any, error: type[Exception]) -> bool:
        try:
            receive()
        except error:
            return False
        return True

    ours = takes(lambda: OURS.check_webhook(BODY.encode(), token), Unauthorized)
    assert ours == takes(lambda: RECEIVER.receive(BODY, token), jwt.PyJWTError)
    assert ours == (abs(seconds) < 60)


class Wire:
    """Notes what is sent to LiveKit, and answers with a participant or an error."""

    def __init__(self, error: dict[str, str] | None = None) -> None:
        self.error = error
        self.sent: list[tuple[str, bytes, dict[str, Any]]] = []

    def send(self, body: bytes, headers: dict[str, str], *, path: str, **_: float) -> Sent:
        token = headers["Authorization"].removeprefix("Bearer ")
        self.sent.append((path.removeprefix("/twirp/"), body, claims(token)["video"]))
        if self.error:
            return replied(404, json.dumps(self.error).encode())
        return replied(200)


def server(wire: Any) -> LiveKit:
    return LiveKit(TwirpClient(wire, OURS))


def test_the_calls_about_a_participant_are_those_of_livekits_protocol() -> None:
    wire = Wire()
    asked = server(wire)
    asked.participant("r", "Zoë_1")
    asked.update_participant(
        "r",
        "Zoë_1",
        metadata="{}",
        attributes={"role": "viewer"},
        permission=Permission(can_publish=False, can_publish_data=False),
    )
    asked.mute_track("r", "Zoë_1", "TR_1")
    asked.send_data("r", b"{}", topic="poll", to=["Zoë_1"])
    asked.update_room_metadata("r", room_metadata("meet-one", ended_by="moderator"))
    methods, bodies, grants = zip(*wire.sent, strict=True)
    assert methods == (
        "livekit.RoomService/GetParticipant",
        "livekit.RoomService/UpdateParticipant",
        "livekit.RoomService/MutePublishedTrack",
        "livekit.RoomService/SendData",
        "livekit.RoomService/UpdateRoomMetadata",
    )
    assert all(each == {"roomAdmin": True, "room": "r"} for each in grants)
    assert bodies[0] == RoomParticipantIdentity(room="r", identity="Zoë_1").SerializeToString()
    assert UpdateParticipantRequest.FromString(bodies[1]) == UpdateParticipantRequest(
        room="r",
        identity="Zoë_1",
        metadata="{}",
        attributes={"role": "viewer"},
        permission=ParticipantPermission(can_subscribe=True),
    )
    muted = MuteRoomTrackRequest(room="r", identity="Zoë_1", track_sid="TR_1", muted=True)
    assert bodies[2] == muted.SerializeToString()
    message = SendDataRequest.FromString(bodies[3])
    assert (message.kind, message.topic, message.data) == (DataPacket.RELIABLE, "poll", b"{}")
    assert list(message.destination_identities) == ["Zoë_1"]
    assert len(message.nonce) == 16, "LiveKit refuses any other length"
    room = UpdateRoomMetadataRequest.FromString(bodies[4])
    assert json.loads(room.metadata) == {"createdBy": "meet-one", "endedBy": "moderator"}


@pytest.mark.parametrize(
    ("metadata", "owned"),
    [
        (room_metadata("meet-one"), True),
        (room_metadata("meet-one", ended_by="moderator"), True),
        (room_metadata("meet-one", ends_at=Milliseconds(1)), True),
        (room_metadata("meet-other"), False),
        ("", False),
        ("[]", False),
        ('"meet-one"', False),
    ],
)
def test_a_room_is_ours_by_its_metadata_also_while_it_ends(metadata: str, owned: bool) -> None:
    assert is_owned(metadata, "meet-one") is owned


@pytest.mark.parametrize(
    ("metadata", "end"),
    [
        (room_metadata("meet-one", ends_at=Milliseconds(1_700_000_000_000)), 1_700_000_000_000),
        (room_metadata("meet-one"), None),
        ('{"endsAt": "soon"}', None),
        ("", None),
        ("[]", None),
    ],
)
def test_the_end_of_a_meeting_is_read_from_what_livekit_lists(
    metadata: str, end: int | None
) -> None:
    assert to_meeting(Room(name="r", sid="RM_1", metadata=metadata)).ends_at == end


@pytest.mark.parametrize("call", ["participant", "update_participant", "mute_track"])
def test_a_participant_who_is_not_there_is_not_found(call: str) -> None:
    asked = server(Wire({"code": "not_found", "msg": "participant does not exist"}))
    calls: dict[str, Any] = {
        "participant": lambda: asked.participant("r", "Zoë"),
        "update_participant": lambda: asked.update_participant(
            "r", "Zoë", metadata="{}", attributes={}, permission=Permission(True, True)
        ),
        "mute_track": lambda: asked.mute_track("r", "Zoë", "TR_1"),
    }
    with pytest.raises(ParticipantNotFound):
        calls[call]()


@pytest.mark.parametrize("kind", ParticipantInfo.Kind.values())
def test_people_are_told_from_recorders_and_agents(kind: Any) -> None:
    people = {ParticipantInfo.Kind.STANDARD, ParticipantInfo.Kind.SIP}
    found = to_participant(ParticipantInfo(identity="x", kind=kind))
    assert found.is_person == (kind in people)
    assert found.is_recorder == (kind == ParticipantInfo.Kind.EGRESS)
