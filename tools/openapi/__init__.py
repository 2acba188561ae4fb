"""The OpenAPI document of the API, made from the code and a table of what code cannot say."""

import inspect
import json
import re
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any

from aws_lambda_powertools.event_handler.api_gateway import Route
from pydantic.alias_generators import to_camel
from pydantic.json_schema import models_json_schema

from meet.access import API, OPERATIONS, Credential
from meet.errors import InvalidRequest, MeetError, TemporarilyUnavailable, Unauthorized
from meet.http import REQUEST_ID_HEADER
from tools import ROOT
from tools.openapi import own_schemas, schemas, table, words
from tools.openapi.row import Row, Success

FILE = ROOT / "functions/web/openapi.json"
"""The document, where the web function serves it from."""

JSON = "application/json"
REF = "#/components/schemas/"
_VALIDATION = {"HTTPValidationError", "ResponseValidationError", "ValidationError"}
_RENAMED_LIMITS = {"ge": "minimum", "le": "maximum"}  # as pydantic leaves them behind a validator

Document = dict[str, Any]


def text() -> str:
    """Return the document as it stands in the file."""
    return json.dumps(document(), indent=2, ensure_ascii=False) + "\n"


def document() -> Document:
    """Return the document of every operation that the access table knows."""
    paths: Document = {}
    found = _views()
    for (method, resource), (function, accepted) in OPERATIONS.items():
        if (method, resource) in table.UNLISTED:
            continue
        row = table.ROWS[function]
        generated: Document = {}
        api = import_module(f"functions.{function}.app").api
        if row.parameters is None:
            own = json.loads(api.get_openapi_json_schema(title=function))
            generated = _serving(own, method, resource)
            _add(found, own.get("components", {}).get("schemas", {}))
        route, *_ = api._static_routes + api._dynamic_routes  # more only where HEAD goes with GET
        operation = _operation(route, row, generated, accepted)
        if method == "HEAD":
            operation = _without_bodies(operation)
        paths.setdefault(resource.removeprefix(API), {})[method.lower()] = operation
    components = {_name(name): _clean(schema) for name, schema in found.items()}
    components |= own_schemas.OWN_SCHEMAS
    tags = {operation["tags"][0] for path in paths.values() for operation in path.values()}
    whole: Document = {
        "openapi": "3.1.0",
        "info": words.INFO,
        "servers": words.SERVERS,
        "tags": [{"name": n, "description": d} for n, d in words.TAGS.items() if n in tags],
        "paths": paths,
        "components": {
            "securitySchemes": words.SECURITY_SCHEMES,
            "headers": words.HEADERS,
        },
    }
    whole["components"]["schemas"] = _reachable(components, whole)
    return whole


def _views() -> Document:
    """Return the schemas of what is answered, by their names in the document."""
    models: Any = [(model, "serialization") for model in schemas.VIEWS.values()]
    generated: Document = models_json_schema(models, ref_template=REF + "{model}")[1]
    names = {model.__name__: name for name, model in schemas.VIEWS.items()}
    found = {names.get(name, name): body for name, body in generated["$defs"].items()}
    for name in schemas.VIEWS:
        properties = found[name]["properties"]
        for key, value in properties.items():
            choice = found.get(value.get("$ref", "").removeprefix(REF), {})
            if "enum" in choice:
                value = choice | {k: v for k, v in value.items() if k != "$ref"}  # noqa: PLW2901
            properties[key] = _absent_not_null(value)
            properties[key].pop("default", None)
    for name in schemas.WITH_FIELDS:
        del found[name]["required"]  # "fields" leaves out what it does not name
    return found


def _add(found: Document, more: Document) -> None:
    for name, schema in more.items():
        if name not in _VALIDATION and found.setdefault(name, schema) != schema:
            raise ValueError(f"{name} is two different schemas")


def _serving(own: Document, method: str, resource: str) -> Document:
    """Return a function's operation for a route; raise ValueError if its code has none."""
    for path, methods in own["paths"].items():
        if re.sub(r"{(\w+)}", lambda name: f"{{{to_camel(name[1])}}}", path) == resource:
            return dict(methods[method.lower()])
    raise ValueError(f"{method} {resource} is in the access table and not in the code")


def _operation(
    route: Route, row: Row, generated: Document, accepted: Iterable[Credential]
) -> Document:
    function = route.func.__name__
    security: list[Document] = [{credential.value: []} for credential in sorted(accepted)]
    operation: Document = {
        "operationId": to_camel(function),
        "tags": route.tags,
        "summary": route.summary,
        "description": row.description or _prose(route.func),
        "security": security,
    }
    if row.parameters is not None:
        operation["parameters"] = list(row.parameters)
    elif parameters := generated.get("parameters"):
        operation["parameters"] = [_parameter(function, each) for each in parameters]
    if body := generated.get("requestBody"):
        schema = _clean(_absent_not_null(body["content"][JSON]["schema"]))
        if row.body_schema:
            schema = {"$ref": REF + row.body_schema}
        content = {"schema": schema, "examples": row.body_examples}
        operation["requestBody"] = {
            "required": row.body_required,
            "content": {JSON: content},
        }
    errors = (*row.errors, *([Unauthorized()] if security else []))
    successes = {
        str(each.status.value): _success(each, each.meaning or route.response_description)
        for each in row.successes
    }
    responses = successes | _errors((*errors, TemporarilyUnavailable()))
    operation["responses"] = dict(sorted(responses.items()))
    return operation


def _without_bodies(operation: Document) -> Document:
    """Return the HEAD that goes with a GET: the same answers, but for their bodies."""
    responses = {
        status: {key: value for key, value in answer.items() if key != "content"}
        for status, answer in operation["responses"].items()
    }
    return operation | {
        "operationId": "head" + operation["operationId"].removeprefix("get"),
        "summary": f"Answer as {operation['operationId']} does, without a body",
        "responses": responses,
    }


