"""What a review found and did not mend: both fail."""

from meet.recordings.byte_range import MAX_LENGTH
from tests.functions.links import DAY, Viewer, listed, share
from tests.functions.recordings import Studio

FILE = bytes(range(256)) * 8


def test_the_same_key_makes_one_link(studio: Studio) -> None:
    recording_id = studio.ready(FILE)
    body = {"expiresAt": studio.clock() + DAY}
    for _ in range(2):
        reply = studio.call(
            "POST", f"/recordings/{recording_id}/links", body, {"Idempotency-Key": "one"}
        )
        assert reply.status == 201
    assert len(listed(studio, recording_id)) == 1


def test_a_link_that_allows_downloads_does_not_say_that_it_does_not(studio: Studio) -> None:
    recording_id = studio.ready(bytes(MAX_LENGTH) + b"more")
    viewer = Viewer(share(studio, recording_id, download=True)["url"]).open()
    answer = viewer.watch(None)
    assert b"does not allow downloads" not in answer.content, answer.content
