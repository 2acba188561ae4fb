"""docs/architecture.md names every module of the layer and every function, and nothing else."""

import re
from collections.abc import Iterable

from tests.contract.test_one_name import FOLDERS
from tools import ROOT

DOCUMENT = (ROOT / "docs" / "architecture.md").read_text()
LAYER = ROOT / "layers" / "meet" / "meet"

EVERYWHERE = ("errors", "model", "schemas", "views")
"""Kinds of modules that many packages have, which the table names once."""


def first_column(head: str) -> list[str]:
    """Return the names in the first column of the table with this head."""
    return _names(line.split("|")[1] for line in _table(head))


def _table(head: str) -> list[str]:
    rows = DOCUMENT.split(f"| {head} |", 1)[1].split("\n\n", 1)[0].splitlines()
    return rows[2:]


def _names(texts: Iterable[str]) -> list[str]:
    return [name for text in texts for name in re.findall(r"`([^`]+)`", text)]


def test_every_module_is_in_the_table_once() -> None:
    modules = {
        each.relative_to(LAYER).with_suffix("").as_posix()
        for each in LAYER.rglob("*.py")
        if each.stem != "__init__"
    }
    packages = {each.partition("/")[0] for each in modules if "/" in each}
    named = [each for each in first_column("module") if each not in EVERYWHERE]
    assert len(named) == len(set(named))
    assert set(named) <= modules | packages
    whole = set(named) & packages
    missing = {
        each
        for each in modules - set(named)
        if each.partition("/")[0] not in whole and not each.endswith(EVERYWHERE)
    }
    assert missing == set()
    assert {each.partition("/")[0] for each in named} >= packages


def test_every_function_is_in_the_table_once() -> None:
    named = _names(line.split("|")[2] for line in _table("invoked by"))
    assert sorted(named) == sorted(FOLDERS)
