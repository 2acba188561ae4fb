"""Fixtures of tests that call functions."""

import asyncio
from collections.abc import Iterator

import pytest

from tests.expressions import DYNAMODB_LOCAL, MOTO
from tests.fakes import Clock, FakeLiveKit, FakeRecorder
from tests.functions import aws_calls as calls_of_aws
from tests.functions import gateway
from tests.functions import logs as log_lines
from tests.functions.aws_calls import AwsCalls
from tests.functions.console import Browser
from tests.functions.gateway import Call
from tests.functions.logs import Logs
from tests.functions.post import Post
from tests.functions.recordings import Studio
from tests.receivers import Receiver, receiver
from tests.threads import threads_apart

ON_DYNAMODB_LOCAL_TOO = {
    "test_auto_start",
    "test_auto_start_once",
    "test_authorize_cookie",
    "test_bans",
    "test_console_session",
    "test_create_recording",
    "test_create_room",
    "test_deliver_webhook",
    "test_delete_multiple_recordings",
    "test_delete_recording",
    "test_delete_room",
    "test_event_log",
    "test_get_events",
    "test_disconnect_participant",
    "test_get_recording_stream_replaced",
    "test_get_recordings",
    "test_get_rooms",
    "test_idempotency_keys",
    "test_invitations",
    "test_lobby",
    "test_max_duration",
    "test_meetings",
    "test_receive_livekit_webhook",
    "test_recording_uploaded",
    "test_recording_webhooks",
    "test_roles",
    "test_retention",
    "test_room_terms",
    "test_rotate_link",
    "test_stop_recording",
    "test_sweep_index",
    "test_sweep_recordings",
    "test_sweep_rooms",
    "test_hold",
    "test_recording_timeline",
    "test_share_link_deletions",
    "test_share_link_limits",
    "test_share_link_repeats",
    "test_share_link_views",
    "test_share_links",
    "test_signing_keys",
    "test_recording_options",
    "test_trash",
    "test_update_room",
    "test_webhooks",
}
"""Tests that together ask of DynamoDB what the code can ask, as test_tables.py checks."""

ONCE = {
    # They look into moto's memory.
    "test_a_key_is_free_again_after_24_hours",
    "test_nothing_absolute_is_stored",
    "test_of_20_requests_at_once_with_the_same_key_one_creates_the_room",
    "test_the_item_is_removed_a_day_after_it_expired",
    "test_writes_are_spread_over_all_shards",
    "test_a_page_costs_the_same_however_many_rooms_there_are",  # in what moto counts
    # They take long.
    "test_after_24_hours_of_failures_it_is_disabled_and_enabling_it_sends_what_waited",
    "test_in_any_order_and_any_number_it_comes_to_the_same_end",
    "test_the_waits_grow_as_the_table_says",
    "test_of_50_changes_at_once_livekit_has_the_one_that_is_stored",
}


@pytest.fixture(scope="session", autouse=True)
def separate_threads() -> Iterator[None]:
    with threads_apart():
        yield


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run them twice: what moto takes DynamoDB may refuse. Not those of many values: they are of
    what is refused before anything is asked.
    """
    module = metafunc.module.__name__.rpartition(".")[2]
    many = any(metafunc.definition.iter_markers("parametrize"))
    once = many or metafunc.definition.name in ONCE
    if module in ON_DYNAMODB_LOCAL_TOO and "aws" in metafunc.fixturenames and not once:
        metafunc.parametrize("aws", [MOTO, DYNAMODB_LOCAL], indirect=True)


@pytest.fixture(autouse=True)
def loop_of_the_main_thread() -> Iterator[None]:
    """Have an event loop, as a Lambda has and Mangum expects; asyncio.run leaves none behind."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    yield
    asyncio.set_event_loop(None)
    loop.close()


@pytest.fixture(autouse=True)
def aws_calls() -> Iterator[AwsCalls]:
    """The calls of AWS so far."""
    with calls_of_aws.noted() as calls:
        yield calls


@pytest.fixture
def logs(aws: None) -> Iterator[Logs]:
    """The log so far, when called."""
    with log_lines.collected() as lines:
        yield lines


@pytest.fixture
def call(aws: None, livekit: FakeLiveKit, still_clock: Clock) -> Call:
    """The API without a network: call(method, path, body, headers)."""
    return gateway.call


@pytest.fixture
def studio(call: Call, still_clock: Clock, livekit: FakeLiveKit, recorder: FakeRecorder) -> Studio:
    return Studio(call, still_clock, livekit, recorder)


@pytest.fixture
def browser(aws: None, still_clock: Clock) -> Browser:
    """A browser that shows the console."""
    return Browser()


@pytest.fixture
def console(browser: Browser) -> Browser:
    """A browser that is logged in to the console."""
    assert browser.log_in().status == 200
    return browser


@pytest.fixture
def post(
    call: Call, still_clock: Clock, aws_calls: AwsCalls, monkeypatch: pytest.MonkeyPatch
) -> Post:
    """Return the way from the log to webhooks, which may be on this machine."""
    monkeypatch.setenv("ALLOW_HTTP_WEBHOOKS", "true")
    monkeypatch.setenv("ALLOW_PRIVATE_WEBHOOKS", "true")
    return Post(call, still_clock, aws_calls)


@pytest.fixture
def endpoint() -> Iterator[Receiver]:
    """Run a server that webhooks post to."""
    with receiver() as running:
        yield running
