"""Share links of recordings: what counts as a view, and for how long."""

import json
from typing import Any

import pytest

from meet import wiring
from tests.functions.aws_calls import AwsCalls
from tests.functions.links import HOUR, Viewer, before_first, items, listed, share, views
from tests.functions.recordings import (
    MINUTE,
    SECOND,
    Studio,
)

FILE = bytes(range(256)) * 8
LINK_NOT_FOUND = (404, "link_not_found")


def test_opening_counts_nothing_and_the_first_bytes_count_once(studio: Studio) -> None:
    recording_id = studio.ready(FILE)
    viewer = Viewer(share(studio, recording_id)["url"]).open().open()
    assert viewer.watch("bytes=99999-").status == 416
    assert views(studio, recording_id) == 0
    began = studio.clock()
    for wanted in ("bytes=0-9", "bytes=10-19", None):
        studio.clock.advance(MINUTE)
        assert viewer.watch(wanted).status in {200, 206}
    (link,) = listed(studio, recording_id)
    assert (link["views"], link["lastViewedAt"]) == (1, began + MINUTE)
    viewer.open()  # the page was loaded again
    assert viewer.watch().status == 206
    assert views(studio, recording_id) == 1


def test_another_address_is_another_view_and_so_is_another_link(studio: Studio) -> None:
    recording_id = studio.ready(FILE)
    made = share(studio, recording_id)
    for address in ("198.51.100.7", "198.51.100.8", "2001:db8::1", "198.51.100.7"):
        Viewer(made["url"], address).open().watch()
    assert views(studio, recording_id) == 3
    share(studio, recording_id)
    assert sorted(each["views"] for each in listed(studio, recording_id)) == [0, 3]


def test_a_view_lasts_as_long_as_it_goes_on_and_30_minutes_of_nothing_end_it(
    studio: Studio,
) -> None:
    recording_id = studio.ready(FILE)
    viewer = Viewer(share(studio, recording_id, maxViews=1)["url"]).open()
    for _ in range(8):  # a film of two hours
        assert viewer.watch().status == 206
        studio.clock.advance(15 * MINUTE)
    assert views(studio, recording_id) == 1
    studio.clock.advance(15 * MINUTE)
    assert viewer.refusal() == (410, "link_used_up")


def test_a_view_that_goes_on_is_seldom_written(studio: Studio, aws_calls: AwsCalls) -> None:
    recording_id = studio.ready(FILE)
    viewer = Viewer(share(studio, recording_id)["url"]).open()
    viewer.watch()
    aws_calls.forget()
    for _ in range(12):
        studio.clock.advance(MINUTE)
        viewer.watch()
    assert aws_calls.names.count("PutItem") == 1
    assert "UpdateItem" not in aws_calls.names


def test_over_its_views_a_link_is_410_but_those_who_watch_go_on(studio: Studio) -> None:
    recording_id = studio.ready(FILE)
    url = share(studio, recording_id, maxViews=2)["url"]
    first, second, third = (Viewer(url, f"198.51.100.{number}").open() for number in range(3))
    assert [each.watch().status for each in (first, second)] == [206, 206]
    assert third.refusal() == (410, "link_used_up")
    assert third.ask().body == {
        "code": 410,
        "message": "The link has been used up",
        "reason": "link_used_up",
    }
    assert first.open().watch("bytes=10-").status == 206
    assert views(studio, recording_id) == 2


def test_of_two_for_the_last_view_one_gets_it(studio: Studio) -> None:
    recording_id = studio.ready(FILE)
    url = share(studio, recording_id, maxViews=1)["url"]
    first, second = (Viewer(url, f"198.51.100.{number}").open() for number in range(2))
    with before_first("PutItem", lambda _: _watches(first)):
        assert second.refusal() == (410, "link_used_up")
    assert views(studio, recording_id) == 1
    assert second.refusal() == (410, "link_used_up"), "nothing of its try is left"


def _watches(viewer: Viewer) -> None:
    assert viewer.watch().status == 206


def test_two_requests_at_once_of_one_viewer_are_one_view(studio: Studio) -> None:
    recording_id = studio.ready(FILE)
    viewer = Viewer(share(studio, recording_id, maxViews=1)["url"]).open()
    with before_first("PutItem", lambda _: _watches(viewer)):
        assert viewer.watch().status == 206
    assert views(studio, recording_id) == 1


def test_a_link_deleted_while_its_first_bytes_are_read_sends_none(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording_id = studio.ready(FILE)
    made = share(studio, recording_id)
    viewer = Viewer(made["url"]).open()
    links = type(wiring.link_repository())
    count = links.count_view

    def late(*values: Any, **named: Any) -> None:
        path = f"/recordings/{recording_id}/links/{made['linkId']}"
        assert studio.call("DELETE", path).status == 204
        count(*values, **named)

    monkeypatch.setattr(links, "count_view", late)
    assert viewer.refusal() == LINK_NOT_FOUND
    assert items(recording_id) == []


def test_an_address_is_stored_only_as_a_keyed_digest_and_for_an_hour_at_most(
    studio: Studio,
) -> None:
    recording_id = studio.ready(FILE)
    address = "198.51.100.7"
    for _ in range(2):
        Viewer(share(studio, recording_id)["url"], address).open().watch()
    found = items(recording_id)
    assert address not in json.dumps(found, default=str)
    kept = [each for each in found if each["item"].startswith("view#")]
    digests = {each["item"].rpartition("#")[2] for each in kept}
    assert len(digests) == 2, "it is not the same of two links"
    for each in kept:
        assert each["deleteAfter"] * SECOND <= studio.clock() + HOUR
