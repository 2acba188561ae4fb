"""Who may do what at AWS: the roles of the template, and nobody beyond them."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

import pytest

from meet.recordings.model import PREFIX
from meet.signing import Purpose
from meet.webhooks import items
from tests.permissions import Ledger
from tests.roles import (
    ACCOUNT,
    BY_SERVICE,
    REGION,
    Need,
    Statement,
    allows,
    arn_of,
    logical_ids,
    managed_policies,
    role,
)
from tools.memory_aws import ENVIRONMENT
from tools.memory_aws import MAPPINGS as MAPPING_IDS
from tools.template import translated

FUNCTIONS = sorted(logical_ids())

DYNAMODB = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table"
ROOMS, ROOM_LIST, ROOM_SWEEP = (
    f"{DYNAMODB}/RoomsTable{index}" for index in ("", "/index/newestFirst", "/index/dueForSweep")
)
RECORDINGS = f"{DYNAMODB}/RecordingsTable"
RECORDING_LISTS = [f"{RECORDINGS}/index/{name}" for name in ("newestFirst", "byStatus", "byRoom")]
RECORDING_SWEEP = f"{RECORDINGS}/index/dueForSweep"
MEETINGS, EVENTS = f"{DYNAMODB}/MeetingsTable", f"{DYNAMODB}/EventsTable"
ROOM_EVENTS = f"{EVENTS}/index/byRoom"
WEBHOOKS = f"{DYNAMODB}/WebhooksTable"
A_WEBHOOK, A_WEBHOOKS_SECRETS = (
    items.key("wh-k3v9x0q2m7t1c8z")["webhookId"]["S"],
    items.secrets_key("wh-k3v9x0q2m7t1c8z")["webhookId"]["S"],
)
QUEUES = [f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}" for name in ("Deliveries", "SlowDeliveries")]
FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function"
MAPPINGS = [
    f"arn:aws:lambda:{REGION}:{ACCOUNT}:event-source-mapping:{name}" for name in MAPPING_IDS
]
KEYS = f"{DYNAMODB}/SigningKeysTable"
ANSWERS = f"{DYNAMODB}/IdempotencyTable"
BUCKET = f"arn:aws:s3:::{ENVIRONMENT['RECORDINGS_BUCKET']}"
FILE, ANOTHER_FILE = f"{BUCKET}/recordings/room/rec_0.mp4", f"{BUCKET}/anything-else"

STARTS_RECORDINGS = {"create_recording", "receive_livekit_webhook", "sweep_rooms"}
KEEPS = {"hold_recording", "release_recording", "restore_recording"}
WRITES_STATES = {
    *STARTS_RECORDINGS,
    "stop_recording",
    "recording_uploaded",
    "sweep_recordings",
}
LIVE = {
    "get_meeting",
    "end_meeting",
    "get_meeting_participants",
    "get_meeting_participant",
    "remove_participant",
    "update_participant_role",
    "mute_participant",
    "raise_hand",
    "mute_participants",
    "send_message",
}
TALKS_TO_LIVEKIT = {
    "delete_invitation",
    "generate_participant_tokens",
    "rotate_link",
    "create_recording",
    "decide_all_waiting",
    "decide_waiting",
    "delete_room",
    "disconnect_participant",
    "generate_participant_token",
    "receive_livekit_webhook",
    "stop_recording",
    *LIVE,
    "sweep_recordings",
    "sweep_rooms",
}
READS_ROOMS = {
    "delete_ban",
    "delete_invitation",
    "generate_participant_tokens",
    "get_bans",
    "get_invitation",
    "get_invitations",
    "authorize",
    "create_recording",
    "decide_all_waiting",
    "decide_waiting",
    "disconnect_participant",
    "generate_participant_token",
    "get_room",
    "get_waiting",
    "receive_livekit_webhook",
    "sweep_recordings",
    "sweep_rooms",
    *LIVE,
}
DECIDES = {"decide_all_waiting", "decide_waiting"}
READS_GUESTS = {"get_invitations", "get_bans", "delete_ban"}
DELETES = {"delete_recording", "delete_multiple_recordings"}
LINKS = {"create_recording_link", "get_recording_links", "delete_recording_link"}
PLAYS_LINKS = {"open_recording_link", "get_recording_link_stream"}
LOOKS_FOR_FILES = {
    "faststart_recording",
    "get_recording_link_stream",
    "get_recording_download",
    "get_recording_stream",
    "receive_livekit_webhook",
    "recording_uploaded",
    "sweep_recordings",
}
FIND_OR_MAKE = "dynamodb:GetItem PutItem"
REMEMBER = "dynamodb:PutItem UpdateItem DeleteItem"
NOBODY = set[str]()


class Row(NamedTuple):
    """Something that can be done, and the only functions that may."""

    what: str
    actions: str
    """Of one service, separated by blanks."""
    resources: str | list[str]
    who: set[str]
    key: str = "any"
    """Of an item."""
    attributes: frozenset[str] | None = None
    """Of an item; None for all."""


TABLE = [
    # ------------------------------------------------------------------------------ rooms
    Row("create a room", "dynamodb:PutItem", ROOMS, {"create_room"}),
    Row("change a room", "dynamodb:UpdateItem", ROOMS,
        {"update_room", "rotate_link", "create_invitations", "delete_invitation", "delete_room"}
        | {"lock_meeting", "sweep_rooms", "disconnect_participant"}
        | STARTS_RECORDINGS | {"stop_recording"}
        | {"recording_uploaded", "receive_livekit_webhook", "sweep_recordings"}
        | {"end_meeting", "remove_participant", "update_participant_role"}),
    Row("read a room", "dynamodb:GetItem", ROOMS, READS_ROOMS),
    Row("learn whether a room is open", "dynamodb:GetItem", ROOMS, READS_ROOMS | {"web"},
        attributes=frozenset({"roomName", "expirationDate", "closedAt"})),
    Row("learn what OpenVidu Meet's events say of a room", "dynamodb:GetItem", ROOMS,
        READS_ROOMS | {"deliver_webhook"},
        attributes=frozenset({"roomName", "creationDate", "expirationDate", "preferences"})),
    Row("learn a room's secrets", "dynamodb:GetItem", ROOMS, READS_ROOMS,
        attributes=frozenset({"roomName", "secrets"})),
    Row("list rooms", "dynamodb:Query", ROOM_LIST, {"get_rooms"}),
    Row("find rooms that are over", "dynamodb:Query Scan", ROOM_SWEEP, {"sweep_rooms"}),
    Row("tell meetings from strays, or find many open", "dynamodb:BatchGetItem", ROOMS,
        {"sweep_rooms", "sweep_recordings"}),
    Row("remove a room, or write many", "dynamodb:DeleteItem BatchWriteItem Query", ROOMS, NOBODY),
    # ------------------------------------------------------------------------- recordings
    Row("write a state, hold, claim or restore", "dynamodb:UpdateItem", RECORDINGS,
        WRITES_STATES | DELETES | KEEPS | {"create_recording_link"}),
    Row("put a recording, or the mark of a deleted one", "dynamodb:PutItem", RECORDINGS,
        STARTS_RECORDINGS | {"sweep_recordings"} | DELETES),
    Row("put many marks of deleted ones", "dynamodb:BatchWriteItem", RECORDINGS,
        {"delete_multiple_recordings"}),
    Row("forget a start that LiveKit refused", "dynamodb:DeleteItem", RECORDINGS,
        STARTS_RECORDINGS),
    Row("read a recording", "dynamodb:GetItem", RECORDINGS, DELETES | KEEPS | {"get_recording"}
        | {"get_recording_url", "get_recording_stream", "get_recording_download"}
        | {"stop_recording", "get_recording_timeline"} | LINKS | PLAYS_LINKS
        | {"recording_uploaded", "receive_livekit_webhook", "sweep_recordings", "sweep_rooms"}
        | {"faststart_recording"}),
    Row("read many recordings", "dynamodb:BatchGetItem", RECORDINGS,
        {"delete_multiple_recordings", "sweep_recordings"}),
    Row("list recordings", "dynamodb:Query", RECORDING_LISTS, {"get_recordings"}),
    Row("find recordings without an end", "dynamodb:Query Scan", RECORDING_SWEEP,
        {"sweep_recordings"}),
    Row("query the recordings' table itself", "dynamodb:Query", RECORDINGS, NOBODY),
    # --------------------------------------------------------------------------- meetings
    Row("write what LiveKit reports of meetings", "dynamodb:PutItem ConditionCheckItem",
        MEETINGS, {"receive_livekit_webhook", "sweep_rooms"}),
    Row("change a meeting or a session", "dynamodb:UpdateItem", MEETINGS,
        {"receive_livekit_webhook", "sweep_rooms", "end_meeting", "update_participant_role"},
        "RM_any"),
    Row("find the sessions of a meeting", "dynamodb:Query", MEETINGS,
        {"receive_livekit_webhook", "sweep_rooms", "generate_participant_token"}),
    Row("find those who wait for a room", "dynamodb:Query", MEETINGS,
        {"receive_livekit_webhook", "sweep_rooms", "generate_participant_token"}
        | {"get_waiting", "decide_all_waiting"} | READS_GUESTS, "room#any"),
    Row("begin to wait for a room, invite or ban", "dynamodb:PutItem", MEETINGS,
        {"receive_livekit_webhook", "sweep_rooms", "generate_participant_token"}
        | {"create_invitations", "disconnect_participant", "remove_participant"}, "room#any"),
    Row("decide about those who wait, or revoke", "dynamodb:UpdateItem", MEETINGS,
        {"receive_livekit_webhook", "sweep_rooms", "generate_participant_token"} | DECIDES
        | {"delete_invitation", "disconnect_participant", "remove_participant"},
        "room#any"),
    Row("read what was decided, and an invitation", "dynamodb:GetItem", MEETINGS,
        {"sweep_rooms", "generate_participant_token"} | DECIDES
        | {"get_invitation", "delete_invitation"}, "room#any"),
    Row("look somebody up in a guest list", "dynamodb:BatchGetItem", MEETINGS,
        {"generate_participant_token", "generate_participant_tokens"}
        | {"receive_livekit_webhook", "sweep_rooms"}, "room#any"),
    Row("lift a ban", "dynamodb:DeleteItem", MEETINGS, {"delete_ban"}, "room#any"),
    Row("delete the guest list of a room that is over", "dynamodb:BatchWriteItem", MEETINGS,
        {"sweep_rooms"}, "room#any"),
    Row("share a recording", "dynamodb:PutItem", MEETINGS,
        {"create_recording_link", "get_recording_link_stream"}
        | {"receive_livekit_webhook", "sweep_rooms"}, "recording#any"),
    Row("count a view", "dynamodb:UpdateItem", MEETINGS,
        {"get_recording_link_stream", "receive_livekit_webhook", "sweep_rooms"},
        "recording#any"),
    Row("find a link, and who is watching", "dynamodb:BatchGetItem", MEETINGS, PLAYS_LINKS,
        "recording#any"),
    Row("list links", "dynamodb:Query", MEETINGS,
        {"get_recording_links", "create_recording_link", "sweep_recordings"}
        | {"receive_livekit_webhook", "sweep_rooms", "generate_participant_token"} | DELETES,
        "recording#any"),
    Row("delete a link, or a view that was not counted", "dynamodb:DeleteItem", MEETINGS,
        {"delete_recording_link", "get_recording_link_stream"}, "recording#any"),
    Row("delete the links of a recording", "dynamodb:BatchWriteItem", MEETINGS,
        DELETES | {"sweep_recordings"}, "recording#any"),
    Row("find meetings that may be over", "dynamodb:Query Scan", f"{MEETINGS}/index/dueForSweep",
        {"sweep_rooms"}),
    Row("read a meeting", "dynamodb:GetItem", MEETINGS, {"sweep_rooms"}),
    Row("remove a meeting, or write many", "dynamodb:DeleteItem BatchWriteItem", MEETINGS, NOBODY),
    # ----------------------------------------------------------------------------- events
    Row("write the log", "dynamodb:PutItem UpdateItem", EVENTS, {"log_events"}),
    Row("learn where the log ends", "dynamodb:GetItem", EVENTS,
        {"log_events", "get_events", "replay_webhook"}),
    Row("read the log", "dynamodb:Query", EVENTS, {"get_events", "replay_webhook"}),
    Row("read the log of a room", "dynamodb:Query", ROOM_EVENTS, {"get_events"}),
    Row("read events that are known", "dynamodb:BatchGetItem", EVENTS,
        {"deliver_webhook", "replay_webhook"}),
    Row("remove events, or write many", "dynamodb:DeleteItem BatchWriteItem", EVENTS, NOBODY),
    # --------------------------------------------------------------------------- webhooks
    Row("put a webhook or a delivery", "dynamodb:PutItem", WEBHOOKS,
        {"create_webhook", "dispatch_events"}, A_WEBHOOK),
    Row("change a webhook or a delivery", "dynamodb:UpdateItem", WEBHOOKS,
        {"update_webhook", "rotate_webhook_secret"}
        | {"dispatch_events", "deliver_webhook", "sweep_webhooks"}, A_WEBHOOK),
    Row("delete a webhook or a delivery", "dynamodb:DeleteItem", WEBHOOKS,
        {"delete_webhook", "deliver_webhook"}, A_WEBHOOK),
    Row("read a webhook", "dynamodb:GetItem", WEBHOOKS,
        {"get_webhook", "update_webhook", "test_webhook"}
        | {"rotate_webhook_secret", "get_webhook_deliveries", "replay_webhook"}
        | {"deliver_webhook", "sweep_webhooks"}, A_WEBHOOK),
    Row("read all webhooks", "dynamodb:BatchGetItem", WEBHOOKS,
        {"get_webhooks", "dispatch_events"}, A_WEBHOOK),
    Row("count webhooks", "dynamodb:UpdateItem", WEBHOOKS,
        {"create_webhook", "delete_webhook"}, "all"),
    Row("learn which webhooks there are", "dynamodb:GetItem", WEBHOOKS,
        {"get_webhooks", "dispatch_events", "sweep_webhooks"}, "all"),
    Row("read a webhook's secrets", "dynamodb:GetItem", WEBHOOKS,
        {"create_webhook", "test_webhook", "deliver_webhook"}, A_WEBHOOKS_SECRETS),
    Row("store a webhook's secret", "dynamodb:PutItem", WEBHOOKS, {"create_webhook"},
        A_WEBHOOKS_SECRETS),
    Row("replace a webhook's secret", "dynamodb:UpdateItem", WEBHOOKS,
        {"rotate_webhook_secret"}, A_WEBHOOKS_SECRETS),
    Row("delete a webhook's secrets", "dynamodb:DeleteItem", WEBHOOKS, {"delete_webhook"},
        A_WEBHOOKS_SECRETS),
    Row("read many secrets, or check them", "dynamodb:BatchGetItem ConditionCheckItem", WEBHOOKS,
        NOBODY, A_WEBHOOKS_SECRETS),
    Row("list deliveries", "dynamodb:Query", f"{WEBHOOKS}/index/deliveries",
        {"get_webhook_deliveries", "sweep_webhooks"}),
    Row("find deliveries that are due", "dynamodb:Query Scan", f"{WEBHOOKS}/index/dueForSweep",
        {"sweep_webhooks"}),
    Row("write many webhooks", "dynamodb:BatchWriteItem Query", WEBHOOKS, NOBODY),
    Row("queue deliveries", "sqs:SendMessage", QUEUES,
        {"dispatch_events", "deliver_webhook", "sweep_webhooks", "replay_webhook"}),
    Row("read or empty the queues", "sqs:ReceiveMessage DeleteMessage PurgeQueue", QUEUES, NOBODY),
    Row("learn whether Lambda polls the queues", "lambda:GetEventSourceMapping", MAPPINGS,
        {"create_webhook", "sweep_webhooks"}),
    Row("let Lambda poll the queues or not", "lambda:UpdateEventSourceMapping", MAPPINGS,
        {"create_webhook", "sweep_webhooks"}, f"{FUNCTION}:DeliverWebhook"),
    Row("do so where functions have an alias", "lambda:UpdateEventSourceMapping", MAPPINGS,
        {"create_webhook", "sweep_webhooks"}, f"{FUNCTION}:DeliverWebhook:live"),
    Row("give the queues to another function", "lambda:UpdateEventSourceMapping", MAPPINGS, NOBODY,
        f"{FUNCTION}:CreateRoom"),
    Row("make or remove a mapping, or change another", "lambda:CreateEventSourceMapping "
        "DeleteEventSourceMapping UpdateEventSourceMapping",
        f"arn:aws:lambda:{REGION}:{ACCOUNT}:event-source-mapping:DispatchEventsEvents", NOBODY,
        f"{FUNCTION}:DeliverWebhook"),
    # ---------------------------------------------------------------------------- answers
    Row("remember the room of an Idempotency-Key", REMEMBER, ANSWERS, {"create_room"},
        "createRoom#0123"),
    Row("remember the webhook of one", REMEMBER, ANSWERS, {"create_webhook"},
        "createWebhook#0123"),
    Row("remember the recording of one", REMEMBER, ANSWERS, {"create_recording"},
        "createRecording#0123"),
    Row("remember the invitations of one", REMEMBER, ANSWERS, {"create_invitations"},
        "createInvitations#0123"),
    Row("remember the share link of one", REMEMBER, ANSWERS, {"create_recording_link"},
        "createRecordingLink#0123"),
    Row("end a session of the console", "dynamodb:PutItem", ANSWERS, {"console_session"},
        "endedSession#0123"),
    Row("learn whether one was ended", "dynamodb:GetItem", ANSWERS,
        {"authorize", "console_session"}, "endedSession#0123"),
    Row("touch anything else there", f"{REMEMBER} GetItem BatchGetItem BatchWriteItem Query",
        ANSWERS, NOBODY),
    # ----------------------------------------------------------------------- every table
    Row("scan, administer or empty a table",
        "dynamodb:Scan DeleteTable UpdateTable UpdateTimeToLive ExportTableToPointInTime "
        "PartiQLSelect PartiQLUpdate PartiQLInsert PartiQLDelete",
        [ROOMS, RECORDINGS, MEETINGS, EVENTS, WEBHOOKS, ANSWERS, KEYS], NOBODY),
    Row("scan a list", "dynamodb:Scan", [ROOM_LIST, *RECORDING_LISTS, ROOM_EVENTS,
        f"{MEETINGS}/index/byRoom", f"{WEBHOOKS}/index/deliveries"], NOBODY),
    # ------------------------------------------------------------------------------ files
    Row("read a file", "s3:GetObject", FILE, LOOKS_FOR_FILES),
    Row("read what a file was before", "s3:GetObjectVersion", FILE,
        {"get_recording_stream", "get_recording_link_stream"}),
    Row("be told that a file is missing", "s3:ListBucket", BUCKET, LOOKS_FOR_FILES),
    Row("delete a file, also one that comes after its deletion", "s3:DeleteObject", FILE,
        DELETES | {"recording_uploaded", "sweep_recordings"}),
    Row("put the same film in the place of a file, with its tags", "s3:PutObject "
        "AbortMultipartUpload GetObjectTagging PutObjectTagging", FILE, {"faststart_recording"}),
    Row("put another file, which only egress does", "s3:PutObject AbortMultipartUpload "
        "GetObjectTagging PutObjectTagging", ANOTHER_FILE, NOBODY),
    Row("administer a file", "s3:RestoreObject ReplicateObject PutObjectAcl",
        [FILE, ANOTHER_FILE], NOBODY),
    Row("delete old versions of a file", "s3:DeleteObjectVersion", FILE, {"sweep_recordings"}),
    Row("find old versions of files", "s3:ListBucketVersions", BUCKET, {"sweep_recordings"}),
    Row("touch anything outside recordings/", "s3:GetObject DeleteObject", ANOTHER_FILE, NOBODY),
    Row("administer the bucket", "s3:DeleteBucket PutBucketPolicy PutLifecycleConfiguration "
        "PutBucketNotification PutEncryptionConfiguration", BUCKET, NOBODY),
    # ---------------------------------------------------------------------------- secrets
    Row("read the API keys", "secretsmanager:GetSecretValue", "ApiKeysSecret",
        {"authorize", "console_session"}),
    Row("read or make what signs sessions of the console", FIND_OR_MAKE, KEYS,
        {"authorize", "console_session"}, Purpose.CONSOLE),
    Row("read or make what signs participants' tokens", FIND_OR_MAKE, KEYS,
        {"authorize", "generate_participant_token", "generate_participant_tokens"},
        Purpose.MODERATORS),
    Row("read or make what signs playback links", FIND_OR_MAKE, KEYS,
        {"authorize", "get_recording_url"}, Purpose.PLAYBACK_LINKS),
    Row("read or make what signs passes of share links", FIND_OR_MAKE, KEYS, PLAYS_LINKS,
        Purpose.PASSES),
    Row("read or make what hides viewers of share links", FIND_OR_MAKE, KEYS, PLAYS_LINKS,
        Purpose.VIEWERS),
    Row("read or make what tokens of repeated answers come from", FIND_OR_MAKE, KEYS,
        {"create_invitations", "create_recording_link"}, Purpose.NEW_TOKENS),
    Row("read or make any other key", FIND_OR_MAKE, KEYS, NOBODY),
    *(
        Row(f"change or delete the key for {each}, or read many", "dynamodb:UpdateItem DeleteItem "
            "BatchGetItem BatchWriteItem ConditionCheckItem Query", KEYS, NOBODY, each)
        for each in Purpose
    ),
    Row("read LiveKit's key", "secretsmanager:GetSecretValue", "LiveKitSecret",
        TALKS_TO_LIVEKIT),
    Row("read the key that egress uploads with", "secretsmanager:GetSecretValue",
        "EgressSecretArn", STARTS_RECORDINGS),
    Row("change a secret", "secretsmanager:PutSecretValue UpdateSecret DeleteSecret",
        ["ApiKeysSecret", "LiveKitSecret", "EgressSecretArn"], NOBODY),
    # -------------------------------------------------------------------------- elsewhere
    Row("share a sweep with itself", "lambda:InvokeFunction",
        [f"{FUNCTION}:SweepRecordings", f"{FUNCTION}:SweepRecordings:live"],
        {"sweep_recordings"}),
    Row("call another function or change one", "lambda:InvokeFunction UpdateFunctionCode",
        f"{FUNCTION}:CreateRoom", NOBODY),
    Row("become somebody else", "sts:AssumeRole", f"arn:aws:iam::{ACCOUNT}:role/any", NOBODY),
    Row("put or read dead letters", "sqs:ReceiveMessage PurgeQueue",
        f"arn:aws:sqs:{REGION}:{ACCOUNT}:DeadLetters", NOBODY),
]  # fmt: skip


def needs(row: Row) -> Iterator[Need]:
    service, _, actions = row.actions.partition(":")
    for resource in [row.resources] if isinstance(row.resources, str) else row.resources:
        arn = resource if resource.startswith("arn:") else arn_of({"Ref": resource})
        for action in actions.split():
            yield Need(f"{service}:{action}", arn, row.key, row.attributes)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.what)
def test_only_those_in_the_table_may(row: Row) -> None:
    for need in needs(row):
        assert {each for each in FUNCTIONS if allows(role(each), need)} == row.who, need


def test_nothing_is_allowed_that_the_table_does_not_speak_of() -> None:
    spoken_of = [need for row in TABLE if row.who for need in needs(row)]
    for function in FUNCTIONS:
        for statement in role(function):
            for action in statement.actions:
                assert "*" not in action, (function, action)
                for resource in statement.resources:
                    single = replace(statement, actions=(action,), resources=(resource,))
                    assert any(single.covers(need) for need in spoken_of), (function, single)


def test_a_wildcard_stands_for_the_recordings_in_the_bucket_and_for_nothing_else() -> None:
    resources = {r for f in FUNCTIONS for statement in role(f) for r in statement.resources}
    assert {each for each in resources if "*" in each} == {f"{BUCKET}/{PREFIX}*"}


def test_a_webhooks_secrets_are_read_by_three_functions_and_through_no_index() -> None:
    """Two more write them, and a write can return the item that it finds, so they count apart.

    ReturnValuesOnConditionCheckFailure returns it also where a condition forbids ReturnValues.
    """
    readers = {"create_webhook", "test_webhook", "deliver_webhook"}
    assert _reach("GetItem BatchGetItem Query Scan PartiQLSelect") == readers
    writes = "PutItem UpdateItem DeleteItem ConditionCheckItem BatchWriteItem"
    writers = {"create_webhook", "rotate_webhook_secret", "delete_webhook"}
    assert _reach(f"{writes} PartiQLInsert PartiQLUpdate PartiQLDelete") == writers
    table = translated()["Resources"]["WebhooksTable"]["Properties"]
    assert "StreamSpecification" not in table
    stored = {"webhookId", "item", "secret", "previousSecret", "previousUntil"}
    for index in table["GlobalSecondaryIndexes"]:
        assert {each["AttributeName"] for each in index["KeySchema"]} - stored


def _reach(actions: str) -> set[str]:
    """Return the functions that may do any of this to the secrets of a webhook."""
    return {
        function
        for function in FUNCTIONS
        for action in actions.split()
        if allows(role(function), Need(f"dynamodb:{action}", WEBHOOKS, A_WEBHOOKS_SECRETS))
    }


def test_a_signing_key_leaves_its_table_by_no_stream_and_no_index() -> None:
    table = translated()["Resources"]["SigningKeysTable"]["Properties"]
    assert not table.keys() & {"StreamSpecification", "GlobalSecondaryIndexes"}


@pytest.mark.last
@pytest.mark.usefixtures("whole_run")
def test_every_permission_is_needed_by_a_call_that_some_test_makes(ledger: Ledger) -> None:
    idle = [
        (function, permission)
        for function in FUNCTIONS
        for number, statement in enumerate(role(function))
        for permission, less in statement.lessened()
        if (changed := [*role(function)[:number], less, *role(function)[number + 1 :]])
        and all(allows(changed, need) for need in ledger.needed[function])
    ]
    assert idle == []


def test_what_a_role_holds_for_lambda_itself_is_explained() -> None:
    policies = {policy for function in FUNCTIONS for policy in managed_policies(function)}
    assert policies <= BY_SERVICE.keys()


# --------------------------------------------------------------------------- who may call us


def resources_of(kind: str) -> dict[str, dict[str, Any]]:
    return {
        name: body.get("Properties", {})
        for name, body in translated()["Resources"].items()
        if body["Type"] == kind
    }


def test_every_role_is_that_of_a_function() -> None:
    functions = resources_of("AWS::Lambda::Function").values()
    of_functions = {function["Role"]["Fn::GetAtt"][0] for function in functions}
    roles = resources_of("AWS::IAM::Role")
    assert roles.keys() == of_functions
    for name, properties in roles.items():
        (trust,) = properties["AssumeRolePolicyDocument"]["Statement"]
        assert trust["Principal"]["Service"] == ["lambda.amazonaws.com"], name


def test_a_function_is_called_by_our_api_and_our_events_alone() -> None:
    for name, permission in resources_of("AWS::Lambda::Permission").items():
        assert permission["Action"] == "lambda:InvokeFunction", name
        source = json.dumps(permission["SourceArn"])
        if permission["Principal"] == "apigateway.amazonaws.com":
            assert '{"Ref": "Api"}' in source, name
        else:
            assert permission["Principal"] == "events.amazonaws.com", name
            assert permission["SourceArn"]["Fn::GetAtt"][0] in resources_of("AWS::Events::Rule")


# --------------------------------------------------------------------------------- no loops


def test_a_file_of_a_recording_is_the_only_object_that_starts_a_function() -> None:
    """Only one function puts files (see the table), and it leaves alone what it has put."""
    (bucket,) = resources_of("AWS::S3::Bucket").values()
    assert bucket["NotificationConfiguration"] == {
        "EventBridgeConfiguration": {"EventBridgeEnabled": True}
    }
    started = []
    rules = resources_of("AWS::Events::Rule").values()
    for rule in (each for each in rules if "ScheduleExpression" not in each):
        detail = rule["EventPattern"]["detail"]
        assert rule["EventPattern"]["detail-type"] == ["Object Created"]
        assert detail["bucket"] == {"name": [{"Ref": "RecordingsBucket"}]}
        assert detail["object"] == {"key": [{"wildcard": f"{PREFIX}*.mp4"}]}
        (target,) = rule["Targets"]
        started.append(json.dumps(target["Arn"]))
    names = sorted(logical_ids()[each] for each in ("faststart_recording", "recording_uploaded"))
    assert len(started) == len(names)
    for name, target in zip(names, sorted(started), strict=True):
        assert f'"{name}' in target


def test_a_write_to_a_table_starts_the_log_and_nothing_that_the_log_writes_starts_it() -> None:
    logged = {ROOMS, RECORDINGS, MEETINGS}
    started = {
        arn_of({"Ref": each["EventSourceArn"]["Fn::GetAtt"][0]})
        for each in resources_of("AWS::Lambda::EventSourceMapping").values()
        if each["FunctionName"] == {"Ref": logical_ids()["log_events"]}
    }
    assert started == logged
    for statement in role("log_events"):
        assert set(statement.resources) & logged == set()


def test_what_the_log_could_not_handle_can_be_fetched_from_the_stream_for_twelve_hours() -> None:
    for each in resources_of("AWS::Lambda::EventSourceMapping").values():
        if each["FunctionName"] == {"Ref": logical_ids()["log_events"]}:
            assert each["StartingPosition"] == "TRIM_HORIZON"
            assert each["MaximumRecordAgeInSeconds"] == 12 * 60 * 60  # of the 24 that it is kept
            assert each["BisectBatchOnFunctionError"] is True
            destination = each["DestinationConfig"]["OnFailure"]["Destination"]
            assert destination == {"Fn::GetAtt": ["DeadLetters", "Arn"]}
            assert "FilterCriteria" not in each


def test_what_happens_to_a_webhook_starts_nothing() -> None:
    sources = {
        each["EventSourceArn"]["Fn::GetAtt"][0]
        for each in resources_of("AWS::Lambda::EventSourceMapping").values()
    }
    assert "WebhooksTable" not in sources
    (dispatching,) = [
        each
        for each in resources_of("AWS::Lambda::EventSourceMapping").values()
        if each["FunctionName"] == {"Ref": logical_ids()["dispatch_events"]}
    ]
    assert dispatching["EventSourceArn"] == {"Fn::GetAtt": ["EventsTable", "StreamArn"]}
    (pattern,) = dispatching["FilterCriteria"]["Filters"]
    assert json.loads(pattern["Pattern"]) == {
        "eventName": ["INSERT"],
        "dynamodb": {"NewImage": {"body": {"S": [{"exists": True}]}}},
    }


def test_a_delivery_that_is_not_done_comes_again_and_ends_among_the_dead_letters() -> None:
    function = resources_of("AWS::Lambda::Function")[logical_ids()["deliver_webhook"]]
    for name in ("Deliveries", "SlowDeliveries"):
        queue = resources_of("AWS::SQS::Queue")[name]
        assert queue["VisibilityTimeout"] > function["Timeout"]
        target = queue["RedrivePolicy"]["deadLetterTargetArn"]
        assert target == {"Fn::GetAtt": ["DeadLetters", "Arn"]}
    for each in resources_of("AWS::Lambda::EventSourceMapping").values():
        if each["FunctionName"] == {"Ref": logical_ids()["deliver_webhook"]}:
            assert each["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


# ------------------------------------------------------------------ secrets by reference only


def mentions(value: Any, name: str) -> bool:
    text = json.dumps(value)
    return f'"Ref": "{name}"' in text or f"${{{name}}}" in text


def secret_parameters() -> list[str]:
    return [name for name, each in translated()["Parameters"].items() if each.get("NoEcho")]


def test_a_secret_parameter_goes_into_a_secret_and_nowhere_else() -> None:
    assert secret_parameters()
    whole = translated()
    # Rules compare parameters and show none of them.
    rest = {key: value for key, value in whole.items() if key not in {"Resources", "Rules"}}
    for name in secret_parameters():
        for resource, body in whole["Resources"].items():
            if body["Type"] != "AWS::SecretsManager::Secret":
                assert not mentions(body, name), resource
        assert not mentions(rest, name)


def test_the_environment_of_a_function_has_names_of_secrets_and_no_secret() -> None:
    for name, function in resources_of("AWS::Lambda::Function").items():
        text = json.dumps(function["Environment"])
        assert "{{resolve:" not in text, name
        assert not re.search(r"SecretString|GetAtt", text), name
        assert not any(mentions(function["Environment"], each) for each in secret_parameters())


def test_a_function_is_given_the_names_of_those_secrets_only_that_it_may_read() -> None:
    environments = resources_of("AWS::Lambda::Function")
    for function, logical_id in logical_ids().items():
        variables = environments[logical_id]["Environment"]["Variables"]
        for name in (each for each in variables if each.endswith("_SECRET")):
            need = Need("secretsmanager:GetSecretValue", arn_of(variables[name]))
            assert allows(role(function), need), (function, name)


def test_the_gateway_logs_no_query_no_header_and_no_body() -> None:
    """Join links carry their secret in the query, playback links their token."""
    for stage in resources_of("AWS::ApiGateway::Stage").values():
        for settings in stage.get("MethodSettings", []):
            assert not settings.get("DataTraceEnabled")
        logged = stage.get("AccessLogSetting", {}).get("Format", "")
        assert not re.search(r"querystring|header|body|\$context\.authorizer\.", logged)


def test_no_secret_is_an_output() -> None:
    for name, output in translated()["Outputs"].items():
        text = json.dumps(output)
        assert "{{resolve:" not in text, name
        assert "SecretString" not in text, name


# ------------------------------------------------------------------------------ the evaluator


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        ("arn:aws:s3:::b/recordings/*", "arn:aws:s3:::b/recordings/r/x.mp4", True),
        ("arn:aws:s3:::b/recordings/*", "arn:aws:s3:::b/other/x.mp4", False),
        ("arn:aws:s3:::b/*", "arn:aws:s3:::b", False),
        ("table/A", "table/A/index/x", False),
        ("table/A", "table/a", False),
        ("t.ble", "table", False),
        ("t?ble", "table", True),
        ("*", "anything\nat all", True),
    ],
)
def test_resources_match_as_in_iam(pattern: str, text: str, matches: bool) -> None:
    statement = Statement("Allow", ("s3:get*",), (pattern,))
    assert allows([statement], Need("S3:GetObject", text)) is matches
    assert not allows([statement], Need("s3:PutObject", text))


def test_a_statement_about_keys_is_about_no_others() -> None:
    statement = Statement("Allow", ("dynamodb:GetItem",), ("*",), ("endedSession#*",))
    assert allows([statement], Need("dynamodb:GetItem", "x", "endedSession#1"))
    assert not allows([statement], Need("dynamodb:GetItem", "x", "createRoom#1"))


def test_a_statement_about_attributes_is_about_no_others_and_not_about_all() -> None:
    statement = Statement("Allow", ("dynamodb:GetItem",), ("*",), attributes=("a", "b"))
    for attributes, is_allowed in (({"a"}, True), ({"a", "b"}, True), ({"a", "c"}, False)):
        need = Need("dynamodb:GetItem", "x", "key", frozenset(attributes))
        assert allows([statement], need) is is_allowed
    assert not allows([statement], Need("dynamodb:GetItem", "x", "key"))


def test_the_function_that_serves_the_pages_can_read_no_secret_of_any_kind() -> None:
    for statement in role("web"):
        assert {action.partition(":")[0] for action in statement.actions} == {"dynamodb"}
        assert statement.attributes == ("roomName", "expirationDate", "closedAt")
    variables = resources_of("AWS::Lambda::Function")["Web"]["Environment"]["Variables"]
    assert not [name for name in variables if "SECRET" in name]


def test_what_nobody_allows_is_denied_and_a_deny_wins() -> None:
    allow, deny = (Statement(effect, ("s3:*",), ("*",)) for effect in ("Allow", "Deny"))
    need = Need("s3:GetObject", "x")
    assert not allows([], need)
    assert allows([allow], need)
    assert not allows([allow, deny], need)
    assert not allows([deny], need)
