"""One operation of the document, from its route, its signature and its declared answers."""

import inspect
import json
import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from importlib import import_module
from typing import Any, get_args, get_origin

from aws_lambda_powertools.event_handler.api_gateway import Route
from pydantic.alias_generators import to_camel

from meet.access import API, Credential
from meet.answers import Answers, Success
from meet.errors import (
    BodyTooLarge,
    InvalidRequest,
    MalformedBody,
    MeetError,
    StillRunning,
    TemporarilyUnavailable,
    Unauthorized,
    UnsupportedMediaType,
)
from meet.http import JSON, REQUEST_ID_HEADER
from meet.parameters import IDEMPOTENCY_HEADER, NEXT_PAGE_HEADER, TRUE_OR_FALSE
from meet.types import View
from tools.openapi import own_schemas, schemas, stream, words
from tools.openapi.examples import example
from tools.openapi.schemas import REF, Document

_IN_BODY = (MalformedBody(), BodyTooLarge(), UnsupportedMediaType())


@dataclass(frozen=True)
class Operation:
    """One method of a path, and what Powertools knows about it."""

    method: str
    resource: str
    accepted: frozenset[Credential]
    route: Route
    generated: Document
    components: Document
    """Schemas of what is sent, by the names of their models."""

    @classmethod
    def of(
        cls, method: str, resource: str, function: str, accepted: frozenset[Credential]
    ) -> "Operation":
        """Read a function's code; raises ValueError if it does not serve the route."""
        api = import_module(f"functions.{function}.app").api
        route, *_ = api._static_routes + api._dynamic_routes  # more only where HEAD goes with GET
        own = json.loads(api.get_openapi_json_schema(title=function))
        for path, methods in own["paths"].items():
            if re.sub(r"{(\w+)}", lambda name: f"{{{to_camel(name[1])}}}", path) == resource:
                generated = methods[method.lower()]
                components = own.get("components", {}).get("schemas", {})
                return cls(method, resource, accepted, route, generated, components)
        raise ValueError(f"{method} {resource} is in the access table and not in the code")

    @property
    def path(self) -> str:
        """The path in the document, which is below the server's."""
        return self.resource.removeprefix(API)

    @property
    def function(self) -> str:
        """The name of its function."""
        return self.route.func.__name__

    @property
    def answers(self) -> Answers:
        """The declared answers; raises TypeError without a declaration."""
        declared = vars(self.route.func).get("answers")
        if not isinstance(declared, Answers):
            raise TypeError(f"{self.function} does not declare its @answers")
        return declared

    @property
    def views(self) -> list[type[View]]:
        """The models of what is answered."""
        return [_view(each)[0] for each in self.answers.successes if each.body is not None]

    @property
    def parameters(self) -> list[Document]:
        """The parameter objects."""
        if self.function in stream.PARAMETERS:
            return list(stream.PARAMETERS[self.function])
        return [_parameter(each) for each in self.generated.get("parameters", [])]

    def has(self, name: str) -> bool:
        """True if the operation has this parameter."""
        return any(each["name"] == name for each in self.parameters)

    def document(self, partial: Collection[type[View]]) -> Document:
        """Return the operation object; `partial` are the views that `fields` can limit."""
        security: list[Document] = [{each.value: []} for each in sorted(self.accepted)]
        operation: Document = {
            "operationId": to_camel(self.function),
            "tags": self.route.tags,
            "summary": self.route.summary,
            "description": _prose(self.route.func),
            "security": security,
        }
        if self.function in stream.DESCRIPTIONS:
            operation["description"] = stream.DESCRIPTIONS[self.function]
        if self.parameters:
            operation["parameters"] = self.parameters
        if body := self.generated.get("requestBody"):
            operation["requestBody"] = self._body(body)
        responses = self._successes(partial) | _errors(self._failures())
        operation["responses"] = dict(sorted(responses.items()))
        return _without_bodies(operation) if self.method == "HEAD" else operation

    def _body(self, generated: Document) -> Document:
        content = generated["content"][JSON]
        model = schemas.model_called(_reference(content["schema"]))
        default = {"summary": _first_line(model).removesuffix("."), "value": example(model)}
        examples = {"default": default} | content.get("examples", {})
        name = own_schemas.OF_BODIES.get(model.__name__, schemas.name_of(model))
        return {
            "required": generated.get("required", False),
            "content": {JSON: {"schema": {"$ref": REF + name}, "examples": examples}},
        }

    def _successes(self, partial: Collection[type[View]]) -> Document:
        described = self.route.response_description
        if self.function in stream.SUCCESSES:
            return {
                status: {"description": meaning or described, "headers": _headers(*headers)}
                | ({"content": content} if content else {})
                for status, (meaning, headers, content) in stream.SUCCESSES[self.function].items()
            }
        return {
            str(each.status.value): self._success(each, each.meaning or str(described), partial)
            for each in self.answers.successes
        }

    def _success(self, success: Success, meaning: str, partial: Collection[type[View]]) -> Document:
        if success.body is None:
            return {"description": meaning, "headers": _headers()}
        view, is_list = _view(success)
        shown = example(view) if success.example is None else success.example
        name = schemas.name_of(view)
        if view in partial and not self.has("fields"):
            name = schemas.whole(view)
        schema: Document = {"$ref": REF + name}
        if is_list:
            schema, shown = {"type": "array", "items": schema}, [shown]
        headers = ("Link", NEXT_PAGE_HEADER) if self.has("nextPageToken") else ()
        content = {JSON: {"schema": schema, "example": shown}}
        return {"description": meaning, "headers": _headers(*headers), "content": content}

    def _failures(self) -> Iterable[MeetError]:
        """Yield what is declared, and what follows from parameters, body and credentials."""
        declared = self.answers.failures
        yield from declared
        if "requestBody" in self.generated:
            yield from _IN_BODY
        if not any(type(each) is InvalidRequest for each in declared):
            yield from self._invalid()
        if self.has(IDEMPOTENCY_HEADER):
            yield StillRunning()
        if self.accepted:
            yield Unauthorized()
        yield TemporarilyUnavailable()

    def _invalid(self) -> Iterable[InvalidRequest]:
        """Yield an example of what validation refuses, if it can refuse anything."""
        if body := self.generated.get("requestBody"):
            sent = self.components[_reference(body["content"][JSON]["schema"])]
            while "required" not in sent:  # it depends on what else is sent
                sent = sent["else"]
            yield InvalidRequest((sent["required"][0], "Required"))
            return
        for each in self.parameters:
            if each["required"] and each["in"] == "query":
                yield InvalidRequest((each["name"], "Required"), message="Invalid request")
                return
            if each["schema"].get("enum") == TRUE_OR_FALSE["enum"]:
                text = "Must be true or false"
                yield InvalidRequest((each["name"], text), message="Invalid request")
                return
            if "minimum" in each["schema"]:
                text = f"Must be at least {each['schema']['minimum']}"
                yield InvalidRequest((each["name"], text), message="Invalid request")
                return


