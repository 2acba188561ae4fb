"""What each operation asks of AWS and of LiveKit, so that nobody adds a call unawares.

calls.json is the table: function -> path -> call -> how often. A change of it is a decision about
time and money; docs/performance.md and docs/cost.md are made from it.
"""

import base64
import hashlib
import json
from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from typing import Any, TypeAlias

import boto3
import jwt
import pytest
from livekit.protocol.egress import (
    EgressInfo,
    EgressStatus,
    FileInfo,
    ListEgressResponse,
    RoomCompositeEgressRequest,
)
from livekit.protocol.models import ParticipantInfo
from livekit.protocol.models import Room as LiveKitRoom
from livekit.protocol.room import ListParticipantsResponse, ListRoomsResponse

from meet import wiring
from meet.actors import LOBBY
from meet.bearers import token_of
from meet.clock import HOUR, MINUTE, Milliseconds
from meet.console.accounts import Accounts
from meet.console.browser import SESSION_COOKIE
from meet.console.tokens import ConsoleTokens
from meet.guests.model import Draft
from meet.livekit.rooms import room_metadata
from meet.lobby.model import Decision, Ticket
from meet.meetings import model as meetings
from meet.participants.api_tokens import ApiTokens
from meet.recordings import playback
from meet.recordings.links import viewer
from meet.rooms.model import Lobby, Role, Room
from meet.signing import Purpose
from meet.wiring import clients
from tests.contract.samples import (
    BEGAN,
    LIVEKIT,
    READY,
    REFERENCES,
    ROOM,
    SAMPLES,
    SHARED,
    SIGNING_KEYS,
    STARTED,
    WAITING,
    WEBHOOK,
    Called,
    run,
)
from tests.fakes import Clock
from tools import ROOT
from tools.memory_aws import (
    ADMIN_PASSWORD,
    ADMIN_USERNAME,
    ENVIRONMENT,
    LIVEKIT_KEY,
    LIVEKIT_SECRET,
)

SAMPLE = "its sample event"

Event: TypeAlias = dict[str, Any]

TABLE: dict[str, dict[str, dict[str, int]]] = json.loads(
    (ROOT / "tests/contract/calls.json").read_text()
)
UNITS: dict[str, dict[str, int]] = json.loads(
    (ROOT / "tests/contract/write_units.json").read_text()
)
"""Function -> path -> what DynamoDB charges for its writes."""


def _without_key(function: str) -> Event:
    event: Event = deepcopy(SAMPLES[function])
    del event["headers"]["Idempotency-Key"], event["multiValueHeaders"]["Idempotency-Key"]
    return event


def _with(function: str, **headers: str) -> Event:
    event: Event = deepcopy(SAMPLES[function])
    event["headers"] |= headers
    event["multiValueHeaders"] |= {name: [value] for name, value in headers.items()}
    return event


def _without_range(**changes: Any) -> Event:
    event: Event = _with("get_recording_stream") | changes
    del event["headers"]["Range"], event["multiValueHeaders"]["Range"]
    return event


def _signed_by_livekit(message: dict[str, Any]) -> Event:
    body = json.dumps(message).encode()
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    claims = {"iss": LIVEKIT_KEY, "exp": 10**10, "sha256": digest}
    event = _with("receive_livekit_webhook", Authorization=jwt.encode(claims, LIVEKIT_SECRET))
    return event | {"body": base64.b64encode(body).decode()}


