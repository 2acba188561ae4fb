"""Share links where something happens twice, late or in between."""

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from botocore.exceptions import ClientError

from meet import wiring
from meet.signing import Purpose
from tests.functions.aws_calls import AwsCalls
from tests.functions.console import forget_key
from tests.functions.links import DAY, Viewer, before, before_first, items, listed, share, views
from tests.functions.recordings import MINUTE, Studio, sweep
from tests.killing import Killed

FILE = bytes(range(256)) * 8


def test_a_repeated_request_gets_the_same_link_and_its_token_is_stored_nowhere(
    studio: Studio, aws_calls: AwsCalls
) -> None:
    recording_id = studio.ready(FILE)
    path, body = f"/recordings/{recording_id}/links", {"expiresAt": studio.clock() + DAY}
    key = {"Idempotency-Key": "one"}
    first, again = (studio.call("POST", path, body, key) for _ in range(2))
    assert (first.status, again.status) == (201, 201)
    assert again.body == first.body
    assert len(listed(studio, recording_id)) == 1
    viewer = Viewer(again.body["url"]).open()
    assert viewer.watch().status == 206
    assert viewer.token not in json.dumps(aws_calls.made, default=str)
    other = f"/recordings/{studio.ready(FILE)}/links"
    assert studio.call("POST", other, body, key).status == 422
    assert listed(studio, recording_id) != listed(studio, other.split("/")[2]) == []


def test_after_the_signing_keys_are_rotated_links_work_and_answers_differ(studio: Studio) -> None:
    recording_id = studio.ready(FILE)
    path, key = f"/recordings/{recording_id}/links", {"Idempotency-Key": "one"}
    body = {"expiresAt": studio.clock() + DAY, "maxViews": 2}
    made = studio.call("POST", path, body, key).body
    viewer = Viewer(made["url"]).open()
    assert viewer.watch().status == 206
    for purpose in (Purpose.PASSES, Purpose.VIEWERS, Purpose.NEW_TOKENS):
        forget_key(purpose)
    assert viewer.watch().status == 206, "the keys are kept for five minutes"
    studio.clock.advance(5 * MINUTE)
    assert viewer.refusal() == (404, "link_not_found"), "its pass was signed by the old one"
    assert viewer.open().watch().status == 206
    assert views(studio, recording_id) == 2, "as somebody else"
    again = studio.call("POST", path, body, key).body
    assert again | {"url": made["url"]} == made | {"views": 0}
    assert again["url"] != made["url"]
    assert Viewer(again["url"]).ask().body["reason"] == "link_not_found"
    assert Viewer(made["url"]).ask().status == 200


@pytest.mark.parametrize("operation", ["PutItem", "UpdateItem"])
@pytest.mark.parametrize("limit", [1, 2])
def test_a_write_whose_answer_was_lost_counts_one_view(
    studio: Studio, operation: str, limit: int
) -> None:
    recording_id = studio.ready(FILE)
    viewer = Viewer(share(studio, recording_id, maxViews=limit)["url"]).open()
    # Its first answer is lost, so the client sends it again.
    with before_first(operation, lambda send: send()):
        assert viewer.watch().status == 206
    assert views(studio, recording_id) == 1


def raising(error: BaseException) -> Callable[[Any], Any]:
    def fail(_: Any) -> None:
        raise error

    return fail


THROTTLED = ClientError({"Error": {"Code": "ThrottlingException"}}, "UpdateItem")


@pytest.mark.parametrize("error", [Killed(), THROTTLED])
@pytest.mark.parametrize("limit", [None, 1, 2])
def test_a_view_whose_count_failed_is_counted_by_the_next_request_once(
    studio: Studio, error: BaseException, limit: int | None
) -> None:
    recording_id = studio.ready(FILE)
    viewer = Viewer(share(studio, recording_id, maxViews=limit)["url"]).open()
    with before_first("UpdateItem", raising(error)), suppress(Killed):
        assert viewer.watch().status == 500
    assert views(studio, recording_id) == 0
    for _ in range(3):
        assert viewer.open().watch().status == 206
        assert views(studio, recording_id) == 1


