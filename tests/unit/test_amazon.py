"""Our clients of AWS against a server that has AWS's faults, and against botocore."""

import json
import logging
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    EndpointConnectionError,
    ReadTimeoutError,
)
from botocore.loaders import Loader
from botocore.regions import EndpointResolver
from botocore.session import Session
from hypothesis import given
from hypothesis import strategies as st

from meet import clock, dynamodb, wiring
from meet.amazon import ATTEMPTS, DynamoDB, SecretsManager, endpoint_of
from meet.clock import SECOND, Milliseconds
from meet.sigv4 import Signer
from tests.aws_server import KEY, Answer, Server, aws_server
from tools import ports

NOW = Milliseconds(1_790_000_000 * SECOND)


@pytest.fixture
def server() -> Iterator[Server]:
    with aws_server() as laid:
        yield laid


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Whoever waits before another try waits no longer than a test has time."""
    waited: list[int] = []
    monkeypatch.setattr(clock, "now", lambda: NOW)
    monkeypatch.setattr(clock, "back_off", waited.append)
    monkeypatch.setattr(clock, "pause", waited.append)
    return waited


def get(client: Any) -> Any:
    return client.get_item(TableName="Rooms", Key={"roomName": {"S": "team"}})


def put(client: Any) -> Any:
    return client.put_item(TableName="Rooms", Item={"roomName": {"S": "team"}})


# ----------------------------------------------------------------------------------- the wire


def test_a_request_is_signed_as_botocore_signs_it() -> None:
    body = b'{"TableName":"Rooms"}'
    for key in (KEY, KEY._replace(token="")):
        for host in ("dynamodb.eu-west-1.amazonaws.com", "127.0.0.1:8000"):
            headers = {"content-type": "application/x-amz-json-1.0", "x-amz-target": "T.GetItem"}
            at = NOW / SECOND
            ours = Signer("dynamodb", "eu-west-1", host).sign(headers, body, key, at=at)
            request = AWSRequest("POST", f"https://{host}/", data=body, headers=headers)
            request.context["timestamp"] = ours["x-amz-date"]
            request.headers["X-Amz-Date"] = ours["x-amz-date"]
            if key.token:
                request.headers["X-Amz-Security-Token"] = key.token
            signer: Any = SigV4Auth(
                Credentials(key.id, key.secret, key.token), "dynamodb", "eu-west-1"
            )
            text = signer.string_to_sign(request, signer.canonical_request(request))
            assert ours["authorization"].endswith("Signature=" + signer.signature(text, request))
            assert ours["x-amz-date"] == f"{datetime.fromtimestamp(at, UTC):%Y%m%dT%H%M%SZ}"
            assert ours.get("x-amz-security-token", "") == key.token


def test_every_region_has_the_address_that_botocore_knows() -> None:
    session = Session()
    resolver = EndpointResolver(Loader().load_data("endpoints"))
    for service in ("dynamodb", "secretsmanager"):
        regions = [
            region
            for partition in session.get_available_partitions()
            for region in session.get_available_regions(service, partition)
        ]
        assert len(regions) > 20
        for region in regions:
            known = resolver.construct_endpoint(service, region)
            assert known is not None
            assert endpoint_of(service, region) == f"https://{known['hostname']}", region


def test_a_connection_is_kept(server: Server) -> None:
    client = server.client()
    server.answers = [Answer(body={"Item": {"roomName": {"S": "team"}}})]
    assert get(client) == {"Item": {"roomName": {"S": "team"}}}
    assert get(client) == {}
    headers, body = server.asked[0]
    assert headers["x-amz-target"] == "DynamoDB_20120810.GetItem"
    assert headers["x-amz-security-token"] == "token"
    assert headers["accept-encoding"] == "identity"
    assert body == {"TableName": "Rooms", "Key": {"roomName": {"S": "team"}}}
    assert server.connections == 1


def test_a_secret_is_read(server: Server) -> None:
    server.answers = [Answer(body={"SecretString": "told"})]
    assert server.client(SecretsManager).get_secret_value(SecretId="Key")["SecretString"] == "told"
    assert server.asked[0][0]["content-type"] == "application/x-amz-json-1.1"


# ------------------------------------------------------------------------------------- faults


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("InternalServerError", 500),
        ("ServiceUnavailable", 503),
        ("ProvisionedThroughputExceededException", 400),
        ("ThrottlingException", 400),
        ("RequestLimitExceeded", 400),
        ("TransactionInProgressException", 400),
    ],
)
def test_a_service_that_is_busy_or_broken_is_asked_again(
    server: Server, pauses: list[int], code: str, status: int
) -> None:
    server.fails(code, status)
    server.fails(code, status)
    assert put(server.client()) == {}
    assert (len(server.asked), pauses) == (3, [1, 2])
    for _ in range(ATTEMPTS):
        server.fails(code, status, message="slower")
    with pytest.raises(ClientError) as told:
        put(server.client())
    assert told.value.response["Error"] == {"Code": code, "Message": "slower"}
    assert told.value.response["ResponseMetadata"]["HTTPStatusCode"] == status
    assert told.value.operation_name == "PutItem"
    assert len(server.asked) == 3 + ATTEMPTS


def test_an_answer_of_a_proxy_is_a_fault_too(server: Server) -> None:
    server.answers = [Answer(502, b"<html>Bad Gateway</html>")]
    assert put(server.client()) == {}
    server.answers = [Answer(502, b"<html>Bad Gateway</html>") for _ in range(ATTEMPTS)]
    with pytest.raises(ClientError) as told:
        put(server.client())
    assert told.value.response["Error"]["Code"] == "502"


@pytest.mark.parametrize("fault", [Answer(silent=True), Answer(body={"Item": {}}, cut=True)])
def test_a_connection_that_is_cut_is_made_anew(server: Server, fault: Answer) -> None:
    server.answers = [fault, fault]
    assert get(server.client()) == {}
    server.answers = [fault] * ATTEMPTS
    with pytest.raises(ConnectionClosedError):
        get(server.client())


def test_a_body_that_is_not_what_was_sent_is_asked_for_again(server: Server) -> None:
    good = json.dumps({"Item": {}}).encode()
    spoilt = Answer(body={"Item": {"a": {"S": "b"}}}, headers={"x-amz-crc32": "1"})
    server.answers = [spoilt, Answer(body=good, headers={"x-amz-crc32": str(zlib.crc32(good))})]
    assert get(server.client()) == {"Item": {}}
    server.answers = [spoilt] * ATTEMPTS
    with pytest.raises(ConnectionClosedError):
        get(server.client())


def test_a_service_that_does_not_answer_or_is_away_is_given_up(
    monkeypatch: pytest.MonkeyPatch, pauses: list[int]
) -> None:
    away = DynamoDB(f"http://127.0.0.1:{ports.pick()}", "eu-west-1", lambda: KEY)
    with pytest.raises(EndpointConnectionError):
        get(away)
    assert pauses == [1, 2]
    monkeypatch.setattr("meet.amazon.READ_TIMEOUT", 0.05)
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as silent:  # takes, no more
        slow = DynamoDB(f"http://127.0.0.1:{silent.server_port}", "eu-west-1", lambda: KEY)
        with pytest.raises(ReadTimeoutError):
            get(slow)


def test_a_refusal_is_told_as_boto3_tells_it(server: Server) -> None:
    client = server.client()
    server.fails("ConditionalCheckFailedException", Item={"a": {"S": "b"}}, message="no")
    with pytest.raises(client.exceptions.ConditionalCheckFailedException) as told:
        put(client)
    assert told.value.response["Item"] == {"a": {"S": "b"}}
    assert str(told.value) == (
        "An error occurred (ConditionalCheckFailedException) when calling the PutItem operation: no"
    )
    server.fails("ExpiredTokenException", Message="The security token is expired")
    with pytest.raises(ClientError, match="ExpiredTokenException"):
        put(client)
    assert len(server.asked) == 2, "asking again would not help"


@pytest.mark.parametrize("code", ["InvalidSignatureException", "RequestTimeTooSkewed"])
@pytest.mark.parametrize("hours", [-1, 1])
def test_a_clock_that_is_wrong_is_set_by_that_of_aws(server: Server, code: str, hours: int) -> None:
    there = NOW / SECOND + hours * 3600
    refused = Answer(400, {"__type": code}, {"date": formatdate(there, usegmt=True)})
    server.answers = [refused]
    client = server.client()
    put(client)
    put(client)
    stamps = [headers["x-amz-date"] for headers, _ in server.asked]
    right = f"{datetime.fromtimestamp(there, UTC):%Y%m%dT%H%M%SZ}"
    assert stamps == [f"{datetime.fromtimestamp(NOW / SECOND, UTC):%Y%m%dT%H%M%SZ}", right, right]


def test_a_wrong_key_is_not_the_fault_of_the_clock(server: Server) -> None:
    told = {"date": formatdate(NOW / SECOND, usegmt=True)}
    server.answers = [Answer(400, {"__type": "InvalidSignatureException"}, told)]
    with pytest.raises(ClientError, match="InvalidSignatureException"):
        put(server.client())
    assert len(server.asked) == 1


def test_a_transaction_that_is_sent_again_has_the_same_token(server: Server) -> None:
    server.fails("InternalServerError", 500)
    writes = [{"Delete": {"TableName": "Rooms", "Key": {"roomName": {"S": "team"}}}}]
    client = server.client()
    client.transact_write_items(TransactItems=writes)
    client.transact_write_items(TransactItems=writes)
    first, again, other = [body["ClientRequestToken"] for _, body in server.asked]
    assert first == again != other


def test_keys_that_are_left_unread_are_asked_for_again(server: Server) -> None:
    left = {"Rooms": {"Keys": [{"roomName": {"S": "b"}}]}}
    item = {"roomName": {"S": "a"}}
    server.answers = [
        Answer(body={"Responses": {"Rooms": [item]}, "UnprocessedKeys": left}),
        Answer(body={"Responses": {"Rooms": []}, "UnprocessedKeys": {}}),
    ]
    keys: Any = [{"roomName": {"S": name}} for name in "ab"]
    found = list(dynamodb.get_many(server.client(), table="Rooms", keys=keys))
    assert found == [{"roomName": "a"}]
    assert server.asked[1][1]["RequestItems"]["Rooms"]["Keys"] == left["Rooms"]["Keys"]


def test_no_key_or_signature_is_logged(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    server.fails("InternalServerError", 500)
    put(server.client())
    assert KEY.secret not in caplog.text
    assert "Signature" not in caplog.text


# -------------------------------------------------------------------------------- credentials


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    def give(**variables: str) -> None:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        wiring.reset()

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    yield give
    wiring.reset()


def test_credentials_come_from_the_environment(
    server: Server, environment: Callable[..., None]
) -> None:
    environment(
        AWS_ENDPOINT_URL=server.address, AWS_ACCESS_KEY_ID="AKID", AWS_SECRET_ACCESS_KEY="secret"
    )
    get(wiring.clients.dynamodb())
    headers, _ = server.asked[0]
    assert "Credential=AKID/" in headers["authorization"]
    assert "x-amz-security-token" not in headers


def test_credentials_that_are_not_in_the_environment_are_looked_for_as_the_sdk_does(
    server: Server, environment: Callable[..., None], tmp_path: Any
) -> None:
    file = tmp_path / "credentials"
    file.write_text("[default]\naws_access_key_id = OFFILE\naws_secret_access_key = secret\n")
    environment(AWS_ENDPOINT_URL_DYNAMODB=server.address, AWS_SHARED_CREDENTIALS_FILE=str(file))
    get(wiring.clients.dynamodb())
    assert "Credential=OFFILE/" in server.asked[0][0]["authorization"]


# --------------------------------------------------------------------------------------- items

NUMBERS = st.integers(-(10**30), 10**30) | st.decimals(
    min_value=-(10**9), max_value=10**9, places=3, allow_nan=False
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text() | st.sets(st.text(min_size=1), min_size=1),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_values_are_written_and_read_as_boto3_does(value: Any) -> None:
    item = dynamodb.to_item({"a": value, "gone": None})
    theirs = {} if value is None else {"a": TypeSerializer().serialize(value)}
    read = dynamodb.from_item(item)
    assert read == {name: TypeDeserializer().deserialize(each) for name, each in theirs.items()}
    assert read == ({} if value is None else {"a": value})
    assert json.loads(json.dumps(item)) == item


def test_numbers_are_read_as_what_they_are() -> None:
    read = dynamodb.from_item({"a": {"N": "12"}, "b": {"N": "1.5"}, "c": {"N": "1E+2"}})
    assert read == {"a": 12, "b": Decimal("1.5"), "c": Decimal(100)}
    assert isinstance(read["a"], int)


@pytest.mark.parametrize("value", [1.5, b"bytes", object(), {1, 2}])
def test_what_dynamodb_does_not_have_is_not_written(value: Any) -> None:
    with pytest.raises(TypeError):
        dynamodb.to_item({"a": value})
