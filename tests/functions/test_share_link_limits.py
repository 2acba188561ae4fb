"""Share links of recordings: how many there are, and how long they can last."""

import pytest

from meet import wiring
from tests.functions.links import DAY, HOUR, Viewer, before_first, listed, share
from tests.functions.recordings import Studio

FILE = bytes(range(256)) * 8


@pytest.fixture
def ten_days(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setenv("RECORDING_RETENTION_DAYS", "10")
    wiring.reset()
    return 10 * DAY


def test_a_link_says_that_it_ends_with_its_recording(studio: Studio, ten_days: int) -> None:
    recording_id = studio.ready(FILE)
    over = studio.show(recording_id)["expirationDate"]
    assert over == studio.clock() + ten_days
    wished = studio.clock() + 30 * DAY
    made = share(studio, recording_id, expiresAt=wished)
    viewer = Viewer(made["url"]).open()
    assert [made["expiresAt"], viewer.shown["expiresAt"]] == [over, over]
    assert [each["expiresAt"] for each in listed(studio, recording_id)] == [over]
    assert share(studio, recording_id, expiresAt=over - 1)["expiresAt"] == over - 1
    path = f"/recordings/{recording_id}/hold"
    assert studio.call("PUT", path, {"reason": "case 7"}).status == 200
    assert viewer.open().shown["expiresAt"] == wished, "what is held outlives its days"
    assert studio.call("DELETE", path).status == 204
    studio.clock.advance(ten_days - HOUR)
    assert viewer.open().shown["streamExpiresAt"] == over
    url = studio.call("GET", f"/recordings/{recording_id}/url").body
    assert url["expiresAt"] == over
    studio.clock.advance(HOUR)
    assert viewer.ask().status == 404


def test_a_recording_has_100_links_at_most(studio: Studio) -> None:
    recording_id = studio.ready(FILE)
    links = [share(studio, recording_id, expiresAt=studio.clock() + HOUR) for _ in range(100)]
    path, body = f"/recordings/{recording_id}/links", {"expiresAt": studio.clock() + DAY}
    for _ in range(2):
        over = studio.call("POST", path, body)
        assert (over.status, over.body["reason"]) == (409, "too_many_links")
    assert studio.call("DELETE", f"{path}/{links[7]['linkId']}").status == 204
    assert studio.call("POST", path, body).status == 201
    assert studio.call("POST", path, body).status == 409
    assert len(listed(studio, recording_id)) == 100
    share(studio, studio.ready(FILE))
    studio.clock.advance(HOUR)
    assert studio.call("POST", path, body).status == 409, "expired ones are listed for a day"
    studio.clock.advance(DAY)
    share(studio, recording_id)


def test_of_two_who_share_at_once_one_gets_the_last_link(studio: Studio) -> None:
    for made in (99, 100):
        share_at_once(studio, made)


def share_at_once(studio: Studio, made: int) -> None:
    recording_id = studio.ready(FILE)
    links = [share(studio, recording_id) for _ in range(made)]
    path, body = f"/recordings/{recording_id}/links", {"expiresAt": studio.clock() + DAY}
    if made == 100:
        assert studio.call("DELETE", f"{path}/{links[0]['linkId']}").status == 204
    with before_first("TransactWriteItems", lambda _: share(studio, recording_id)):
        reply = studio.call("POST", path, body)
    assert (reply.status, reply.body["reason"]) == (409, "too_many_links")
    assert len(listed(studio, recording_id)) == 100
