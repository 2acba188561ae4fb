"""Meetings that are going on: reading, ending, muting and messages."""

import json
from typing import Any
from urllib.parse import quote

import pytest

from meet import wiring
from meet.livekit.participants import Source, Track
from tests.fakes import Clock, FakeLiveKit, Message
from tests.functions.gateway import CONTEXT, Call, event, invoke
from tests.functions.recordings import post
from tests.functions.rooms import create_room, secret_of
from tests.streams import Streams

NO_MEETING = {"code": 404, "message": "No meeting is going on", "reason": "no_meeting"}
NO_ROOM = {"code": 404, "message": "Room not found", "reason": "room_not_found"}
NOBODY = {"code": 404, "message": "Participant not found", "reason": "participant_not_found"}
DEVICES = (
    Track("TR_mic", Source.MICROPHONE),
    Track("TR_cam", Source.CAMERA),
    Track("TR_screen", Source.SCREEN_SHARE),
    Track("TR_sound", Source.SCREEN_SHARE_AUDIO),
)


class Inside:
    """A room, and what its participants need to know."""

    def __init__(self, call: Call, clock: Clock, livekit: FakeLiveKit, **options: Any) -> None:
        self.call, self.livekit = call, livekit
        self.room = create_room(call, clock, **options)
        self.name = self.room["roomName"]
        self.path = f"/meetings/{self.name}"

    def join(self, name: str, role: str = "publisher", *tracks: Track, **more: Any) -> Any:
        """Let somebody join; return what their page was told."""
        body = {"roomName": self.name, "participantName": name, **more}
        answer = self.call(
            "POST", "/participants/token", body | {"secret": secret_of(self.room, role)}
        ).body
        identity = self.livekit.join_with(self.name, answer["token"])
        if tracks:
            self.publish(identity, *tracks)
        return answer

    def publish(self, identity: str, *tracks: Track) -> None:
        present = self.livekit.inside[self.name][identity]
        facts = {name: getattr(present, name) for name in present.__slots__}
        self.livekit.join(self.name, **facts | {"tracks": tracks})

    def muted(self, identity: str) -> set[str]:
        tracks = self.livekit.inside[self.name][identity].tracks
        return {each.sid for each in tracks if each.is_muted}

    def by(self, answer: Any, method: str, path: str, body: Any = None) -> Any:
        """Send a request as a participant, through the function but not the authorizer."""
        raw = None if body is None else json.dumps(body).encode()
        sent = {} if raw is None else {"Content-Type": "application/json"}
        request = event(method, f"/api/v1{path}", body=raw, headers=sent)
        request["requestContext"]["authorizer"] = {
            "principalId": "participantToken",
            "room": self.name,
            "identity": quote(answer["participantIdentity"]),
        }
        return invoke(request)

    def of(self, answer: Any, path: str = "") -> str:
        return f"{self.path}/participants/{quote(answer['participantIdentity'], safe='')}{path}"


@pytest.fixture
def inside(call: Call, still_clock: Clock, livekit: FakeLiveKit) -> Inside:
    return Inside(call, still_clock, livekit)


def test_a_locked_meeting_lets_nobody_new_in_and_shows_it(
    inside: Inside, call: Call, livekit: FakeLiveKit
) -> None:
    mona = inside.join("Mona", "moderator")
    path = f"{inside.path}/lock"
    locked = inside.by(mona, "PUT", path, {"locked": True})
    assert (locked.status, locked.body) == (200, {"message": "Meeting locked"})
    assert call("GET", inside.path).body["locked"] is True
    assert call("GET", f"/rooms/{inside.name}").body["status"] == "closed"
    assert inside.livekit.inside[inside.name], "those inside stay"
    opened = call("PUT", path, {"locked": False})
    assert (opened.status, opened.body) == (200, {"message": "Meeting unlocked"})
    assert call("GET", inside.path).body["locked"] is False


@pytest.mark.parametrize(
    ("body", "message"),
    [({}, "Required"), ({"locked": 1}, "Expected boolean, received number")],
)
def test_a_lock_that_says_nothing_is_refused(
    inside: Inside, call: Call, body: dict[str, Any], message: str
) -> None:
    answer = call("PUT", f"{inside.path}/lock", body)
    assert answer.status == 422
    assert answer.body["details"] == [{"field": "locked", "message": message}]


