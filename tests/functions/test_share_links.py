"""Share links of recordings: how they are made, listed and deleted, and what they open."""

import json
import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from meet.recordings.byte_range import MAX_LENGTH
from tests.functions.gateway import ORIGIN
from tests.functions.links import DAY, HOUR, Viewer, items, listed, share
from tests.functions.recordings import (
    NOT_FOUND,
    SECOND,
    UNKNOWN_ID,
    Studio,
    stored,
)

FILE = bytes(range(256)) * 8
LARGE = bytes(MAX_LENGTH) + b"and more"
LINK_NOT_FOUND = (404, "link_not_found")
UNKNOWN_LINK = "0" * 16


def test_a_link_is_shown_once_and_stored_as_a_digest(studio: Studio) -> None:
    recording_id = studio.ready(FILE)
    now = studio.clock()
    made = share(studio, recording_id, maxViews=3, download=True)
    url = urlsplit(made["url"])
    assert f"{url.scheme}://{url.netloc}" == ORIGIN
    assert url.path == f"/meet/watch/{recording_id}"
    assert url.query == ""
    assert re.fullmatch(rf"{made['linkId']}\.[\w-]{{32}}", url.fragment)
    without_url = {
        "linkId": made["linkId"],
        "creationDate": now,
        "expiresAt": now + DAY,
        "maxViews": 3,
        "download": True,
        "views": 0,
    }
    assert made == {**without_url, "url": made["url"]}
    assert listed(studio, recording_id) == [without_url]
    secret = url.fragment.partition(".")[2]
    assert secret not in json.dumps(items(recording_id), default=str)


def test_links_are_listed_newest_first_and_one_by_one_deleted(studio: Studio) -> None:
    recording_id = studio.ready(FILE)
    assert listed(studio, recording_id) == []
    first = share(studio, recording_id)["linkId"]
    studio.clock.advance(SECOND)
    second = share(studio, recording_id)["linkId"]
    assert [each["linkId"] for each in listed(studio, recording_id)] == [second, first]
    path = f"/recordings/{recording_id}/links"
    assert studio.call("DELETE", f"{path}/{first}").status == 204
    assert [each["linkId"] for each in listed(studio, recording_id)] == [second]
    for link in (first, UNKNOWN_LINK, "x", "%FF", "x" * 3000):
        reply = studio.call("DELETE", f"{path}/{link}")
        assert (reply.status, reply.body["reason"]) == LINK_NOT_FOUND


@pytest.mark.parametrize(
    ("options", "field", "message"),
    [
        ({"expiresAt": None}, "expiresAt", "Expected number, received null"),
        ({"expiresAt": "5"}, "expiresAt", "Expected number, received string"),
        ({"expiresAt": 1}, "expiresAt", "Must be in the future"),
        ({"maxViews": 0}, "maxViews", "Must be at least 1"),
        ({"maxViews": 1_000_001}, "maxViews", "Must be at most 1000000"),
        ({"maxViews": "1"}, "maxViews", "Expected number, received string"),
        ({"download": 1}, "download", "Expected boolean, received number"),
    ],
)
def test_what_a_link_cannot_be_is_422(
    studio: Studio, options: dict[str, Any], field: str, message: str
) -> None:
    body = {"expiresAt": studio.clock() + DAY, **options}
    reply = studio.call("POST", f"/recordings/{studio.ready()}/links", body)
    assert reply.status == 422
    assert reply.body["details"] == [{"field": field, "message": message}]


def test_a_link_ends_within_a_year(studio: Studio) -> None:
    recording_id = studio.ready(FILE)
    today = datetime.fromtimestamp(studio.clock() / SECOND, UTC)
    year = int((today.replace(year=today.year + 1) - today).total_seconds()) * SECOND
    share(studio, recording_id, expiresAt=studio.clock() + year)
    body = {"expiresAt": studio.clock() + year + 1}
    reply = studio.call("POST", f"/recordings/{recording_id}/links", body)
    assert reply.body["details"] == [
        {"field": "expiresAt", "message": "Must be at most 1 year ahead"}
    ]
    reply = studio.call("POST", f"/recordings/{recording_id}/links", {})
    assert reply.body["details"] == [{"field": "expiresAt", "message": "Required"}]


