"""Our clients of AWS in tests: called through botocore's, and held to its models."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from botocore.client import BaseClient
from botocore.exceptions import ParamValidationError
from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.validate import ParamValidator

from meet.amazon import JsonClient

make_api_calls = JsonClient._make_api_calls
"""Asks AWS, without botocore, and several at once."""


@cache
def _model(service: str) -> ServiceModel:
    return ServiceModel(Loader().load_service_model(service, "service-2"), service)


def _meta(client: JsonClient) -> SimpleNamespace:
    return SimpleNamespace(
        service_model=SimpleNamespace(service_name=client.service),
        endpoint_url=client.endpoint,
        region_name=client.region,
    )


@contextmanager
def called_through_botocore() -> Iterator[None]:
    """Let every call of AWS pass BaseClient._make_api_call, where tests note and refuse calls."""
    theirs = BaseClient._make_api_call  # type: ignore[attr-defined]

    def make(client: Any, operation: str, parameters: dict[str, Any]) -> Any:
        if not isinstance(client, JsonClient):
            return theirs(client, operation, parameters)
        shape = _model(client.service).operation_model(operation).input_shape
        assert shape is not None
        if report := ParamValidator().validate(parameters, shape).generate_report():
            raise ParamValidationError(report=report)
        (answer,) = make_api_calls(client, operation, [parameters])
        return answer

    def pass_through(client: Any, operation: str, several: Sequence[dict[str, Any]]) -> Any:
        return [BaseClient._make_api_call(client, operation, each) for each in several]  # type: ignore[attr-defined]

    with (
        patch.object(BaseClient, "_make_api_call", make),
        patch.object(JsonClient, "_make_api_calls", pass_through),
        patch.object(JsonClient, "meta", property(_meta), create=True),
    ):
        yield