def test_a_moderator_locks_only_their_own_room(
    inside: Inside, call: Call, still_clock: Clock
) -> None:
    mona = inside.join("Mona", "moderator")
    other = create_room(call, still_clock)["roomName"]
    assert inside.by(mona, "PUT", f"/meetings/{other}/lock", {"locked": True}).status == 403
    assert call("PUT", "/meetings/room-that-is-not/lock", {"locked": True}).body == NO_ROOM


def test_participants_are_told_who_ends_the_meeting(
    inside: Inside, call: Call, livekit: FakeLiveKit
) -> None:
    mona = inside.join("Mona", "moderator")
    assert inside.by(mona, "DELETE", inside.path).status == 200
    inside.join("Ada")
    assert call("DELETE", inside.path).status == 200
    told = [
        (method, *map(json.loads, more))
        for method, room, *more in livekit.calls
        if room == inside.name and method in {"update_room_metadata", "delete_room"}
    ]
    owner = {"createdBy": wiring.owner()}
    assert told == [
        ("update_room_metadata", owner | {"endedBy": "moderator"}),
        ("delete_room",),
        ("update_room_metadata", owner | {"endedBy": "apiKey"}),
        ("delete_room",),
    ]


def test_a_meeting_is_read_with_one_look_at_the_room_and_one_at_livekit(
    inside: Inside, call: Call, still_clock: Clock, livekit: FakeLiveKit
) -> None:
    began = still_clock()
    inside.join("Ada")
    still_clock.advance(1000)
    inside.join("Bob", "viewer")
    livekit.join(inside.name, "EG_1", is_recorder=True)
    livekit.join(inside.name, "agent", is_agent=True)
    livekit.calls.clear()
    reply = call("GET", inside.path)
    assert (reply.status, reply.body) == (
        200,
        {
            "roomId": inside.name,
            "roomName": inside.name,
            "startDate": began,
            "participantCount": 2,
            "recordingActive": False,
            "locked": False,
        },
    )
    assert livekit.calls == [("participants", inside.name)]


def test_a_moderator_reads_the_links_of_those_whom_they_invite(inside: Inside, call: Call) -> None:
    mona = inside.join("Mona", "moderator")
    shown = inside.by(mona, "GET", inside.path).body
    links = {name: shown[name] for name in shown if name.endswith("URL")}
    assert links == {name: inside.room[name] for name in ("publisherURL", "viewerURL")}
    assert call("PUT", f"/rooms/{inside.name}", {"links": {"viewer": {"enabled": False}}}).status
    shown = inside.by(mona, "GET", inside.path).body
    assert [name for name in shown if name.endswith("URL")] == ["publisherURL"]
    assert not [name for name in call("GET", inside.path).body if name.endswith("URL")]


def test_a_meeting_that_livekit_reported_has_its_id_and_its_beginning(
    inside: Inside, call: Call, still_clock: Clock, livekit: FakeLiveKit
) -> None:
    from meet.livekit.rooms import room_metadata  # noqa: PLC0415

    room = {"sid": "RM_1", "name": inside.name, "metadata": room_metadata(wiring.owner())}
    began = still_clock() - 5
    assert post({"event": "room_started", "room": room | {"creationTimeMs": str(began)}}).status
    inside.join("Ada")
    body = call("GET", inside.path).body
    assert (body["meetingId"], body["startDate"]) == ("RM_1", began)


def test_where_nobody_meets_there_is_no_meeting(
    inside: Inside, call: Call, livekit: FakeLiveKit
) -> None:
    livekit.join(inside.name, "EG_1", is_recorder=True)
    for method, path, body in (
        ("GET", "", None),
        ("GET", "/participants", None),
        ("PUT", "/participants/media", {"audioActive": False}),
        ("POST", "/messages", {"topic": "poll", "data": 1}),
    ):
        reply = call(method, f"{inside.path}{path}", body)
        assert (reply.status, reply.body) == (404, NO_MEETING), path


OPERATIONS: list[tuple[str, str, Any]] = [
    ("GET", "", None),
    ("DELETE", "", None),
    ("GET", "/participants", None),
    ("GET", "/participants/Ada_k2j9x0", None),
    ("DELETE", "/participants/Ada_k2j9x0", None),
    ("PUT", "/participants/Ada_k2j9x0/role", {"role": "viewer"}),
    ("PUT", "/participants/Ada_k2j9x0/media", {"audioActive": False}),
    ("PUT", "/participants/media", {"audioActive": False}),
    ("POST", "/messages", {"topic": "poll", "data": 1}),
]