def test_what_is_not_ready_cannot_be_shared(studio: Studio) -> None:
    body = {"expiresAt": studio.clock() + DAY}
    for recording_id in (studio.active(), studio.failed()):
        reply = studio.call("POST", f"/recordings/{recording_id}/links", body)
        assert (reply.status, reply.body["reason"]) == (409, "recording_not_ready")
        assert listed(studio, recording_id) == []
    for recording_id in (UNKNOWN_ID, "x"):
        for method, path, sent in (("POST", "", body), ("GET", "", None), ("DELETE", "/x", None)):
            reply = studio.call(method, f"/recordings/{recording_id}/links{path}", sent)
            assert (reply.status, reply.body) == NOT_FOUND


def test_it_shows_what_it_is_and_plays_for_somebody_without_an_account(studio: Studio) -> None:
    room = studio.room(roomNamePrefix="team")
    recording_id = studio.ready(FILE, room)
    made = share(studio, recording_id)
    viewer = Viewer(made["url"]).open()
    shown = viewer.shown
    url = urlsplit(shown.pop("streamUrl"))
    recording = studio.show(recording_id)
    assert shown == {
        "roomName": room,
        "startedAt": recording["startedAt"],
        "duration": 2.5,
        "size": len(FILE),
        "download": False,
        "expiresAt": made["expiresAt"],
        "streamExpiresAt": made["expiresAt"],
    }
    assert url.path == f"/meet{viewer.path}/stream"
    assert viewer.token not in url.query, "no URL of a request has the link's own token"
    shown["streamUrl"] = url.geturl()
    answer = viewer.watch("bytes=256-511")
    assert (answer.status, answer.content) == (206, FILE[256:512])
    assert answer.headers["content-range"] == f"bytes 256-511/{len(FILE)}"
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.headers["etag"] == stored(recording_id).etag
    assert viewer.watch(None).content == FILE
    assert viewer.watch("bytes=99999-").status == 416


def test_a_pass_ends_before_the_link_does_and_is_renewed_by_opening_it_again(
    studio: Studio,
) -> None:
    recording_id = studio.ready(FILE)
    viewer = Viewer(share(studio, recording_id, expiresAt=studio.clock() + 30 * DAY)["url"]).open()
    assert viewer.shown["streamExpiresAt"] == studio.clock() + DAY
    studio.clock.advance(DAY)
    assert viewer.refusal() == LINK_NOT_FOUND
    assert viewer.open().watch().status == 206


def test_only_its_own_token_opens_a_link(studio: Studio) -> None:
    one, other = studio.ready(FILE), studio.ready(FILE)
    viewer = Viewer(share(studio, one)["url"])
    token = viewer.token
    for wrong in ("", "x", token[:-1], f"{token}x", token.swapcase(), token.partition(".")[0]):
        reply = viewer.ask(wrong)
        assert (reply.status, reply.body["reason"]) == LINK_NOT_FOUND, wrong
    elsewhere = Viewer(viewer.url.replace(one, other))
    unknown = Viewer(viewer.url.replace(token, f"{UNKNOWN_LINK}.x"))
    nowhere = Viewer(viewer.url.replace(one, UNKNOWN_ID))
    neither = Viewer(viewer.url.replace(one, "x" * 3000))
    bytes_of = Viewer(viewer.url.replace(token, "%FF.x"))
    for each in (elsewhere, unknown, nowhere, neither, bytes_of):
        reply = each.ask(token)
        assert (reply.status, reply.body["reason"]) == LINK_NOT_FOUND
    assert viewer.ask("x" * 201).status == 422


