"""Records the answers of AWS and LiveKit to a sample event, to replay them."""

import io
import json
import pickle
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any
from unittest.mock import patch

from botocore.endpoint import Endpoint
from botocore.response import StreamingBody

from meet import clock, wiring
from meet.amazon import JsonClient
from tests.contract.samples import BEGAN, ROOM, SAMPLES, given, livekit_answers, store
from tests.functions.gateway import CONTEXT
from tools.memory_aws import answered, memory_aws

_NOTHING_DUE = BEGAN - clock.HOUR
"""What a sweep finds in nearly every minute."""


@dataclass(frozen=True)
class Sample:
    """One invocation: its event, its surroundings and every answer it gets."""

    function: str
    event: dict[str, Any]
    environment: dict[str, str]
    moment: int
    """Milliseconds; the clock stands still."""
    aws: list[tuple[str, int, dict[str, Any]]] = field(default_factory=list)
    """(operation, HTTP status, parsed answer); the body of a file comes as bytes."""
    livekit: dict[str, bytes] = field(default_factory=dict)
    """(method, message)"""

    def pack(self) -> dict[str, Any]:
        """Return the sample in types that marshal writes: reading those imports nothing."""
        return {
            "event": self.event,
            "environment": self.environment,
            "moment": self.moment,
            "answers": pickle.dumps((self.aws, self.livekit)),
        }


def sample_of(function: str) -> Sample:
    """Invoke a function with its sample event on AWS in memory, and return the recorded answers."""
    event = SAMPLES[function]
    moment = event.get("requestContext", {}).get("requestTimeEpoch", ROOM.created_at)
    if function.startswith("sweep_"):
        moment = _NOTHING_DUE
    sample = Sample(function, event, given(function), moment)
    metrics = redirect_stdout(io.StringIO())
    with memory_aws(), patch.object(clock, "now", lambda: moment), metrics:
        wiring.reset()
        store()
        handler = import_module(f"functions.{function}.app").handler
        with _noted_in(sample), patch.dict("os.environ", sample.environment, clear=True):
            handler(event, CONTEXT)
    wiring.reset()
    return sample


@contextmanager
def _noted_in(sample: Sample) -> Iterator[None]:
    ask_aws, send = Endpoint.make_request, JsonClient._send

    def note_json(client: JsonClient, operation: str, body: bytes, at: float) -> Any:
        reply = send(client, operation, body, at).reply()
        sample.aws.append((operation, reply.status, json.loads(reply.data or b"{}")))
        return answered(reply)

    def note(endpoint: Endpoint, model: Any, request: Any) -> Any:
        response, parsed = ask_aws(endpoint, model, request)
        noted = dict(parsed)
        if "Body" in parsed:
            noted["Body"] = parsed["Body"].read()
            parsed["Body"] = StreamingBody(io.BytesIO(noted["Body"]), len(noted["Body"]))
        sample.aws.append((model.name, response.status_code, noted))
        return response, parsed

    def note_livekit(method: str, request: bytes, response: bytes) -> None:
        sample.livekit[method] = response

    with (
        patch.object(Endpoint, "make_request", note),
        patch.object(JsonClient, "_send", note_json),
        livekit_answers(note_livekit),
    ):
        yield
