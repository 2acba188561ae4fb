"""GET /rooms."""

import base64
import random
import re
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

import pytest
from moto.dynamodb.models import dynamodb_backends

from meet.clock import HOUR, Milliseconds
from meet.rooms.model import Preferences, Room
from meet.rooms.repository import RoomRepository
from tests.fakes import Clock
from tests.functions.aws_calls import AwsCalls
from tests.functions.gateway import HOST, ORIGIN, Call, Reply
from tests.functions.rooms import create_room


def names(reply: Reply) -> list[str]:
    assert reply.status == 200, reply.text
    return [room["roomName"] for room in reply.body]


def create_rooms(call: Call, still_clock: Clock, count: int) -> list[str]:
    """Create rooms a millisecond apart, and return their names, the newest first."""
    created = []
    for _ in range(count):
        still_clock.advance(1)
        created.append(create_room(call, still_clock)["roomName"])
    return created[::-1]


def all_pages(call: Call, query: str) -> list[list[str]]:
    pages, token = [], ""
    while True:
        reply = call("GET", f"/rooms?{query}{token}")
        pages.append(names(reply))
        if "x-next-page-token" not in reply.headers:
            assert "link" not in reply.headers
            return pages
        token = f"&nextPageToken={reply.headers['x-next-page-token']}"


def store_rooms(still_clock: Clock, count: int) -> None:
    """Store open rooms in no time: as the repository writes them, past boto3, into moto's table."""
    table = dynamodb_backends["123456789012"]["eu-west-1"].get_table("RoomsTable")

    def put_item(**request: Any) -> None:
        table.put_item(request["Item"])

    rooms = RoomRepository(cast(Any, SimpleNamespace(put_item=put_item)), "RoomsTable")
    for number in range(count):
        rooms.add(
            Room.new(
                "",
                now=Milliseconds(still_clock() - number),
                expires_at=Milliseconds(still_clock() + HOUR),
                max_participants=None,
                preferences=Preferences(),
            )
        )


def test_no_rooms_are_an_empty_array(call: Call) -> None:
    reply = call("GET", "/rooms")
    assert (reply.status, reply.body) == (200, [])
    assert "link" not in reply.headers
    assert "x-next-page-token" not in reply.headers


def test_the_rooms_come_whole_and_the_newest_first(call: Call, still_clock: Clock) -> None:
    created = create_rooms(call, still_clock, 12)
    reply = call("GET", "/rooms")
    assert names(reply) == created
    assert reply.body == [call("GET", f"/rooms/{name}").body for name in created]


def test_ties_are_ordered_by_name(call: Call, still_clock: Clock) -> None:
    created = [create_room(call, still_clock)["roomName"] for _ in range(12)]
    assert names(call("GET", "/rooms")) == sorted(created)


def test_expired_and_deleted_rooms_are_not_listed(call: Call, still_clock: Clock) -> None:
    gone = create_room(call, still_clock)["roomName"]
    create_room(call, still_clock, expirationDate=still_clock() + 1)
    stays = create_room(call, still_clock)["roomName"]
    still_clock.advance(1)
    assert call("DELETE", f"/rooms/{gone}").status == 204
    assert names(call("GET", "/rooms")) == [stays]


def test_fields_chooses_properties_of_each_room(call: Call, still_clock: Clock) -> None:
    created = create_rooms(call, still_clock, 3)
    assert call("GET", "/rooms?fields=roomName,nothing").body == [{"roomName": n} for n in created]
    assert call("GET", "/rooms?fields=nothing").body == call("GET", "/rooms").body


def test_a_room_without_a_limit_asked_for_its_limit_shows_nothing_else(
    call: Call, still_clock: Clock
) -> None:
    create_room(call, still_clock)
    still_clock.advance(1)
    create_room(call, still_clock, maxParticipants=3)
    assert call("GET", "/rooms?fields=maxParticipants").body == [{"maxParticipants": 3}, {}]


def test_pages_lose_nothing_and_repeat_nothing(call: Call, still_clock: Clock) -> None:
    created = create_rooms(call, still_clock, 11)
    for size in (1, 2, 3, 10, 11, 1000):
        pages = all_pages(call, f"maxItems={size}")
        assert [name for page in pages for name in page] == created
        assert [len(page) for page in pages[:-1]] == [size] * (len(pages) - 1)
        assert pages[-1], "the last page is not empty"


def test_pages_within_one_millisecond_lose_nothing(call: Call, still_clock: Clock) -> None:
    created = [create_room(call, still_clock)["roomName"] for _ in range(9)]
    pages = all_pages(call, "maxItems=2")
    assert [name for page in pages for name in page] == sorted(created)


def test_the_link_leads_to_the_next_page_with_the_same_question(
    call: Call, still_clock: Clock
) -> None:
    created = create_rooms(call, still_clock, 5)
    seen, path = [], "/rooms?maxItems=2&fields=roomName,%20creationDate"
    while path:
        reply = call("GET", path)
        assert all(set(room) == {"roomName", "creationDate"} for room in reply.body)
        seen += names(reply)
        path = ""
        if "link" in reply.headers:
            link = re.fullmatch(r'<([^>]+)>; rel="next"', reply.headers["link"])
            assert link is not None
            assert link[1].startswith(f"{ORIGIN}/meet/api/v1/rooms?")
            query = parse_qs(urlsplit(link[1]).query)
            assert query["nextPageToken"] == [reply.headers["x-next-page-token"]]
            path = link[1].removeprefix(f"{ORIGIN}/meet/api/v1")
    assert seen == created


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("0", "Must be at least 1"),
        ("-1", "Must be at least 1"),
        ("1001", "Must be at most 1000"),
        ("all", "Expected number, received string"),
        ("2.5", "Expected integer, received float"),
        ("", "Expected number, received string"),
        ("9" * 5000, None),
        ("1_0", "Expected number, received string"),
    ],
)
def test_max_items_is_an_integer_from_1_to_1000(
    call: Call, value: str, message: str | None
) -> None:
    reply = call("GET", f"/rooms?maxItems={value}")
    assert reply.status == 422, reply.text
    assert reply.body["message"] == "Invalid request"
    (detail,) = reply.body["details"]
    assert detail["field"] == "maxItems"
    assert detail["message"] == message or message is None
    assert len(detail["message"]) < 60, "a short sentence of ours"
    assert "parse" not in detail["message"], "a short sentence of ours"