@pytest.mark.parametrize("error", [Killed(), THROTTLED])
def test_a_view_whose_count_failed_is_not_one_more_than_allowed(
    studio: Studio, error: BaseException
) -> None:
    recording_id = studio.ready(FILE)
    url = share(studio, recording_id, maxViews=1)["url"]
    first, second = (Viewer(url, f"198.51.100.{number}").open() for number in range(2))
    with before_first("UpdateItem", raising(error)), suppress(Killed):
        first.watch()
    assert second.watch().status == 206
    assert first.refusal() == (410, "link_used_up")
    assert first.ask().body["reason"] == "link_used_up"
    assert views(studio, recording_id) == 1
    assert second.watch().status == 206


@pytest.mark.parametrize("limit", [None, 1, 2])
def test_killed_after_the_count_a_view_is_not_counted_again(
    studio: Studio, limit: int | None
) -> None:
    recording_id = studio.ready(FILE)
    viewer = Viewer(share(studio, recording_id, maxViews=limit)["url"]).open()
    with before("PutItem", 2, raising(Killed())), suppress(Killed):
        viewer.watch()
    for _ in range(8):
        assert viewer.open().watch().status == 206
        assert views(studio, recording_id) == 1
        studio.clock.advance(15 * MINUTE)


@pytest.mark.parametrize("write", [("UpdateItem", 1), ("PutItem", 2)])
@pytest.mark.parametrize("limit", [None, 1, 2])
def test_a_second_request_between_two_writes_of_the_first_counts_nothing(
    studio: Studio, write: tuple[str, int], limit: int | None
) -> None:
    recording_id = studio.ready(FILE)
    viewer = Viewer(share(studio, recording_id, maxViews=limit)["url"]).open()

    def watch_too(_: Any) -> None:
        assert viewer.open().watch().status == 206

    with before(*write, watch_too):
        assert viewer.watch().status == 206
    assert views(studio, recording_id) == 1


def test_links_that_cannot_be_deleted_now_are_told_of_their_recording_alone(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared, other = studio.ready(FILE), studio.ready(FILE)
    share(studio, shared)
    links = type(wiring.link_repository())

    def fails(*_: Any) -> None:
        raise TimeoutError("DynamoDB left items of a batch undeleted")

    with monkeypatch.context() as now:
        now.setattr(links, "delete_all", fails)
        reply = studio.call("DELETE", "/recordings", {"recordingIds": [shared, other]})
    why = [{"recordingId": shared, "error": "It could not be deleted now"}]
    assert (reply.status, reply.body) == (200, {"deleted": [other], "notDeleted": why})
    sweep()
    assert items(shared) == []


def test_a_view_that_goes_on_while_its_recording_is_deleted_leaves_nothing(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording_id = studio.ready(FILE)
    viewer = Viewer(share(studio, recording_id)["url"]).open()
    viewer.watch()
    studio.clock.advance(15 * MINUTE)
    links = type(wiring.link_repository())
    prolong = links.prolong_view

    def late(*values: Any, **named: Any) -> None:
        assert studio.call("DELETE", f"/recordings/{recording_id}").status == 204
        prolong(*values, **named)

    monkeypatch.setattr(links, "prolong_view", late)
    viewer.watch()
    assert items(recording_id) == []


def test_a_link_that_ends_while_it_is_watched_says_that_it_has_expired(studio: Studio) -> None:
    recording_id = studio.ready(FILE)
    viewer = Viewer(share(studio, recording_id, expiresAt=studio.clock() + MINUTE)["url"]).open()
    studio.clock.advance(MINUTE)
    assert viewer.refusal() == (410, "link_expired")


def test_an_expired_link_is_listed_for_a_day(studio: Studio) -> None:
    recording_id = studio.ready(FILE)
    made = share(studio, recording_id)
    studio.clock.advance(2 * DAY + MINUTE)  # DynamoDB's TTL may take two days more
    assert listed(studio, recording_id) == []
    assert Viewer(made["url"]).ask().status == 404
