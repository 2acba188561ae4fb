"""Lambda polls the queues of deliveries only while there is a webhook."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Barrier
from typing import Any

import boto3
import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError, ConnectTimeoutError

from meet.clock import HOUR, MINUTE, SECOND
from meet.webhooks.deliveries import DeliveryRepository
from meet.webhooks.polling import QueuePolling
from meet.webhooks.repository import WebhookRepository
from meet.wiring import clients
from tests.functions.aws_calls import AwsCalls
from tests.functions.logs import Logs
from tests.functions.post import MAPPINGS, Post, states
from tests.receivers import Receiver

QUICK, SLOW = MAPPINGS.values()
ON, OFF = dict.fromkeys(MAPPINGS.values(), "Enabled"), dict.fromkeys(MAPPINGS.values(), "Disabled")
GET, UPDATE = "GetEventSourceMapping", "UpdateEventSourceMapping"
CHANGES = {"Creating", "Enabling", "Disabling", "Updating", "Deleting"}
URL = "https://example.com/webhooks/meet"


@dataclass
class Lambda:
    """What Lambda answers instead of moto, and what happens while it is asked."""

    states: dict[str, str] = field(default_factory=dict)
    """Mapping -> a state in which it refuses changes."""
    fails: dict[tuple[str, str], Exception] = field(default_factory=dict)
    """(operation, mapping) -> what is raised."""
    before: dict[str, Callable[[], object]] = field(default_factory=dict)
    """Operation -> what happens once, just before it is done."""


@pytest.fixture
def of_lambda(aws: None, monkeypatch: pytest.MonkeyPatch) -> Lambda:
    fake = Lambda()
    make = BaseClient._make_api_call  # type: ignore[attr-defined]

    def answer(client: Any, operation: str, parameters: dict[str, Any]) -> Any:
        mapping = parameters.get("UUID")
        if mapping is None:
            return make(client, operation, parameters)
        if happens := fake.before.pop(operation, None):
            happens()
        if error := fake.fails.get((operation, mapping)):
            raise error
        state = fake.states.get(mapping)
        if operation == UPDATE and state in CHANGES:
            refused = {"Code": "ResourceInUseException", "Message": "it is being changed"}
            raise client.exceptions.ResourceInUseException({"Error": refused}, operation)
        answer = make(client, operation, parameters)
        return answer | ({"State": state} if state else {})

    monkeypatch.setattr(BaseClient, "_make_api_call", answer)
    return fake


def switch(*, on: bool) -> None:
    """Do what a person can do."""
    for each in MAPPINGS.values():
        boto3.client("lambda").update_event_source_mapping(UUID=each, Enabled=on)


def refusal(operation: str) -> ClientError:
    return ClientError({"Error": {"Code": "ServiceException", "Message": "broken"}}, operation)


def delete(post: Post, webhook: dict[str, Any]) -> None:
    assert post.call("DELETE", f"/webhooks/{webhook['webhookId']}").status == 204


def test_the_first_sweep_of_a_stack_ends_it(post: Post, aws_calls: AwsCalls) -> None:
    assert states() == ON
    aws_calls.forget()
    assert post.sweep() == {"due": 0, "probes": 0, "released": 0}
    assert sorted(aws_calls.names) == [GET, GET, "GetItem", UPDATE, UPDATE]
    assert states() == OFF


def test_without_a_webhook_lambda_is_asked_every_ten_minutes(
    post: Post, aws_calls: AwsCalls
) -> None:
    post.sweep()
    post.clock.advance(MINUTE)
    post.sweep()
    aws_calls.forget()
    post.clock.advance(9 * MINUTE)
    post.sweep()
    assert aws_calls.names == ["GetItem"]
    switch(on=True)  # as a person may
    post.clock.advance(MINUTE)
    post.sweep()
    assert states() == OFF


def test_polling_for_a_webhook_that_a_quiet_sweep_never_saw_ends_after_ten_minutes(
    post: Post,
) -> None:
    """At AWS each function has a memory of its own."""
    post.sweep()
    post.sweep()
    QueuePolling(clients.lambdas(), tuple(MAPPINGS.values())).adjust(on=True)
    post.clock.advance(9 * MINUTE)
    post.sweep()
    assert states() == ON
    post.clock.advance(MINUTE)
    post.sweep()
    assert states() == OFF


def test_the_first_webhook_begins_it_and_the_sweep_after_the_last_one_ends_it(post: Post) -> None:
    post.sweep()
    assert states() == OFF
    first, second = post.register(URL), post.register(URL)
    assert states() == ON
    delete(post, first)
    post.sweep()
    assert states() == ON
    delete(post, second)
    assert states() == ON
    post.sweep()
    assert states() == OFF


def test_another_webhook_does_not_switch_polling_again(post: Post, aws_calls: AwsCalls) -> None:
    post.register(URL)
    aws_calls.forget()
    post.register(URL)
    assert UPDATE not in aws_calls.names
    assert states() == ON


def test_a_disabled_webhook_counts_as_one(post: Post) -> None:
    """A replay to it is queued, and enabling it must not depend on Lambda."""
    switch(on=False)
    post.register(URL, enabled=False)
    post.sweep()
    assert states() == ON


def test_a_sweep_in_a_minute_with_nothing_to_change_changes_nothing(
    post: Post, aws_calls: AwsCalls
) -> None:
    post.register(URL)
    aws_calls.forget()
    post.sweep()
    assert aws_calls.names.count(GET) == 2
    assert UPDATE not in aws_calls.names


@pytest.mark.parametrize(
    "error",
    [refusal(UPDATE), ConnectTimeoutError(endpoint_url="https://lambda.example.com")],
    ids=["Lambda refuses", "Lambda does not answer"],
)
def test_a_webhook_is_created_also_if_polling_cannot_begin_and_the_sweep_begins_it(
    post: Post, of_lambda: Lambda, endpoint: Receiver, logs: Logs, error: Exception
) -> None:
    switch(on=False)
    of_lambda.fails = {(UPDATE, QUICK): error, (UPDATE, SLOW): error}
    webhook = post.register(endpoint.url)
    (line,) = [each for each in logs() if each["message"] == "polling not switched on"]
    assert line["webhook"] == webhook["webhookId"]
    assert states() == OFF
    of_lambda.fails.clear()
    logged = post.log()
    post.run(50 * SECOND)
    assert endpoint.ids == []
    post.run(10 * SECOND)
    assert states() == ON
    assert endpoint.ids == logged


def test_one_queue_that_cannot_be_switched_does_not_stop_the_other(
    post: Post, of_lambda: Lambda
) -> None:
    switch(on=False)
    of_lambda.fails = {(UPDATE, QUICK): refusal(UPDATE)}
    post.register(URL)
    assert states() == {QUICK: "Disabled", SLOW: "Enabled"}


@pytest.mark.parametrize("operation", [GET, UPDATE])
def test_a_sweep_that_cannot_switch_does_all_else_and_then_fails(
    post: Post, of_lambda: Lambda, endpoint: Receiver, operation: str
) -> None:
    """The alarm WebhooksSweepFailed notices."""
    post.register(endpoint.url)
    endpoint.answers(500)
    post.log()
    post.run(12 * SECOND)
    assert len(endpoint.received) == 2, "the third attempt is the sweep's"
    switch(on=False)
    post.clock.advance(2 * MINUTE)
    of_lambda.fails = {(operation, QUICK): refusal(operation)}
    post.calls.forget()
    with pytest.raises(ClientError, match="broken"):
        post.sweep()
    of_lambda.fails.clear()
    assert "SendMessageBatch" in post.calls.names
    assert states() == {QUICK: "Disabled", SLOW: "Enabled"}


def test_a_sweep_that_fails_at_its_other_work_switches_all_the_same(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    post.register(URL)
    switch(on=False)

    def fail(*_: object) -> None:
        raise RuntimeError("the table is away")

    monkeypatch.setattr(DeliveryRepository, "due", fail)
    with pytest.raises(RuntimeError, match="the table is away"):
        post.sweep()
    assert states() == ON


@pytest.mark.parametrize("state", sorted(CHANGES))
def test_what_lambda_is_changing_is_left_for_the_next_minute(
    post: Post, of_lambda: Lambda, aws_calls: AwsCalls, state: str
) -> None:
    post.register(URL)
    switch(on=False)
    of_lambda.states = {QUICK: state}
    aws_calls.forget()
    post.sweep()
    asked = [asked["UUID"] for name, asked, _ in aws_calls.made if name == UPDATE]
    assert asked == [SLOW]
    of_lambda.states.clear()
    post.sweep()
    assert states() == ON


def test_a_webhook_that_is_created_while_lambda_is_changing_it_waits_for_the_sweep(
    post: Post, of_lambda: Lambda, logs: Logs
) -> None:
    switch(on=False)
    of_lambda.states = dict.fromkeys(MAPPINGS.values(), "Disabling")
    post.register(URL)
    assert not [each for each in logs() if each["level"] == "ERROR"]
    of_lambda.states.clear()
    assert states() == OFF
    post.sweep()
    assert states() == ON


def test_a_webhook_that_is_created_between_the_sweeps_look_and_its_switching_off_waits_a_minute(
    post: Post, of_lambda: Lambda
) -> None:
    of_lambda.before = {UPDATE: lambda: post.register(URL)}
    post.sweep()
    post.sweep()
    assert states() == ON


def test_a_webhook_that_is_created_while_it_ends_waits_a_minute(
    post: Post, of_lambda: Lambda
) -> None:
    """As at AWS, where a mapping is Disabling for a while and refuses to be switched on again."""
    post.sweep()
    of_lambda.states = dict.fromkeys(MAPPINGS.values(), "Disabling")
    post.register(URL)
    of_lambda.states.clear()
    assert states() == OFF
    post.sweep()
    assert states() == ON


def test_after_two_sweeps_at_once_of_which_one_saw_no_webhook_yet_the_next_one_is_right(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    look, both = WebhookRepository.are_any, Barrier(2)
    late: list[bool] = []

    def look_first(webhooks: WebhookRepository) -> bool:
        if not late:  # the one that looks before the webhook is there
            late.append(look(webhooks))
            both.wait(10)  # until the other one has swept
            both.wait(10)
            return late[0]
        return look(webhooks)

    monkeypatch.setattr(WebhookRepository, "are_any", look_first)
    with ThreadPoolExecutor(1) as pool:
        early = pool.submit(post.sweep)
        both.wait(10)
        post.register(URL)
        post.sweep()
        both.wait(10)
        early.result()
    assert late == [False]
    post.sweep()
    assert states() == ON


def test_polling_that_somebody_ended_begins_within_a_minute_and_nothing_is_lost(
    post: Post, endpoint: Receiver
) -> None:
    post.register(endpoint.url)
    post.run(SECOND)
    switch(on=False)
    logged = post.log(3)
    post.run(MINUTE)
    assert sorted(endpoint.ids) == sorted(logged)
    assert states() == ON


def test_what_waits_for_a_deleted_webhook_is_not_queued_while_there_is_no_other_one(
    post: Post, endpoint: Receiver
) -> None:
    webhook = post.register(endpoint.url)
    endpoint.answers(500)
    logged = post.log()
    post.run(12 * SECOND)
    assert post.queued == logged * 2
    delete(post, webhook)
    post.run(HOUR)
    assert post.queued == logged * 2
    post.register(URL, roomNamePrefix="elsewhere")
    post.run(2 * MINUTE)
    assert post.queued == logged * 3
    assert post.waiting == [], "it is dropped"
    assert len(endpoint.received) == 2


def test_what_was_queued_for_a_deleted_webhook_waits_and_is_then_dropped(
    post: Post, endpoint: Receiver
) -> None:
    webhook = post.register(endpoint.url)
    post.log()
    delete(post, webhook)
    post.sweep()
    assert states() == OFF
    post.run(HOUR)
    assert len(post.waiting) == 1
    post.register(URL, roomNamePrefix="elsewhere")
    post.run(SECOND)
    assert post.waiting == []
    assert endpoint.ids == []
