"""On the running stack, Lambda polls the queues of deliveries only while there is a webhook."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.live import Client, eventually
from tests.receivers import Receiver, receiver
from tests.stack.test_webhooks import ARRIVES_IN, events_of, register
from tools.memory_aws import MAPPINGS
from tools.stack.deployment import STACK, aws_session

SWEPT_IN = 150
"""Seconds: the sweep comes every minute, and its first process takes a while to start."""


class Polling:
    """The mappings of the queues, as Lambda has them."""

    def __init__(self, api: Client) -> None:
        session, endpoint = aws_session(), api.stack.aws_endpoint_url
        stacks = session.client("cloudformation", endpoint_url=endpoint)
        found = [
            stacks.describe_stack_resource(StackName=STACK, LogicalResourceId=each)
            for each in MAPPINGS
        ]
        self._client: Any = session.client("lambda", endpoint_url=endpoint)
        self._ids = [each["StackResourceDetail"]["PhysicalResourceId"] for each in found]

    @property
    def states(self) -> set[str]:
        asked = [self._client.get_event_source_mapping(UUID=each) for each in self._ids]
        return {each["State"] for each in asked}

    def end(self) -> None:
        for each in self._ids:
            self._client.update_event_source_mapping(UUID=each, Enabled=False)


@pytest.fixture
def endpoint() -> Iterator[Receiver]:
    with receiver() as running:
        yield running


@pytest.mark.timeout(900)
def test_lambda_polls_for_the_first_webhook_and_until_the_last_one_is_gone(
    api: Client, endpoint: Receiver
) -> None:
    polling = Polling(api)

    def arrives() -> str:
        """Create rooms until an event of one is delivered; return its name."""
        rooms: list[str] = []

        def delivered() -> bool:
            if not rooms or not endpoint.received:
                rooms.append(api.create_room(roomNamePrefix="polled")["roomName"])
            try:
                eventually(lambda: events_of(endpoint, webhook, rooms[-1]), 3, "it is delivered")
            except AssertionError:
                return False
            return True

        eventually(delivered, 2 * ARRIVES_IN, "an event")
        return rooms[-1]

    assert api.call("GET", "/webhooks").body == {"webhooks": []}
    polling.end()  # the sweep would; but it may have looked, and rest for ten minutes
    webhook = register(api, endpoint.url, events=["room.*"])
    try:
        assert polling.states == {"Enabled"}
        arrives()
        endpoint.received.clear()
        polling.end()  # as a person may
        room = api.create_room(roomNamePrefix="polled")["roomName"]
        eventually(lambda: events_of(endpoint, webhook, room), SWEPT_IN, "it is delivered")
        assert polling.states == {"Enabled"}
    finally:
        assert api.call("DELETE", f"/webhooks/{webhook['webhookId']}").status == 204
    eventually(lambda: polling.states == {"Disabled"}, SWEPT_IN, "it ends with the last webhook")
