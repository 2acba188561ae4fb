"""Lists: what a page consumes and takes, however many rooms are stored."""

import json
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast
from unittest.mock import patch

from bench.table import table
from meet import dynamodb, wiring
from meet.amazon import DynamoDB
from meet.clock import Milliseconds
from meet.paging import to_token
from meet.rooms.model import Preferences, Role, Room
from meet.rooms.repository import RoomRepository
from meet.rooms.service import RoomService
from tests.contract.samples import SAMPLES
from tests.functions.gateway import CONTEXT
from tools import dynamodb_local
from tools.memory_aws import create_tables
from tools.openapi.examples import EXPIRES

if TYPE_CHECKING:
    from meet.amazon import ListClient

SIZES = (100, 1_000, 10_000, 100_000)
MILLION = 1_000_000
"""Takes minutes to store."""

PAGE = 100
DEEP = 1_000

_TABLE = "RoomsTable"
_FIRST_CREATED = 1_785_900_000_000
_BATCH = 25
_REPETITIONS = 9


class Counted(DynamoDB):
    """Counts what queries consume."""

    units = 0.0
    queries = 0

    def _make_api_calls(self, operation: str, several: Sequence[dict[str, Any]]) -> Any:
        if operation != "Query":
            return super()._make_api_calls(operation, several)
        counted = [{**each, "ReturnConsumedCapacity": "TOTAL"} for each in several]
        answers = super()._make_api_calls(operation, counted)
        self.queries += len(answers)
        self.units += sum(each["ConsumedCapacity"]["CapacityUnits"] for each in answers)
        return answers


@dataclass
class _Shelf:
    """Takes the items that a repository would store."""

    items: list[dict[str, Any]] = field(default_factory=list)

    def put_item(self, **request: Any) -> None:
        self.items.append(request["Item"])


def measure(*, million: bool = False) -> str:
    """Return the table of pages; where DynamoDB Local is not available, why."""
    sizes = (*SIZES, MILLION) if million else SIZES
    try:
        with dynamodb_local.running() as address:
            create_tables(dynamodb_local.client_of(address))
            return _measure(dynamodb_local.our_client_of(address, Counted), sizes)
    except dynamodb_local.NotAvailable as reason:
        return f"**Not measured.** {reason}\n"


def _measure(client: "ListClient", sizes: Sequence[int]) -> str:
    capacity = cast(Counted, client)
    service = RoomService(RoomRepository(client, _TABLE))
    handler = import_module("functions.get_rooms.app").handler
    rows, stored, base = [], 0, 0.0
    with patch.object(wiring, "room_service", lambda: service):
        for size in sizes:
            _store(client, range(stored, size))
            stored = size
            for number in (1, min(DEEP, size // PAGE)):
                event = _event(size, number)
                capacity.units, capacity.queries = 0.0, 0
                page = json.loads(handler(event, CONTEXT)["body"])
                assert len(page) == PAGE, page
                units, queries = capacity.units, capacity.queries
                took = min(_seconds(handler, event) for _ in range(_REPETITIONS))
                base = base or took
                row = [f"{size:,}", f"{number:,}", units, queries, f"{took / base:.1f}"]
                rows.append(row)
    return (
        table(["rooms", "page", "read units", "queries", "time, of the first row's"], rows) + "\n"
    )


def _store(client: "ListClient", numbers: range) -> None:
    batches = [numbers[at : at + _BATCH] for at in range(0, len(numbers), _BATCH)]

    def write(batch: range) -> None:
        shelf = _Shelf()
        rooms = RoomRepository(cast("ListClient", shelf), _TABLE)
        for number in batch:
            rooms.add(_room(number))
        requests: Any = [{"PutRequest": {"Item": item}} for item in shelf.items]
        while requests:
            answer = client.batch_write_item(RequestItems={_TABLE: requests})
            requests = answer["UnprocessedItems"].get(_TABLE)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, batches))


def _room(number: int) -> Room:
    """Return the room that was created as the given one; numbers from 0."""
    return Room(
        name=f"OpenVidu-{number:015d}",
        prefix="OpenVidu",
        created_at=Milliseconds(_FIRST_CREATED + number),
        expires_at=EXPIRES,
        max_participants=10,
        preferences=Preferences(),
        secrets=dict.fromkeys(Role, "nkLM9FLc70PU_tmibxQVVtb1gTqLx0aF"),
    )


def _event(size: int, number: int) -> dict[str, Any]:
    """Return the request for a page; numbers from 1."""
    query = {"maxItems": str(PAGE)}
    if number > 1:
        last = _room(size - (number - 1) * PAGE)  # of the page before, newest first
        query["nextPageToken"] = to_token(dynamodb.list_key(last.created_at, last.name))
    several = {name: [value] for name, value in query.items()}
    event: dict[str, Any] = SAMPLES["get_rooms"]
    return event | {"queryStringParameters": query, "multiValueQueryStringParameters": several}


def _seconds(handler: Callable[..., object], event: dict[str, Any]) -> float:
    began = time.perf_counter()
    handler(event, CONTEXT)
    return time.perf_counter() - began
