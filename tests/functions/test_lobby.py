"""The lobby: POST /participants/token makes callers wait until a moderator decides."""

from collections.abc import Callable
from typing import Any

import boto3
import jwt
import pytest

from meet.clock import HOUR, MINUTE, SECOND, Milliseconds
from tests.fakes import Clock, FakeLiveKit, FakeRecorder
from tests.functions.aws_calls import AwsCalls
from tests.functions.gateway import Call
from tests.functions.lobby import Hall
from tests.functions.logs import Logs
from tests.functions.rooms import create_room, secret_of
from tools.memory_aws import LIVEKIT_SECRET

NOT_ADMITTED = {"code": 403, "message": "You were not admitted", "reason": "not_admitted"}
NO_TICKET = {
    "code": 410,
    "message": "The request to join has expired; ask again",
    "reason": "ticket_gone",
}
NO_WAITING = {
    "code": 404,
    "message": "No such participant is waiting",
    "reason": "waiting_not_found",
}
NO_ROOM_TO_JOIN = {"name": "Room not found", "message": "The room does not exist"}

MakeHall = Callable[..., Hall]


@pytest.fixture
def make_hall(call: Call, still_clock: Clock, livekit: FakeLiveKit) -> MakeHall:
    def make(**lobby: Any) -> Hall:
        return Hall(call, still_clock, livekit, lobby)

    return make


@pytest.fixture
def hall(make_hall: MakeHall) -> Hall:
    return make_hall()


def identity_in(token: str) -> str:
    claims = jwt.decode(
        token,
        LIVEKIT_SECRET,
        algorithms=["HS256"],
        options={"verify_exp": False, "verify_nbf": False},
    )
    return str(claims["sub"])


# ------------------------------------------------------------------------------------- waiting


def test_a_caller_waits_and_is_admitted(hall: Hall) -> None:
    reply = hall.ask("Ada")
    ticket = reply.body["ticket"]
    assert (reply.status, reply.body) == (
        202,
        {"status": "waiting", "ticket": ticket, "pollAfter": 2},
    )
    again = hall.ask_again(ticket)
    assert (again.status, again.body) == (reply.status, reply.body)
    (waiting,) = hall.listed()
    assert waiting == {
        "id": waiting["id"],
        "participantName": "Ada",
        "role": "publisher",
        "since": hall.clock(),
    }
    decided = hall.decide(waiting["id"], "admit")
    assert (decided.status, decided.body) == (200, waiting | {"decision": "admit"})
    assert hall.listed() == []
    admitted = hall.ask_again(ticket)
    assert admitted.status == 200
    assert (admitted.body["participantName"], admitted.body["role"]) == ("Ada", "publisher")
    assert identity_in(admitted.body["token"]) == admitted.body["participantIdentity"]
    assert "apiToken" not in admitted.body


def test_a_caller_who_is_denied_is_told_so_each_time(hall: Hall) -> None:
    ticket = hall.waits()
    hall.decide(hall.listed()[0]["id"], "deny")
    for _ in range(2):
        reply = hall.ask_again(ticket)
        assert (reply.status, reply.body) == (403, NOT_ADMITTED)
    assert hall.listed() == []


def test_moderators_never_wait_and_the_others_only_in_a_room_with_a_lobby(
    make_hall: MakeHall, call: Call, still_clock: Clock
) -> None:
    hall = make_hall()
    assert hall.ask(role="moderator").status == 200
    assert hall.ask(role="viewer").status == 202
    room = create_room(call, still_clock)
    body = {"roomName": room["roomName"], "participantName": "Ada"}
    for role in ("moderator", "publisher", "viewer"):
        sent = body | {"secret": secret_of(room, role)}
        assert call("POST", "/participants/token", sent).status == 200


def test_only_the_roles_of_the_lobby_wait(make_hall: MakeHall) -> None:
    hall = make_hall(roles=["viewer"])
    assert hall.ask(role="publisher").status == 200
    assert hall.ask(role="viewer").status == 202


def test_a_wrong_secret_does_not_get_into_the_lobby(hall: Hall) -> None:
    body = {"roomName": hall.name, "participantName": "Ada", "secret": "wrong"}
    assert hall.call("POST", "/participants/token", body).status == 403
    assert hall.listed() == []


