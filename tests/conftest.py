"""Fixtures of all tests: a clock that stands still, AWS in memory, a fake LiveKit, a stack."""

import os
import shutil
import warnings
from collections.abc import Iterator
from contextlib import ExitStack
from functools import cache
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import boto3
import hypothesis
import pytest
from moto.core.config import default_user_config
from moto.core.serialize import ResponseSerializer

from meet import clock, wiring
from meet.livekit.recorder import Recorder
from meet.livekit.rooms import MediaServer
from tests.amazon import called_through_botocore
from tests.debian import program
from tests.expressions import MOTO, Asked, noted, written_tables
from tests.fakes import Clock, FakeLiveKit, FakeRecorder
from tests.permissions import Ledger, enforced
from tests.quick_moto import quick_moto
from tests.together import Done, Together
from tools import ROOT
from tools.memory_aws import ENVIRONMENT, memory_aws
from tools.template import resources

if TYPE_CHECKING:
    from tests.large import Large
    from tests.live import Client
    from tools.stack.local_stack import LocalStack

# Read by Powertools' loggers when meet.http is imported, which may be before any test runs.
os.environ.setdefault("POWERTOOLS_SERVICE_NAME", ENVIRONMENT["POWERTOOLS_SERVICE_NAME"])
# Every metric names it, also those of LiveKit's failures in tests without any AWS.
os.environ.setdefault("STACK_NAME", ENVIRONMENT["STACK_NAME"])


# No example has a time limit: a busy machine can stop a test for longer than any.
hypothesis.settings.register_profile(
    "unhurried", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("unhurried")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Together(config), Together.__name__)


@pytest.fixture
def still_clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    still = Clock()
    monkeypatch.setattr(clock, "now", still)
    monkeypatch.setattr(clock, "wait_until", still.wait_until)
    monkeypatch.setattr(clock, "pause", lambda attempt: None)
    monkeypatch.setattr(clock, "back_off", lambda attempt: None)
    return still


@pytest.fixture(scope="session", autouse=True)
def quick_aws() -> Iterator[None]:
    """Read the template and botocore's models once, guess no names, serve botocore alone.

    And do no work that grows with the number of items.
    """
    guess = ResponseSerializer.get_value

    def get_value(serializer: Any, value: Any, name: str, shape: Any) -> Any:
        # What moto's DynamoDB answers is called as on the wire; moto tries three names for each.
        is_item = serializer.operation_model.service_model.service_name == "dynamodb"
        named = is_item and isinstance(value, dict)
        return value.get(name) if named else guess(serializer, value, name, shape)

    with (
        patch("tools.memory_aws.resources", cache(resources)),
        patch.dict(default_user_config["core"], {"reset_boto3_session": False}),
        patch("moto.core.models.RESPONSES_METHODS", []),  # moto for requests, which nothing uses
        patch.object(ResponseSerializer, "get_value", get_value),
        quick_moto(),
        called_through_botocore(),
    ):
        yield


@pytest.fixture(scope="session")
def done(pytestconfig: pytest.Config) -> Done:
    """What tests did so far."""
    together = pytestconfig.pluginmanager.get_plugin(Together.__name__)
    assert isinstance(together, Together)
    return together.done


@pytest.fixture(scope="session", autouse=True)
def asked_of_dynamodb(done: Done, quick_aws: None) -> Iterator[Asked]:
    """What the code asked of each DynamoDB so far."""
    with noted(done.asked):
        yield done.asked


@pytest.fixture(scope="session", autouse=True)
def ledger(done: Done, asked_of_dynamodb: Asked) -> Iterator[Ledger]:
    """Hold every function to what the template lets it do, and note what it needs."""
    with enforced(done.ledger):
        yield done.ledger


@pytest.fixture(autouse=True)
def name_of_the_test(request: pytest.FixtureRequest, asked_of_dynamodb: Asked) -> None:
    asked_of_dynamodb.test = request.node.nodeid


@pytest.fixture(autouse=True)
def nothing_denied(ledger: Ledger) -> Iterator[None]:
    """Fail a test in which a function was denied something, even where it went on."""
    ledger.denied.clear()
    yield
    assert ledger.denied == []


@pytest.fixture(scope="session")
def dynamodb_local() -> Iterator[str]:
    """Amazon's own DynamoDB for developers, which is stricter than moto; its address."""
    from tools.dynamodb_local import NotAvailable, running  # noqa: PLC0415 - few runs need it

    program("java", "default-jre-headless")
    program("mvn", "maven")
    with ExitStack() as stack:
        try:
            address = stack.enter_context(running())
        except NotAvailable as reason:
            if os.environ.get("CI"):
                raise
            warnings.warn(f"DYNAMODB LOCAL WAS NOT TESTED: {reason}", stacklevel=1)
            pytest.skip(str(reason))
        yield address


@pytest.fixture
def aws(request: pytest.FixtureRequest) -> Iterator[None]:
    """AWS in memory; its tables in DynamoDB Local, where a test is asked to run there too."""
    environment: dict[str, str] = {}
    if getattr(request, "param", MOTO) != MOTO:
        address = request.getfixturevalue("dynamodb_local")
        environment["AWS_ENDPOINT_URL_DYNAMODB"] = address
        environment["AWS_ENDPOINT_URL_DYNAMODB_STREAMS"] = address
    with memory_aws(**environment), written_tables() as written:
        wiring.reset()
        yield
        if environment:  # it goes on to the next test
            client = boto3.client("dynamodb")
            for name in written.intersection(client.list_tables()["TableNames"]):
                client.delete_table(TableName=name)
    wiring.reset()


@pytest.fixture
def livekit(monkeypatch: pytest.MonkeyPatch) -> FakeLiveKit:
    fake = FakeLiveKit()

    def media_server() -> MediaServer:
        return fake

    monkeypatch.setattr("meet.wiring.livekit.media_server", media_server)
    return fake


@pytest.fixture
def recorder(monkeypatch: pytest.MonkeyPatch) -> FakeRecorder:
    fake = FakeRecorder()

    def build() -> Recorder:
        return fake

    monkeypatch.setattr("meet.wiring.livekit.recorder", build)
    return fake


@pytest.fixture(scope="session")
def stack() -> Iterator["LocalStack"]:
    """The template on the emulator, a real livekit-server and a recorder: one for all tests."""
    from tools.stack.local_stack import LocalStack  # noqa: PLC0415 - only tests of the running stack

    directory = ROOT / ".local" / "test"
    shutil.rmtree(directory, ignore_errors=True)
    with LocalStack(directory, say=print) as running:
        assert running.livekit_url, "livekit-server is missing, and these tests need it"
        yield running


@pytest.fixture(scope="session")
def api(stack: "LocalStack") -> "Client":
    """The stack's API, as a user's back end calls it."""
    from tests.live import Client  # noqa: PLC0415

    return Client(stack)


@pytest.fixture(scope="session")
def large(api: "Client", tmp_path_factory: pytest.TempPathFactory) -> "Large":
    """A recording of several pieces, made once for all tests."""
    from tests.large import store  # noqa: PLC0415

    return store(api, tmp_path_factory.mktemp("large") / "film.mp4")
