"""Schemas of the code in the words of the document.

A model's name in the document is its title: `class RoomView(View, title="OpenViduMeetRoom")`.
"""

import json
import re
from collections.abc import Iterable
from typing import Any, TypeAlias

from pydantic.json_schema import models_json_schema

from meet.types import View, WireModel

Document: TypeAlias = dict[str, Any]

REF = "#/components/schemas/"

_RENAMED_LIMITS = {"ge": "minimum", "le": "maximum"}  # as pydantic leaves them behind a validator


def name_of(model: type[WireModel]) -> str:
    """Return the name of a model in the document."""
    return model.model_config.get("title") or model.__name__


def model_called(name: str) -> type[WireModel]:
    """Return the model with this name in the code; raises ValueError."""
    [found] = {each for each in _models(WireModel) if each.__name__ == name}
    return found


def _models(base: type[WireModel]) -> Iterable[type[WireModel]]:
    for each in base.__subclasses__():
        yield each
        yield from _models(each)


def whole(view: type[View]) -> str:
    """Return the name of the schema of a view that was not limited by `fields`."""
    return "Whole" + name_of(view)


def sent(*components: Document) -> Document:
    """Return the schemas of what is sent; raises ValueError if a name is two different ones."""
    found: Document = {}
    known = {each.__name__ for each in _models(WireModel)}
    for schemas in components:
        for name, schema in schemas.items():
            if name in known and found.setdefault(name, schema) != schema:
                raise ValueError(f"{name} is two different schemas")
    return {name_of(model_called(name)): cleaned(schema) for name, schema in found.items()}


def answered(views: Iterable[type[View]], partial: Iterable[type[View]]) -> Document:
    """Return the schemas of what is answered; `partial` are the views that `fields` can limit."""
    models: Any = [(view, "serialization") for view in views]
    definitions: Document = models_json_schema(models, ref_template=REF + "{model}")[1]["$defs"]
    found: Document = {}
    for name, schema in definitions.items():
        if "enum" in schema:
            continue
        model = model_called(name)
        if issubclass(model, View):
            for key, value in schema["properties"].items():
                schema["properties"][key] = _always_or_absent(value, definitions)
        found[name_of(model)] = cleaned(schema)
    for view in partial:
        name = name_of(view)
        found[whole(view)] = {
            "description": f"`{name}` with all its properties, as without `fields`.",
            "allOf": [{"$ref": REF + name}, {"required": _always(view)}],
        }
        del found[name]["required"]
    return found


def _always_or_absent(value: Document, definitions: Document) -> Document:
    """Return the schema of a property of an answer: never null, and without a default."""
    value = absent_not_null(value)
    choice = definitions.get(value.get("$ref", "").removeprefix(REF), {})
    if "enum" in choice:
        value = choice | {k: v for k, v in value.items() if k != "$ref"}
    return {k: v for k, v in value.items() if k != "default"}


def _always(view: type[View]) -> list[str]:
    """Return the properties that are absent only if `fields` does not name them."""
    return [str(each.alias) for each in view.model_fields.values() if each.default is not None]


def absent_not_null(schema: Document) -> Document:
    """Return the schema of something that may be absent, but is never null."""
    rest = {key: value for key, value in schema.items() if key not in {"anyOf", "default"}}
    choices = schema.get("anyOf", [])
    if {"type": "null"} not in choices:
        return schema
    [only] = [choice for choice in choices if choice != {"type": "null"}]
    return {**only, **rest}


def cleaned(schema: Document) -> Document:
    """Return a schema without titles, with limits and references by their names in the document."""
    clean: Document = {}
    for key, value in schema.items():
        match key:
            case "title":
                continue
            case "default" if "$ref" in schema:  # what is absent in an update stays as it is
                continue
            case "$ref":
                clean[key] = REF + name_of(model_called(value.removeprefix(REF)))
            case "properties":
                clean[key] = {name: cleaned(each) for name, each in value.items()}
            case "anyOf":
                clean |= _nullable([cleaned(each) for each in value])
            case "items":
                clean[key] = cleaned(value)
            case _:
                is_whole = isinstance(value, float) and value.is_integer()
                clean[_RENAMED_LIMITS.get(key, key)] = int(value) if is_whole else value
    return clean


def _nullable(choices: list[Document]) -> Document:
    """Return something-simple-or-null as one schema with two types."""
    simple = [choice for choice in choices if choice != {"type": "null"}]
    if len(simple) != 1 or simple == choices or "type" not in simple[0]:
        return {"anyOf": choices}
    values = {"enum": [*simple[0]["enum"], None]} if "enum" in simple[0] else {}
    return {**simple[0], **values, "type": [simple[0]["type"], "null"]}


def reachable(components: Document, start: Document) -> Document:
    """Return the schemas that the document refers to, however indirectly, by name."""
    wanted: set[str] = set()
    ahead = [start]
    while ahead:
        names = set(re.findall(rf'"{REF}(\w+)"', json.dumps(ahead.pop())))
        ahead += [components[name] for name in names - wanted]
        wanted |= names
    return {name: components[name] for name in sorted(wanted)}