@pytest.mark.parametrize(("method", "path", "body"), OPERATIONS)
def test_an_unknown_or_expired_room_is_not_found_and_livekit_down_is_503(
    inside: Inside,
    call: Call,
    still_clock: Clock,
    livekit: FakeLiveKit,
    method: str,
    path: str,
    body: Any,
) -> None:
    livekit.down = True
    reply = call(method, f"{inside.path}{path}", body)
    assert (reply.status, reply.body["reason"]) == (503, "media_server_unavailable")
    assert int(reply.headers["retry-after"]) > 0
    livekit.calls.clear()
    still_clock.advance(3_600_000)
    for room in (inside.name, "x" * 15, "%FF"):
        reply = call(method, f"/meetings/{room}{path}", body)
        assert (reply.status, reply.body) == (404, NO_ROOM)
    assert livekit.calls == []


@pytest.mark.parametrize(("method", "path", "body"), OPERATIONS)
def test_a_moderators_token_of_another_room_opens_none_of_them(
    inside: Inside, call: Call, still_clock: Clock, method: str, path: str, body: Any
) -> None:
    moderator = inside.join("Mo", "moderator")
    other = create_room(call, still_clock)["roomName"]
    reply = inside.by(moderator, method, f"/meetings/{other}{path}", body)
    assert (reply.status, reply.body["reason"]) == (403, "other_room")


def test_participants_are_listed_by_the_time_of_joining(
    inside: Inside, call: Call, still_clock: Clock, livekit: FakeLiveKit
) -> None:
    began = still_clock()
    ada = inside.join("Ada", "moderator", DEVICES[0], Track("TR_2", Source.CAMERA, is_muted=True))
    still_clock.advance(7)
    bob = inside.join("Bob", "viewer")
    livekit.join(inside.name, "EG_1", is_recorder=True)
    livekit.join(inside.name, "agent", is_agent=True)
    livekit.join(inside.name, "stranger", "Eve", joined_at=began + 9)
    sids = {each.identity: each.sid for each in livekit.inside[inside.name].values()}
    found = call("GET", f"{inside.path}/participants").body
    off = {"audioActive": False, "videoActive": False, "screenShareActive": False}
    expected = [
        {
            "participantIdentity": ada["participantIdentity"],
            "participantName": "Ada",
            "role": "moderator",
            "joinDate": began,
            **off,
            "audioActive": True,
            "sessionId": sids[ada["participantIdentity"]],
        },
        {
            "participantIdentity": bob["participantIdentity"],
            "participantName": "Bob",
            "role": "viewer",
            "joinDate": began + 7,
            **off,
            "sessionId": sids[bob["participantIdentity"]],
        },
        {
            "participantIdentity": "stranger",
            "participantName": "Eve",
            "joinDate": began + 9,
            **off,
            "sessionId": sids["stranger"],
        },
    ]
    assert found == {"participants": expected}
    assert call("GET", inside.of(bob)).body == expected[1]
    for hidden in ("EG_1", "agent", "nobody_000000", "%FF_abc123"):
        reply = call("GET", f"{inside.path}/participants/{hidden}")
        assert (reply.status, reply.body) == (404, NOBODY), hidden


@pytest.mark.parametrize("name", ["Zoë 🎥", "a/b", "100%", "%41", "a+b", 'q"?#&=;', "role"])
def test_an_identity_is_decoded_once_and_matched_exactly(
    inside: Inside, call: Call, name: str
) -> None:
    answer = inside.join(name)
    inside.join(f"{name}x")
    assert call("GET", inside.of(answer)).body["participantName"] == name
    assert call("PUT", inside.of(answer, "/role"), {"role": "viewer"}).status == 200
    reply = call("DELETE", inside.of(answer))
    assert (reply.status, reply.body) == (200, {"message": "Participant removed"})
    assert len(inside.livekit.inside[inside.name]) == 1
    assert call("DELETE", inside.of(answer)).body == NOBODY


def test_removing_by_identity_removes_nobody_of_that_name_and_no_recorder(
    inside: Inside, call: Call, livekit: FakeLiveKit
) -> None:
    inside.join("Ada")
    livekit.join(inside.name, "EG_1", is_recorder=True)
    for identity in ("Ada", "EG_1", "%FF_abc123"):
        assert call("DELETE", f"{inside.path}/participants/{identity}").body == NOBODY
    assert len(livekit.inside[inside.name]) == 2
    assert call("DELETE", f"/participants/%FF_abc123?roomName={inside.name}").status == 404


