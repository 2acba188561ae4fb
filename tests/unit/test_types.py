"""Strict types, and the contract's wording for what is wrong."""

import json
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from meet.types import (
    NO_CONTROLS,
    Boolean,
    ChosenName,
    ChosenSegment,
    ChosenText,
    Integer,
    PathSegment,
    Text,
    Timestamp,
    sentence,
)

KINDS = {bool: "boolean", int: "number", float: "number", str: "string", list: "array"}

json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=5,
)


def kind_of(value: Any) -> str:
    return "null" if value is None else KINDS.get(type(value), "object")


def wording(kind: Any, value: Any) -> str | None:
    """Return the error for a value, or None."""
    try:
        TypeAdapter(kind).validate_python(value)
    except ValidationError as error:
        (failure,) = error.errors()
        return sentence(dict(failure))
    return None


@given(json_values)
def test_only_a_whole_number_is_an_integer(value: Any) -> None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        whole = isinstance(value, int) or value.is_integer()
        assert wording(Integer, value) == (None if whole else "Expected integer, received float")
    else:
        assert wording(Integer, value) == f"Expected number, received {kind_of(value)}"
        assert wording(Timestamp, value) == f"Expected number, received {kind_of(value)}"


@given(st.integers(-(10**400), 10**400))
def test_no_integer_is_too_large_to_be_one(value: int) -> None:
    assert wording(Integer, value) is None


@given(st.integers(-(2**53), 2**53))
def test_a_float_that_is_whole_becomes_an_int(value: int) -> None:
    read = TypeAdapter(Integer).validate_python(float(value))
    assert (read, type(read)) == (value, int)


@given(json_values)
def test_only_true_and_false_are_booleans(value: Any) -> None:
    good = isinstance(value, bool)
    assert wording(Boolean, value) == (
        None if good else f"Expected boolean, received {kind_of(value)}"
    )


@given(json_values)
def test_only_a_string_is_text(value: Any) -> None:
    good = isinstance(value, str)
    assert wording(Text, value) == (None if good else f"Expected string, received {kind_of(value)}")


@given(st.text(max_size=5), st.integers(0xD800, 0xDFFF), st.text(max_size=5))
def test_half_a_surrogate_pair_is_no_text(before: str, half: int, after: str) -> None:
    said = wording(Text, before + chr(half) + after)
    assert said
    assert said.isascii()


@pytest.mark.parametrize(
    "name",
    [
        "Alice",
        "Zoë Ångström-O'Neill",
        "हिन्दी",
        "क्\u200dष",  # joined
        "می\u200cخواهم",  # noqa: RUF001 - Persian, kept apart
        "അവന്\u200d",  # Malayalam ends words in a joiner
        "👩\u200d👩\u200d👧",
        "❤\ufe0f\u200d🔥",
        "...",
        ". .",
    ],
)
def test_what_people_are_called_is_a_name(name: str) -> None:
    assert TypeAdapter(ChosenName).validate_python(name) == unicodedata.normalize("NFC", name)


@pytest.mark.parametrize(
    "text", ["", " ", "\t\n", "\u00a0\u3000", "\u200d", "\u3164", "\u2800 \ufe0f", "\u115f\u1160"]
)
def test_text_of_which_nothing_is_visible_is_refused(text: str) -> None:
    assert wording(ChosenText, text) == "Must not be blank"


@pytest.mark.parametrize(
    "character",
    [
        *("\0", "\x07", "\n", "\x7f", "\x85"),
        *("\u00ad", "\u200b", "\u200e", "\u202e", "\u2066", "\ufeff", "\U000e0041"),
        *("\ue000", "\U00100000", "\u2028", "\u2029"),
    ],
)
def test_control_and_format_characters_are_refused_wherever_they_stand(character: str) -> None:
    for text in (f"a{character}b", f"{character}a", f"a{character}"):
        assert wording(ChosenText, text) == NO_CONTROLS


@pytest.mark.parametrize("text", ["\u200da", "a\u200d", "a\u200c b", "a \u200cb", "a\u200d\u200cb"])
def test_a_joiner_is_refused_outside_of_a_word(text: str) -> None:
    assert wording(ChosenText, text) == NO_CONTROLS


@pytest.mark.parametrize("text", [".", ".."])
def test_a_name_is_not_a_dot_segment(text: str) -> None:
    assert wording(ChosenText, text) is None
    assert wording(ChosenName, text) == 'Must not be "." or ".."'


@given(st.text(max_size=20))
def test_chosen_text_is_in_nfc_and_stays_as_it_is(text: str) -> None:
    if wording(ChosenText, text) is None:
        chosen = TypeAdapter(ChosenText).validate_python(text)
        assert chosen == unicodedata.normalize("NFC", text)
        assert TypeAdapter(ChosenText).validate_python(chosen) == chosen


def test_a_chosen_name_in_a_path_is_found_however_it_is_spelled() -> None:
    spelled = TypeAdapter(ChosenSegment).validate_python("Jose%CC%81")
    assert spelled == TypeAdapter(ChosenName).validate_python("Jose\u0301") == "José"


@given(st.text(max_size=20))
def test_a_path_segment_is_decoded_exactly_once(text: str) -> None:
    from urllib.parse import quote  # noqa: PLC0415

    once = TypeAdapter(PathSegment).validate_python(quote(text, safe=""))
    assert once == text
    twice = TypeAdapter(PathSegment).validate_python(quote(quote(text, safe=""), safe=""))
    assert twice == quote(text, safe="")


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        ({"type": "missing", "input": {}}, "Required"),
        ({"type": "model_type", "input": "x"}, "Expected object, received string"),
        ({"type": "model_attributes_type", "input": None}, "Expected object, received null"),
        ({"type": "list_type", "input": {}}, "Expected array, received object"),
        ({"type": "greater_than_equal", "ctx": {"ge": 1}}, "Must be at least 1"),
        ({"type": "less_than_equal", "ctx": {"le": 9}}, "Must be at most 9"),
        ({"type": "string_too_long", "ctx": {"max_length": 9}}, "Must be at most 9 characters"),
        ({"type": "string_type", "input": ["a", "b"]}, "Expected string, received array"),
        ({"type": "one_that_comes_with_another_version"}, "Is not valid"),
    ],
)
def test_the_wording_is_the_contracts(failure: dict[str, Any], said: str) -> None:
    assert sentence({"msg": "pydantic's own words"} | failure) == said


@given(json_values)
def test_json_that_we_write_is_json(value: Any) -> None:
    assert kind_of(json.loads(json.dumps(value))) == kind_of(value)