def _meeting(event: str) -> Event:
    """Let a webhook come about a meeting with one participant."""
    meeting = meetings.Meeting("RM_1", ROOM.name, ROOM.created_at)
    at = ROOM.created_at
    person = meetings.Session("PA_1", "Ada_k2j9x0", "Ada", "publisher", at)
    wiring.meeting_repository().join(meeting, person)
    room = {"sid": "RM_1", "name": ROOM.name, "metadata": room_metadata(wiring.owner())}
    participant = {"sid": "PA_1", "identity": person.identity}
    told = {"event": event, "id": "EV_1", "room": room, "createdAt": str(ROOM.created_at // 1000)}
    return _signed_by_livekit(told | ({"participant": participant} if "left" in event else {}))


def _begins() -> Event:
    room = {"sid": "RM_1", "name": ROOM.name, "metadata": room_metadata(wiring.owner())}
    at = str(ROOM.created_at // 1000)
    return _signed_by_livekit(
        {"event": "room_started", "id": "EV_1", "room": room, "createdAt": at}
    )


def _joins_others() -> Event:
    """Let a participant join a meeting that is known and has others."""
    event = _in_a_known_meeting("receive_livekit_webhook")
    told = json.loads(base64.b64decode(event["body"]))
    told["room"]["sid"], told["participant"]["sid"] = "RM_1", "PA_2"
    told["participant"]["attributes"] = {"issuedAt": str(ROOM.created_at)}
    return _signed_by_livekit(told)


def _published(**preferences: str) -> Event:
    """Let Bob publish in a meeting that is known, in a room with these recordingPreferences."""
    wiring.room_repository().change(
        ROOM.name,
        {f"preferences.recordingPreferences.{name}": each for name, each in preferences.items()},
        now=ROOM.created_at,
        by=LOBBY,
    )
    _in_a_known_meeting("receive_livekit_webhook")
    room, bob = {"sid": "RM_1", "name": ROOM.name}, {"sid": "PA_2", "identity": "Bob_x7c4q1"}
    return _signed_by_livekit(
        {"event": "track_published", "id": "EV_1", "room": room, "participant": bob}
    )


def _sweep_of_one_who_publishes() -> Event:
    _published(autoStart="when_first_publishes")
    inside = LiveKitRoom(name=ROOM.name, sid="RM_1", metadata=room_metadata(wiring.owner()))
    LIVEKIT["RoomService/ListRooms"] = ListRoomsResponse(rooms=[inside])
    return _at(ROOM.created_at + HOUR, "sweep_rooms")


def _egress(status: str) -> Event:
    info = {
        "egressId": "EG_1",
        "roomName": ROOM.name,
        "status": status,
        "fileResults": [{"filename": STARTED.object_key}],
    }
    return _signed_by_livekit({"event": "egress_updated", "id": "EV_1", "egressInfo": info})


def _recordings_of(**query: str) -> Event:
    several = {name: [value] for name, value in query.items()}
    event = _with("get_recordings")
    return event | {
        "queryStringParameters": query,
        "multiValueQueryStringParameters": several,
    }


def _authorize(event: Event, **headers: str) -> Event:
    shown = {"Host": event["headers"]["Host"], **headers}
    authorize: Event = SAMPLES["authorize"]
    return authorize | {
        "httpMethod": event["httpMethod"],
        "resource": event["resource"],
        "pathParameters": event["pathParameters"],
        "queryStringParameters": event["queryStringParameters"],
        "headers": shown,
        "multiValueHeaders": {name: [value] for name, value in shown.items()},
    }


def _as_moderator() -> Event:
    tokens = ApiTokens(SIGNING_KEYS[Purpose.MODERATORS], wiring.owner())
    token = tokens.sign(ROOM.name, "Alice_k2j9x0", Role.MODERATOR, expires_at=ROOM.expires_at)
    return _authorize(SAMPLES["create_recording"], Authorization=f"Bearer {token}")


def _cookie() -> str:
    accounts = Accounts({ADMIN_USERNAME: ADMIN_PASSWORD})
    tokens = ConsoleTokens(SIGNING_KEYS[Purpose.CONSOLE], wiring.owner(), accounts)
    return f"{SESSION_COOKIE}={tokens.encode(tokens.begin(ADMIN_USERNAME))}"


def _console_session(method: str, path: str) -> Event:
    event = _with("console_session", Cookie=_cookie())
    return event | {"httpMethod": method, "resource": path, "path": path, "body": None}


def _token_request(**body: str | None) -> Event:
    event = _with("generate_participant_token")
    sent = json.loads(base64.b64decode(event["body"])) | body
    sent = {name: value for name, value in sent.items() if value is not None}
    return event | {"body": base64.b64encode(json.dumps(sent).encode()).decode()}


def _in_a_room_without_a_limit(secret: str) -> Event:
    unlimited = replace(ROOM, name="unlimited-k3v9x0q2m7t1c8z", max_participants=None)
    wiring.room_repository().add(unlimited)
    return _token_request(roomName=unlimited.name, secret=secret)


def _room_with_lobby() -> Room:
    terms = replace(ROOM.terms, lobby=Lobby(enabled=True))
    room = replace(ROOM, name="lobby-k3v9x0q2m7t1c8z", max_participants=None, terms=terms)
    wiring.room_repository().add(room)
    return room


def _beginning_to_wait() -> Event:
    """Let a moderator be there, to be told."""
    moderator = ParticipantInfo(
        identity="Mo_k2j9x0", metadata='{"role": "moderator"}', attributes={"issuedAt": "1"}
    )
    LIVEKIT["RoomService/ListParticipants"] = ListParticipantsResponse(participants=[moderator])
    return _token_request(roomName=_room_with_lobby().name)


def _with_ticket(decision: Decision | None) -> Event:
    room = _room_with_lobby()
    ticket = Ticket.new(room.name, now=WAITING.since)
    waiting = replace(WAITING, id=ticket.id, room_name=room.name)
    wiring.waiting_repository().add(waiting)
    if decision is not None:
        wiring.waiting_repository().decide(
            room.name, ticket.id, decision, now=WAITING.since, by=LOBBY
        )
    return _token_request(ticket=ticket.text)


def _removal_by_name() -> Event:
    event = _with("disconnect_participant")
    return event | {
        "pathParameters": {"participantName": "Bob"},
        "path": "/api/v1/participants/Bob",
    }


def _in_a_known_meeting(function: str) -> Event:
    _meeting("participant_joined")
    meeting = meetings.Meeting("RM_1", ROOM.name, ROOM.created_at)
    wiring.meeting_repository().show_in_room(meeting)
    return _with(function)


def _nobody_may_return() -> Event:
    query = {"reconnect": "false"}
    event = _in_a_known_meeting("end_meeting")
    several = {name: [value] for name, value in query.items()}
    return event | {"queryStringParameters": query, "multiValueQueryStringParameters": several}


def _with_playback_link() -> Event:
    key = SIGNING_KEYS[Purpose.PLAYBACK_LINKS]
    token = playback.sign(READY.id, expires_at=ROOM.expires_at, key=key)
    query = {playback.PARAMETER: token}
    return _authorize(SAMPLES["get_recording_stream"] | {"queryStringParameters": query})


def _watching_on() -> Event:
    event: Event = SAMPLES["get_recording_link_stream"]
    now = Milliseconds(event["requestContext"]["requestTimeEpoch"])
    key = SIGNING_KEYS[Purpose.VIEWERS]
    address = event["requestContext"]["identity"]["sourceIp"]
    watcher = viewer(SHARED.id, address, key)
    wiring.link_repository().count_view(READY.id, SHARED, watcher, now=now)
    return event


def _first_file() -> Event:
    bucket = ENVIRONMENT["RECORDINGS_BUCKET"]
    boto3.client("s3").put_object(Bucket=bucket, Key=STARTED.object_key, Body=b"x")
    event: Event = deepcopy(SAMPLES["recording_uploaded"])
    event["detail"]["object"]["key"] = STARTED.object_key
    return event


def _index_at_the_end() -> Event:
    """Let the file of a recording be of 6 MB, of which S3 copies the last one."""
    boxes = {b"ftyp": b"isom", b"mdat": bytes(6_000_000), b"moov": b""}
    film = b"".join((8 + len(inside)).to_bytes(4) + kind + inside for kind, inside in boxes.items())
    bucket = ENVIRONMENT["RECORDINGS_BUCKET"]
    boto3.client("s3").put_object(Bucket=bucket, Key=READY.object_key, Body=film)
    event: Event = SAMPLES["faststart_recording"]
    return event


def _recorder_goes_on() -> Event:
    """Let LiveKit list the one recording that has no end, with its recorder in the meeting."""
    file = FileInfo(filename=STARTED.object_key)
    active = EgressStatus.EGRESS_ACTIVE
    info = EgressInfo(egress_id="EG_1", status=active, file_results=[file])
    inside = [
        ParticipantInfo(identity="Bob"),
        ParticipantInfo(identity="EG_1", kind=ParticipantInfo.Kind.EGRESS),
    ]
    repository = wiring.recording_repository()
    repository.settled(repository.get(READY.id), look_again_at=None)
    LIVEKIT["Egress/ListEgress"] = ListEgressResponse(items=[info])
    LIVEKIT["RoomService/ListParticipants"] = ListParticipantsResponse(participants=inside)
    event: Event = SAMPLES["sweep_recordings"]
    return event


def _web(path: str) -> Event:
    return _with("web") | {"path": path}


def _at(moment: int, function: str) -> Event:
    event: Event = SAMPLES[function]
    return event | {"requestContext": {"requestTimeEpoch": moment}}


def _meeting_of_20_minutes(passed: int) -> Event:
    """Let a meeting have lasted so long in a room where it may last 20 minutes."""
    terms = replace(ROOM.terms, max_duration_minutes=20)
    room = replace(ROOM, name="limited-k3v9x0q2m7t1c8z", terms=terms)
    wiring.room_repository().add(room)
    meeting = meetings.Meeting("RM_1", room.name, ROOM.created_at)
    wiring.meeting_repository().add(meeting)
    wiring.meeting_repository().show_in_room(meeting)
    listed = LiveKitRoom(
        name=room.name,
        sid=meeting.id,
        creation_time_ms=meeting.started_at,
        metadata=room_metadata(wiring.owner()),
    )
    LIVEKIT["RoomService/ListRooms"] = ListRoomsResponse(rooms=[listed])
    return _at(ROOM.created_at + passed, "sweep_rooms")


def _invite() -> str:
    """Invite somebody, and return the token of the invitation."""
    draft = Draft("Zoe", Role.PUBLISHER, max_joins=3)
    key = wiring.token_key(None)
    [made] = wiring.guest_list().invite(ROOM.name, [draft], by=LOBBY, key=key)
    return token_of(made.id, key)


def _banned() -> Event:
    event = _with("remove_participant")
    return event | {
        "queryStringParameters": {"ban": "true"},
        "multiValueQueryStringParameters": {"ban": ["true"]},
    }


def _no_webhooks() -> Event:
    wiring.webhook_repository().remove(WEBHOOK.id)
    for _ in ("switches it off", "finds it off"):
        wiring.queue_polling().adjust(on=False)
    event: Event = SAMPLES["sweep_webhooks"]
    return event


def _meeting_is_over() -> Event:
    inside = LiveKitRoom(name=ROOM.name, sid="RM_1", metadata=room_metadata(wiring.owner()))
    LIVEKIT["RoomService/ListRooms"] = ListRoomsResponse(rooms=[inside])
    return _at(ROOM.expires_at, "sweep_rooms")


PATHS: dict[tuple[str, str], Callable[[], Event]] = {
    ("authorize", "a moderator's token"): _as_moderator,
    ("authorize", "a playback link"): _with_playback_link,
    ("authorize", "the console's cookie"): lambda: _authorize(
        SAMPLES["get_room"], Cookie=_cookie()
    ),
    ("console_session", "who am I"): lambda: _console_session("GET", "/console/session"),
    ("console_session", "logging out"): lambda: _console_session("POST", "/console/logout"),
    ("create_room", "no Idempotency-Key"): lambda: _without_key("create_room"),
    ("create_webhook", "no Idempotency-Key"): lambda: _without_key("create_webhook"),
    ("create_recording", "no Idempotency-Key"): lambda: _without_key("create_recording"),
    ("create_invitations", "no Idempotency-Key"): lambda: _without_key("create_invitations"),
    ("create_recording_link", "no Idempotency-Key"): lambda: _without_key("create_recording_link"),
    ("generate_participant_token", "a room without a limit"): lambda: _in_a_room_without_a_limit(
        "publisher-secret"
    ),
    ("generate_participant_token", "a moderator, a room without a limit"): (
        lambda: _in_a_room_without_a_limit("moderator-secret")
    ),
    ("generate_participant_token", "beginning to wait"): _beginning_to_wait,
    ("generate_participant_token", "still waiting"): lambda: _with_ticket(None),
    ("generate_participant_token", "admitted from the lobby"): lambda: _with_ticket(Decision.ADMIT),
    ("generate_participant_token", "with an invitation"): lambda: _token_request(
        secret=None, invite=_invite()
    ),
    ("disconnect_participant", "by name"): _removal_by_name,
    ("end_meeting", "nobody may return"): _nobody_may_return,
    ("update_participant_role", "in a meeting that is known"): lambda: _in_a_known_meeting(
        "update_participant_role"
    ),
    ("get_recordings", "of a room"): lambda: _recordings_of(roomName=ROOM.name),
    ("get_recordings", "all"): lambda: _recordings_of(maxItems="20"),
    ("get_recording_stream", "HEAD"): lambda: _without_range(httpMethod="HEAD"),
    ("get_recording_stream", "the whole of a small file"): _without_range,
    ("get_recording_stream", "a link"): lambda: _with(
        "get_recording_stream", Accept="application/json"
    ),
    ("get_recording_link_stream", "of a view that goes on"): _watching_on,
    ("receive_livekit_webhook", "room_finished"): lambda: _signed_by_livekit(
        {"event": "room_finished", "id": "EV_1", "room": {"name": ROOM.name}}
    ),
    ("receive_livekit_webhook", "a meeting begins"): _begins,
    ("receive_livekit_webhook", "a participant joins others"): _joins_others,
    ("receive_livekit_webhook", "a participant leaves"): lambda: _meeting("participant_left"),
    ("receive_livekit_webhook", "a meeting ends"): lambda: _meeting("room_finished"),
    ("receive_livekit_webhook", "egress goes on"): lambda: _egress("EGRESS_ACTIVE"),
    ("receive_livekit_webhook", "egress ended"): lambda: _egress("EGRESS_COMPLETE"),
    ("receive_livekit_webhook", "a track is published"): _published,
    ("receive_livekit_webhook", "a recording begins automatically"): lambda: _published(
        autoStart="when_first_publishes"
    ),
    ("recording_uploaded", "of a recording that waits for it"): _first_file,
    ("faststart_recording", "an index at the end"): _index_at_the_end,
    ("sweep_recordings", "a recording goes on"): _recorder_goes_on,
    ("sweep_recordings", "nothing due"): lambda: _at(BEGAN - HOUR, "sweep_recordings"),
    ("sweep_rooms", "a room is over"): lambda: _at(ROOM.expires_at, "sweep_rooms"),
    ("remove_participant", "and banned"): _banned,
    ("sweep_rooms", "a meeting is over"): _meeting_is_over,
    ("sweep_rooms", "a recording begins automatically"): _sweep_of_one_who_publishes,
    ("sweep_rooms", "a long meeting is told of its end"): lambda: _meeting_of_20_minutes(
        16 * MINUTE
    ),
    ("sweep_rooms", "a long meeting is ended"): lambda: _meeting_of_20_minutes(20 * MINUTE),
    ("sweep_webhooks", "no webhooks, nine minutes of ten"): _no_webhooks,
    ("web", "a file"): lambda: _web("/assets/page.css"),
}
"""What may come besides a sample event."""


def noted(called: Called) -> dict[str, int]:
    """Return call -> how often, with the table and index, in words for people."""
    made = [f"{service} {operation}{_where(wanted)}" for service, operation, wanted in called.aws]
    made += [f"LiveKit {method}" for method in called.livekit]
    return dict(sorted(Counter(made).items()))


def _where(wanted: dict[str, Any]) -> str:
    if "SecretId" in wanted:
        return f" {wanted['SecretId']}"
    if "QueueUrl" in wanted:
        return f" {wanted['QueueUrl'].rpartition('/')[2]}"
    tables = [wanted[key] for key in ("TableName", "IndexName") if key in wanted]
    tables += wanted.get("RequestItems", {})
    for item in wanted.get("TransactItems", []):
        [(kind, body)] = item.items()
        tables.append(f"{kind} {body['TableName']}")
    return f" {', '.join(tables)}" if tables else ""


@pytest.mark.parametrize("function", sorted(SAMPLES))
def test_a_sample_asks_what_the_table_says_and_no_more(
    called: Called, still_clock: Clock, function: str
) -> None:
    run(function, still_clock)
    assert noted(called) == TABLE[function][SAMPLE]
    assert called.write_units == UNITS[function][SAMPLE]


@pytest.mark.parametrize("path", PATHS, ids=" - ".join)
def test_another_path_asks_what_the_table_says_and_no_more(
    called: Called, still_clock: Clock, path: tuple[str, str]
) -> None:
    function, name = path
    event = PATHS[path]()
    called.forget()
    run(function, still_clock, event)
    assert noted(called) == TABLE[function][name]
    assert called.write_units == UNITS[function][name]


@pytest.mark.parametrize("function", ["receive_livekit_webhook", "sweep_rooms"])
def test_an_automatic_recording_is_uploaded_with_the_key_in_the_egress_secret(
    called: Called, still_clock: Clock, monkeypatch: pytest.MonkeyPatch, function: str
) -> None:
    key = {"accessKey": "uploads", "secretKey": "uploads-secretly"}
    boto3.client("secretsmanager").create_secret(
        Name="EgressSecretArn", SecretString=json.dumps(key)
    )
    monkeypatch.setitem(REFERENCES, "EgressSecretArn", "EgressSecretArn")
    run(function, still_clock, PATHS[function, "a recording begins automatically"]())
    assert called.livekit[-1] == "Egress/StartRoomCompositeEgress"
    upload = RoomCompositeEgressRequest.FromString(called.bodies[-1]).file_outputs[0].s3
    assert {"accessKey": upload.access_key, "secretKey": upload.secret} == key


@pytest.mark.parametrize("function", ["authorize", "generate_participant_token"])
def test_the_second_invocation_asks_for_no_secret_and_no_signing_key(
    called: Called, still_clock: Clock, function: str
) -> None:
    run(function, still_clock)
    called.aws.clear()
    run(function, still_clock)
    assert not [call for call in called.aws if call[0] == "secretsmanager"]
    assert not [call for call in noted(called) if "SigningKeysTable" in call]
    assert clients.secret(ENVIRONMENT["LIVEKIT_SECRET"])


def test_the_table_is_about_every_function_and_nothing_else() -> None:
    assert TABLE.keys() == SAMPLES.keys()
    assert {(f, n) for f, paths in TABLE.items() for n in paths} == {
        *((function, SAMPLE) for function in SAMPLES),
        *PATHS,
    }
    assert {f: paths.keys() for f, paths in UNITS.items()} == {
        f: paths.keys() for f, paths in TABLE.items()
    }


def test_the_documents_show_this_table(monkeypatch: pytest.MonkeyPatch) -> None:
    """`make cost` and `make bench ARGS=calls` write it."""
    monkeypatch.setenv("POWERTOOLS_LOG_LEVEL", "INFO")  # which importing bench changes
    from bench import calls, cost  # noqa: PLC0415

    assert calls.report() in (ROOT / "docs" / "performance.md").read_text()
    costs = (ROOT / "docs" / "cost.md").read_text()
    for name, part in cost.parts().items():
        assert f"<!-- {name} -->\n{part}" in costs
    assert {function for (function, _), _ in cost.operations()} == TABLE.keys()
