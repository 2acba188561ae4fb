"""What the code knows about the tables is what the template makes."""

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from moto.dynamodb.parsing.reserved_keywords import ReservedKeywords

from meet import clock, dynamodb, idempotency, wiring
from meet.actors import Actor
from meet.clock import DAY, Milliseconds
from meet.events import items as events
from meet.events import log
from meet.events.cursor import Cursor
from meet.events.model import EventType, Fact, StoredEvent
from meet.guests.model import Ban, Draft, Invitation
from meet.meetings import items as meetings
from meet.meetings.model import EndReason, LeaveReason, Meeting, Session
from meet.recordings import items
from meet.recordings import repository as recordings
from meet.recordings.lifecycle import Evidence, Status
from meet.recordings.model import Recording
from meet.rooms import items as rooms
from meet.rooms.model import Preferences, Role, Room
from meet.sweep_index import SWEEP_INDEX
from meet.webhooks import deliveries
from meet.webhooks import items as webhook_items
from meet.webhooks.errors import OverlapRunning
from meet.webhooks.model import DeliveryStatus, Secrets
from tests.contract.samples import READY, SAMPLES, SECRET, STARTED, Called, run
from tests.contract.samples import ROOM as STORED
from tests.expressions import DYNAMODB_LOCAL, MOTO, Asked
from tests.fakes import Clock
from tools.template import resources

TABLES = resources("AWS::DynamoDB::Table")
ROOM = Room.new(
    "",
    now=Milliseconds(1),
    expires_at=Milliseconds(2),
    max_participants=None,
    preferences=Preferences(),
)
RECORDING = Recording.new(ROOM.name, now=Milliseconds(1))
MEETING = Meeting("RM_1", ROOM.name, started_at=Milliseconds(1))
SESSION = Session("PA_1", "Ada_k2j9x0", "Ada", "viewer", joined_at=Milliseconds(1))
STORED_EVENT = StoredEvent(1, "evt_1", EventType.ROOM_CREATED, ROOM.name, Milliseconds(1), "{}")
FACT = Fact("evt_1", EventType.ROOM_CREATED, Milliseconds(1), ROOM.name, {})
ITEMS = {
    "MeetingsTable": (
        meetings.key_of(MEETING.id),
        meetings.meeting_values(MEETING)
        | {"meetingId": MEETING.id, "item": meetings.MEETING, "sweepAt": meetings.LISTED},
    ),
    "EventsTable": (
        events.key_of("events", 1),
        events.event_values(FACT, 1, Milliseconds(1), DAY),
    ),
    "WebhooksTable": (
        webhook_items.delivery_key("wh-1", FACT.id),
        deliveries.DeliveryRepository(Any, "", DAY)._about("wh-1", STORED_EVENT)  # type: ignore[arg-type]
        | {"webhookId": "wh-1", "item": "x", "deliveryState": "wh-1#parked", "sweepAt": 1},
    ),
    "RoomsTable": (rooms.key_of(ROOM.name), rooms.to_values(ROOM)),
    "RecordingsTable": (
        items.key_of(RECORDING.id),
        items.to_values(RECORDING) | {"sweepAt": 1},
    ),
}
"""Table -> its key, and an item that is in all its indexes."""

INDEXES = {
    "MeetingsTable": {
        meetings.ROOM_INDEX: (["roomName", "listKey"], "ALL"),
        SWEEP_INDEX: (["indexShard", "sweepAt"], "KEYS_ONLY"),
    },
    "EventsTable": {log.ROOM_INDEX: (["roomName", "position"], "ALL")},
    "WebhooksTable": {
        deliveries.INDEX: (["deliveryState", "listKey"], "ALL"),
        SWEEP_INDEX: (["indexShard", "sweepAt"], "INCLUDE"),
    },
    "RoomsTable": {
        dynamodb.LIST_INDEX: (["indexShard", "listKey"], "ALL"),
        SWEEP_INDEX: (["indexShard", "sweepAt"], "KEYS_ONLY"),
    },
    "RecordingsTable": {
        dynamodb.LIST_INDEX: (["indexShard", "listKey"], "ALL"),
        SWEEP_INDEX: (["indexShard", "sweepAt"], "KEYS_ONLY"),
        recordings.STATUS_INDEX: (["statusShard", "listKey"], "ALL"),
        recordings.ROOM_INDEX: (["roomName", "listKey"], "ALL"),
    },
}
"""Table -> index -> its key, and what it holds: a list shows items whole."""

RESERVED = set(ReservedKeywords.get_reserved_keywords())
SYNTAX = {"ADD", "AND", "BETWEEN", "DELETE", "IN", "NOT", "OR", "REMOVE", "SET", "SIZE"}


