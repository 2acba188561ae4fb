"""Value types of the wire: strict JSON scalars, and the wording of what is wrong with them."""

from math import isfinite
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
        if not isfinite(value) or value != int(value):
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


def decode_segment(segment: str) -> str:
    """Return a name from the path: REST APIs hand it over percent-encoded."""
    return unquote(segment)


PathSegment = Annotated[str, AfterValidator(decode_segment)]
"""A name from the path, decoded once."""


class WireModel(BaseModel):
    """Base of what is read from and written to the wire: camelCase, unknown properties dropped."""

    model_config = ConfigDict(
        alias_generator=to_camel, validate_by_name=True, validate_by_alias=True, frozen=True
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
        case "int_parsing":
            return "Expected integer, received string"
        case "string_too_long":
            return f"Must be at most {context['max_length']} characters"
        case "string_too_short":
            return f"Must be at least {context['min_length']} characters"
        case "too_short":
            return f"Must have at least {context['min_length']} items"
        case "too_long":
            return f"Must have at most {context['max_length']} items"
        case "greater_than_equal":
            return f"Must be at least {context['ge']}"
        case "less_than_equal":
            return f"Must be at most {context['le']}"
        case _:
            return str(error["msg"])
