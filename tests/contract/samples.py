"""The sample events, and what is stored and answered for them to succeed."""

import base64
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from hashlib import sha256
from importlib import import_module
from typing import Any
from unittest.mock import patch

import boto3
from google.protobuf.message import Message
from livekit.protocol.egress import EgressInfo
from livekit.protocol.models import ParticipantInfo, TrackInfo, TrackSource
from livekit.protocol.room import ListParticipantsResponse

from meet import bearers, wiring
from meet.actors import Actor
from meet.clock import DAY, HOUR, Milliseconds
from meet.connections import Connections, Sent
from meet.events.model import EventType, Fact
from meet.guests.model import Ban, Draft, Invitation
from meet.lobby.model import Waiting
from meet.recordings.lifecycle import Evidence, Status
from meet.recordings.links import Draft as LinkDraft
from meet.recordings.links import ShareLink
from meet.recordings.model import Recording
from meet.rooms.model import Preferences, Role, Room
from meet.signing import Purpose, SigningKeys
from meet.webhooks.model import Definition, Webhook
from meet.wiring import clients
from meet.wiring.events import event_log
from tests.fakes import Clock, replied
from tests.functions.gateway import CONTEXT
from tools import ROOT
from tools.memory_aws import ENVIRONMENT, MAPPINGS
from tools.openapi.examples import EXPIRES, NAME, RECORDING_ID
from tools.template import functions, load_template

TEMPLATE, FUNCTIONS = load_template(), functions()

SAMPLES = {file.stem: json.loads(file.read_text()) for file in (ROOT / "events").glob("*.json")}
REQUESTS = {n: s for n, s in SAMPLES.items() if "httpMethod" in s and n != "authorize"}

BY_LAMBDA = ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
REFERENCES = {
    "LiveKitUrl": ENVIRONMENT["LIVEKIT_URL"],
    "AWS::StackId": ENVIRONMENT["STACK_ID"],
    "RecordingsBucket": ENVIRONMENT["RECORDINGS_BUCKET"],
    "Deliveries": ENVIRONMENT["DELIVERIES_QUEUE"],
    "SlowDeliveries": ENVIRONMENT["SLOW_DELIVERIES_QUEUE"],
    **MAPPINGS,
}

ROOM = Room(
    name=NAME,
    prefix="OpenVidu",
    created_at=Milliseconds(1_785_900_000_000),
    expires_at=EXPIRES,
    max_participants=10,
    preferences=Preferences(),
    secrets={role: f"{role}-secret" for role in Role},
)
BEGAN = Milliseconds(ROOM.created_at - HOUR)
FILE = b"x" * 2048
READY = Recording(RECORDING_ID, NAME, Status.STARTING, created_at=BEGAN)
STARTED_ID = SAMPLES["stop_recording"]["pathParameters"]["recordingId"]
STARTED = Recording(STARTED_ID, NAME, Status.STARTING, created_at=BEGAN)

LIVEKIT: dict[str, Message] = {
    "RoomService/ListParticipants": ListParticipantsResponse(
        participants=[
            ParticipantInfo(
                identity="Bob_x7c4q1",
                name="Bob",
                tracks=[TrackInfo(sid="TR_1", source=TrackSource.MICROPHONE)],
            )
        ]
    ),
    "RoomService/GetParticipant": ParticipantInfo(
        identity="Bob_x7c4q1",
        name="Bob",
        sid="PA_1",
        metadata='{"role": "publisher"}',
        tracks=[TrackInfo(sid="TR_1", source=TrackSource.MICROPHONE)],
    ),
    "Egress/StartRoomCompositeEgress": EgressInfo(egress_id="EG_2"),
}
"""What LiveKit answers, where it is not an empty message."""

EVENT = Fact(
    SAMPLES["dispatch_events"]["Records"][0]["dynamodb"]["NewImage"]["id"]["S"],
    EventType.ROOM_CREATED,
    ROOM.created_at,
    NAME,
    {"roomName": NAME},
)
INVITATION = Invitation(
    SAMPLES["get_invitation"]["pathParameters"]["invitationId"],
    Draft("Ada", Role.PUBLISHER),
    token_digest="",
    created_at=ROOM.created_at,
)
BAN = Ban(
    SAMPLES["delete_ban"]["pathParameters"]["banId"],
    ROOM.created_at,
    "Mallory",
    "Mallory_k2j9x0",
    external_id=None,
    bans_name=True,
)
SHARED = ShareLink(
    SAMPLES["open_recording_link"]["pathParameters"]["linkId"],
    LinkDraft(Milliseconds(ROOM.created_at + 30 * DAY)),
    bearers.digest_of(
        json.loads(base64.b64decode(SAMPLES["open_recording_link"]["body"]))["token"]
    ),
    created_at=ROOM.created_at,
)
WEBHOOK = Webhook(
    SAMPLES["get_webhook"]["pathParameters"]["webhookId"],
    ROOM.created_at,
    Definition("https://example.com/webhooks/meet"),
)
"""Its endpoint answers 204."""
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
SIGNING_KEYS = {purpose: sha256(purpose.encode()).digest() for purpose in Purpose}
"""Not random, so that a sample can have what they signed."""

