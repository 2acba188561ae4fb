"""The OpenAPI document says what an endpoint receives."""

import json

import pytest

from meet.actors import Actor
from meet.clock import Milliseconds
from meet.events.model import EventType, Fact, event_id
from tests.contract.test_openapi import DOCUMENT, validator

BY = Actor("apiKey", "first")


def sent(kind: EventType) -> str:
    """Return the body that is sent for an event, to the byte."""
    at = Milliseconds(1_861_920_000_123)
    return Fact(event_id(kind, "a"), kind, at, "room", {"roomName": "room"}, BY).body(4711)


def test_the_document_has_a_webhook_for_each_type_of_event() -> None:
    assert list(DOCUMENT["webhooks"]) == list(EventType)


@pytest.mark.parametrize("kind", EventType)
def test_a_body_is_that_of_its_own_type_alone(kind: EventType) -> None:
    request = DOCUMENT["webhooks"][kind]["post"]["requestBody"]
    check = validator(request["content"]["application/json"]["schema"])
    accepted = [each for each in EventType if check.is_valid(json.loads(sent(each)))]
    assert accepted == [kind]
