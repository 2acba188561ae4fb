"""Share links of recordings: what becomes of them when their recording is deleted or lost."""

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from meet import wiring
from meet.clock import Milliseconds
from meet.dynamodb import to_item, write_batch
from meet.recordings.link_items import view_item, view_values
from meet.recordings.links import VIEW
from tests.functions.aws_calls import AwsCalls
from tests.functions.links import DAY, Viewer, items, listed, share, views
from tests.functions.logs import Logs
from tests.functions.recordings import (
    BUCKET,
    NOT_FOUND,
    SECOND,
    Studio,
    put,
    stored,
    sweep,
)

FILE = bytes(range(256)) * 8
LINK_NOT_FOUND = (404, "link_not_found")
RECORDING_NOT_FOUND = (404, "recording_not_found")


@pytest.fixture
def seven_days(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setenv("RECORDING_TRASH_DAYS", "7")
    wiring.reset()
    return 7 * DAY


def test_a_recording_in_the_trash_is_as_gone_for_its_links_and_back_when_restored(
    studio: Studio, seven_days: int
) -> None:
    recording_id = studio.ready(FILE)
    made = share(studio, recording_id)
    viewer = Viewer(made["url"]).open()
    assert studio.call("DELETE", f"/recordings/{recording_id}").status == 204
    assert viewer.refusal() == RECORDING_NOT_FOUND
    assert viewer.ask().body["reason"] == "recording_not_found"
    body = {"expiresAt": studio.clock() + DAY}
    for method in ("GET", "POST"):
        reply = studio.call(method, f"/recordings/{recording_id}/links", body)
        assert (reply.status, reply.body) == NOT_FOUND
    other = share(studio, studio.ready(FILE))
    assert studio.call("POST", f"/recordings/{recording_id}/restore").status == 200
    assert viewer.open().watch().content == FILE
    assert studio.call("DELETE", f"/recordings/{recording_id}").status == 204
    path = f"/recordings/{recording_id}/links/{made['linkId']}"
    assert studio.call("DELETE", path).status == 204, "a link is revoked in the trash, too"
    assert studio.call("POST", f"/recordings/{recording_id}/restore").status == 200
    assert viewer.refusal() == LINK_NOT_FOUND
    assert Viewer(other["url"]).open().watch().status == 206


def test_deleted_for_good_by_the_sweep_its_links_go_too(studio: Studio, seven_days: int) -> None:
    recording_id = studio.ready(FILE)
    viewer = Viewer(share(studio, recording_id, expiresAt=studio.clock() + 30 * DAY)["url"]).open()
    viewer.watch()
    assert studio.call("DELETE", f"/recordings/{recording_id}").status == 204
    assert len(items(recording_id)) == 2
    studio.clock.advance(seven_days)
    sweep()
    assert items(recording_id) == []
    assert viewer.ask().body["reason"] == "link_not_found"


@pytest.mark.parametrize("many", [False, True])
def test_deleted_at_once_its_links_go_too(studio: Studio, many: bool) -> None:
    shared, other = studio.ready(FILE), studio.ready(FILE)
    viewers = [Viewer(share(studio, shared)["url"], f"198.51.100.{n}").open() for n in range(30)]
    for each in viewers:
        each.watch()
    if many:
        body = {"recordingIds": [shared, other]}
        assert studio.call("DELETE", "/recordings", body).status == 204
    else:
        assert studio.call("DELETE", f"/recordings/{shared}").status == 204
    assert items(shared) == []
    assert viewers[0].refusal() == RECORDING_NOT_FOUND, "as its stream answers"
    assert viewers[0].ask().status == 404


@pytest.mark.parametrize("many", [False, True])
def test_what_thousands_watch_is_deleted_as_quickly(
    studio: Studio, aws_calls: AwsCalls, many: bool
) -> None:
    shared = studio.ready(FILE)
    viewer = Viewer(share(studio, shared)["url"]).open()
    links = wiring.link_repository()
    until = Milliseconds(studio.clock() + VIEW)
    for start in range(0, 1_200, 25):
        names = [view_item("0" * 16, f"{start + n:032x}") for n in range(25)]
        puts = [{"PutRequest": {"Item": to_item(view_values(shared, x, until))}} for x in names]
        assert not write_batch(links.client, table=links.table, requests=puts)
    aws_calls.forget()
    wanted = ("DELETE", "/recordings", {"recordingIds": [shared]})
    reply = studio.call(*wanted) if many else studio.call("DELETE", f"/recordings/{shared}")
    assert reply.status == 204
    assert len(aws_calls.names) < 30
    assert viewer.ask().status == 404
    left = items(shared)
    assert {each["item"].partition("#")[0] for each in left} == {"view"}
    assert all(each["deleteAfter"] <= until // SECOND + 1 for each in left)


def test_a_recording_without_links_is_deleted_without_looking_for_any(
    studio: Studio, aws_calls: AwsCalls
) -> None:
    recording_id = studio.ready(FILE)
    aws_calls.forget()
    assert studio.call("DELETE", f"/recordings/{recording_id}").status == 204
    assert "Query" not in aws_calls.names


def test_a_link_that_is_made_while_its_recording_is_deleted_does_not_stay_behind(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording_id = studio.ready(FILE)
    custody = type(wiring.recording_custody())
    claim = custody.claim

    def late(*values: Any, **named: Any) -> bool:
        monkeypatch.setattr(custody, "claim", claim)
        share(studio, recording_id)
        done: bool = claim(*values, **named)
        return done

    monkeypatch.setattr(custody, "claim", late)
    assert studio.call("DELETE", f"/recordings/{recording_id}").status == 204
    assert items(recording_id) == []


def test_a_deletion_that_stops_before_the_links_are_gone_is_completed(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording_id = studio.ready(FILE)
    share(studio, recording_id)
    links = type(wiring.link_repository())
    with monkeypatch.context() as broken:
        broken.setattr(links, "delete_all", lambda *_: 1 / 0)
        assert studio.call("DELETE", f"/recordings/{recording_id}").status == 500
    assert items(recording_id)
    sweep()
    assert items(recording_id) == []
    assert studio.call("GET", f"/recordings/{recording_id}").status == 404


def test_a_lost_file_is_404_and_counts_no_view(studio: Studio) -> None:
    recording_id = studio.ready(FILE)
    viewer = Viewer(share(studio, recording_id)["url"]).open()
    key = stored(recording_id).object_key
    wiring.media_store().client.delete_object(Bucket=BUCKET, Key=key)
    assert viewer.refusal() == RECORDING_NOT_FOUND
    assert views(studio, recording_id) == 0
    put(key, FILE)
    assert viewer.watch().status == 206


def test_no_log_line_has_a_token_a_pass_or_an_address(studio: Studio, logs: Logs) -> None:
    recording_id = studio.ready(FILE)
    viewer = Viewer(share(studio, recording_id, download=True)["url"]).open()
    viewer.watch()
    viewer.watch(None, download=True)
    viewer.ask("wrong")
    listed(studio, recording_id)
    text = json.dumps(logs(), default=str)
    assert viewer.token.partition(".")[0] in text, "the link's id is there"
    for secret in (
        viewer.token.partition(".")[2],
        parse_qs(urlsplit(viewer.shown["streamUrl"]).query)["pass"][0],
        viewer.address,
    ):
        assert secret not in text