def test_after_a_minute_it_is_enough_to_ask_every_five_seconds(hall: Hall) -> None:
    ticket = hall.waits()
    for passed, expected in ((0, 2), (MINUTE - 1, 2), (1, 5), (20 * MINUTE, 5)):
        hall.clock.advance(passed)
        assert hall.ask_again(ticket).body["pollAfter"] == expected


def test_a_page_that_only_looks_is_told_of_the_lobby_and_nobody_else_is(hall: Hall) -> None:
    hall.moderator()
    reply = hall.ask(wait=False)
    told = {"status": "lobby", "participantName": "Ada", "role": "publisher"}
    assert (reply.status, reply.body) == (202, told)
    assert (hall.listed(), hall.told(), hall.events()) == ([], [], [])
    assert hall.ask(role="moderator", wait=False).status == 200


def test_the_ticket_stands_for_everything_that_was_asked(hall: Hall) -> None:
    ticket = hall.waits("Ada", "viewer")
    hall.decide_all("admit")
    body = {"roomName": "another", "participantName": 7, "secret": None, "ticket": ticket}
    reply = hall.call("POST", "/participants/token", body)
    assert reply.status == 200
    assert (reply.body["participantName"], reply.body["role"]) == ("Ada", "viewer")


def test_whoever_waited_with_an_invitation_may_join_for_no_longer_than_it_is_valid(
    hall: Hall,
) -> None:
    end = hall.clock() + 10 * MINUTE
    invitation = {"participantName": "Ada", "role": "publisher", "expiresAt": end}
    reply = hall.call("POST", f"/rooms/{hall.name}/invitations", {"invitations": [invitation]})
    (made,) = reply.body["invitations"]
    body = {"roomName": hall.name, "invite": made["url"].partition("invite=")[2]}
    waiting = hall.call("POST", "/participants/token", body)
    assert waiting.status == 202, waiting.text
    hall.decide_all("admit")
    token = hall.ask_again(waiting.body["ticket"]).body["token"]
    assert jwt.decode(token, options={"verify_signature": False})["exp"] == end // 1000


@pytest.mark.parametrize("ticket", [1, True, ["x"], {}])
def test_a_ticket_that_is_not_a_text_is_refused(hall: Hall, ticket: object) -> None:
    reply = hall.call("POST", "/participants/token", {"ticket": ticket})
    assert reply.status == 422
    assert [each["field"] for each in reply.body["details"]] == ["ticket"]


def test_without_a_ticket_the_rest_is_required_as_ever(hall: Hall) -> None:
    reply = hall.call("POST", "/participants/token", {"ticket": None})
    assert [(each["field"], each["message"]) for each in reply.body["details"]] == [
        (name, "Required") for name in ("roomName", "participantName", "secret")
    ]


# ------------------------------------------------------------------------------------- tickets


def test_a_ticket_cannot_be_guessed_and_only_its_digest_is_stored(hall: Hall, logs: Logs) -> None:
    tickets = [hall.waits(f"Ada {number}") for number in range(3)]
    secrets = [ticket.rpartition(".")[2] for ticket in tickets]
    assert all(len(secret) == 32 for secret in secrets)
    assert len(set(secrets)) == 3
    hall.decide_all("admit")
    assert hall.ask_again(tickets[0]).status == 200
    items = boto3.client("dynamodb").query(
        TableName="MeetingsTable",
        KeyConditionExpression="meetingId = :room",
        ExpressionAttributeValues={":room": {"S": f"room#{hall.name}"}},
    )["Items"]
    told = f"{items} {hall.listed()} {hall.events()} {logs()}"
    assert [secret for secret in secrets if secret in told] == []
    assert [
        secret_of(hall.room, r) for r in ("publisher",) if secret_of(hall.room, r) in told
    ] == []


@pytest.mark.parametrize(
    "change",
    [
        lambda ticket: ticket[:-1] + ("A" if ticket[-1] != "A" else "B"),
        lambda ticket: ticket.swapcase(),
        lambda ticket: ticket + "A",
        lambda ticket: "",
        lambda ticket: "x" * 5000,
        lambda ticket: ticket.partition(".")[0],
        lambda ticket: ticket.replace(".", "/"),
    ],
)
def test_a_ticket_that_is_not_ours_opens_nothing(hall: Hall, change: Callable[[str], str]) -> None:
    ticket = hall.waits()
    hall.decide_all("admit")
    reply = hall.ask_again(change(ticket))
    assert (reply.status, reply.body) in ((410, NO_TICKET), (404, NO_ROOM_TO_JOIN))


