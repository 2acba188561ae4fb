"""Notes every call that any client makes of AWS; none may ever scan a table or a list."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

from botocore.client import BaseClient

from meet.sweep_index import SWEEP_INDEX


@dataclass
class AwsCalls:
    """What was asked of AWS, and what it answered."""

    made: list[tuple[str, dict[str, Any], dict[str, Any]]] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        return [name for name, _, _ in self.made]

    def forget(self) -> None:
        self.made.clear()


@contextmanager
def noted() -> Iterator[AwsCalls]:
    """Note the calls that are made while the block runs.

    One call at a time, since DynamoDB's operations on an item are atomic and moto's are not.
    """
    calls = AwsCalls()
    one_at_a_time = threading.RLock()
    make = BaseClient._make_api_call  # type: ignore[attr-defined]

    def make_and_note(client: Any, operation: str, parameters: dict[str, Any]) -> Any:
        if operation == "Scan":
            assert parameters.get("IndexName") == SWEEP_INDEX, "a table or a list was scanned"
        with one_at_a_time:
            answer = make(client, operation, parameters)
        calls.made.append((operation, parameters, answer))
        return answer

    with patch.object(BaseClient, "_make_api_call", make_and_note):
        yield calls