def test_a_pass_is_for_its_own_link_alone(studio: Studio) -> None:
    one, other = studio.ready(FILE), studio.ready(FILE)
    first = Viewer(share(studio, one)["url"]).open()
    for made in (share(studio, one), share(studio, other)):
        second = Viewer(made["url"]).open()
        second.shown["streamUrl"] = (
            second.shown["streamUrl"].partition("?")[0]
            + "?"
            + urlsplit(first.shown["streamUrl"]).query
        )
        assert second.refusal() == LINK_NOT_FOUND
    for query in ("", "?pass=", "?pass=9999999999.x", "?pass=."):
        first.shown["streamUrl"] = first.shown["streamUrl"].partition("?")[0] + query
        assert first.refusal() == LINK_NOT_FOUND
    link = studio.call("GET", f"/recordings/{one}/url").body["url"]
    first.shown["streamUrl"] = first.shown["streamUrl"].partition("?")[0]
    first.shown["streamUrl"] += "?pass=" + parse_qs(urlsplit(link).query)["token"][0]
    assert first.refusal() == LINK_NOT_FOUND, "a playback link's token is not a pass"


def test_a_deleted_link_opens_nothing_from_the_next_request_on(studio: Studio) -> None:
    recording_id = studio.ready(FILE)
    made = share(studio, recording_id)
    viewer = Viewer(made["url"]).open()
    assert viewer.watch("bytes=0-9").status == 206
    path = f"/recordings/{recording_id}/links/{made['linkId']}"
    assert studio.call("DELETE", path).status == 204
    assert viewer.refusal() == LINK_NOT_FOUND
    assert viewer.ask().body["reason"] == "link_not_found"
    assert studio.call("GET", f"/recordings/{recording_id}/url").status == 200


def test_no_bytes_of_a_link_come_from_anywhere_else(studio: Studio) -> None:
    """A redirect to the bucket would go on working after the link is deleted."""
    recording_id = studio.ready(LARGE)
    viewer = Viewer(share(studio, recording_id)["url"]).open()
    senders: list[dict[str, Any]] = [{}, {"Sec_Fetch_Dest": "video"}]
    for headers in senders:
        answer = viewer.watch("bytes=0-", **headers)
        assert (answer.status, len(answer.content)) == (206, MAX_LENGTH)
        whole = viewer.watch(None, **headers)
        assert (whole.status, json.loads(whole.content)["reason"]) == (403, "download_not_allowed")
        replaced = viewer.watch("bytes=0-", If_Range='"another"', **headers)
        assert replaced.status == 403
    assert viewer.watch(f"bytes={MAX_LENGTH}-").content == b"and more"


def test_a_file_is_saved_only_by_a_link_that_allows_it(studio: Studio) -> None:
    recording_id = studio.ready(FILE)
    viewer = Viewer(share(studio, recording_id)["url"]).open()
    refused = viewer.watch(None, download=True)
    assert (refused.status, json.loads(refused.content)["reason"]) == (403, "download_not_allowed")
    allowed = Viewer(share(studio, recording_id, download=True)["url"]).open()
    assert allowed.shown["download"] is True
    saved = allowed.watch(None, download=True)
    assert (saved.status, saved.content) == (200, FILE)
    assert saved.headers["content-disposition"].startswith("attachment; ")
    assert allowed.watch(None).headers["content-disposition"].startswith("inline; ")
    large = Viewer(share(studio, studio.ready(LARGE), download=True)["url"]).open()
    assert large.watch(None, download=True).status == 307
    assert large.watch(None).status == 307, "all of it: who may save it may have it"


def test_a_link_says_that_it_has_expired_and_is_unknown_a_day_later(studio: Studio) -> None:
    recording_id = studio.ready(FILE)
    viewer = Viewer(share(studio, recording_id, expiresAt=studio.clock() + HOUR)["url"]).open()
    studio.clock.advance(HOUR - SECOND)
    assert viewer.watch().status == 206
    studio.clock.advance(SECOND)
    reply = viewer.ask()
    assert (reply.status, reply.body["reason"]) == (410, "link_expired")
    assert viewer.refusal() == (410, "link_expired")
    (item,) = [each for each in items(recording_id) if each["item"].startswith("link#")]
    assert item["deleteAfter"] == (studio.clock() + DAY) // SECOND
