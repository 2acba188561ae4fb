"""Whatever a caller sends, the running stack answers as the document that it serves says."""

from collections.abc import Iterator
from itertools import cycle
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.live import Client
from tools.openapi import document

CHECKS = [
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
]

schema = schemathesis.openapi.from_dict(document())
schema.config.phases.coverage.unexpected_methods = set()
schema.config.generation.update(with_security_parameters=False)


@pytest.fixture(scope="module", autouse=True)
def no_webhook_stays(api: Client) -> Iterator[None]:
    """Delete the webhooks that requests made: nothing listens at their addresses."""
    yield
    for each in api.call("GET", "/webhooks").body["webhooks"]:
        assert api.call("DELETE", f"/webhooks/{each['webhookId']}").status == 204


@pytest.fixture(scope="module")
def rooms(api: Client) -> Iterator[str | None]:
    """Yield, again and again, the name of a room that is there, and None."""
    room = api.create_room()["roomName"]
    return cycle([room, None, None])


def test_the_stack_serves_the_document(api: Client) -> None:
    assert api.call("GET", "/openapi.json", key=None).body == document()


@schema.parametrize()
@settings(max_examples=20, derandomize=True, suppress_health_check=list(HealthCheck))
def test_every_answer_is_in_the_document(
    case: schemathesis.Case[Any], api: Client, rooms: Iterator[str | None]
) -> None:
    room = next(rooms)
    if room and "roomName" in case.path_parameters and case.method != "DELETE":
        case.path_parameters["roomName"] = room
    response = case.call(
        base_url=api.stack.api_url,
        headers={"X-API-KEY": api.stack.api_key},
        allow_redirects=False,
    )
    assert response.status_code < 500 or response.status_code == 503, response.text
    case.validate_response(response, checks=CHECKS)