def test_a_ticket_opens_only_the_room_that_it_is_of(make_hall: MakeHall) -> None:
    hall, other = make_hall(), make_hall()
    ticket = hall.waits()
    hall.decide_all("admit")
    moved = ticket.replace(hall.name, other.name)
    assert hall.ask_again(moved).body == NO_TICKET


@pytest.mark.parametrize("decision", [None, "admit", "deny"])
def test_a_ticket_lasts_half_an_hour_whatever_was_decided(hall: Hall, decision: str | None) -> None:
    since = hall.clock()
    ticket = hall.waits()
    if decision:
        hall.decide_all(decision)
    hall.clock.wait_until(Milliseconds(since + 30 * MINUTE - 1))
    status = {None: 202, "admit": 200, "deny": 403}[decision]
    if decision != "admit":  # it would be used
        assert hall.ask_again(ticket).status == status
    hall.clock.advance(1)
    assert (hall.ask_again(ticket).status, hall.ask_again(ticket).body) == (410, NO_TICKET)
    assert hall.listed() == []


def test_nobody_waits_for_ever_without_a_word(hall: Hall) -> None:
    ticket = hall.waits()
    hall.call("DELETE", f"/rooms/{hall.name}")
    reply = hall.ask_again(ticket)
    assert (reply.status, reply.body) == (404, NO_ROOM_TO_JOIN)


def test_a_room_that_expired_answers_as_ever(hall: Hall) -> None:
    hall.clock.advance(HOUR - 5 * MINUTE)
    ticket = hall.waits()
    hall.clock.advance(5 * MINUTE)
    assert hall.ask_again(ticket).body == NO_ROOM_TO_JOIN
    assert hall.call("GET", f"/meetings/{hall.name}/waiting").status == 404


def test_a_lost_answer_can_be_had_again_for_a_minute_with_the_same_identity(hall: Hall) -> None:
    ticket = hall.waits()
    hall.decide_all("admit")
    first = hall.ask_again(ticket).body["participantIdentity"]
    hall.clock.advance(MINUTE - 1)
    assert hall.ask_again(ticket).body["participantIdentity"] == first
    hall.clock.advance(1)
    assert hall.ask_again(ticket).body == NO_TICKET


def test_a_full_room_answers_as_ever_before_and_after_the_decision(
    call: Call, still_clock: Clock, livekit: FakeLiveKit
) -> None:
    hall = Hall(call, still_clock, livekit, options={"maxParticipants": 1})
    ticket = hall.waits()
    hall.moderator()
    full = {"code": 409, "message": "The room is full", "reason": "room_full"}
    assert (hall.ask().status, hall.ask().body) == (409, full)
    assert hall.ask_again(ticket).status == 202
    hall.decide_all("admit")
    assert hall.ask_again(ticket).body == full
    livekit.inside.clear()
    assert hall.ask_again(ticket).status == 200


def test_with_the_lobby_switched_off_those_who_wait_come_in(hall: Hall) -> None:
    ticket = hall.waits()
    changed = hall.call("PUT", f"/rooms/{hall.name}", {"lobby": {"enabled": False}})
    assert changed.status == 200
    assert hall.ask_again(ticket).status == 200
    admitted = hall.events()[-1]
    assert (admitted["type"], admitted["actor"]) == (
        "lobby.admitted",
        {"type": "system", "name": "lobby"},
    )


# ------------------------------------------------------------------------------ coming back


def join(hall: Hall, token: str) -> None:
    """Let LiveKit report that the bearer of a token joined the meeting of the room."""
    from tests.functions.test_meetings import Hall as Meeting  # noqa: PLC0415

    identity = hall.livekit.join_with(hall.name, token)
    meeting = Meeting(hall.call, hall.clock, hall.livekit, hall.name)
    assert meeting.tell("room_started") == 200
    assert meeting.tell("participant_joined", "Ada", info={"identity": identity}) == 200


