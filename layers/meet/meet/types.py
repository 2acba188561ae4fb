"""Value types of the API: strict JSON scalars and the wording of their validation errors."""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache, partial
from typing import Annotated, Any
from urllib.parse import unquote

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, WithJsonSchema
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

NO_CONTROLS = "Must not contain control or format characters"

_CONTROLS = {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}
_JOINERS = "\u200c\u200d"
_VIRAMA = 9  # the canonical combining class
_BLANK = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0"
    "\U0001d159\U000e0100-\U000e01ef]"
)
"""Letters, marks and symbols that are invisible, such as the Hangul filler."""

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
    """Return the error for a value of the wrong JSON type."""
    received = _JSON_TYPES.get(type(value), "object")
    return PydanticCustomError("expected", f"Expected {kind}, received {received}")


def broken_rule(sentence: str) -> PydanticCustomError:
    """Return the error for a value of the right type that the contract does not allow."""
    return PydanticCustomError("rule", sentence)


def one_of(allowed: Iterable[str], shown: Iterable[str], value: object) -> object:
    """Return a text that is one of `allowed`; the error names those in `shown`."""
    if not isinstance(value, str):
        raise expected("string", value)
    if value not in allowed:
        raise broken_rule(f"Must be one of {', '.join(shown)}")
    return value


def _fraction() -> PydanticCustomError:
    """Return the error for a number with a fraction."""
    return PydanticCustomError("expected", "Expected integer, received float")


def _whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise expected("number", value)
    if isinstance(value, float) and not value.is_integer():  # 1e999 is Infinity
        raise _fraction()
    return int(value)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise expected("string", value)
    try:
        value.encode()
    except UnicodeEncodeError as error:  # JSON can spell half a surrogate pair; UTF-8 cannot
        raise broken_rule("Must be valid Unicode") from error
    return value


def _chosen(text: str) -> str:
    text = unicodedata.normalize("NFC", text)
    if not any(map(_is_visible, text)):
        raise broken_rule("Must not be blank")
    for at, character in enumerate(text):
        if unicodedata.category(character) in _CONTROLS and not (
            character in _JOINERS and _joins(text, at)
        ):
            raise broken_rule(NO_CONTROLS)
    return text


def _joins(text: str, at: int) -> bool:
    """True if the joiner at this place is inside a word.

    After a virama it may also end a word, in Malayalam and Sinhala (RFC 5892, appendix A).
    """
    before, after = text[at - 1] if at else "", text[at + 1 : at + 2]
    is_behind_virama = bool(before) and unicodedata.combining(before) == _VIRAMA
    return _is_of_word(before) and (_is_of_word(after) or is_behind_virama)


def _is_of_word(character: str) -> bool:
    return bool(character) and unicodedata.category(character)[0] not in "CZ"


def _is_visible(character: str) -> bool:
    return _is_of_word(character) and _BLANK.match(character) is None


def _no_dot_segment(text: str) -> str:
    if text in {".", ".."}:
        raise broken_rule('Must not be "." or ".."')
    return text


def _boolean(value: object) -> bool:
    if not isinstance(value, bool):
        raise expected("boolean", value)
    return value


Integer = Annotated[int, BeforeValidator(_whole)]
"""A JSON integer; 10.0 is one (RFC 8259 knows only numbers)."""

Timestamp = Annotated[
    int, BeforeValidator(_whole), WithJsonSchema({"type": "number", "multipleOf": 1})
]
"""Milliseconds since the Unix epoch; the API calls it a number."""

Text = Annotated[str, BeforeValidator(_text)]
"""A JSON string that UTF-8 can carry."""

ChosenText = Annotated[Text, AfterValidator(_chosen)]
"""Text that users choose: normalised to NFC, visible, and without control characters."""

ChosenName = Annotated[ChosenText, AfterValidator(_no_dot_segment)]
"""ChosenText that is safe as a path segment: URL parsers drop the segments "." and ".."."""

Boolean = Annotated[bool, BeforeValidator(_boolean)]
"""A JSON boolean; 1 is not one."""


def _query_integer(value: object) -> int:
    if not isinstance(value, str):
        raise expected("string", value)
    if re.fullmatch(r"-?[0-9]{1,18}", value):
        return int(value)
    if re.fullmatch(r"-?[0-9]{1,18}\.[0-9]{1,18}", value):
        raise _fraction()
    raise expected("number", value)


QueryInteger = Annotated[int, BeforeValidator(_query_integer)]
"""An integer in a query string, in plain digits."""


def decode_segment(segment: str) -> str:
    """Decode a name from the path, which API Gateway passes on percent-encoded.

    Bytes that are not UTF-8 become lone surrogates, which no stored name contains.
    """
    return unquote(segment, errors="surrogateescape")


PathSegment = Annotated[str, AfterValidator(decode_segment)]
"""A name from the path, decoded once."""

ChosenSegment = Annotated[PathSegment, AfterValidator(partial(unicodedata.normalize, "NFC"))]
"""A name from the path that was stored as ChosenText."""


class WireModel(BaseModel):
    """Base of request bodies: camelCase names; unknown properties are dropped."""

    model_config = ConfigDict(alias_generator=to_camel, frozen=True)


class View(WireModel):
    """Base of response bodies; fields that are None are left out."""

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True)

    def to_json(self, fields: str | None = None) -> dict[str, Any]:
        """Return the JSON object, limited to the comma-separated fields if given."""
        shown = self.model_dump(mode="json", by_alias=True, exclude_none=True)
        return selected(shown, fields, names_of(type(self)))


@cache
def names_of(view: type[View]) -> frozenset[str]:
    """Return the names of all fields of a view, as JSON has them."""
    return frozenset(field.alias or name for name, field in view.model_fields.items())


def selected(shown: dict[str, Any], fields: str | None, known: frozenset[str]) -> dict[str, Any]:
    """Return a JSON object, limited to the comma-separated fields if given.

    Names that are not known are ignored; if none is left, the whole object is returned.
    """
    if not fields:
        return shown
    wanted = known.intersection(name.strip() for name in fields.split(","))
    return {name: value for name, value in shown.items() if name in wanted} if wanted else shown


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
        case "string_type":
            return expected("string", error["input"]).message()
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
        case "expected" | "rule":
            return str(error["msg"])
        case _:  # a library's wording is not part of the API
            return "Is not valid"
