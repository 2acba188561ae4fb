"""Powertools' event handler, which all others import from here: without asyncio.

It has resolvers that none of the functions uses, and those import asyncio: a tenth of a cold start.
"""

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType


class _StandIn(ModuleType):
    """Imports the real module when an attribute is first used, and gives way to it."""

    def __getattr__(self, name: str) -> object:
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(importlib.import_module(self.__name__), name)


@contextmanager
def _deferred(module: str) -> Iterator[None]:
    """Let whatever is imported in the block import a stand-in for this module."""
    if module in sys.modules:
        yield
        return
    stand_in = sys.modules[module] = _StandIn(module)
    try:
        yield
    finally:
        if sys.modules.get(module) is stand_in:
            del sys.modules[module]


with _deferred("asyncio"):
    from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
    from aws_lambda_powertools.event_handler.exceptions import NotFoundError
    from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError
    from aws_lambda_powertools.event_handler.openapi.params import Body, Header, Path, Query

__all__ = [
    "APIGatewayRestResolver",
    "Body",
    "Header",
    "NotFoundError",
    "Path",
    "Query",
    "RequestValidationError",
    "Response",
]
