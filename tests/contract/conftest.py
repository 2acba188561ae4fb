"""What the samples need around them."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from botocore.client import BaseClient

from meet.webhooks.outcome import Outcome
from meet.webhooks.sending import Sender
from tests.contract.samples import LIVEKIT, Called, livekit_answers, store
from tests.contract.write_units import counted
from tests.fakes import Clock
from tests.functions.conftest import loop_of_the_main_thread  # noqa: F401 - a fixture
from tests.together import Done


@pytest.fixture
def whole_run(request: pytest.FixtureRequest, done: Done) -> None:
    """Skip what looks at everything that tests did, in a run that leaves some out."""
    folders = Path(__file__).parent.parent
    tests = {*folders.glob("functions/test_*.py"), *folders.glob("contract/test_*.py")}
    whole = done.files >= tests
    options = request.config.option
    one_by_one = any("::" in each for each in options.file_or_dir)
    if not whole or options.keyword or options.markexpr or one_by_one:
        pytest.skip("only a run of all of tests/functions and tests/contract can tell")


@pytest.fixture
def called(aws: None, still_clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Called]:
    """Store what the samples are about, and note what is asked from then on."""
    store()
    called = Called()
    make = BaseClient._make_api_call  # type: ignore[attr-defined]

    one_at_a_time = threading.RLock()

    def make_and_note(client: Any, operation: str, parameters: dict[str, Any]) -> Any:
        service = client.meta.service_model.service_name
        with one_at_a_time:
            called.aws.append((service, operation, parameters))
            if service != "dynamodb":
                return make(client, operation, parameters)
            with counted(operation, parameters, called.charge):
                return make(client, operation, parameters)

    def note(method: str, request: bytes, response: bytes) -> None:
        called.livekit.append(method)
        called.bodies.append(request)

    monkeypatch.setattr(BaseClient, "_make_api_call", make_and_note)
    monkeypatch.setattr(Sender, "send", lambda *_, **__: Outcome(0.031, 204))
    with livekit_answers(note), patch.dict(LIVEKIT):  # which a test may change
        yield called