def test_a_page_that_looks_is_told_of_the_meeting_and_one_that_joins_is_not(
    hall: Hall, recorder: FakeRecorder
) -> None:
    assert "meeting" not in hall.ask(role="moderator", wait=False).body
    ticket = hall.waits()
    hall.decide_all("admit")
    join(hall, hall.ask_again(ticket).body["token"])
    meeting = {"meetingId": "RM_first", "participantCount": 1, "recordingActive": False}
    for role in ("moderator", "viewer"):  # who would wait, is told as well
        assert hall.ask(role=role, wait=False).body["meeting"] == meeting
    hall.livekit.join(hall.name, "Bob", is_publishing=True)
    assert hall.call("POST", "/recordings", {"roomName": hall.name}).status == 200
    assert [each[0] for each in recorder.calls] == ["start"]
    looked = hall.ask(wait=False).body["meeting"]
    assert looked == meeting | {"recordingActive": True}
    for role in ("moderator", "viewer"):
        assert "meeting" not in hall.ask(role=role).body


def test_a_participant_who_reloads_the_page_does_not_wait_again(hall: Hall) -> None:
    ticket = hall.waits()
    hall.decide_all("admit")
    token = hall.ask_again(ticket).body["token"]
    join(hall, token)
    hall.clock.advance(10 * MINUTE)
    again = hall.ask(previousToken=token)
    assert again.status == 200
    assert again.body["participantIdentity"] == identity_in(token)
    assert hall.ask().status == 202


def test_a_token_that_was_never_used_or_is_of_an_earlier_meeting_does_not_spare_the_wait(
    hall: Hall,
) -> None:
    ticket = hall.waits()
    hall.decide_all("admit")
    token = hall.ask_again(ticket).body["token"]
    reply = hall.ask(previousToken=token)
    assert reply.status == 202
    hall.decide_all("admit")
    admitted = hall.ask_again(reply.body["ticket"]).body
    assert admitted["participantIdentity"] == identity_in(token)


def test_a_removed_participant_waits_again_under_another_identity(hall: Hall) -> None:
    ticket = hall.waits()
    hall.decide_all("admit")
    token = hall.ask_again(ticket).body["token"]
    join(hall, token)
    identity = identity_in(token)
    path = f"/participants/{identity}?roomName={hall.name}"
    assert hall.call("DELETE", path).status == 204
    reply = hall.ask(previousToken=token)
    assert reply.status == 202
    hall.decide_all("admit")
    assert hall.ask_again(reply.body["ticket"]).body["participantIdentity"] != identity


# --------------------------------------------------------------------- the moderators' absence


def test_without_a_moderator_there_they_wait(hall: Hall) -> None:
    assert hall.ask().status == 202
    hall.livekit.join(hall.name, "Bob_000000")
    assert hall.ask().status == 202


def test_a_lobby_that_opens_without_a_moderator_lets_people_in_while_none_is_there(
    make_hall: MakeHall,
) -> None:
    hall = make_hall(openWithoutModerator=True)
    assert hall.ask().status == 200
    moderator = hall.moderator()
    ticket = hall.waits()
    del hall.livekit.inside[hall.name][moderator]
    assert hall.ask().status == 200
    assert hall.ask_again(ticket).status == 202  # LiveKit is not asked each time
    hall.clock.advance(20 * SECOND)
    assert hall.ask_again(ticket).status == 200


def test_with_livekit_down_such_a_lobby_stays_closed(make_hall: MakeHall) -> None:
    hall = make_hall(openWithoutModerator=True)
    hall.livekit.down = True
    ticket = hall.waits()
    hall.clock.advance(20 * SECOND)
    assert hall.ask_again(ticket).status == 202


# ------------------------------------------------------------------------------------ the list


def test_who_stops_asking_is_not_waiting_any_more_until_they_ask_again(hall: Hall) -> None:
    first = hall.waits("Ada")
    hall.clock.advance(1)
    second = hall.waits("Bob")
    for _ in range(30):
        hall.clock.advance(5 * SECOND)
        assert hall.ask_again(first).status == 202
        assert "Ada" in {each["participantName"] for each in hall.listed()}
    assert [each["participantName"] for each in hall.listed()] == ["Ada"]
    assert hall.ask_again(second).status == 202
    assert [each["participantName"] for each in hall.listed()] == ["Ada", "Bob"]