def test_who_was_removed_does_not_come_back_with_the_old_token(
    inside: Inside, call: Call, livekit: FakeLiveKit
) -> None:
    ada = inside.join("Ada")
    assert call("DELETE", inside.of(ada)).status == 200
    livekit.join_with(inside.name, ada["token"])
    sweep()
    assert ada["participantIdentity"] not in livekit.inside[inside.name]


# --------------------------------------------------------------------------------- the end


def sweep() -> dict[str, int]:
    from functions.sweep_rooms.app import handler  # noqa: PLC0415

    report: dict[str, int] = handler({}, CONTEXT)
    return report


def test_a_meeting_is_ended_and_its_room_stays_open(
    inside: Inside, call: Call, livekit: FakeLiveKit
) -> None:
    ada = inside.join("Ada")
    for _ in range(2):  # also when none is going on
        reply = call("DELETE", inside.path)
        assert (reply.status, reply.body) == (200, {"message": "Meeting ended"})
    assert inside.name not in livekit.inside
    assert call("GET", f"/rooms/{inside.name}").status == 200
    livekit.join_with(inside.name, ada["token"])
    sweep()
    assert ada["participantIdentity"] in livekit.inside[inside.name]


def test_without_reconnecting_old_tokens_admit_no_one_and_new_ones_do(
    inside: Inside, call: Call, still_clock: Clock, livekit: FakeLiveKit
) -> None:
    ada, bob = inside.join("Ada"), inside.join("Bob", "moderator")
    assert call("DELETE", f"{inside.path}?reconnect=false").status == 200
    still_clock.advance(1)
    new = inside.join("Bob", "moderator", previousToken=bob["token"])
    assert new["participantIdentity"] == bob["participantIdentity"]
    livekit.join_with(inside.name, ada["token"])
    livekit.join(inside.name, "EG_1", is_recorder=True)
    assert sweep()["removed"] == 1
    assert set(livekit.inside[inside.name]) == {bob["participantIdentity"], "EG_1"}
    livekit.join_with(inside.name, ada["token"])
    arrive(inside, ada)
    assert set(livekit.inside[inside.name]) == {bob["participantIdentity"], "EG_1"}


def test_with_livekit_down_the_tokens_are_void_all_the_same(
    inside: Inside, call: Call, livekit: FakeLiveKit
) -> None:
    inside.join("Ada")
    livekit.failing = {inside.name}
    assert call("DELETE", f"{inside.path}?reconnect=false").status == 503
    livekit.failing = set()
    sweep()
    assert livekit.inside[inside.name] == {}
    assert call("DELETE", f"{inside.path}?reconnect=false").status == 200


@pytest.mark.parametrize("value", ["", "no", "0", "False"])
def test_reconnect_is_true_or_false(inside: Inside, call: Call, value: str) -> None:
    reply = call("DELETE", f"{inside.path}?reconnect={value}")
    assert reply.status == 422
    assert reply.body["details"] == [{"field": "reconnect", "message": "Must be true or false"}]


def arrive(inside: Inside, answer: Any) -> None:
    """Let LiveKit report that the bearer of a token joined."""
    from meet.livekit.rooms import room_metadata  # noqa: PLC0415

    present = inside.livekit.inside[inside.name][answer["participantIdentity"]]
    told = {
        "event": "participant_joined",
        "room": {"sid": "RM_1", "name": inside.name, "metadata": room_metadata(wiring.owner())},
        "participant": {
            "sid": present.sid,
            "identity": present.identity,
            "name": present.name,
            "metadata": present.metadata,
            "attributes": dict(present.attributes),
            "joinedAtMs": str(present.joined_at),
        },
    }
    assert post(told).status == 200


def report(inside: Inside, event: str, **more: Any) -> None:
    """Let LiveKit report something about the meeting."""
    from meet.livekit.rooms import room_metadata  # noqa: PLC0415

    room = {"sid": "RM_1", "name": inside.name, "metadata": room_metadata(wiring.owner())}
    assert post({"event": event, "room": room} | more).status == 200


