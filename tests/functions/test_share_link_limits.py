"""Share links of recordings: how many there are."""

import pytest

from tests.functions.links import DAY, HOUR, before_first, listed, share
from tests.functions.recordings import Studio

FILE = bytes(range(256)) * 8


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


@pytest.mark.parametrize("made", [99, 100])
def test_of_two_who_share_at_once_one_gets_the_last_link(studio: Studio, made: int) -> None:
    recording_id = studio.ready(FILE)
    links = [share(studio, recording_id) for _ in range(made)]
    path, body = f"/recordings/{recording_id}/links", {"expiresAt": studio.clock() + DAY}
    if made == 100:
        assert studio.call("DELETE", f"{path}/{links[0]['linkId']}").status == 204
    with before_first("TransactWriteItems", lambda _: share(studio, recording_id)):
        reply = studio.call("POST", path, body)
    assert (reply.status, reply.body["reason"]) == (409, "too_many_links")
    assert len(listed(studio, recording_id)) == 100
