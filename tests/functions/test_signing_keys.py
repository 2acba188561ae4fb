"""Signing keys: made by whoever needs one first, one for all, and anew when they are deleted."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from typing import Any

import boto3
import jwt
import pytest
from botocore.exceptions import ClientError

from meet import wiring
from meet.clock import SECOND
from meet.signing import Purpose, SigningKeys
from meet.wiring import clients
from tests.fakes import Clock
from tests.functions.aws_calls import AwsCalls
from tests.functions.console import Browser, authorize, forget_key
from tests.functions.gateway import CONTEXT, event
from tests.functions.links import Viewer, before, before_first, share
from tests.functions.logs import Logs
from tests.functions.recordings import Studio
from tests.functions.rooms import create_room, secret_of
from tests.killing import Killed
from tools.memory_aws import ENVIRONMENT

TABLE = ENVIRONMENT["SIGNING_KEYS_TABLE"]
LOST = ClientError({"Error": {"Code": "ProvisionedThroughputExceededException"}}, "GetItem")


def keys() -> SigningKeys:
    """Return the keys as another process sees them, which remembers none."""
    return SigningKeys(clients.dynamodb(), TABLE)


def stored() -> dict[str, str]:
    """Return the keys in the table."""
    return {
        each.value: found["Item"]["signingKey"]["S"]
        for each in Purpose
        if "Item"
        in (
            found := boto3.client("dynamodb").get_item(
                TableName=TABLE, Key={"purpose": {"S": each.value}}
            )
        )
    }


def raising(error: BaseException) -> Callable[[Any], Any]:
    def fail(_: Any) -> None:
        raise error

    return fail


def test_each_purpose_has_a_key_of_its_own_that_fits_the_signature(aws: None) -> None:
    made = [clients.signing_key(purpose) for purpose in Purpose]
    assert len(set(made)) == len(Purpose)
    assert {len(key) for key in made} == {32}  # RFC 7518, 3.2: as long as SHA-256's output
    assert [keys().get(purpose) for purpose in Purpose] == made
    assert stored() == {each.value: key.hex() for each, key in zip(Purpose, made, strict=True)}


def test_a_key_is_made_with_two_calls_and_kept_for_five_minutes(
    aws: None, still_clock: Clock, aws_calls: AwsCalls
) -> None:
    aws_calls.forget()
    for calls in (["GetItem", "PutItem"], ["GetItem"]):
        key = clients.signing_key(Purpose.CONSOLE)
        assert aws_calls.names == calls
        still_clock.advance((clients.MAX_AGE - 1) * SECOND)
        assert clients.signing_key(Purpose.CONSOLE) == key
        assert aws_calls.names == calls
        still_clock.advance(SECOND)
        aws_calls.forget()


def test_a_function_makes_only_the_keys_that_it_needs(
    studio: Studio, browser: Browser, still_clock: Clock
) -> None:
    room = create_room(studio.call, still_clock)
    assert stored() == {}
    recording_id = studio.ready(b"film")
    assert studio.call("GET", f"/recordings/{recording_id}/url").status == 200
    assert stored().keys() == {Purpose.PLAYBACK_LINKS}
    assert browser.log_in().status == 200
    assert stored().keys() == {Purpose.PLAYBACK_LINKS, Purpose.CONSOLE}
    wish = {
        "roomName": room["roomName"],
        "participantName": "Ada",
        "secret": secret_of(room, "moderator"),
    }
    assert studio.call("POST", "/participants/token", wish).status == 200
    assert stored().keys() == {Purpose.PLAYBACK_LINKS, Purpose.CONSOLE, Purpose.MODERATORS}
    made = share(studio, recording_id)
    assert Purpose.NEW_TOKENS not in stored(), "without an Idempotency-Key nothing is repeated"
    Viewer(made["url"]).open()
    assert stored().keys() == {*Purpose} - {Purpose.NEW_TOKENS}


def test_of_two_that_make_a_key_at_once_both_get_the_one_that_is_stored(aws: None) -> None:
    others: list[bytes] = []
    with before_first("PutItem", lambda _: others.append(keys().get(Purpose.CONSOLE))):
        ours = clients.signing_key(Purpose.CONSOLE)
    assert others == [ours]
    assert stored() == {Purpose.CONSOLE: ours.hex()}


def test_of_20_that_need_a_key_at_once_all_get_the_same(aws: None) -> None:
    with ThreadPoolExecutor(20) as pool:
        got = list(pool.map(lambda _: keys().get(Purpose.MODERATORS), range(20)))
    assert stored() == {Purpose.MODERATORS: got[0].hex()}
    assert set(got) == {got[0]}


def test_a_write_whose_answer_was_lost_makes_one_key(aws: None) -> None:
    # Its first answer is lost, so the client sends it again, and the condition is not met.
    with before_first("PutItem", lambda send: send()):
        key = clients.signing_key(Purpose.CONSOLE)
    assert stored() == {Purpose.CONSOLE: key.hex()}


def test_a_key_that_is_deleted_while_another_one_waits_for_it_is_made_again(aws: None) -> None:
    gone: list[bytes] = []
    with (
        before_first("PutItem", lambda _: gone.append(keys().get(Purpose.CONSOLE))),
        # The first GetItem is its own, the second that of the other one above.
        before("GetItem", 3, lambda _: forget_key(Purpose.CONSOLE)),
    ):
        key = clients.signing_key(Purpose.CONSOLE)
    assert gone != [key]
    assert stored() == {Purpose.CONSOLE: key.hex()}


@pytest.mark.parametrize("operation", ["GetItem", "PutItem"])
def test_killed_before_a_call_it_leaves_nothing_that_is_in_the_way(
    aws: None, operation: str
) -> None:
    with before_first(operation, raising(Killed())), pytest.raises(Killed):
        clients.signing_key(Purpose.CONSOLE)
    assert stored() == {}
    wiring.reset()
    key = clients.signing_key(Purpose.CONSOLE)
    assert stored() == {Purpose.CONSOLE: key.hex()}


def test_killed_after_it_was_stored_the_key_is_that_of_the_next(aws: None) -> None:
    def store_and_die(send: Callable[[], Any]) -> None:
        send()
        raise Killed

    with before_first("PutItem", store_and_die), pytest.raises(Killed):
        clients.signing_key(Purpose.CONSOLE)
    ((_, left),) = stored().items()
    wiring.reset()
    assert clients.signing_key(Purpose.CONSOLE).hex() == left


def test_for_five_minutes_after_a_key_is_deleted_functions_may_disagree_and_then_never(
    console: Browser, still_clock: Clock
) -> None:
    """One function has the old key in memory, the other one begins with the new one."""
    remembered = console.jar["OvMeetAccessToken"]
    forget_key(Purpose.CONSOLE)
    new = keys().get(Purpose.CONSOLE)
    ours = jwt.decode(remembered, options={"verify_signature": False})
    theirs = jwt.encode(ours, new, algorithm="HS256")

    def opens(cookie: str) -> bool:
        return authorize({"Cookie": f"OvMeetAccessToken={cookie}"}) is not None

    assert (opens(remembered), opens(theirs)) == (True, False)
    still_clock.advance(clients.MAX_AGE * SECOND)
    assert not opens(remembered)
    assert clients.signing_key(Purpose.CONSOLE) == new
    assert console.log_in().status == 200
    assert opens(console.jar["OvMeetAccessToken"])


def test_deleting_one_key_leaves_what_the_others_signed(
    studio: Studio, console: Browser, still_clock: Clock
) -> None:
    viewer = Viewer(share(studio, studio.ready(b"film"))["url"]).open()
    for purpose in (Purpose.MODERATORS, Purpose.PLAYBACK_LINKS, Purpose.NEW_TOKENS):
        forget_key(purpose)
    still_clock.advance(clients.MAX_AGE * SECOND)
    assert console.who_am_i().status == 200
    assert viewer.watch().status == 206


@pytest.mark.parametrize("operation", ["GetItem", "PutItem"])
def test_an_error_of_dynamodb_is_500_and_no_verdict_about_a_credential(
    console: Browser, still_clock: Clock, logs: Logs, operation: str
) -> None:
    """As it is where a secret cannot be read: nobody is let in, and nobody is told to log in."""
    cookie = {"Cookie": f"OvMeetAccessToken={console.jar['OvMeetAccessToken']}"}
    forget_key(Purpose.CONSOLE)
    still_clock.advance(clients.MAX_AGE * SECOND)
    with before_first(operation, raising(LOST)):
        assert console.who_am_i().status == 500
    request = event("GET", "/api/v1/rooms", headers=cookie) | {"methodArn": "arn:x"}
    handler = import_module("functions.authorize.app").handler
    with before_first(operation, raising(LOST)), pytest.raises(ClientError):
        handler(request, CONTEXT)
    assert "authorizer failed" in str(logs())
    assert stored() == {}
    assert console.log_in().status == 200


def test_no_bearer_is_refused_because_a_key_could_not_be_read(
    studio: Studio, still_clock: Clock
) -> None:
    room = create_room(studio.call, still_clock)
    wish = {
        "roomName": room["roomName"],
        "participantName": "Ada",
        "secret": secret_of(room, "moderator"),
    }
    token = studio.call("POST", "/participants/token", wish).body["participantToken"]
    still_clock.advance(clients.MAX_AGE * SECOND)
    url = f"/api/v1/meetings/{room['roomName']}"
    headers = {"Authorization": f"Bearer {token}"}
    request = event("GET", url, headers=headers) | {"methodArn": "arn:x"}
    handler = import_module("functions.authorize.app").handler
    with before_first("GetItem", raising(LOST)), pytest.raises(ClientError):
        handler(request, CONTEXT)


def test_no_key_is_logged_or_answered(studio: Studio, browser: Browser, logs: Logs) -> None:
    recording_id = studio.ready(b"film")
    answers = [
        studio.call("GET", f"/recordings/{recording_id}/url").text,
        browser.log_in().text,
        json.dumps(browser.jar),
        json.dumps(Viewer(share(studio, recording_id)["url"]).open().shown),
    ]
    with before_first("GetItem", raising(LOST)):
        wiring.reset()
        answers.append(browser.who_am_i().text)
    made = stored()
    assert made
    for key in made.values():
        assert key not in str(logs())
        assert key not in str(answers)