def test_all_failures_of_the_query_come_at_once(call: Call, still_clock: Clock) -> None:
    reply = call("GET", "/rooms?maxItems=0&nextPageToken=!")
    assert [each["field"] for each in reply.body["details"]] == ["maxItems", "nextPageToken"]


def unknown_token(reply: Reply) -> bool:
    return (
        reply.status == 422
        and reply.body["message"] == "Invalid request"
        and [each["field"] for each in reply.body["details"]] == ["nextPageToken"]
    )


def test_a_page_token_that_is_random_is_refused(call: Call, still_clock: Clock) -> None:
    create_rooms(call, still_clock, 3)
    for token in ("", "x", "%00", "%FF", "null", "a" * 5000, "é", "AAAA", "=", "Li4vLi4", "%20"):
        assert unknown_token(call("GET", f"/rooms?nextPageToken={token}")), token


def test_a_page_token_that_was_cut_is_refused(call: Call, still_clock: Clock) -> None:
    for prefix in ("", "a-long-prefix-of-a-room"):
        still_clock.advance(1)
        for _ in range(3):
            create_room(call, still_clock, roomNamePrefix=prefix)
        token = call("GET", "/rooms?maxItems=2").headers["x-next-page-token"]
        accepted = [
            cut
            for cut in range(len(token))
            if not unknown_token(call("GET", f"/rooms?nextPageToken={token[:cut]}"))
        ]
        assert accepted == []


def test_a_page_token_that_was_changed_is_refused(call: Call, still_clock: Clock) -> None:
    create_rooms(call, still_clock, 3)
    token = call("GET", "/rooms?maxItems=2").headers["x-next-page-token"]
    dice = random.Random(1)
    accepted = []
    for _ in range(60):
        at = dice.randrange(len(token))
        other = token[:at] + dice.choice("ABCdef012_-".replace(token[at], "")) + token[at + 1 :]
        if not unknown_token(call("GET", f"/rooms?nextPageToken={other}")):
            accepted.append(other)
    assert accepted == []


def test_a_page_token_that_somebody_made_up_is_refused(call: Call, still_clock: Clock) -> None:
    create_rooms(call, still_clock, 3)
    made_up = base64.urlsafe_b64encode(b"000000000000000#abcdefghijklmno").decode().rstrip("=")
    assert unknown_token(call("GET", f"/rooms?nextPageToken={made_up}"))


def test_a_page_token_stays_good_when_its_room_is_gone(call: Call, still_clock: Clock) -> None:
    created = create_rooms(call, still_clock, 5)
    first = call("GET", "/rooms?maxItems=2")
    assert call("DELETE", f"/rooms/{created[1]}").status == 204
    token = first.headers["x-next-page-token"]
    assert names(call("GET", f"/rooms?nextPageToken={token}")) == created[2:]


def test_many_expired_rooms_in_front_hide_no_open_one(call: Call, still_clock: Clock) -> None:
    stays = create_rooms(call, still_clock, 3)
    for _ in range(60):
        still_clock.advance(1)
        create_room(call, still_clock, expirationDate=still_clock() + 500)
    still_clock.advance(600)
    assert all_pages(call, "maxItems=1") == [[name] for name in stays]


def items_read(aws_calls: AwsCalls) -> int:
    assert set(aws_calls.names) == {"Query"}
    return sum(answer["ScannedCount"] for _, _, answer in aws_calls.made)


def test_a_page_costs_the_same_however_many_rooms_there_are(
    call: Call, still_clock: Clock, aws_calls: AwsCalls
) -> None:
    # moto tells no true capacity for a query of an index, so the items read are counted.
    costs = []
    for count in (500, 4_500):
        store_rooms(still_clock, count)
        aws_calls.forget()
        assert len(names(call("GET", "/rooms?maxItems=100"))) == 100
        costs.append((items_read(aws_calls), len(aws_calls.names)))
    assert costs[1][0] <= costs[0][0] * 1.3
    assert all(read <= 250 and queries <= 8 for read, queries in costs), costs


def test_each_shard_is_asked_for_its_part_of_a_page(
    call: Call, still_clock: Clock, aws_calls: AwsCalls
) -> None:
    create_rooms(call, still_clock, 8)
    aws_calls.forget()
    call("GET", "/rooms?maxItems=1000")
    assert set(aws_calls.names) == {"Query"}
    assert len(aws_calls.names) == 4


def test_links_begin_with_what_the_caller_reached(call: Call, still_clock: Clock) -> None:
    create_rooms(call, still_clock, 2)
    reply = call("GET", "/rooms?maxItems=1", headers={"Host": "meet.example.com"})
    assert reply.body[0]["viewerURL"].startswith("https://meet.example.com/meet/")
    assert reply.headers["link"].startswith("<https://meet.example.com/meet/api/v1/rooms?")
    assert HOST not in reply.text