@pytest.mark.parametrize(
    ("livekit_says", "reason", "has_actor"),
    [
        ("ROOM_END_API_DELETE", "ended", True),
        ("ROOM_END_IDLE_TIMEOUT", "empty", False),  # the end was wanted, and came by itself
    ],
)
def test_the_event_says_who_ended_the_meeting_and_how_many_met(
    inside: Inside, livekit_says: str, reason: str, has_actor: bool
) -> None:
    report(inside, "room_started")
    mo, ada = inside.join("Mo", "moderator"), inside.join("Ada")
    arrive(inside, mo)
    arrive(inside, ada)
    assert inside.by(mo, "DELETE", inside.path).status == 200
    report(inside, "room_finished", roomEndReason=livekit_says)
    Streams().flow()
    (ended,) = inside.call("GET", "/events?types=meeting.ended").body["events"]
    assert (ended["data"]["reason"], ended["data"]["maxConcurrent"]) == (reason, 2)
    by = {"type": "moderator", "name": mo["participantIdentity"]}
    assert ended.get("actor") == (by if has_actor else None)


# ---------------------------------------------------------------------------------- muting


@pytest.mark.parametrize(
    ("body", "muted"),
    [
        ({"audioActive": False}, {"TR_mic"}),
        ({"videoActive": False}, {"TR_cam"}),
        ({"screenShareActive": False}, {"TR_screen", "TR_sound"}),
        ({"audioActive": False, "videoActive": False}, {"TR_mic", "TR_cam"}),
    ],
)
def test_a_participant_is_muted_by_source(
    inside: Inside, call: Call, body: Any, muted: set[str]
) -> None:
    ada = inside.join("Ada", "publisher", *DEVICES)
    for _ in range(2):
        assert call("PUT", inside.of(ada, "/media"), body).status == 200
        assert inside.muted(ada["participantIdentity"]) == muted
    calls = [each for each in inside.livekit.calls if each[0] == "mute_track"]
    assert len(calls) == len(muted), "what is muted already is not muted again"


@pytest.mark.parametrize(
    ("body", "field", "message"),
    [
        ({"audioActive": True}, "audioActive", "Must be false"),
        ({"videoActive": 0}, "videoActive", "Expected boolean, received number"),
        ({"screenShareActive": None}, "screenShareActive", "Expected boolean, received null"),
    ],
)
def test_only_false_can_be_asked_for(
    inside: Inside, call: Call, body: Any, field: str, message: str
) -> None:
    ada = inside.join("Ada", "publisher", *DEVICES)
    for path in (inside.of(ada, "/media"), f"{inside.path}/participants/media"):
        reply = call("PUT", path, body)
        assert reply.status == 422
        assert reply.body["details"] == [{"field": field, "message": message}]
        assert call("PUT", path, {"other": False}).status == 422
        assert call("PUT", path).status == 422
    assert inside.muted(ada["participantIdentity"]) == set()


def test_a_moderator_cannot_mute_a_moderator_and_an_api_key_can(inside: Inside, call: Call) -> None:
    mo = inside.join("Mo", "moderator", *DEVICES)
    max_ = inside.join("Max", "moderator", *DEVICES)
    ada = inside.join("Ada", "publisher", *DEVICES)
    off = {"audioActive": False}
    assert inside.by(mo, "PUT", inside.of(ada, "/media"), off).status == 200
    reply = inside.by(mo, "PUT", inside.of(max_, "/media"), off)
    assert (reply.status, reply.body["reason"]) == (409, "is_moderator")
    assert call("PUT", inside.of(max_, "/media"), off).status == 200
    assert inside.muted(max_["participantIdentity"]) == {"TR_mic"}


def test_all_are_muted_but_moderators_and_the_caller_with_one_list(
    inside: Inside, call: Call, livekit: FakeLiveKit
) -> None:
    mo = inside.join("Mo", "moderator", *DEVICES)
    others = [inside.join(f"P{number}", "publisher", *DEVICES) for number in range(20)]
    assert call("PUT", inside.of(others[0], "/role"), {"role": "moderator"}).status == 200
    livekit.calls.clear()
    path = f"{inside.path}/participants/media"
    assert inside.by(others[1], "PUT", path, {"audioActive": False}).status == 200
    for each in (mo, others[0], others[1]):
        assert inside.muted(each["participantIdentity"]) == set()
    for each in others[2:]:
        assert inside.muted(each["participantIdentity"]) == {"TR_mic"}
    assert [each[0] for each in livekit.calls].count("participants") == 1


