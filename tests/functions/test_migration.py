"""Requests as clients of OpenVidu Meet 3.9 send them: docs/migration.md says what they get."""

import hashlib
import hmac
import json
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest

from meet.access import OPERATIONS
from meet.clock import SECOND
from meet.events.model import EventType
from meet.livekit.participants import Source, Track
from tests.fakes import Clock, FakeLiveKit
from tests.functions.aws_calls import AwsCalls
from tests.functions.gateway import Call, Reply, event, invoke
from tests.functions.post import Post
from tests.functions.recordings import Studio
from tests.functions.rooms import create_room, secret_of
from tests.functions.test_authorize import authorize
from tests.receivers import Receiver, receiver
from tools import ROOT
from tools.memory_aws import API_KEY

PAGE = (ROOT / "docs" / "migration.md").read_text()
UNKNOWN = (404, {"code": 404, "message": "Not found", "reason": "not_found"})

Ask = Callable[..., Reply]


@pytest.fixture
def ask(call: Call) -> Ask:
    """Send requests as their clients do, with the key in a header, through the authorizer."""

    def send(method: str, path: str, body: Any = None) -> Reply:
        sent = {"X-API-KEY": API_KEY}
        text = None if body is None else json.dumps(body).encode()
        if text is not None:
            sent["Content-Type"] = "application/json"
        request = event(method, f"/api/v1{path}", body=text, headers=sent)
        if (method, request["resource"]) in OPERATIONS:  # pages have no authorizer
            policy = authorize(sent, method, f"/api/v1{path}")
            granted = {"principalId": policy["principalId"], **policy["context"]}
            request["requestContext"]["authorizer"] = granted
        return invoke(request)

    return send


# ------------------------------------------------------------------------------- the same: meetings


@pytest.fixture
def meeting(call: Call, still_clock: Clock, livekit: FakeLiveKit) -> dict[str, Any]:
    """A room with a moderator, Ada, and Bob, whose microphone and camera are on."""
    room = create_room(call, still_clock)
    joined: dict[str, Any] = {"roomId": room["roomName"], "began": still_clock()}
    for name, role in (("Ada", "moderator"), ("Bob", "publisher")):
        asked = {"roomName": room["roomName"], "participantName": name}
        answer = call("POST", "/participants/token", asked | {"secret": secret_of(room, role)})
        joined[name] = livekit.join_with(room["roomName"], answer.body["token"])
        still_clock.advance(SECOND)
    present = livekit.inside[room["roomName"]][joined["Bob"]]
    facts = {name: getattr(present, name) for name in present.__slots__}
    tracks = (Track("TR_mic", Source.MICROPHONE), Track("TR_cam", Source.CAMERA))
    livekit.join(room["roomName"], **facts | {"tracks": tracks})
    return joined


def of(meeting: dict[str, Any], name: str, path: str = "") -> str:
    identity = quote(meeting[name], safe="")
    return f"/meetings/{meeting['roomId']}/participants/{identity}{path}"


def is_done(reply: Reply) -> bool:
    return reply.status == 200 and reply.body.keys() == {"message"}


def test_a_meeting_is_read_in_their_words(ask: Ask, meeting: dict[str, Any]) -> None:
    reply = ask("GET", f"/meetings/{meeting['roomId']}")
    theirs = {
        "roomId": meeting["roomId"],
        "roomName": meeting["roomId"],
        "startDate": meeting["began"],
        "participantCount": 2,
        "recordingActive": False,
    }
    assert (reply.status, reply.body) == (200, theirs | {"locked": False})


def test_participants_are_listed_and_read_in_their_words(ask: Ask, meeting: dict[str, Any]) -> None:
    listed = ask("GET", f"/meetings/{meeting['roomId']}/participants")
    assert (listed.status, listed.body.keys()) == (200, {"participants"})
    ada, bob = listed.body["participants"]
    theirs = {
        "participantIdentity": meeting["Bob"],
        "participantName": "Bob",
        "role": "publisher",
        "joinDate": meeting["began"] + SECOND,
        "audioActive": True,
        "videoActive": True,
        "screenShareActive": False,
    }
    assert bob == theirs | {"sessionId": bob["sessionId"]}
    assert (ada["participantName"], ada["role"]) == ("Ada", "moderator")
    assert ask("GET", of(meeting, "Bob")).body == bob


def test_a_participant_is_upgraded_and_downgraded(ask: Ask, meeting: dict[str, Any]) -> None:
    for action, role in (("upgrade", "moderator"), ("downgrade", "publisher")):
        assert is_done(ask("PUT", of(meeting, "Bob", "/role"), {"action": action}))
        assert ask("GET", of(meeting, "Bob")).body["role"] == role
    assert ask("PUT", of(meeting, "Bob", "/role"), {"action": "downgrade"}).status == 409
    assert ask("PUT", of(meeting, "Bob", "/role"), {"action": "demote"}).status == 422


