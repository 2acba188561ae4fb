"""What a moderator may do with the apiToken, and nobody else with anything like it."""

import base64
import hmac
import json
from collections.abc import Callable
from importlib import import_module
from typing import Any, TypeAlias
from urllib.parse import quote

import boto3
import jwt
import pytest

from meet import wiring
from meet.access import OPERATIONS, Credential
from meet.clock import HOUR, MINUTE
from meet.signing import Purpose
from meet.wiring import clients
from tests.fakes import Clock, FakeLiveKit, FakeRecorder
from tests.functions.gateway import CONTEXT, Call, Reply, event, invoke
from tests.functions.rooms import create_room, secret_of
from tools.memory_aws import LIVEKIT_KEY, LIVEKIT_SECRET

ARN = "arn:aws:execute-api:eu-west-1:123456789012:abc123/meet/POST/api/v1/recordings"
MODERATORS = {
    ("POST", "/api/v1/recordings"),
    ("GET", "/api/v1/recordings"),
    ("PUT", "/api/v1/recordings/{recordingId}"),
    ("DELETE", "/api/v1/participants/{participantName}"),
    ("DELETE", "/api/v1/participants/token"),
    ("DELETE", "/api/v1/participants/tokens"),
    ("GET", "/api/v1/rooms/{roomName}/bans"),
    ("DELETE", "/api/v1/rooms/{roomName}/bans/{banId}"),
    ("PUT", "/api/v1/meetings/{roomName}/lock"),
    ("GET", "/api/v1/meetings/{roomName}"),
    ("DELETE", "/api/v1/meetings/{roomName}"),
    ("GET", "/api/v1/meetings/{roomName}/participants"),
    ("GET", "/api/v1/meetings/{roomName}/participants/{identity}"),
    ("DELETE", "/api/v1/meetings/{roomName}/participants/{identity}"),
    ("PUT", "/api/v1/meetings/{roomName}/participants/{identity}/role"),
    ("PUT", "/api/v1/meetings/{roomName}/participants/{identity}/media"),
    ("PUT", "/api/v1/meetings/{roomName}/participants/{identity}/hand"),
    ("PUT", "/api/v1/meetings/{roomName}/participants/media"),
    ("POST", "/api/v1/meetings/{roomName}/messages"),
    ("GET", "/api/v1/meetings/{roomName}/waiting"),
    ("PUT", "/api/v1/meetings/{roomName}/waiting"),
    ("PUT", "/api/v1/meetings/{roomName}/waiting/{waitingId}"),
}

EVERYBODY = {("PUT", "/api/v1/meetings/{roomName}/participants/{identity}/hand")}

Room: TypeAlias = dict[str, Any]
AnswerOf: TypeAlias = Callable[..., dict[str, Any]]
TokenOf: TypeAlias = Callable[[Room], str]


@pytest.fixture
def room(call: Call, still_clock: Clock) -> Room:
    return create_room(call, still_clock, expirationDate=still_clock() + 9 * HOUR)


@pytest.fixture
def answer_of(call: Call) -> AnswerOf:
    def ask(room: Room, role: str = "moderator", **more: str) -> dict[str, Any]:
        body = {
            "roomName": room["roomName"],
            "participantName": "Alice",
            "secret": secret_of(room, role),
        }
        answer: dict[str, Any] = call("POST", "/participants/token", body | more).body
        return answer

    return ask


@pytest.fixture
def token_of(answer_of: AnswerOf) -> TokenOf:
    return lambda room: answer_of(room)["apiToken"]


def authorize(
    authorization: str, method: str = "POST", url: str = "/api/v1/recordings"
) -> dict[str, Any] | None:
    """Return the authorizer's answer, None for its refusal."""
    request = event(method, url, headers={"Authorization": authorization})
    request |= {"type": "REQUEST", "methodArn": ARN}
    try:
        answer: dict[str, Any] = import_module("functions.authorize.app").handler(request, CONTEXT)
    except Exception as error:
        assert type(error) is Exception
        assert str(error) == "Unauthorized"
        return None
    return answer


