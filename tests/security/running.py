"""The running stack with everything that only its owner knows: its AWS, and every secret."""

import json
from hashlib import sha256
from typing import Any

import boto3
import pytest
from botocore.config import Config

from meet import clock
from meet.clock import MINUTE, Milliseconds
from meet.console.accounts import Accounts
from meet.console.tokens import ConsoleTokens
from meet.livekit.tokens import AccessTokens
from meet.participants.api_tokens import ApiTokens
from meet.recordings.lifecycle import Evidence
from meet.recordings.model import Recording
from meet.recordings.repository import RecordingRepository
from meet.rooms.repository import RoomRepository
from meet.signing import Purpose, SigningKeys
from tests.live import Client
from tests.security.callers import Target

CONTENT = b"a film" * 100


def aws_client(api: Client, service: str) -> Any:
    """Return a client of the running stack's AWS."""
    return boto3.client(  # type: ignore[call-overload]
        service,
        endpoint_url=api.stack.aws_endpoint_url,
        region_name=api.stack.region,
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(s3={"addressing_style": "path"}, proxies={}),
    )


def signing_key(api: Client, purpose: Purpose) -> bytes:
    """Return a key of the running stack, which is made if no function needed it so far."""
    stack = aws_client(api, "cloudformation").describe_stack_resource(
        StackName="meet", LogicalResourceId="SigningKeysTable"
    )
    table: str = stack["StackResourceDetail"]["PhysicalResourceId"]
    return SigningKeys(aws_client(api, "dynamodb"), table).get(purpose)


def stack_id(api: Client) -> str:
    found = aws_client(api, "cloudformation").describe_stacks(StackName="meet")
    stack: str = found["Stacks"][0]["StackId"]
    return stack


def console_tokens(api: Client) -> ConsoleTokens:
    """Return the signer of the running stack's cookies."""
    keys = {api.stack.admin_username: api.stack.admin_password}
    return ConsoleTokens(signing_key(api, Purpose.CONSOLE), issuer(api), Accounts(keys))


def issuer(api: Client) -> str:
    """Return the name by which the running stack signs."""
    return "meet-" + sha256(stack_id(api).encode()).hexdigest()[:16]


def ended_session(api: Client) -> str:
    """Log in to the console of the running stack and out again; return the cookie."""
    headers = {"Origin": api.stack.origin}
    body = {"username": api.stack.admin_username, "password": api.stack.admin_password}
    url = f"{api.stack.origin}/meet/console"
    answer = api.call("POST", f"{url}/login", body, key=None, headers=headers)
    cookie: str = answer.headers["Set-Cookie"].partition(";")[0]
    left = api.call("POST", f"{url}/logout", key=None, headers=headers | {"Cookie": cookie})
    assert (answer.status, left.status) == (200, 204)
    return cookie.partition("=")[2]


def record(api: Client, room: str) -> str:
    """Store a READY recording and its file; return its id."""
    tables = aws_client(api, "dynamodb")
    rooms = RoomRepository(tables, api.stack.rooms_table)
    recordings = RecordingRepository(tables, str(api.stack.recordings_table), rooms)
    recording = Recording.new(room, now=clock.now())
    aws_client(api, "s3").put_object(
        Bucket=api.stack.recordings_bucket, Key=recording.object_key, Body=CONTENT
    )
    recordings.start(recording, sweep_at=Milliseconds(clock.now() + 10 * MINUTE))
    facts = {"size": len(CONTENT), "etag": '"e"', "endedAt": clock.now()}
    recordings.observe(recording.id, Evidence.OBJECT_SEEN, facts)
    rooms.release(room, recording.id)
    return recording.id


def rotated_out(api: Client) -> str:
    """Add an API key, use it, take it away; return it once no function remembers it."""
    secrets, old = aws_client(api, "secretsmanager"), "a-key-of-last-year"
    keys = {"first": api.stack.api_key}
    for change, status in ((keys | {"second": old}, 200), (keys, 401)):
        secrets.put_secret_value(
            SecretId=api.stack.api_keys_secret, SecretString=json.dumps(change)
        )
        api.stack.emulator.stop()  # functions remember keys for minutes, or as long as they live
        api.stack.emulator.start()
        assert api.call("GET", "/rooms?maxItems=1", key=old).status == status
    return old


def target_on(api: Client) -> Target:
    """Create two rooms with a recording each, and return them with every secret there is."""
    rooms = [api.create_room()["roomName"] for _ in range(2)]
    with pytest.MonkeyPatch.context() as here:
        here.setenv("STACK_NAME", "meet")  # of the metrics that are written beside a recording
        recordings = [record(api, room) for room in rooms]
    return Target(
        api.stack.origin,
        api.stack.api_key,
        rotated_out(api),
        AccessTokens(api.stack.livekit_api_key, api.stack.livekit_api_secret),
        ApiTokens(signing_key(api, Purpose.MODERATORS), issuer(api)),
        console_tokens(api),
        ended_session(api),
        signing_key(api, Purpose.PLAYBACK_LINKS),
        *rooms,
        *recordings,
    )
