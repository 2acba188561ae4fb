"""The languages of the pages: each says everything that English says, with the same values."""

import ast
import re
from pathlib import Path
from typing import TypeAlias

import pytest

from meet.web.words import LANGUAGES
from tools import ROOT

PAGES = ("meeting", "console", "watch")
OTHERS = tuple(sorted(set(LANGUAGES) - {"en"}))

_I18N = ROOT / "web" / "src" / "shared" / "i18n.ts"

TEXT = r'"(?:[^"\\]|\\.)*"'
LINE = re.compile(rf"  (\w+): (?:({TEXT})|\{{ one: ({TEXT}), other: ({TEXT}) \}}),")
NOT_TEXT = re.compile(r"  //.*|import .*|export .*|\};|")

SAME = {
    "de": {
        *("allowsChat", "backgroundStudio", "chat", "moderator"),
        *("aboutLobby", "byLobby", "bySystem", "format", "isLive", "lobby", "name", "noteName"),
        *("openvidu", "optional", "prefix", "reference", "secret", "standard", "status", "url"),
        *("username", "webhook", "webhooks"),
    },
    "es": {
        *("allowsChat", "chat", "openvidu", "reference", "standard", "url", "webhook", "webhooks"),
    },
    "fr": {
        *(
            "backgroundStudio",
            "message",
            "pages",
            "reactSurprise",
            "stage",
            "aboutParticipants",
            "actions",
            "byConsole",
        ),
        *("descriptionLabel", "format", "invitations", "openvidu", "peopleCount", "reference"),
        *("secret", "standard", "url", "webhook", "webhooks"),
    },
}
"""Texts that are the same in English, and right: names, and words that the languages share."""

Table: TypeAlias = dict[str, tuple[str, ...]]


def table(page: str, language: str) -> Table:
    """Read a file of words: each text, or both of its plural forms."""
    lines = _file(page, language).read_text().splitlines()
    found: Table = {}
    for line in lines:
        match = LINE.fullmatch(line)
        if match is None:
            assert NOT_TEXT.fullmatch(line), f"{page} {language}: cannot be read: {line}"
            continue
        word, *forms = match.groups()
        assert word not in found, f"{page} {language}: {word} is there twice"
        found[word] = tuple(ast.literal_eval(each) for each in forms if each)
    return found


def _file(page: str, language: str) -> Path:
    return ROOT / "web" / "src" / page / "words" / f"{language}.ts"


def values(text: str) -> list[str]:
    return sorted(set(re.findall(r"\{\w*\}", text)))


def faults(english: Table, other: Table, same: set[str]) -> list[str]:
    """List the texts of a language that are missing, or cannot be right."""
    found = [f"{word}: missing" for word in english.keys() - other.keys()]
    found += [f"{word}: not in English" for word in other.keys() - english.keys()]
    for word in english.keys() & other.keys():
        theirs, ours = english[word], other[word]
        if not all(each.strip() for each in ours):
            found.append(f"{word}: empty")
        if [values(each) for each in theirs] != [values(each) for each in ours]:
            found.append(f"{word}: other values or plural forms than in English")
        if ours == theirs and word not in same and re.search("[a-z]", "".join(ours)):
            found.append(f"{word}: as in English")
    return sorted(found)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("language", OTHERS)
def test_a_language_says_everything_that_english_says(page: str, language: str) -> None:
    found = faults(table(page, "en"), table(page, language), SAME[language])
    assert not found, "\n".join(found)


@pytest.mark.parametrize("language", OTHERS)
def test_the_server_says_everything_in_each_language(language: str) -> None:
    english: Table = {word: (text,) for word, text in LANGUAGES["en"].items()}
    other: Table = {word: (text,) for word, text in LANGUAGES[language].items()}
    assert not faults(english, other, set())


@pytest.mark.parametrize("page", PAGES)
def test_every_language_has_its_file_and_no_other(page: str) -> None:
    files = {each.stem for each in _file(page, "en").parent.glob("*.ts")}
    assert files == {*LANGUAGES, "index"}


def test_the_pages_offer_every_language_by_a_name() -> None:
    names = re.search(r"export const LANGUAGES = \{(.*)\};", _I18N.read_text())
    assert names is not None
    assert set(re.findall(rf"(\w+): {TEXT}", names[1])) == set(LANGUAGES)


def test_what_counts_as_the_same_is_the_same() -> None:
    english = table("meeting", "en") | table("console", "en")
    for language, words in SAME.items():
        other = table("meeting", language) | table("console", language)
        assert not [word for word in words if english.get(word) != other.get(word)]


@pytest.mark.parametrize("language", OTHERS)
def test_a_language_addresses_its_readers_in_one_way(language: str) -> None:
    familiar = {
        "de": r"\b([Dd]u|[Dd]ein\w*|[Dd]ir|[Dd]ich)\b",
        "es": r"\b([Uu]sted(es)?)\b",
        "fr": r"\b([Tt]u|[Tt]on|[Tt]oi|[Tt]es)\b",
    }
    for page in PAGES:
        texts = [each for forms in table(page, language).values() for each in forms]
        assert not [each for each in texts if re.search(familiar[language], each)]


def test_french_puts_spaces_that_do_not_break_before_its_marks() -> None:
    for page in PAGES:
        for word, forms in table(page, "fr").items():
            assert not [each for each in forms if re.search(r" [?!;:»]|\w[?!](?!\w)", each)], word


def test_a_fault_is_found() -> None:
    english: Table = {"a": ("One {x}",), "b": ("Two",), "c": ("1 {n}", "{n}"), "d": ("Four",)}
    other: Table = {"a": ("Uno",), "b": (" ",), "c": ("{n}",), "e": ("Cinco",)}
    assert faults(english, other, set()) == [
        "a: other values or plural forms than in English",
        "b: empty",
        "c: other values or plural forms than in English",
        "d: missing",
        "e: not in English",
    ]
    assert faults({"a": ("Same",)}, {"a": ("Same",)}, set()) == ["a: as in English"]