def send(
    token: str, method: str, url: str, body: Any = None, headers: dict[str, str] | None = None
) -> Reply | None:
    """Send a request through the authorizer, as the gateway does; None when it is refused."""
    answer = authorize(f"Bearer {token}", method, url)
    if answer is None:
        return None
    sent = dict(headers or {})
    raw = None
    if body is not None:
        raw = json.dumps(body).encode()
        sent["Content-Type"] = "application/json"
    request = event(method, url, body=raw, headers=sent)
    request["requestContext"]["authorizer"] = {
        "principalId": answer["principalId"],
        **answer.get("context", {}),
    }
    return invoke(request)


def status(reply: Reply | None) -> int:
    return 401 if reply is None else reply.status


@pytest.mark.parametrize(
    ("role", "theirs"),
    [("moderator", MODERATORS), ("publisher", EVERYBODY), ("viewer", EVERYBODY)],
)
def test_a_participants_token_opens_what_the_table_says_and_nothing_else(
    room: Room, answer_of: AnswerOf, role: str, theirs: set[tuple[str, str]]
) -> None:
    bearer = f"Bearer {answer_of(room, role)['participantToken']}"
    opened = {
        (method, resource)
        for (method, resource), (_, accepted) in OPERATIONS.items()
        if accepted and authorize(bearer, method, resource.replace("{", "").replace("}", ""))
    }
    assert opened == theirs


def test_the_table_gives_participants_no_more_than_these() -> None:
    for credential, theirs in {
        Credential.PARTICIPANT_TOKEN: MODERATORS,
        Credential.OWN_PARTICIPANT_TOKEN: EVERYBODY,
    }.items():
        given = {key for key, (_, by) in OPERATIONS.items() if credential in by}
        assert given == theirs


def test_the_function_learns_the_room_and_not_the_token(room: Room, token_of: TokenOf) -> None:
    token = token_of(room)
    answer = authorize(f"bearer {token}")
    assert answer is not None
    identity = jwt.decode(token, options={"verify_signature": False})["sub"]
    assert answer["context"] == {"room": room["roomName"], "identity": quote(identity)}
    assert answer["principalId"] == "participantToken"
    assert answer["policyDocument"]["Statement"][0]["Resource"] == ARN
    assert token not in str(answer)


@pytest.mark.parametrize("role", ["moderator", "publisher", "viewer"])
def test_a_token_of_livekits_opens_nothing_and_never_one_that_it_renewed(
    room: Room, answer_of: AnswerOf, role: str
) -> None:
    token = answer_of(room, role)["token"]
    claims = jwt.decode(token, options={"verify_signature": False})
    renewed = jwt.encode(claims | {"exp": 10**10}, LIVEKIT_SECRET, algorithm="HS256")
    for each in (token, renewed):
        assert authorize(f"Bearer {each}") is None


def test_an_expired_token_opens_nothing(room: Room, token_of: TokenOf, still_clock: Clock) -> None:
    bearer = f"Bearer {token_of(room)}"
    still_clock.advance(6 * HOUR - MINUTE)
    assert authorize(bearer)
    still_clock.advance(MINUTE)
    assert authorize(bearer) is None


def _edited(token: str, **claims: Any) -> str:
    head, payload, signature = token.split(".")
    decoded = json.loads(base64.urlsafe_b64decode(payload + "=="))
    raw = json.dumps(decoded | claims).encode()
    return f"{head}.{base64.urlsafe_b64encode(raw).decode().rstrip('=')}.{signature}"


def test_a_token_ends_with_its_room(
    call: Call, still_clock: Clock, room: Room, token_of: TokenOf
) -> None:
    short = create_room(call, still_clock)
    deleted, expired = f"Bearer {token_of(room)}", f"Bearer {token_of(short)}"
    assert authorize(deleted)
    assert authorize(expired)
    call("DELETE", f"/rooms/{room['roomName']}")
    still_clock.advance(HOUR)
    assert authorize(deleted) is None
    assert authorize(expired) is None