def test_one_is_muted_and_all_but_moderators_are(ask: Ask, meeting: dict[str, Any]) -> None:
    assert is_done(ask("PUT", of(meeting, "Bob", "/media"), {"audioActive": False}))
    shown = ask("GET", of(meeting, "Bob")).body
    assert (shown["audioActive"], shown["videoActive"]) == (False, True)
    everybody = f"/meetings/{meeting['roomId']}/participants/media"
    assert is_done(ask("PUT", everybody, {"videoActive": False}))
    assert not ask("GET", of(meeting, "Bob")).body["videoActive"]
    for body in ({"audioActive": True}, {}):
        assert ask("PUT", everybody, body).status == 422


def test_a_participant_is_kicked_and_the_meeting_is_ended(
    ask: Ask, meeting: dict[str, Any]
) -> None:
    path = f"/meetings/{meeting['roomId']}"
    assert is_done(ask("DELETE", of(meeting, "Bob")))
    assert ask("GET", of(meeting, "Bob")).status == 404
    assert is_done(ask("DELETE", path))
    assert ask("GET", path).status == 404
    assert is_done(ask("DELETE", path)), "ending is idempotent"


def test_an_unknown_room_and_nobody_meeting_are_404_for_all_of_them(
    ask: Ask, call: Call, still_clock: Clock
) -> None:
    for room in ("team-abc123", create_room(call, still_clock)["roomName"]):
        for method, path, body in (
            ("GET", "", None),
            ("GET", "/participants", None),
            ("GET", "/participants/Ada", None),
            ("DELETE", "/participants/Ada", None),
            ("PUT", "/participants/Ada/role", {"action": "upgrade"}),
            ("PUT", "/participants/Ada/media", {"audioActive": False}),
            ("PUT", "/participants/media", {"audioActive": False}),
        ):
            assert ask(method, f"/meetings/{room}{path}", body).status == 404, path


# ------------------------------------------------------------------------------- the same: webhooks

HOOK = {"url": "https://example.com/hook", "events": ["meetingStarted", "recordingEnded"]}


def test_webhooks_are_created_read_replaced_and_deleted(ask: Ask, still_clock: Clock) -> None:
    made = ask("POST", "/webhooks", HOOK | {"roomId": "team-abc123", "secret": "their-first-key-1"})
    assert made.status == 201
    shown = {name: value for name, value in made.body.items() if name != "secret"}
    path = f"/webhooks/{shown['webhookId']}"
    assert shown == HOOK | {
        "webhookId": shown["webhookId"],
        "roomName": "team-abc123",
        "enabled": True,
        "format": "openvidu",
        "creationDate": still_clock(),
    }
    assert ask("GET", path).body == shown
    assert ask("GET", "/webhooks").body == {"webhooks": [shown]}
    replaced = ask("PUT", path, HOOK | {"enabled": False})
    assert (replaced.status, replaced.body["enabled"]) == (200, False)
    assert "roomName" not in replaced.body, "what is absent is cleared"
    assert (ask("DELETE", path).status, ask("GET", path).status) == (204, 404)


def test_a_webhook_without_events_gets_ours_unless_it_asks_for_theirs(ask: Ask) -> None:
    bare = ask("POST", "/webhooks", {"url": HOOK["url"]}).body
    theirs = ask("POST", "/webhooks", {"url": HOOK["url"], "format": "openvidu"}).body
    assert (bare["format"], theirs["format"]) == ("standard", "openvidu")
    assert bare["secret"].startswith("whsec_")
    assert ask("POST", "/webhooks", {"events": HOOK["events"]}).status == 422


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    monkeypatch.setenv("ALLOW_HTTP_WEBHOOKS", "true")
    monkeypatch.setenv("ALLOW_PRIVATE_WEBHOOKS", "true")
    with receiver() as running:
        yield running


def test_their_receiver_verifies_a_delivery_with_its_api_key(
    ask: Ask, endpoint: Receiver, call: Call, still_clock: Clock, aws_calls: AwsCalls
) -> None:
    made = ask("POST", "/webhooks", HOOK | {"url": endpoint.url, "secret": API_KEY + "-of-3.9"})
    tested = ask("POST", f"/webhooks/{made.body['webhookId']}/test")
    assert (tested.status, tested.body["status"]) == (200, 204)
    room = create_room(call, still_clock)["roomName"]
    post = Post(call, still_clock, aws_calls)
    data = {"meetingId": "RM_1", "roomName": room, "startedAt": still_clock()}
    post.log(kind=EventType.MEETING_STARTED, room=room, **data)
    post.run(SECOND)
    names = []
    for received in endpoint.received:
        moment = received.headers["x-timestamp"]
        signed = f"{moment}.{received.body.decode()}".encode()
        expected = hmac.new((API_KEY + "-of-3.9").encode(), signed, hashlib.sha256).hexdigest()
        assert received.headers["x-signature"] == expected
        told = json.loads(received.body)
        assert told.keys() == {"creationDate", "event", "data"}
        names.append(told["event"])
    assert names == ["testEvent", "meetingStarted"]
    assert told["data"]["roomId"] == room


