"""Comparing a secret takes a time that tells nothing about it."""

import ast
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from meet import access
from meet.access import name_of_key
from meet.clock import Milliseconds
from meet.console.accounts import Accounts
from meet.errors import Unauthorized
from meet.livekit.tokens import AccessTokens
from meet.recordings import playback
from meet.rooms.model import Preferences, Room
from tools import ROOT

KEYS = {"first": "a" * 43, "second": "b" * 43, "third": "c" * 12}
ROOM = Room.new(
    "",
    now=Milliseconds(1),
    expires_at=Milliseconds(2),
    max_participants=None,
    preferences=Preferences(),
)
ACCOUNTS = Accounts(KEYS)
GUESSES = ["", "a", "a" * 42, "a" * 43, "b" * 43, "z" * 43, "a" * 100_000, "\udcff", *KEYS.values()]
SOURCES = [
    *sorted((ROOT / "layers" / "meet" / "meet").rglob("*.py")),
    *sorted((ROOT / "functions").glob("*/app.py")),
]
HOLD_THE_COMPARISON = {"access.py"}
TELLS_A_SECRET = re.compile(r"secret|signature|digest|password|api_?key|cookie|hmac", re.IGNORECASE)


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """Note the lengths of what is compared."""
    lengths: list[tuple[int, int]] = []

    def compare(one: bytes, other: bytes) -> bool:
        lengths.append((len(one), len(other)))
        return one == other

    monkeypatch.setattr(access, "compare_digest", compare)
    return lengths


def _webhook(digest: str) -> None:
    tokens = AccessTokens("key", "s" * 32)
    token = tokens._sign({"sha256": digest}, expires_at=4_000_000_000_000)
    with pytest.raises(Unauthorized):
        tokens.check_webhook(b"body", token)


COMPARISONS: dict[str, tuple[Callable[[str], object], int]] = {
    "API key": (lambda guess: name_of_key(guess, KEYS) is not None, len(KEYS)),
    "secret of a room": (ROOM.role_for, len(ROOM.secrets)),
    "playback link": (
        lambda guess: playback.is_valid(f"9.{guess}", "rec_", now=Milliseconds(1), key=b"k"),
        1,
    ),
    "password": (lambda guess: ACCOUNTS.is_right("first", guess), len(KEYS)),
    "name of an account": (lambda guess: ACCOUNTS.is_right(guess, KEYS["first"]), len(KEYS)),
    "hash of a webhook": (lambda guess: _webhook(guess.replace("\udcff", "?")), 1),
}


@pytest.mark.parametrize("what", COMPARISONS)
def test_every_guess_is_compared_as_often_and_as_long_as_any_other(
    compared: list[tuple[int, int]], what: str
) -> None:
    compare, times = COMPARISONS[what]
    for guess in [*GUESSES, *ROOM.secrets.values()]:
        compared.clear()
        compare(guess)
        assert compared == [(32, 32)] * times, guess[:50]


def test_a_right_guess_is_right_wherever_it_stands() -> None:
    assert all(ACCOUNTS.is_right(*each) for each in KEYS.items())
    assert all(name_of_key(key, KEYS) == name for name, key in KEYS.items())
    assert [ROOM.role_for(secret) for secret in ROOM.secrets.values()] == list(ROOM.secrets)


def test_a_secret_has_192_random_bits_and_a_name_77() -> None:
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{32}", each) for each in ROOM.secrets.values())
    assert len({*ROOM.secrets.values()}) == len(ROOM.secrets)
    assert re.fullmatch(r"[a-z0-9]{15}", ROOM.name)


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: "/".join(path.parts[-2:]))
def test_no_secret_is_compared_in_any_other_way(source: Path) -> None:
    for node in ast.walk(ast.parse(source.read_text())):
        if isinstance(node, ast.ImportFrom | ast.Import):
            names = {alias.name for alias in node.names}
            assert "compare_digest" not in names or source.name in HOLD_THE_COMPARISON
        if isinstance(node, ast.Attribute):
            assert node.attr != "compare_digest"
        if isinstance(node, ast.Compare):
            text = ast.unparse(node)
            absent = all(isinstance(each, ast.Is | ast.IsNot) for each in node.ops)
            assert absent or not TELLS_A_SECRET.search(text), text