def test_an_edited_or_invented_token_opens_nothing(room: Room, token_of: TokenOf) -> None:
    token = token_of(room)
    head, payload, signature = token.split(".")
    unsigned = base64.urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').decode().rstrip("=")
    for each in (
        _edited(token, room="another"),
        _edited(token, sub="Bob"),
        _edited(token, exp=10**10),
        f"{unsigned}.{payload}.",
        f"{unsigned}.{payload}.{signature}",
        f"{head}.{payload}.",
        f"{head}.{payload}",
        "",
        "x",
        "..",
        "\u00e9.\u00e9.\u00e9",
        "x" * 10_000,
    ):
        assert authorize(f"Bearer {each}") is None, each
        assert authorize(each) is None, each


@pytest.mark.filterwarnings("ignore:The HMAC key is:jwt.InsecureKeyLengthWarning")
# Some tokens are signed by a key that is too short for their algorithm.
@pytest.mark.filterwarnings("ignore:The HMAC key is:jwt.InsecureKeyLengthWarning")
def test_a_token_signed_by_another_key_or_for_another_purpose_opens_nothing(
    room: Room, token_of: TokenOf
) -> None:
    tokens = wiring.api_tokens()
    claims = jwt.decode(token_of(room), options={"verify_signature": False})

    def signed(key: bytes = tokens.key, algorithm: str = "HS256", **changed: Any) -> str:
        kept = {k: v for k, v in (claims | changed).items() if v is not None}
        return jwt.encode(kept, key, algorithm=algorithm)

    assert authorize(f"Bearer {signed()}")
    for bad in (
        signed(wiring.console_tokens().key),
        signed(wiring.playback_key()),
        signed(LIVEKIT_SECRET.encode()),
        signed(clients.signing_key(Purpose.NEW_TOKENS)),
        signed(algorithm="HS512"),
        signed(iss="meet-another"),
        signed(aud="console"),
        signed(iss=None),
        signed(aud=None),
        signed(exp=None),
        signed(sub=None),
    ):
        assert authorize(f"Bearer {bad}") is None


def test_other_schemes_are_no_bearer_token(room: Room, token_of: TokenOf) -> None:
    token = token_of(room)
    for value in (token, f"Basic {token}", f"Bearer{token}", f"Bearer  {token} x", "Bearer"):
        assert authorize(value) is None, value


def test_a_moderator_records_the_own_room_and_stops(
    call: Call, room: Room, token_of: TokenOf, livekit: FakeLiveKit, recorder: FakeRecorder
) -> None:
    name, token = room["roomName"], token_of(room)
    livekit.join(name, "Alice", is_publishing=True)
    started = send(token, "POST", "/api/v1/recordings", {"roomName": name})
    assert started is not None
    assert started.status == 200, started.text
    listed = send(token, "GET", f"/api/v1/recordings?roomName={name}")
    assert listed is not None
    assert [each["id"] for each in listed.body] == [started.body["id"]]
    stopped = send(token, "PUT", f"/api/v1/recordings/{started.body['id']}")
    assert status(stopped) == 204


def test_a_moderator_of_another_room_records_lists_and_stops_nothing(
    call: Call,
    still_clock: Clock,
    room: Room,
    token_of: TokenOf,
    livekit: FakeLiveKit,
    recorder: FakeRecorder,
) -> None:
    name = room["roomName"]
    stranger = token_of(create_room(call, still_clock))
    livekit.join(name, "Alice", is_publishing=True)
    refused = {"code": 403, "message": "Your token is of another room", "reason": "other_room"}
    start = send(stranger, "POST", "/api/v1/recordings", {"roomName": name})
    assert start is not None
    assert (start.status, start.body) == (403, refused)
    assert recorder.calls == []
    recording = call("POST", "/recordings", {"roomName": name}).body["id"]
    assert status(send(stranger, "GET", f"/api/v1/recordings?roomName={name}")) == 403
    assert status(send(stranger, "GET", "/api/v1/recordings")) == 403
    assert status(send(stranger, "GET", "/api/v1/recordings?roomName=")) == 403
    stop = send(stranger, "PUT", f"/api/v1/recordings/{recording}")
    unknown = send(stranger, "PUT", "/api/v1/recordings/unknown")
    assert stop is not None
    assert unknown is not None
    assert (stop.status, stop.body) == (unknown.status, unknown.body) == (404, stop.body)
    assert [call[0] for call in recorder.calls] == ["start"]