# ---------------------------------------------------------------------------------- what differs


def required(field: str) -> tuple[int, Any]:
    details = [{"field": field, "message": "Required"}]
    error = {"error": "Unprocessable Entity", "message": "Invalid request body"}
    return 422, error | {"details": details}


def test_a_room_without_an_end_is_refused_and_with_one_has_other_properties(
    ask: Ask, still_clock: Clock
) -> None:
    end = still_clock() + 60 * SECOND
    theirs = {"roomName": "Team", "config": {"chat": {"enabled": False}}, "access": {}, "roles": {}}
    for body in (theirs, theirs | {"autoDeletionDate": end}):
        reply = ask("POST", "/rooms", body)
        assert (reply.status, reply.body) == required("expirationDate")
    made = ask("POST", "/rooms", theirs | {"expirationDate": end})
    assert made.status == 200
    assert not {"roomId", "access", "config", "roles", "autoDeletionDate"} & made.body.keys()
    assert "Team" not in made.body["roomName"]
    assert made.body["preferences"]["chatPreferences"] == {"enabled": True}, "config is dropped"


def test_lists_are_bare_and_the_next_page_is_in_a_header(
    ask: Ask, studio: Studio, call: Call
) -> None:
    studio.ready()
    studio.ready()
    for path in ("/rooms", "/recordings"):
        first = ask("GET", f"{path}?maxItems=1")
        assert isinstance(first.body, list)
        following = ask("GET", f"{path}?nextPageToken={first.headers['x-next-page-token']}")
        assert [*first.body, *following.body] == ask("GET", path).body


def test_a_room_is_deleted_at_once_whatever_the_policies_say(
    ask: Ask, meeting: dict[str, Any], livekit: FakeLiveKit
) -> None:
    path = f"/rooms/{meeting['roomId']}"
    reply = ask("DELETE", f"{path}?withMeeting=fail&withRecordings=fail")
    assert (reply.status, reply.text) == (204, "")
    assert meeting["roomId"] not in livekit.inside
    assert ask("GET", path).status == 404


def test_a_recording_is_started_stopped_and_read_in_other_words(ask: Ask, studio: Studio) -> None:
    room = studio.room()
    reply = ask("POST", "/recordings", {"roomId": room, "config": {"layout": "grid"}})
    assert (reply.status, reply.body) == required("roomName")
    made = ask("POST", "/recordings", {"roomName": room})
    assert (made.status, made.body["status"]) == (200, "STARTING")
    assert "recordingId" not in made.body
    path = f"/recordings/{made.body['id']}"
    for method, theirs in (("POST", "/stop"), ("GET", "/media")):
        reply = ask(method, f"{path}{theirs}")
        assert (reply.status, reply.body) == UNKNOWN, theirs
    assert ask("PUT", path).status == 204
    assert ask("GET", "/recordings/download?recordingIds=x").status == 404


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/config"),
        ("PUT", "/roles"),
        ("PUT", "/access"),
        ("PUT", "/status"),
        ("POST", "/members"),
        ("POST", "/members/token"),
    ],
)
def test_what_we_do_not_have_is_404(
    ask: Ask, call: Call, still_clock: Clock, method: str, path: str
) -> None:
    room = create_room(call, still_clock)["roomName"]
    reply = ask(method, f"/rooms/{room}{path}", {"status": "closed"})
    assert (reply.status, reply.body) == UNKNOWN
    assert path in PAGE


def test_rooms_are_not_deleted_by_a_list(ask: Ask) -> None:
    reply = ask("DELETE", "/rooms?roomIds=a,b")
    assert (reply.status, reply.body["message"]) == (405, "Method not allowed")


def test_what_replaces_it_works_as_the_page_says(ask: Ask, call: Call, still_clock: Clock) -> None:
    """Take the requests from the page, so that it cannot lie."""
    room = create_room(call, still_clock)["roomName"]
    right = re.compile(r"(PUT|POST) /meet/api/v1/rooms/Team-7yj8dfcycq1n0gr(\S*)\n.*?  (\{.*\})\n")
    found = right.findall(PAGE)
    assert [path for _, path, _ in found] == ["", "/invitations"]
    for method, path, body in found:
        reply = ask(method, f"/rooms/{room}{path}", json.loads(body))
        assert reply.status in {200, 201}, reply.text