def _parameter(function: str, generated: Document) -> Document:
    names = {name.lower(): name for name in words.PARAMETERS}
    name = names[generated["name"].replace("_", "").lower()]
    schema = _clean(_absent_not_null(generated["schema"]))
    own = {"name": name, "in": generated["in"], "required": generated["required"]}
    described = _merged(words.PARAMETERS[name], words.PARAMETERS_OF.get((function, name), {}))
    return _merged(own | {"description": "", "schema": schema}, described)


def _prose(function: Callable[..., Any]) -> str:
    """Return a docstring without its line breaks, but for those between paragraphs."""
    return re.sub(r"(?<!\n)\n(?!\n)", " ", inspect.getdoc(function) or "")


def _success(success: Success, meaning: str | None) -> Document:
    answer: Document = {
        "description": meaning,
        "headers": _headers(REQUEST_ID_HEADER, *success.headers),
    }
    if success.content:
        answer["content"] = success.content
    elif success.schema:
        schema: Document = {"$ref": REF + success.schema}
        if success.is_list:
            schema = {"type": "array", "items": schema}
        answer["content"] = {JSON: {"schema": schema, "example": success.example}}
    return answer


def _errors(errors: Iterable[MeetError]) -> Document:
    """Return an answer for each status, with an example of every error that has it."""
    answers: Document = {
        str(body["code"]): {
            "description": meaning,
            "headers": _headers(REQUEST_ID_HEADER),
            "content": {JSON: _error_content("Error", body)},
        }
        for body, meaning in words.GATEWAY_ERRORS
    }
    by_status: dict[str, list[MeetError]] = {}
    for error in errors:
        by_status.setdefault(str(error.status.value), []).append(error)
    for status, same in by_status.items():
        [schema] = {words.ERROR_SCHEMAS.get(type(error), "Error") for error in same}
        headers = {name: None for error in same for name in error.headers}
        content = _error_content(schema, *(error.body for error in same))
        if len(same) > 1:
            del content["example"]
            content["examples"] = {_key(error): {"value": error.body} for error in same}
        answers[status] = {
            "description": "; or: ".join(_meaning(error) for error in same),
            "headers": _headers(REQUEST_ID_HEADER, *headers),
            "content": {JSON: content},
        }
    return answers


def _error_content(schema: str, *bodies: Document) -> Document:
    """Return a body's schema, with the reasons that this operation may give, and an example."""
    own: Document = {"$ref": REF + schema}
    if reasons := [body["reason"] for body in bodies if "reason" in body]:
        own["properties"] = {"reason": own_schemas.REASON | {"enum": reasons}}
    return {"schema": own, "example": bodies[0]}


def _meaning(error: MeetError) -> str:
    """Return the first line of the docstring of an error's class."""
    assert error.__doc__
    return error.__doc__.partition("\n")[0].removesuffix(".")


def _key(error: MeetError) -> str:
    if isinstance(error, InvalidRequest):
        raise TypeError("one InvalidRequest holds all failing fields")
    name = type(error).__name__
    return name[0].lower() + name[1:]


def _headers(*names: str) -> Document:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _name(name: str) -> str:
    return schemas.RENAMED.get(name, name)


def _absent_not_null(schema: Document) -> Document:
    """Return the schema of what may be absent, but is never null."""
    rest = {key: value for key, value in schema.items() if key not in {"anyOf", "default"}}
    choices = schema.get("anyOf", [])
    if {"type": "null"} not in choices:
        return schema
    [only] = [choice for choice in choices if choice != {"type": "null"}]
    return {**only, **rest}


def _clean(schema: Document) -> Document:
    """Return a schema in the document's own words: no titles, limits by their right names."""
    cleaned: Document = {}
    for key, value in schema.items():
        match key:
            case "title":
                continue
            case "default" if "$ref" in schema:  # what is absent in an update stays as it is
                continue
            case "$ref":
                cleaned[key] = REF + _name(value.removeprefix(REF))
            case "properties":
                cleaned[key] = {name: _clean(each) for name, each in value.items()}
            case "anyOf":
                cleaned |= _nullable([_clean(each) for each in value])
            case "items":
                cleaned[key] = _clean(value)
            case _:
                whole = isinstance(value, float) and value.is_integer()
                cleaned[_RENAMED_LIMITS.get(key, key)] = int(value) if whole else value
    return cleaned


def _nullable(choices: list[Document]) -> Document:
    """Return something-simple-or-null as one schema with two types."""
    simple = [choice for choice in choices if choice != {"type": "null"}]
    if len(simple) != 1 or simple == choices or "type" not in simple[0]:
        return {"anyOf": choices}
    return {**simple[0], "type": [simple[0]["type"], "null"]}


def _merged(schema: Document, more: Document) -> Document:
    both = schema | more
    for key in schema.keys() & more.keys():
        if isinstance(schema[key], dict) and isinstance(more[key], dict):
            both[key] = _merged(schema[key], more[key])
    if unknown := more.get("properties", {}).keys() - schema.get("properties", {}).keys():
        raise ValueError(f"no such properties: {sorted(unknown)}")
    return both


def _reachable(components: Document, start: Document) -> Document:
    """Return the schemas that the document refers to, however indirectly, by name."""
    wanted: set[str] = set()
    ahead = [start]
    while ahead:
        names = set(re.findall(rf'"{REF}(\w+)"', json.dumps(ahead.pop())))
        ahead += [components[name] for name in names - wanted]
        wanted |= names
    return {name: components[name] for name in sorted(wanted)}
