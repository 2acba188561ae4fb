"""Value types of the wire: strict JSON scalars, and the wording of what is wrong with them."""

import re
from typing import Annotated, Any
from urllib.parse import unquote

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, WithJsonSchema
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

_JSON_TYPES: dict[type, str] = {
    type(None): "null",
    bool: "boolean",
    int: "number",
    float: "number",
    str: "string",
    list: "array",
    dict: "object",
}


def expected(kind: str, value: object) -> PydanticCustomError:
    """Return the error for a value of another JSON type than the contract asks for."""
    received = _JSON_TYPES.get(type(value), "object")
    return PydanticCustomError("expected", f"Expected {kind}, received {received}")


def broken_rule(sentence: str) -> PydanticCustomError:
    """Return the error for a value of the right type that the contract does not allow."""
    return PydanticCustomError("rule", sentence)


def _whole(kind: str) -> BeforeValidator:
    def check(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise expected(kind, value)
        if isinstance(value, float) and not value.is_integer():  # nor is Infinity: 1e999
            raise expected("integer", value)
        return int(value)

    return BeforeValidator(check)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise expected("string", value)
    try:
        value.encode()
    except UnicodeEncodeError as error:  # JSON can spell half a surrogate pair; UTF-8 cannot
        raise broken_rule("Must be valid Unicode") from error
    return value


def _boolean(value: object) -> bool:
    if not isinstance(value, bool):
        raise expected("boolean", value)
    return value


Integer = Annotated[int, _whole("integer")]
"""A JSON integer; 10.0 is one (RFC 8259 knows only numbers)."""

Timestamp = Annotated[int, _whole("number"), WithJsonSchema({"type": "number"})]
"""Milliseconds since the Unix epoch; the API calls it a number."""

Text = Annotated[str, BeforeValidator(_text)]
"""A JSON string that UTF-8 can carry."""

Boolean = Annotated[bool, BeforeValidator(_boolean)]
"""A JSON boolean; 1 is none."""


def _query_integer(value: object) -> object:
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,9}", value) is None:
        raise expected("integer", value)
    return value


QueryInteger = Annotated[int, BeforeValidator(_query_integer)]
"""An integer in a query string, in plain digits."""


def decode_segment(segment: str) -> str:
    """Return a name from the path, which REST APIs hand over percent-encoded.

    What is no UTF-8 becomes lone surrogates: nothing has such a name.
    """
    return unquote(segment, errors="surrogateescape")


PathSegment = Annotated[str, AfterValidator(decode_segment)]
"""A name from the path, decoded once."""


class WireModel(BaseModel):
    """Base of what is read from the wire: camelCase, unknown properties dropped."""

    model_config = ConfigDict(alias_generator=to_camel, frozen=True)


class View(WireModel):
    """Base of what is written to the wire; what is None is absent."""

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True)

    def to_json(self, fields: str | None = None) -> dict[str, Any]:
        """Return the JSON object, or of it only the comma-separated fields.

        Unknown names are ignored; when no valid one remains, it is the whole object.
        """
        names = {name.strip() for name in (fields or "").split(",")}
        wanted = {name for name, field in type(self).model_fields.items() if field.alias in names}
        return self.model_dump(
            mode="json", by_alias=True, exclude_none=True, include=wanted or None
        )


def sentence(error: dict[str, Any]) -> str:
    """Return the contract's wording for one pydantic error."""
    context = error.get("ctx", {})
    match error["type"]:
        case "missing":
            return "Required"
        case "model_type" | "model_attributes_type" | "dict_type":
            return expected("object", error["input"]).message()
        case "list_type":
            return expected("array", error["input"]).message()
        case "too_long" | "string_too_long" if not isinstance(error.get("input"), list):
            return f"Must be at most {context['max_length']} characters"
        case "too_long":
            return f"Must have at most {context['max_length']} items"
        case "too_short":
            return f"Must have at least {context['min_length']} items"
        case "greater_than_equal":
            return f"Must be at least {context['ge']}"
        case "less_than_equal":
            return f"Must be at most {context['le']}"
        case _:
            return str(error["msg"])