def test_a_failure_does_not_stop_the_others_and_is_told_and_can_be_repeated(
    inside: Inside, call: Call, livekit: FakeLiveKit, monkeypatch: pytest.MonkeyPatch
) -> None:
    from meet.errors import MediaServerUnavailable  # noqa: PLC0415

    people = [inside.join(f"P{number}", "publisher", *DEVICES) for number in range(3)]
    mute, unlucky = livekit.mute_track, people[0]["participantIdentity"]

    def fail_once(room: str, identity: str, sid: str) -> None:
        if identity == unlucky:
            raise MediaServerUnavailable("told to fail")
        mute(room, identity, sid)

    monkeypatch.setattr(livekit, "mute_track", fail_once)
    path = f"{inside.path}/participants/media"
    assert call("PUT", path, {"audioActive": False}).status == 503
    assert [inside.muted(p["participantIdentity"]) for p in people[1:]] == [{"TR_mic"}] * 2
    monkeypatch.setattr(livekit, "mute_track", mute)
    assert call("PUT", path, {"audioActive": False}).status == 200
    assert inside.muted(unlucky) == {"TR_mic"}


# -------------------------------------------------------------------------------- messages


def test_a_message_reaches_everybody_or_those_who_are_named(
    inside: Inside, call: Call, livekit: FakeLiveKit
) -> None:
    ada = inside.join("Ada")["participantIdentity"]
    path = f"{inside.path}/messages"
    data = {"question": "Café o té? ☕", "of": [1, None, True]}
    assert call("POST", path, {"topic": "poll.opened", "data": data}).status == 202
    to = [ada, "gone_000000", ada]
    assert call("POST", path, {"topic": "x", "data": None, "to": to}).status == 202
    text = '{"question":"Café o té? ☕","of":[1,null,true]}'
    assert livekit.messages == [
        Message(inside.name, "poll.opened", text.encode(), ()),
        Message(inside.name, "x", b"null", (ada,)),
    ]


def test_a_message_to_nobody_who_is_there_is_not_found(
    inside: Inside, call: Call, livekit: FakeLiveKit
) -> None:
    inside.join("Ada")
    body = {"topic": "poll", "data": 1, "to": ["gone_000000"]}
    assert call("POST", f"{inside.path}/messages", body).body == NOBODY
    assert livekit.messages == []


@pytest.mark.parametrize(
    ("body", "field", "message"),
    [
        ({"data": 1}, "topic", "Required"),
        ({"topic": "a"}, "data", "Required"),
        ({"topic": 1, "data": 1}, "topic", "Expected string, received number"),
        ({"topic": "", "data": 1}, "topic", "Must be 1 to 64 characters of a-z, 0-9, . and -"),
        (
            {"topic": "a" * 65, "data": 1},
            "topic",
            "Must be 1 to 64 characters of a-z, 0-9, . and -",
        ),
        ({"topic": "Poll", "data": 1}, "topic", "Must be 1 to 64 characters of a-z, 0-9, . and -"),
        ({"topic": "meet.lobby", "data": 1}, "topic", "Must not begin with meet."),
        ({"topic": "a", "data": "x" * 14_999}, "data", "Must be at most 15000 bytes in UTF-8"),
        ({"topic": "a", "data": "é" * 7_500}, "data", "Must be at most 15000 bytes in UTF-8"),
        ({"topic": "a", "data": 1, "to": []}, "to", "Must have at least 1 items"),
        ({"topic": "a", "data": 1, "to": ["x"] * 101}, "to", "Must have at most 100 items"),
        ({"topic": "a", "data": 1, "to": "x"}, "to", "Expected array, received string"),
        ({"topic": "a", "data": 1, "to": [7]}, "to.0", "Expected string, received number"),
    ],
)
def test_a_message_that_is_not_one_is_refused(
    inside: Inside, call: Call, livekit: FakeLiveKit, body: Any, field: str, message: str
) -> None:
    inside.join("Ada")
    reply = call("POST", f"{inside.path}/messages", body)
    assert reply.status == 422
    assert reply.body["details"] == [{"field": field, "message": message}]
    assert livekit.messages == []


def test_the_longest_message_passes(inside: Inside, call: Call) -> None:
    inside.join("Ada")
    body = {"topic": "a" * 64, "data": "x" * 14_998}
    assert call("POST", f"{inside.path}/messages", body).status == 202
