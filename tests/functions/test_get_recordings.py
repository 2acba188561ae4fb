"""GET /recordings."""

import random
from collections.abc import Callable
from urllib.parse import quote

import pytest

from meet.recordings.lifecycle import Evidence, Status
from tests.functions.aws_calls import AwsCalls
from tests.functions.gateway import ORIGIN
from tests.functions.recordings import Studio

STATUSES = "STARTING, STARTED, STOPPING, STOPPED, FAILED, READY"


def listed(studio: Studio, query: str = "") -> list[str]:
    reply = studio.call("GET", f"/recordings{query}")
    assert reply.status == 200, reply.text
    return [each["id"] for each in reply.body]


def one_of_each(studio: Studio) -> dict[str, str]:
    """Make a recording in every status; return status -> id, the newest last."""
    makers: dict[str, Callable[[], str]] = {
        "STARTING": studio.start,
        "STARTED": studio.active,
        "STOPPING": studio.active,
        "STOPPED": studio.active,
        "FAILED": studio.failed,
        "READY": studio.ready,
    }
    made = {}
    for status, make in makers.items():
        made[status] = make()
        studio.clock.advance(10)
    studio.stop(made["STOPPING"])
    studio.hear(made["STOPPED"], Evidence.EGRESS_COMPLETE)
    return made


def test_without_recordings_it_is_an_empty_array(studio: Studio) -> None:
    assert studio.call("GET", "/recordings").body == []


def test_all_are_listed_newest_first_and_whole(studio: Studio) -> None:
    made = one_of_each(studio)
    reply = studio.call("GET", "/recordings")
    assert reply.body == [studio.show(each) for each in reversed(made.values())]
    assert "link" not in reply.headers


def test_those_of_one_moment_come_in_the_order_of_their_ids(studio: Studio) -> None:
    made = [studio.start() for _ in range(12)]
    assert listed(studio) == sorted(made)


def test_the_status_chooses_one_or_several(studio: Studio) -> None:
    made = one_of_each(studio)
    for status, recording_id in made.items():
        assert listed(studio, f"?status={status}") == [recording_id]
    assert listed(studio, "?status=READY,FAILED") == [made["READY"], made["FAILED"]]
    assert listed(studio, "?status=STARTED,%20READY%20,READY") == [made["READY"], made["STARTED"]]
    assert listed(studio, f"?status={','.join(Status)}") == listed(studio)


@pytest.mark.parametrize(
    "status", ["ready", "DONE", "READY,", ",", "", "READY,DONE", "READY;", "*"]
)
def test_another_status_is_422(studio: Studio, status: str) -> None:
    reply = studio.call("GET", f"/recordings?status={quote(status)}")
    assert reply.status == 422
    assert reply.body["message"] == "Invalid request"
    (detail,) = reply.body["details"]
    assert detail == {"field": "status", "message": f"Must be one or several of {STATUSES}"}


def test_the_room_chooses_also_after_its_end(studio: Studio) -> None:
    room = studio.room()
    first = studio.failed(room)
    studio.clock.advance(1)
    second = studio.ready(room=room)
    studio.ready()
    studio.call("DELETE", f"/rooms/{room}")
    assert listed(studio, f"?roomName={room}") == [second, first]
    assert listed(studio, f"?roomName={room}&status=FAILED") == [first]
    assert listed(studio, f"?roomName={room}&status=STARTED") == []


@pytest.mark.parametrize("room", ["abcdefghijklmno", "", "%20", "..", "a" * 3000, "%C3%A9"])
def test_a_room_that_never_was_has_no_recordings(studio: Studio, room: str) -> None:
    studio.ready()
    assert listed(studio, f"?roomName={room}") == []


def test_fields_choose(studio: Studio) -> None:
    recording_id = studio.ready()
    reply = studio.call("GET", "/recordings?fields=id,status,x")
    assert reply.body == [{"id": recording_id, "status": "READY"}]


@pytest.mark.parametrize("query", ["", "status=FAILED,STARTING&"])
def test_pages_hold_everything_once(studio: Studio, query: str) -> None:
    random.seed(1)
    room = studio.room()
    for _ in range(9):
        studio.failed(room)
        studio.start()
        studio.clock.advance(random.choice([0, 5]))
    query += f"roomName={room}&" if not query else ""
    everything = listed(studio, f"?{query.rstrip('&')}")
    for size in (1, 4, len(everything), 1000):
        seen: list[str] = []
        path = f"/recordings?{query}maxItems={size}"
        while True:
            reply = studio.call("GET", path)
            seen += [each["id"] for each in reply.body]
            if "x-next-page-token" not in reply.headers:
                break
            assert len(reply.body) == size
            url = reply.headers["link"].removeprefix("<").removesuffix('>; rel="next"')
            assert url.startswith(f"{ORIGIN}/meet/api/v1/recordings?")
            path = url.removeprefix(f"{ORIGIN}/meet/api/v1")
            assert reply.headers["x-next-page-token"] in path
        assert seen == everything


@pytest.mark.parametrize("value", ["0", "1001", "-1", "x", "1.0", ""])
def test_max_items_is_1_to_1000(studio: Studio, value: str) -> None:
    assert studio.call("GET", f"/recordings?maxItems={value}").status == 422


def test_a_page_token_of_another_list_is_422(studio: Studio) -> None:
    studio.room()
    studio.room()
    token = studio.call("GET", "/rooms?maxItems=1").headers["x-next-page-token"]
    for wrong in (token, "x", "%00", "A" * 50):
        assert studio.call("GET", f"/recordings?nextPageToken={wrong}").status == 422


def test_a_list_by_status_or_room_reads_little_more_than_it_shows(
    studio: Studio, aws_calls: AwsCalls
) -> None:
    for _ in range(15):
        studio.start()
    one = studio.ready()
    aws_calls.forget()
    assert listed(studio, "?status=READY") == [one]
    assert sum(len(answer["Items"]) for _, _, answer in aws_calls.made) == 1
