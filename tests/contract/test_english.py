"""Plain English: a few turns of phrase that no text of the repository may contain."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools import ROOT

BANNED = {
    r"(?<![Tt]here )\b(is|are) no (?!longer|more|less)[A-Za-z]": "is not a, is not",
    r"(?<![Tt]here )\bis none\b": "is not one",
    r"\bnone of ours\b": "not one of ours",
    r"\bshow(s|n|ed)? (them |somebody )?out\b": "remove, removed",
    r"\bgood no more\b": "no longer valid",
    r"\bin no other's\b": "does not stop the others",
    r"\bSo long [a-z]": "How long",
    r"\blets? pass\b": "allow, authorize",
    r"\b(Tell|Say) whether\b": "True if",
    r"\bReturn (what|who|whose)\b": "the thing's name: Return the signer of ...",
    r"; raise [A-Z]": "; raises X",
    r"\bis (another|the other) one\b": "is different, is wrong",
}
"""Pattern -> what to write instead."""

NOT_OURS = {"__pycache__", "node_modules", "static"}
TEXT = (".md", ".py", ".yaml", ".yml", ".ts", ".tsx")


def texts() -> Iterator[Path]:
    for parent, folders, files in os.walk(ROOT):
        folders[:] = [name for name in folders if not name.startswith(".") and name not in NOT_OURS]
        yield from (Path(parent, name) for name in sorted(files) if name.endswith(TEXT))


def faults(text: str) -> list[str]:
    return [
        f"{number}: {found[0]!r}: write {instead!r}"
        for number, line in enumerate(text.splitlines(), start=1)
        for pattern, instead in BANNED.items()
        if (found := re.search(pattern, line))
    ]


def test_no_sentence_has_a_banned_turn() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{fault}"
        for path in texts()
        if path != Path(__file__).resolve()
        for fault in faults(path.read_text())
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "sentence",
    [
        "The body is no JSON",
        "1 is none",
        "Who was removed is shown out again",
        "Return what ends rooms.",
        "Tell whether a room is open.",
        "Return a room; raise RoomNotFound.",
    ],
)
def test_a_banned_turn_is_found(sentence: str) -> None:
    assert faults(sentence)


@pytest.mark.parametrize(
    "sentence", ["There is no such room; there is none.", "It is no longer valid.", "Raises X."]
)
def test_plain_english_passes(sentence: str) -> None:
    assert not faults(sentence)
