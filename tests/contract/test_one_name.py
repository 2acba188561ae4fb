"""Folders, template, routes in code, access table, sample events and document are one list."""

import re
from importlib import import_module
from typing import Any

from pydantic.alias_generators import to_camel, to_pascal

from meet.access import ANYBODY, API, OPERATIONS
from tests.contract.samples import SAMPLES
from tools import ROOT
from tools.openapi import UNLISTED, document
from tools.template import functions, resources

OPEN_BESIDE_THE_API = {"receive_livekit_webhook", "web", "console_session"}
"""Functions without an authorizer that are not operations: LiveKit signs, pages are public, and
the console's session checks its own cookie."""

FOLDERS = {app.parent.name for app in (ROOT / "functions").glob("*/app.py")}

Route = tuple[str, str]


def routes_in_template() -> dict[Route, tuple[str, dict[str, Any]]]:
    """Return route -> (function, what the template says about it)."""
    return {
        (event["Properties"]["Method"], event["Properties"]["Path"]): (name, event["Properties"])
        for name, function in functions().items()
        for event in function.get("Events", {}).values()
        if event["Type"] == "Api"
    }


def routes_in_code(function: str) -> set[Route]:
    api = import_module(f"functions.{function}.app").api
    return {
        (method, re.sub(r"<(\w+)>", lambda name: f"{{{to_camel(name[1])}}}", route.path))
        for route in api._static_routes + api._dynamic_routes
        for method in _list(route.method)
    }


def _list(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def test_every_folder_is_a_function_of_the_template_and_the_other_way_round() -> None:
    assert functions().keys() == FOLDERS


def test_a_function_is_called_in_the_template_as_its_folder() -> None:
    names = {
        name: body["CodeUri"].removeprefix("functions/")
        for name, body in resources("AWS::Serverless::Function").items()
    }
    assert names == {to_pascal(folder): folder for folder in names.values()}


def test_the_template_routes_to_each_operation_of_the_access_table_and_to_nothing_else() -> None:
    in_template = {
        route: name
        for route, (name, _) in routes_in_template().items()
        if name not in OPEN_BESIDE_THE_API
    }
    in_table = {route: name for route, (name, _) in OPERATIONS.items()}
    assert in_template == in_table


def test_the_code_serves_the_routes_that_the_template_sends_it() -> None:
    for function in functions().keys() - {"web"}:
        sent = {route for route, (name, _) in routes_in_template().items() if name == function}
        if sent:
            served = routes_in_code(function)
            assert served <= sent, function
            assert sent - served <= UNLISTED, function


def test_exactly_what_anybody_may_call_passes_no_authorizer() -> None:
    of_anybody = {route for route, (_, accepted) in OPERATIONS.items() if accepted == ANYBODY}
    without = {
        route
        for route, (name, properties) in routes_in_template().items()
        if properties.get("Auth") == {"Authorizer": "NONE"} and name not in OPEN_BESIDE_THE_API
    }
    assert without == of_anybody
    for route, (name, properties) in routes_in_template().items():
        expected = {"Authorizer": "NONE"}
        if route in of_anybody or name in OPEN_BESIDE_THE_API:
            assert properties.get("Auth") == expected, route
        else:
            assert "Auth" not in properties, route
    assert resources("AWS::Serverless::Api")["Api"]["Auth"]["DefaultAuthorizer"] == "Authorizer"


def test_every_function_has_a_sample_event_and_every_event_a_function() -> None:
    assert SAMPLES.keys() == FOLDERS


def test_a_sample_request_comes_by_a_route_of_its_function() -> None:
    routes = {route: name for route, (name, _) in routes_in_template().items()}
    for function, sample in SAMPLES.items():
        if "httpMethod" in sample and function != "authorize":
            route = sample["httpMethod"], sample["resource"]
            assert routes[route] == function
            assert sample["requestContext"]["resourcePath"] == route[1]
            assert sample["requestContext"]["httpMethod"] == route[0]
            filled = route[1]
            for name, value in (sample["pathParameters"] or {}).items():
                filled = filled.replace(f"{{{name}}}", value).replace(f"{{{name}+}}", value)
            assert sample["path"] == filled
            assert sample["requestContext"]["path"] == f"/meet{filled}"


def test_the_document_describes_each_operation_by_its_name() -> None:
    described = {
        (method.upper(), API + path): operation["operationId"]
        for path, methods in document()["paths"].items()
        for method, operation in methods.items()
    }
    assert described == {
        route: to_camel(f"head_{name.removeprefix('get_')}" if route[0] == "HEAD" else name)
        for route, (name, _) in OPERATIONS.items()
        if route not in UNLISTED
    }