def test_those_who_wait_longest_are_listed_first(hall: Hall) -> None:
    names = [f"Guest {number}" for number in range(5)]
    for name in names:
        hall.waits(name)
        hall.clock.advance(SECOND)
    assert [each["participantName"] for each in hall.listed()] == names


def test_a_poll_is_two_reads_and_now_and_then_a_write(hall: Hall, aws_calls: AwsCalls) -> None:
    hall.moderator()
    ticket = hall.waits()
    hall.livekit.calls.clear()
    aws_calls.forget()
    for _ in range(60):
        hall.clock.advance(2 * SECOND)
        assert hall.ask_again(ticket).status == 202
    names = [name for name in aws_calls.names if name != "GetSecretValue"]
    assert names.count("GetItem") == 2 * 60
    assert names.count("UpdateItem") == 60 * 2 // 20
    assert len(names) == 126
    assert hall.livekit.calls == []


# ----------------------------------------------------------------------------------- decisions


def test_the_last_decision_wins_until_a_token_was_issued(hall: Hall) -> None:
    ticket = hall.waits()
    waiting_id = hall.listed()[0]["id"]
    for decision in ("deny", "admit", "deny", "admit"):
        assert hall.decide(waiting_id, decision).status == 200
    assert hall.ask_again(ticket).status == 200
    assert hall.decide(waiting_id, "admit").status == 200
    late = hall.decide(waiting_id, "deny")
    assert (late.status, late.body["reason"]) == (409, "admitted_already")
    assert hall.ask_again(ticket).status == 200


@pytest.mark.parametrize(
    "waiting_id",
    [
        "nobody",
        "x" * 2000,
        "000000000000000-" + "0" * 32,
        "999999999999999-" + "0" * 32,
        "..",
        "%00",
        "%F0%9F%8E%A5",
    ],
)
def test_a_decision_about_nobody_is_404(hall: Hall, waiting_id: str) -> None:
    reply = hall.decide(waiting_id, "admit")
    assert (reply.status, reply.body) == (404, NO_WAITING)


def test_a_decision_comes_too_late_once_the_ticket_has_expired(hall: Hall) -> None:
    hall.waits()
    waiting_id = hall.listed()[0]["id"]
    hall.clock.advance(30 * MINUTE)
    assert hall.decide(waiting_id, "admit").body == NO_WAITING


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "Required"),
        ({"decision": None}, "Expected string, received null"),
        ({"decision": 1}, "Expected string, received number"),
        ({"decision": "maybe"}, "Must be one of admit, deny"),
    ],
)
def test_another_decision_is_refused(hall: Hall, body: dict[str, Any], message: str) -> None:
    for path in (f"/meetings/{hall.name}/waiting", f"/meetings/{hall.name}/waiting/any"):
        reply = hall.call("PUT", path, body)
        assert reply.status == 422
        assert reply.body["details"] == [{"field": "decision", "message": message}]


def test_a_room_that_is_not_there_has_no_lobby(call: Call) -> None:
    for method, path, body in (
        ("GET", "/meetings/abcdefghijklmno/waiting", None),
        ("PUT", "/meetings/abcdefghijklmno/waiting", {"decision": "admit"}),
        ("PUT", "/meetings/abcdefghijklmno/waiting/any", {"decision": "admit"}),
    ):
        reply = call(method, path, body)
        assert (reply.status, reply.body["reason"]) == (404, "room_not_found")


# -------------------------------------------------------------------------------------- events


def test_the_events_tell_who_waits_and_who_decided_and_never_the_ticket(hall: Hall) -> None:
    ticket = hall.waits("Ada")
    waiting = hall.listed()[0]
    hall.decide(waiting["id"], "deny")
    hall.decide(waiting["id"], "deny")
    hall.decide(waiting["id"], "admit")
    hall.ask_again(ticket)
    hall.ask_again(ticket)
    events = hall.events()
    assert [each["type"] for each in events] == ["lobby.waiting", "lobby.denied", "lobby.admitted"]
    assert all(each["data"] == waiting | {"roomName": hall.name} for each in events)
    assert [each.get("actor", {}).get("type") for each in events] == [None, "apiKey", "apiKey"]
