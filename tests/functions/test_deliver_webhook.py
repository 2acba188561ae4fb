"""Events reach real endpoints through the functions, whatever the endpoints do meanwhile."""

import json
import time
from itertools import pairwise
from typing import Any

import pytest
from standardwebhooks import Webhook as StandardWebhook

from meet.clock import DAY, HOUR, MINUTE, SECOND
from meet.events.cursor import Cursor
from meet.events.model import EventType
from meet.webhooks import sending
from tests.fakes import Clock
from tests.functions.aws_calls import AwsCalls
from tests.functions.logs import Logs
from tests.functions.post import ROOM, Post, item
from tests.functions.rooms import create_room
from tests.receivers import Receiver, free_port, hang, receiver, talker


@pytest.fixture
def post(post: Post, monkeypatch: pytest.MonkeyPatch) -> Post:
    monkeypatch.setattr("meet.webhooks.delivery.random.random", lambda: 0.0)
    return post


def test_an_event_arrives_signed_and_nothing_is_written_for_it(
    post: Post, endpoint: Receiver, aws_calls: AwsCalls
) -> None:
    webhook = post.register(endpoint.url)
    (logged,) = post.log(name="Zoë")
    aws_calls.forget()
    post.run(SECOND)
    (received,) = endpoint.received
    event = StandardWebhook(webhook["secret"]).verify(received.body, received.headers)
    assert (event["id"], event["type"], event["roomName"]) == (logged, "room.created", ROOM)
    assert received.headers["webhook-id"] == logged
    assert event["data"] == {"name": "Zoë"}
    assert set(aws_calls.names) == {"GetItem", "BatchGetItem"}
    assert post.deliveries(webhook) == []


def test_each_endpoint_gets_what_it_wants(post: Post) -> None:
    with receiver() as rooms, receiver() as recordings, receiver() as disabled:
        post.register(rooms.url, events=["room.*"])
        post.register(recordings.url, events=["recording.ready"])
        post.register(disabled.url, enabled=False)
        created = post.log()
        ready = post.log(kind=EventType.RECORDING_READY)
        post.run(SECOND)
    assert rooms.ids == created
    assert recordings.ids == ready
    assert disabled.ids == []


def test_a_new_webhook_counts_after_30_seconds_at_most(post: Post, endpoint: Receiver) -> None:
    post.log()
    post.register(endpoint.url)
    post.clock.advance(30 * SECOND)
    later = post.log()
    post.run(SECOND)
    assert endpoint.ids == later


def test_500_then_200_takes_10_seconds_and_leaves_nothing_behind(
    post: Post, endpoint: Receiver
) -> None:
    webhook = post.register(endpoint.url)
    endpoint.answers(500)
    (logged,) = post.log()
    began = post.clock()
    post.run(SECOND)
    (waiting,) = post.deliveries(webhook)
    assert waiting == {
        "eventId": logged,
        "type": "room.created",
        "roomName": ROOM,
        "position": 1,
        "status": "waiting",
        "attempts": 1,
        "lastAttemptAt": began,
        "lastResult": "The endpoint answered 500",
        "nextAttemptAt": began + 10 * SECOND,
    }
    assert post.shown(webhook)["failingSince"] == began
    endpoint.answers(200)
    post.run(10 * SECOND)
    assert endpoint.ids == [logged] * 2
    assert post.deliveries(webhook) == []
    assert "failingSince" not in post.shown(webhook)
    first, second = endpoint.received
    assert first.body == second.body
    for each in (first, second):
        StandardWebhook(webhook["secret"]).verify(each.body, each.headers)


