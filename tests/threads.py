"""Lets tests call functions in several threads at once, where Lambda has several processes."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from meet.powertools import APIGatewayRestResolver


@contextmanager
def threads_apart() -> Iterator[None]:
    """Give each thread an event and a context of its own: Powertools keeps one for the process."""
    here = threading.local()
    read = APIGatewayRestResolver._to_proxy_event

    def reading(api: APIGatewayRestResolver, event: dict[str, Any]) -> Any:
        here.event = read(api, event)
        return here.event

    def context(api: APIGatewayRestResolver) -> dict[str, Any]:
        contexts: dict[int, dict[str, Any]] = here.__dict__.setdefault("contexts", {})
        return contexts.setdefault(id(api), {})

    def update(api: APIGatewayRestResolver, values: dict[str, Any]) -> None:
        vars(api).setdefault("context", {})  # for afterwards, if its function is loaded meanwhile
        context(api).update(values)

    with (
        patch.object(APIGatewayRestResolver, "_to_proxy_event", reading),
        patch.object(
            APIGatewayRestResolver, "current_event", property(lambda api: here.event), create=True
        ),
        patch.object(
            APIGatewayRestResolver,
            "context",
            property(context, update),
            create=True,
        ),
    ):
        yield
