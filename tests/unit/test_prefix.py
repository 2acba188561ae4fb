"""Cleaning of a wished prefix, against a slow and obvious reference."""

import re
import string
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from meet.clock import Milliseconds
from meet.rooms.model import NAME, Preferences, Room, clean_prefix

KEPT = string.ascii_letters + string.digits + "-"

texts = st.text(max_size=50) | st.text(alphabet="aZ9- \t\u00a0_é🎥", max_size=50)


def reference(text: str) -> str:
    dashed = ["-" if c.isspace() else c for c in unicodedata.normalize("NFKD", text)]
    cleaned: list[str] = []
    for c in dashed:
        if c in KEPT and not (c == "-" and cleaned[-1:] == ["-"]):
            cleaned.append(c)
    while cleaned[:1] == ["-"]:
        del cleaned[0]
    while cleaned[-1:] == ["-"]:
        del cleaned[-1]
    return "".join(cleaned)


@given(texts)
@example("a _ b")
@example("\x1c\x85\u2028\u3000")
def test_it_agrees_with_the_reference(text: str) -> None:
    assert clean_prefix(text) == reference(text)


@given(texts)
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert clean_prefix(clean_prefix(text)) == clean_prefix(text)


@given(texts)
def test_what_is_left_can_stand_in_a_name(text: str) -> None:
    cleaned = clean_prefix(text)
    assert set(cleaned) <= set(KEPT)
    assert cleaned == cleaned.strip("-")
    assert "--" not in cleaned


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("Habitación José", "Habitacion-Jose"),
        ("Habitacio\u0301n", "Habitacion"),
        ("Ångström Übung çà", "Angstrom-Ubung-ca"),
        ("Ｍｅｅｔ ①", "Meet-1"),  # noqa: RUF001 - full width
        ("Łódź", "odz"),  # a stroke is not an accent
    ],
)
def test_letters_lose_their_accents_and_nothing_else(text: str, cleaned: str) -> None:
    assert clean_prefix(text) == cleaned


@given(texts)
def test_a_name_is_the_prefix_and_15_characters_and_is_recognized(text: str) -> None:
    prefix = clean_prefix(text)[:50].strip("-")
    name = Room.new(
        prefix,
        now=Milliseconds(0),
        expires_at=Milliseconds(1),
        max_participants=None,
        preferences=Preferences(),
    ).name
    expected = f"{re.escape(prefix)}-" if prefix else ""
    assert re.fullmatch(rf"{expected}[a-z0-9]{{15}}", name)
    assert NAME.fullmatch(name)