def _reference(schema: Document) -> str:
    """Return the name that a schema refers to, in the code."""
    return str(schemas.absent_not_null(schema)["$ref"]).removeprefix(REF)


def _view(success: Success) -> tuple[type[View], bool]:
    """Return the view of a body, and whether the body is a list of them."""
    body: Any = success.body
    return (get_args(body)[0], True) if get_origin(body) is list else (body, False)


def _parameter(generated: Document) -> Document:
    name = generated["name"]
    if generated["in"] == "header":
        name = "-".join(part.capitalize() for part in name.split("-"))
    if not generated.get("description"):
        raise ValueError(f"the parameter {name} has no description")
    schema = schemas.cleaned(schemas.absent_not_null(generated["schema"]))
    return {
        "name": to_camel(name) if generated["in"] == "path" else name,
        "in": generated["in"],
        "required": generated["required"],
        "description": generated["description"],
        "schema": {key: value for key, value in schema.items() if key != "description"},
    }


def _prose(function: Callable[..., Any]) -> str:
    """Return a docstring without its line breaks, but for those between paragraphs."""
    return re.sub(r"(?<!\n)\n(?!\n)", " ", inspect.getdoc(function) or "")


def _first_line(documented: object) -> str:
    return (inspect.getdoc(documented) or "").partition("\n")[0]


def _without_bodies(operation: Document) -> Document:
    """Return the HEAD that goes with a GET: the same answers without their bodies."""
    responses = {
        status: {key: value for key, value in answer.items() if key != "content"}
        for status, answer in operation["responses"].items()
    }
    return operation | {
        "operationId": "head" + operation["operationId"].removeprefix("get"),
        "summary": f"Answer as {operation['operationId']} does, without a body",
        "responses": responses,
    }


def _errors(errors: Iterable[MeetError]) -> Document:
    """Return an answer for each status, with an example of every error that has it."""
    answers: Document = {
        str(body["code"]): {
            "description": meaning,
            "headers": _headers(),
            "content": {JSON: _error_content("Error", body)},
        }
        for body, meaning in words.GATEWAY_ERRORS
    }
    by_status: dict[str, list[MeetError]] = {}
    for error in errors:
        by_status.setdefault(str(error.status.value), []).append(error)
    for status, same in by_status.items():
        [schema] = {own_schemas.OF_ERRORS.get(type(error), "Error") for error in same}
        content = _error_content(schema, *(error.body for error in same))
        if len(same) > 1:
            del content["example"]
            content["examples"] = {_key(error): {"value": error.body} for error in same}
            if len(content["examples"]) < len(same):
                raise TypeError("one InvalidRequest holds all failing fields")
        answers[status] = {
            "description": "; or: ".join(_first_line(type(e)).removesuffix(".") for e in same),
            "headers": _headers(*(name for error in same for name in error.headers)),
            "content": {JSON: content},
        }
    return answers


def _error_content(schema: str, *bodies: Document) -> Document:
    """Return a body's schema, with the reasons that this operation may give, and an example."""
    own: Document = {"$ref": REF + schema}
    if reasons := [body["reason"] for body in bodies if "reason" in body]:
        own["properties"] = {"reason": own_schemas.REASON | {"enum": reasons}}
    return {"schema": own, "example": bodies[0]}


def _key(error: MeetError) -> str:
    name = type(error).__name__
    return name[0].lower() + name[1:]


def _headers(*names: str) -> Document:
    names = (REQUEST_ID_HEADER, *dict.fromkeys(names))
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}