WAITING = Waiting(
    id=SAMPLES["decide_waiting"]["pathParameters"]["waitingId"],
    room_name=NAME,
    name="Alice",
    identity="Alice_k2j9x0",
    role=Role.PUBLISHER,
    since=Milliseconds(1_785_923_990_000),
    seen_at=Milliseconds(1_785_923_990_000),
    attributes={},
)


@contextmanager
def livekit_answers(note: Callable[[str, bytes, bytes], None]) -> Iterator[None]:
    """Give LIVEKIT's answers, or empty ones, and note method, request and response of each call."""
    send = Connections.send

    def send_or_answer(
        connections: Connections, body: bytes, headers: dict[str, str], **more: Any
    ) -> Sent:
        _, is_livekit, method = more.get("path", "").partition("/twirp/livekit.")
        if not is_livekit:
            return send(connections, body, headers, **more)
        response = LIVEKIT[method].SerializeToString() if method in LIVEKIT else b""
        note(method, body, response)
        return replied(200, response)

    with patch.object(Connections, "send", send_or_answer):
        yield


@dataclass
class Called:
    """What was asked of AWS (service, operation, parameters), and of LiveKit."""

    aws: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    livekit: list[str] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    """What was sent to LiveKit."""
    write_units: int = 0
    """What DynamoDB charges for the writes."""

    def charge(self, units: int) -> None:
        """Add units of a write."""
        self.write_units += units

    def forget(self) -> None:
        """Begin anew with what was asked of AWS."""
        self.aws.clear()
        self.write_units = 0


def store() -> None:
    """Store what the samples are about: a room with two recordings, and one each of the others.

    The signing keys are there, as almost always: the first call ever makes them.
    """
    wiring.room_repository().add(ROOM)
    ended = {"startedAt": BEGAN, "endedAt": BEGAN + 60_000, "duration": Decimal(60)}
    put = boto3.client("s3").put_object(
        Bucket=ENVIRONMENT["RECORDINGS_BUCKET"], Key=READY.object_key, Body=FILE
    )
    file = {"size": len(FILE), "etag": put["ETag"], "fileVersion": put["VersionId"]}
    store_recording(READY, Evidence.OBJECT_SEEN, ended | file)
    store_recording(STARTED, Evidence.EGRESS_ACTIVE, {"egressId": "EG_1", "startedAt": BEGAN})
    event_log().append([[EVENT]])
    wiring.webhook_repository().add(WEBHOOK, SECRET)
    wiring.queue_polling().adjust(on=True)
    wiring.waiting_repository().add(WAITING)
    guests, by = wiring.guest_repository(), Actor("apiKey", "first")
    guests.add_invitations(NAME, [INVITATION], now=ROOM.created_at, by=by)
    guests.add_ban(NAME, BAN, by=by)
    wiring.link_repository().add(READY, SHARED, by=by)
    keys = SigningKeys(clients.dynamodb(), ENVIRONMENT["SIGNING_KEYS_TABLE"])
    for purpose, key in SIGNING_KEYS.items():
        keys._add(purpose, key)
    wiring.reset()


def store_recording(recording: Recording, evidence: Evidence, facts: dict[str, Any]) -> None:
    """Store a recording as the evidence leaves it, and let its room go."""
    recordings = wiring.recording_repository()
    recordings.start(recording, sweep_at=BEGAN)
    recordings.observe(recording.id, evidence, facts)
    wiring.room_repository().release(recording.room_name, recording.id)


def given(function: str) -> dict[str, str]:
    """Return the environment of a function on AWS."""
    own = FUNCTIONS[function].get("Environment", {}).get("Variables", {})
    declared = TEMPLATE["Globals"]["Function"]["Environment"]["Variables"] | own
    by_lambda = {name: ENVIRONMENT[name] for name in BY_LAMBDA}
    return by_lambda | {name: _resolved(value) for name, value in declared.items()}


def _resolved(value: Any) -> str:
    if not isinstance(value, dict):
        return str(value)
    name = value["Ref"]
    if name in REFERENCES:
        return REFERENCES[name]
    parameters = TEMPLATE["Parameters"]
    return str(parameters[name]["Default"] if name in parameters else name)


def run(function: str, clock: Clock, sample: dict[str, Any] | None = None) -> Any:
    """Send its sample, or another event, to a function with what the template gives it alone."""
    sample = SAMPLES[function] if sample is None else sample
    moment = sample.get("requestContext", {}).get("requestTimeEpoch", ROOM.created_at)
    clock.moment = Milliseconds(moment)
    handler = import_module(f"functions.{function}.app").handler
    with patch.dict(os.environ, given(function), clear=True):
        return handler(sample, CONTEXT)