def test_an_idempotency_key_does_not_show_another_rooms_recording(
    call: Call,
    still_clock: Clock,
    room: Room,
    token_of: TokenOf,
    livekit: FakeLiveKit,
    recorder: FakeRecorder,
) -> None:
    body, key = {"roomName": room["roomName"]}, {"Idempotency-Key": "one"}
    livekit.join(room["roomName"], "Alice", is_publishing=True)
    assert status(send(token_of(room), "POST", "/api/v1/recordings", body, key)) == 200
    stranger = token_of(create_room(call, still_clock))
    assert status(send(stranger, "POST", "/api/v1/recordings", body, key)) == 403


def test_a_moderator_removes_people_from_the_own_room_alone(
    call: Call, still_clock: Clock, room: Room, token_of: TokenOf, livekit: FakeLiveKit
) -> None:
    name = room["roomName"]
    livekit.join(name, "Bob")
    url = f"/api/v1/participants/Bob?roomName={name}"
    assert status(send(token_of(create_room(call, still_clock)), "DELETE", url)) == 403
    assert "Bob" in livekit.inside[name]
    assert status(send(token_of(room), "DELETE", url)) == 204
    assert "Bob" not in livekit.inside[name]


def test_no_token_of_a_moderator_who_was_removed_opens_anything(
    room: Room, answer_of: AnswerOf, livekit: FakeLiveKit
) -> None:
    first = answer_of(room)  # the page asks once to see the link, and once to join
    second = answer_of(room, previousToken=first["token"])
    identity = livekit.join_with(room["roomName"], second["token"])
    url = f"/api/v1/participants/{identity}?roomName={room['roomName']}"
    assert status(send(second["apiToken"], "DELETE", url)) == 204
    for token in (first["apiToken"], second["apiToken"]):
        assert authorize(f"Bearer {token}") is None
    again = answer_of(room, previousToken=second["token"])
    assert authorize(f"Bearer {again['apiToken']}")


def test_a_moderator_who_was_removed_after_leaving_may_do_no_more_either(
    call: Call, room: Room, answer_of: AnswerOf
) -> None:
    left = answer_of(room)
    url = f"/participants/{left['participantIdentity']}?roomName={room['roomName']}"
    assert call("DELETE", url).status == 404
    assert authorize(f"Bearer {left['apiToken']}") is None


def test_a_client_cannot_say_who_it_is(call: Call, room: Room) -> None:
    headers = {"principalId": "apiKeyInHeader", "room": room["roomName"]}
    assert authorize("", "POST", "/api/v1/recordings?room=x&principalId=apiKeyInHeader") is None
    assert call("GET", "/recordings", headers=headers).status == 200  # behind the gateway: a key


def test_where_livekits_secret_was_forgotten_nobody_signs_with_nothing(
    room: Room, still_clock: Clock
) -> None:
    empty = json.dumps({"apiKey": LIVEKIT_KEY, "apiSecret": ""})
    boto3.client("secretsmanager").put_secret_value(SecretId="LiveKitSecret", SecretString=empty)
    wiring.reset()
    header, claims = (
        base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")
        for part in (
            {"alg": "HS256", "typ": "JWT"},
            {"iss": LIVEKIT_KEY, "exp": still_clock() // 1000 + 60},
        )
    )
    digest = hmac.digest(b"", f"{header}.{claims}".encode(), "sha256")
    signature = base64.urlsafe_b64encode(digest).decode().rstrip("=")
    webhook = {"Authorization": f"{header}.{claims}.{signature}"}
    assert invoke(event("POST", "/livekit/webhook", body=b"{}", headers=webhook)).status == 503