def key_names(schema: list[dict[str, str]]) -> list[str]:
    return [part["AttributeName"] for part in sorted(schema, key=lambda part: part["KeyType"])]


def test_every_table_is_checked_here() -> None:
    assert TABLES.keys() == ITEMS.keys() | {"IdempotencyTable", "SigningKeysTable"}


def test_an_item_has_the_key_of_its_table_and_of_every_index() -> None:
    for name, (key, values) in ITEMS.items():
        table = TABLES[name]
        assert list(key) == key_names(table["KeySchema"])
        item: dict[str, Any] = dynamodb.to_item(values)
        for attribute in table["AttributeDefinitions"]:
            assert list(item[attribute["AttributeName"]]) == [attribute["AttributeType"]]


def test_the_indexes_are_those_that_the_code_asks() -> None:
    for name, wanted in INDEXES.items():
        assert wanted == {
            index["IndexName"]: (
                key_names(index["KeySchema"]),
                index["Projection"]["ProjectionType"],
            )
            for index in TABLES[name]["GlobalSecondaryIndexes"]
        }


@pytest.mark.parametrize("aws", [MOTO, DYNAMODB_LOCAL], indirect=True)
def test_the_code_asks_an_index_by_its_own_key(called: Called, still_clock: Clock) -> None:
    use_everything(still_clock)
    asked = set()
    for _, operation, parameters in called.aws:
        if "IndexName" not in parameters:
            continue
        table, index = parameters["TableName"], parameters["IndexName"]
        asked.add((table, index))
        if operation == "Query":
            names, _ = INDEXES[table][index]
            used = re.findall(r"(?<![:\w])[a-z]\w*", parameters["KeyConditionExpression"])
            assert used == names[: len(used)], index
    assert asked == {(table, index) for table, indexes in INDEXES.items() for index in indexes}


def test_the_time_to_live_is_an_attribute_that_rooms_have_in_seconds() -> None:
    expiry = {name: table.get("TimeToLiveSpecification") for name, table in TABLES.items()}
    assert expiry == {
        "RoomsTable": {"AttributeName": rooms.TTL_ATTRIBUTE, "Enabled": True},
        "RecordingsTable": {"AttributeName": items.TTL_ATTRIBUTE, "Enabled": True},
        "MeetingsTable": {"AttributeName": meetings.TTL_ATTRIBUTE, "Enabled": True},
        "EventsTable": {"AttributeName": events.TTL_ATTRIBUTE, "Enabled": True},
        "WebhooksTable": {"AttributeName": "deleteAfter", "Enabled": True},
        "IdempotencyTable": {"AttributeName": idempotency.EXPIRY_ATTRIBUTE, "Enabled": True},
        "SigningKeysTable": None,
    }
    seconds = (ROOM.expires_at + rooms.TTL_GRACE) // 1000
    assert rooms.to_values(ROOM)[rooms.TTL_ATTRIBUTE] == seconds


def test_a_recording_stays_and_the_mark_of_a_deleted_one_goes_in_seconds(
    still_clock: Clock,
) -> None:
    assert items.TTL_ATTRIBUTE not in items.to_values(RECORDING)
    mark = dynamodb.from_item(items.deletion_mark(RECORDING.id))
    seconds = (still_clock() + items.DELETION_REMEMBERED) // 1000
    deleted = {"recordingId": RECORDING.id, "deletedAt": still_clock()}
    assert mark == deleted | {items.TTL_ATTRIBUTE: seconds}


def test_the_table_of_idempotency_is_as_powertools_is_told() -> None:
    assert key_names(TABLES["IdempotencyTable"]["KeySchema"]) == [idempotency.KEY_ATTRIBUTE]


def test_a_room_keeps_a_secret_for_each_role() -> None:
    assert rooms.to_values(ROOM)["secrets"].keys() == {role.value for role in Role}


@pytest.mark.parametrize("aws", [MOTO, DYNAMODB_LOCAL], indirect=True)
def test_no_reserved_word_of_dynamodb_stands_bare_in_an_expression(
    called: Called, still_clock: Clock
) -> None:
    use_everything(still_clock)
    for function in SAMPLES:
        run(function, still_clock)
    found = {each for _, _, parameters in called.aws for each in expressions(parameters)}
    assert len(found) > 20
    for expression in found:
        words = re.findall(r"(?<![#:\w])[A-Za-z_]\w*", expression)
        bare = {word.upper() for word in words} & RESERVED
        assert bare <= SYNTAX, expression