def test_the_waits_grow_as_the_table_says(post: Post) -> None:
    """Another endpoint's success keeps nobody awake; this one's own does: it answers others."""
    with receiver() as endpoint:
        webhook = post.register(endpoint.url)
        endpoint.answer = lambda received: (500, {}) if b'"poison"' in received.body else (204, {})
        (poison,) = post.log(kind=EventType.ROOM_UPDATED, name="poison")
        moments: list[int] = []
        began = post.clock()
        answer = endpoint.answer

        def note(received: Any) -> Any:
            if b'"poison"' in received.body:
                moments.append((post.clock() - began) // SECOND)
            return answer(received)

        endpoint.answer = note
        post.run(HOUR)
        post.log()
        post.every = 20 * MINUTE
        for _ in range(25):
            post.run(HOUR)
            post.log()
    waits = [later - earlier for earlier, later in pairwise(moments)]
    for wait, least in zip(waits, [10, 60, 300, 900], strict=False):
        assert least <= wait <= least + 60
    # It rested then, since nothing else was sent; a new event woke it, and the waits went on.
    (given_up,) = [each for each in post.deliveries(webhook) if each["eventId"] == poison]
    assert given_up["status"] in {"waiting", "failed"}
    assert given_up["lastResult"] == "The endpoint answered 500"
    assert post.shown(webhook)["enabled"] is True


def test_an_event_that_is_refused_for_a_day_is_given_up_and_kept_to_be_sent_again(
    post: Post, capsys: pytest.CaptureFixture[str]
) -> None:
    post.every = 10 * MINUTE
    with receiver() as endpoint:
        webhook = post.register(endpoint.url)
        endpoint.answer = lambda received: (500, {}) if b'"poison"' in received.body else (204, {})
        (poison,) = post.log(kind=EventType.ROOM_UPDATED, name="poison")
        logged_at = post.clock()
        for pause in [4 * MINUTE] * 15 + [HOUR] * 25:  # others succeed, so it never rests
            post.run(pause)
            post.log()
        post.run(DAY)
        assert endpoint.ids.count(poison) == 11
        (given_up,) = post.deliveries(webhook)
        assert (given_up["eventId"], given_up["status"]) == (poison, "failed")
        assert given_up["attempts"] == 11
        assert "nextAttemptAt" not in given_up
        assert 24 * HOUR <= given_up["lastAttemptAt"] - logged_at <= 26 * HOUR
        assert capsys.readouterr().out.count('"WebhookGivenUp": 1') == 1
        stored = item(webhook, f"delivery#{poison}")
        assert stored
        assert int(stored["deleteAfter"]["N"]) == (logged_at + 30 * DAY) // SECOND
        assert post.shown(webhook)["enabled"] is True
        endpoint.answers(204)
        path = f"/webhooks/{webhook['webhookId']}/replay"
        post.collect(lambda: post.call("POST", path, {"eventIds": [poison]}))
        post.run(SECOND)
        assert endpoint.ids[-1] == poison


@pytest.mark.parametrize("down", [10 * MINUTE, 3 * HOUR])
def test_an_endpoint_that_was_down_gets_everything_once_it_is_back(
    post: Post, down: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("meet.webhooks.sweep.AT_ONCE", 10)  # one request to the queue
    with receiver() as endpoint:
        webhook = post.register(endpoint.url)
        endpoint.answers(503)
        logged: list[str] = []
        for _ in range(10):
            logged += post.log(3)
            post.run(down // 10)
        attempts = len(endpoint.received)
        assert post.shown(webhook)["failingSince"]
        assert {each["eventId"] for each in post.deliveries(webhook)} == set(logged)
        endpoint.answers(204)
        endpoint.received.clear()
        queued = len(post.queued)
        logged += post.log()
        post.run(4 * MINUTE)
    assert set(endpoint.ids) == set(logged)
    assert attempts <= 30 + down // MINUTE + 10, "a probe a minute while it rested"
    assert post.deliveries(webhook) == []
    assert "failingSince" not in post.shown(webhook)
    released = [each for each in post.queued[queued:] if each in logged[:-1]][1:]  # after the probe
    assert released == sorted(released, key=logged.index), "oldest first"


def test_after_24_hours_of_failures_it_is_disabled_and_enabling_it_sends_what_waited(
    post: Post, logs: Logs, capsys: pytest.CaptureFixture[str]
) -> None:
    with receiver() as endpoint:
        webhook = post.register(endpoint.url)
        endpoint.answers(500)
        first = post.log(2)
        since = post.clock()
        post.run(HOUR)
        post.every = 20 * MINUTE
        post.run(24 * HOUR)
        shown = post.shown(webhook)
        assert shown["enabled"] is False
        assert shown["disabledReason"].startswith("Failing since 20")
        assert 24 * HOUR <= shown["disabledAt"] - since <= 24 * HOUR + 21 * MINUTE
        assert capsys.readouterr().out.count('"WebhookDisabled": 1') == 1
        attempts = len(endpoint.received)
        missed = post.log()
        post.run(HOUR)
        assert len(endpoint.received) == attempts, "nothing is sent any longer"
        endpoint.answers(204)
        endpoint.received.clear()
        enabled = post.call("PUT", f"/webhooks/{webhook['webhookId']}", {"url": endpoint.url})
        assert "disabledReason" not in enabled.body
        assert "failingSince" not in enabled.body
        post.run(HOUR)
        assert set(endpoint.ids) == set(first)
        replayed = post.collect(
            lambda: post.call(
                "POST", f"/webhooks/{webhook['webhookId']}/replay", {"eventIds": missed}
            )
        )
        assert (replayed.status, replayed.body) == (202, {"events": 1})
        post.run(SECOND)
    assert endpoint.ids[-1:] == missed
    assert post.deliveries(webhook) == []


def test_410_disables_at_once(post: Post, capsys: pytest.CaptureFixture[str]) -> None:
    with receiver() as endpoint:
        webhook = post.register(endpoint.url)
        endpoint.answers(410)
        post.log()
        post.run(HOUR)
    shown = post.shown(webhook)
    assert (shown["enabled"], shown["disabledReason"]) == (False, "The endpoint answered 410")
    assert len(endpoint.received) == 1
    assert '"WebhookDisabled": 1' in capsys.readouterr().out


def test_retry_after_is_honoured(post: Post, endpoint: Receiver) -> None:
    webhook = post.register(endpoint.url)
    endpoint.answers(429, Retry_After="1800")
    post.log()
    began = post.clock()
    post.run(SECOND)
    (waiting,) = post.deliveries(webhook)
    assert waiting["nextAttemptAt"] == began + 30 * MINUTE
    endpoint.answers(204)
    post.run(29 * MINUTE)
    assert len(endpoint.received) == 1
    post.run(2 * MINUTE)
    assert len(endpoint.received) == 2
    assert post.deliveries(webhook) == []


def test_a_redirect_a_refusal_and_a_foreign_address_are_failures_that_are_told(post: Post) -> None:
    results = []
    with receiver() as elsewhere, receiver() as endpoint:
        endpoint.answers(307, Location=elsewhere.url)
        made = [post.register(endpoint.url), post.register(f"http://127.0.0.1:{free_port()}/")]
        post.log()
        post.run(SECOND)
        results = [post.deliveries(each)[0]["lastResult"] for each in made]
    assert results == ["The endpoint answered 307", "The endpoint refused the connection"]
    assert elsewhere.received == []


def test_without_the_parameter_nothing_goes_to_a_private_address(
    post: Post, endpoint: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ALLOW_PRIVATE_WEBHOOKS")
    webhook = post.register(endpoint.url)
    post.log()
    post.run(SECOND)
    (waiting,) = post.deliveries(webhook)
    assert waiting["lastResult"] == "The endpoint is not a public address"
    assert endpoint.received == []


def test_an_endpoint_that_hangs_rests_soon_and_is_served_apart(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("meet.webhooks.delivery.QUICK", 0.1)
    monkeypatch.setattr("meet.webhooks.delivery.PATIENCE", 0.2)
    connections: list[int] = []

    def count(connection: Any) -> None:
        connections.append(1)
        hang(connection)

    with talker(count) as url:
        webhook = post.register(url)
        post.log(100)
        post.run(10 * MINUTE)
        stored = item(webhook)
        assert stored is not None
        assert stored["resting"] == {"BOOL": True}
        assert len(connections) < 40, "one probe a minute, and a few before it rested"
    waiting = post.deliveries(webhook)
    assert len(waiting) == 100
    assert {each["status"] for each in waiting} == {"waiting"}
    tried = [each for each in waiting if "lastResult" in each]
    assert {each["lastResult"] for each in tried} == {"The endpoint did not answer in 15 s"}


def test_an_endpoint_that_is_slow_gets_its_time_in_the_other_queue(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("meet.webhooks.delivery.QUICK", 0.1)
    with receiver() as endpoint:

        def slowly(received: Any) -> Any:
            time.sleep(0.3)
            return 204, {}

        endpoint.answer = slowly
        webhook = post.register(endpoint.url)
        logged = post.log(7)
        post.run(SECOND)
        assert set(endpoint.ids) == set(logged)
        assert post.deliveries(webhook) == []
        assert "failingSince" not in post.shown(webhook)
        tries = len(endpoint.received)
        assert tries <= 7 + 5, "those that were cut short at first came again"
        post.clock.advance(31 * SECOND)
        later = post.log(3)
        post.run(SECOND)
        assert sorted(endpoint.ids[tries:]) == sorted(later), (
            "straight to the other queue: once each"
        )
        path = f"/webhooks/{webhook['webhookId']}/replay"
        assert post.collect(lambda: post.call("POST", path, {"eventIds": later})).status == 202
        assert {queue for _, _, queue, _ in post.waiting} == {"SlowDeliveries"}


def test_what_is_deleted_is_dropped(post: Post, endpoint: Receiver) -> None:
    webhook, other = post.register(endpoint.url), post.register(endpoint.url)
    endpoint.answers(500)
    post.log()
    post.run(SECOND)
    post.call("DELETE", f"/webhooks/{webhook['webhookId']}")
    endpoint.received.clear()
    endpoint.answers(204)
    post.run(HOUR)
    assert len(endpoint.received) == 1
    assert post.deliveries(other) == []
    rest = [
        name
        for name in (f"delivery#{endpoint.ids[0]}", "webhook")
        if item(webhook, name) is not None
    ]
    assert rest == []


def test_an_event_that_is_not_kept_any_longer_is_dropped(post: Post, endpoint: Receiver) -> None:
    webhook = post.register(endpoint.url)
    post.log()
    post.clock.advance(31 * DAY)
    post.run(SECOND)
    assert endpoint.received == []
    assert post.deliveries(webhook) == []
    assert post.waiting == []


def test_what_we_could_not_do_stays_in_the_queue_and_the_others_of_its_batch_do_not(
    post: Post, endpoint: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    post.register(endpoint.url)
    ids = post.log(3)
    send = sending.Sender.send

    def failing(
        self: Any, webhook: Any, signing: Any, event_id: str, *rest: Any, **named: Any
    ) -> Any:
        if event_id == ids[1]:
            raise RuntimeError("a bug")
        return send(self, webhook, signing, event_id, *rest, **named)

    with monkeypatch.context() as now:
        now.setattr(sending.Sender, "send", failing)
        post.run(SECOND)
    assert sorted(endpoint.ids) == sorted([ids[0], ids[2]])
    assert len(post.waiting) == 1


def test_the_stream_may_repeat_itself_while_an_endpoint_rests(post: Post) -> None:
    with receiver() as endpoint:
        webhook = post.register(endpoint.url)
        endpoint.answers(500)
        post.log(6)
        post.run(HOUR)
        post.clock.advance(31 * SECOND)
        post.log(4)
        before = post.deliveries(webhook)
        post.dispatched = 0
        post.dispatch()
        assert post.deliveries(webhook) == before
        endpoint.answers(204)
        endpoint.received.clear()
        post.run(3 * MINUTE)
    assert sorted(endpoint.ids) == sorted(each["eventId"] for each in before)


# ---------------------------------------------------------------------------------- OpenVidu Meet


def test_a_receiver_of_openvidu_meet_gets_its_events_and_no_links(
    post: Post, endpoint: Receiver, still_clock: Clock
) -> None:
    room = create_room(post.call, still_clock)
    post.register(endpoint.url, events=["meetingStarted"], secret="ovmeet-0123456789abcdef")
    data = {"meetingId": "RM_1", "roomName": room["roomName"], "startedAt": 1}
    post.log(kind=EventType.MEETING_STARTED, room=room["roomName"], **data)
    post.log()
    post.run(SECOND)
    (received,) = endpoint.received
    told = json.loads(received.body)
    assert told["event"] == "meetingStarted"
    assert told["data"] == {
        "roomId": room["roomName"],
        "roomName": room["roomName"],
        "creationDate": room["creationDate"],
        "autoDeletionDate": room["expirationDate"],
        "config": {
            "chat": {"enabled": True},
            "recording": {"enabled": True},
            "virtualBackground": {"enabled": True},
        },
        "status": "active_meeting",
    }
    assert "secret" not in received.body.decode()


# ------------------------------------------------------------------------------- test and replay


def test_a_test_is_one_attempt_and_says_how_it_went(post: Post, endpoint: Receiver) -> None:
    webhook = post.register(endpoint.url, enabled=False)
    path = f"/webhooks/{webhook['webhookId']}/test"
    done = post.call("POST", path)
    assert done.status == 200
    assert done.body["status"] == 204
    assert 0 <= done.body["duration"] < 5
    (received,) = endpoint.received
    event = StandardWebhook(webhook["secret"]).verify(received.body, received.headers)
    assert (event["type"], event["position"]) == ("webhook.test", 0)
    assert event["data"] == {"message": "This is a test"}
    endpoint.answers(500)
    failed = post.call("POST", path)
    assert (failed.status, failed.body["message"]) == (400, "The endpoint answered 500")
    assert failed.body["reason"] == "endpoint_failed"
    assert "failingSince" not in post.shown(webhook)


def test_a_test_in_the_words_of_openvidu_meet(post: Post, endpoint: Receiver) -> None:
    webhook = post.register(endpoint.url, format="openvidu")
    assert post.call("POST", f"/webhooks/{webhook['webhookId']}/test").status == 200
    told = json.loads(endpoint.received[0].body)
    assert (told["event"], told["data"]) == ("testEvent", {"message": "This is a test"})


def test_events_after_a_cursor_are_sent_again(post: Post, endpoint: Receiver) -> None:
    webhook = post.register(endpoint.url, events=["room.created"])
    path = f"/webhooks/{webhook['webhookId']}/replay"
    post.log(2)
    cursor = Cursor(2).token
    later = post.log(3)
    post.log(kind=EventType.ROOM_DELETED)
    post.run(SECOND)
    endpoint.received.clear()
    replayed = post.collect(lambda: post.call("POST", path, {"after": cursor}))
    assert (replayed.status, replayed.body) == (202, {"events": 3})
    post.run(SECOND)
    assert sorted(endpoint.ids) == sorted(later)


def test_a_replay_goes_on_where_the_one_before_ended(
    post: Post, endpoint: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("meet.webhooks.operations.MAX_REPLAYED", 4)
    webhook = post.register(endpoint.url)
    path = f"/webhooks/{webhook['webhookId']}/replay"
    logged = post.log(6)
    post.run(SECOND)
    endpoint.received.clear()
    first = post.collect(lambda: post.call("POST", path, {"after": Cursor(0).token})).body
    assert first["events"] == 4
    rest = post.collect(lambda: post.call("POST", path, {"after": first["cursor"]})).body
    assert rest == {"events": 2}
    post.run(SECOND)
    assert sorted(endpoint.ids) == sorted(logged)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, ""),
        ({"after": "x", "eventIds": ["evt_1"]}, "after"),
        ({"after": "not-ours"}, "after"),
        ({"eventIds": []}, "eventIds"),
        ({"eventIds": ["x"] * 101}, "eventIds"),
        ({"eventIds": "x"}, "eventIds"),
    ],
)
def test_a_replay_of_nothing_in_particular_is_refused(
    post: Post, endpoint: Receiver, body: dict[str, Any], field: str
) -> None:
    webhook = post.register(endpoint.url)
    reply = post.call("POST", f"/webhooks/{webhook['webhookId']}/replay", body)
    assert reply.status == 422
    assert reply.body["details"][0]["field"] == field