@pytest.mark.last
@pytest.mark.usefixtures("whole_run")
def test_dynamodb_local_is_asked_everything_that_moto_is(asked_of_dynamodb: Asked) -> None:
    if not asked_of_dynamodb.by_engine[DYNAMODB_LOCAL] and not os.environ.get("CI"):
        pytest.skip("DynamoDB Local was not available")
    assert asked_of_dynamodb.of_moto_alone == {}, "see ON_DYNAMODB_LOCAL_TOO"


def expressions(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, child in value.items():
            if name.endswith("Expression"):
                yield child
            else:
                yield from expressions(child)
    elif isinstance(value, list):
        for child in value:
            yield from expressions(child)


def use_guests(now: Milliseconds, by: Actor) -> None:
    """Call everything that the guest lists' repository can do."""
    guests = wiring.guest_repository()
    draft = Draft("Grace", Role.VIEWER, expires_at=Milliseconds(now + DAY), external_id="u1")
    invitation = Invitation.new(draft, now=now, key=wiring.token_key(None))
    guests.add_invitations(STORED.name, [invitation], now=now, by=by)
    assert guests.invitation(STORED.name, invitation.id) in guests.invitations(STORED.name)
    for session in range(52):
        guests.joined(STORED.name, invitation.id, f"PA_{session}", Milliseconds(now + session))
    guests.revoke(STORED.name, invitation.id, now=now, by=by)
    ban = Ban.new("Grace", "Grace_k2j9x0", external_id="u1", bans_name=True, now=now)
    guests.add_ban(STORED.name, ban, by=by)
    assert ban in guests.bans(STORED.name)
    assert guests.existing(STORED.name, ["ban#externalId#u1", "ban#externalId#u2"])
    guests.delete_ban(STORED.name, ban.id)
    guests.delete_all(STORED.name)


def use_everything(still_clock: Clock) -> None:
    """Call everything that the repositories can do with what is stored."""
    now = still_clock()
    room, recording = wiring.room_repository(), wiring.recording_repository()
    list_key = f"{0:015d}#"
    for after in (None, list_key):
        room.page(after=after, limit=1, now=now)
        for statuses in (frozenset[Any](), frozenset(Status)):
            for of in (None, STORED.name):
                recording.page(statuses=statuses, room=of, after=after, limit=1)
        recording.page(statuses=frozenset(), room=None, after=after, limit=1, deleted=True)
    assert room.is_open(STORED.name, now=STORED.created_at)
    assert room.open_among([STORED.name], now=STORED.created_at)
    by = Actor("apiKey", "first")
    for value in (None, 1):
        changes: dict[str, Any] = {
            "maxParticipants": value,
            "lobby.roles": ["viewer"],
            "metadata": {},
        }
        changes |= {"preferences.chatPreferences.enabled": False, "links.viewer.enabled": value}
        room.change(STORED.name, changes, now=STORED.created_at, by=by)
    room.change(STORED.name, {"expirationDate": STORED.expires_at}, now=STORED.created_at, by=by)
    room.rotate_link(STORED.name, Role.VIEWER, shuts_out=True, now=STORED.created_at, by=by)
    room.keep_guest_list(STORED.name, now=STORED.created_at)
    use_guests(now, by)
    extra = Recording.new(STORED.name, now=STORED.created_at)
    recording.start(extra, sweep_at=now)
    facts = {"egressId": "EG_1", "startedAt": 1, "endedAt": 2, "duration": 3}
    for evidence in Evidence:
        told = {"size": 1, "etag": "e"} if evidence is Evidence.OBJECT_SEEN else {"error": "x"}
        recording.observe(extra.id, evidence, facts | told)
    for absent in (now, None):
        recording.note_absence(extra.id, absent, absent)
    for again in (clock.now(), None):
        recording.settled(recording.find(extra.id), look_again_at=again)
    use_custody(extra.id, by)
    recording.was_deleted(extra.id)
    recording.late_file_of_deleted(extra.id, now=now)
    recording.deleted_for_good(extra.id)
    recording.get_many([extra.id, READY.id, STARTED.id])
    list(recording.due(clock.now()))
    recording.discard(extra)
    recording.delete(extra)
    recording.delete_many([extra.id])
    room.close(STORED.name, now=STORED.created_at, by=by)
    room.sweep_again(STORED.name, at=now)
    room.mark_expired(STORED.name, now=now)
    list(room.due(Milliseconds(2 * now)))
    use_meetings()
    use_webhooks()
    use_the_log(still_clock)
    room.finish(STORED.name, now=now)
    room.finish_together([STORED.name], now=now)
    room.meeting_is_over(STORED.name)


def use_custody(recording_id: str, by: Actor) -> None:
    recording, custody = wiring.recording_repository(), wiring.recording_custody()
    custody.hold(recording_id, "kept for the court", by=by)
    custody.release(recording_id, by=by)
    for throw_away in (
        custody.throw_away,
        lambda each, **more: custody.throw_away_many([each], **more),
    ):
        throw_away(recording.find(recording_id), lasting=DAY, by=by)
        recording.observe(recording_id, Evidence.OBJECT_SEEN, {"size": 2})
        recording.settled(recording.find(recording_id), look_again_at=clock.now())
        custody.restore(recording_id, by=by)
    late = Recording.new(STORED.name, now=STORED.created_at)
    recording.client.put_item(
        TableName=recording.table, Item=dynamodb.to_item(items.to_values(late))
    )
    recording.observe(late.id, Evidence.LOST, {})
    custody.throw_away(recording.find(late.id), lasting=DAY, by=by)
    recording.observe(late.id, Evidence.OBJECT_SEEN, {"size": 2}, DAY)
    for each in (recording_id, late.id):
        assert custody.claim_many([recording.find(each)], by=by) == set()
        assert custody.claim(recording.find(each), by=by)


def use_meetings() -> None:
    repository = wiring.meeting_repository()
    repository.add(MEETING)
    repository.show_in_room(MEETING)
    repository.missed(MEETING.id, since=Milliseconds(1))
    repository.listed(MEETING.id)
    repository.join(MEETING, SESSION)
    repository.get(MEETING.id)
    list(repository.unfinished())
    list(repository.of_room(MEETING.room_name))
    other = replace(SESSION, id="PA_2")
    for each in (SESSION, other):
        repository.leave(MEETING, each, Milliseconds(2), LeaveReason.LEFT)
    repository.join(MEETING, replace(SESSION, id="PA_3"))
    repository.finish(repository.end(MEETING, Milliseconds(3), EndReason.EMPTY))


def use_the_log(still_clock: Clock) -> None:
    events = wiring.event_log()
    events.append([[FACT]])
    events.append([[FACT, replace(FACT, id="evt_2")]])
    still_clock.advance(DAY)
    for of in (None, ROOM.name):
        events.read(None, limit=1, room=of)
        events.read(Cursor(0), limit=1, room=of)


def use_webhooks() -> None:
    """Call everything that the repositories of webhooks and deliveries can do."""
    webhooks, kept, now = wiring.webhook_repository(), wiring.delivery_repository(), clock.now()
    (webhook,) = webhooks.all()
    second = replace(STORED_EVENT, id="evt_2", position=2)
    for event in (STORED_EVENT, second):
        kept.park_new(webhook.id, event)
        kept.park_new(webhook.id, event)
    assert kept.page(webhook.id, after=None, limit=1).last_key
    assert kept.page(webhook.id, after=f"{0:015d}#", limit=1).items
    assert [each.event_id for each in kept.parked(webhook.id)] == ["evt_1", "evt_2"]
    probe = kept.probe(webhook.id)
    assert probe is not None
    assert kept.release(probe, now=now)
    assert not kept.release(probe, now=now)
    kept.attempted(
        webhook.id,
        second,
        DeliveryStatus.WAITING,
        result="x",
        now=now,
        retry=1,
        next_at=now,
        sweep_at=now,
    )
    (due,) = [each for each in kept.due(now) if each.event_id == "evt_2"]
    assert kept.claim(due, "evt_2", now=now)
    assert not kept.claim(due, "evt_2", now=now)
    kept.park(webhook.id, second)
    kept.delete(webhook.id, "evt_2")
    failing = webhooks.failed(webhook.id, weight=3, now=now)
    assert failing is not None
    assert (failing.failures, failing.failing_since) == (3, now)
    webhooks.rest(webhook.id, probe_at=now)
    webhooks.mark_slow(webhook.id, until=now)
    claimed = webhooks.claim(webhook.id, seen=now, next_look=Milliseconds(now + 1))
    assert claimed is not None
    assert claimed.is_resting
    webhooks.look_again(webhook.id, at=now)
    webhooks.nothing_waits(webhook.id, seen=now)
    webhooks.recovered(webhook.id, now=now)
    assert webhooks.disable(webhook.id, "x", now=now)
    assert not webhooks.disable(webhook.id, "x", now=now)
    assert webhooks.define(webhook.id, webhook.definition, now=now).disabled_at is None
    webhooks.rotate(webhook.id, "whsec_new", overlap=1000, now=now)
    assert webhooks.secrets(webhook.id) == Secrets("whsec_new", SECRET, Milliseconds(now + 1000))
    with pytest.raises(OverlapRunning):
        webhooks.rotate(webhook.id, "whsec_newer", overlap=1000, now=now)
    webhooks.rotate(webhook.id, "whsec_newer", overlap=0, now=now)
    assert webhooks.secrets(webhook.id) == Secrets("whsec_newer")
    wiring.room_repository().outline(STORED.name)
