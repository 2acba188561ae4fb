"""The documents of the repository: the pictures that they show, and commands to be run."""

import re
from pathlib import Path

from tools import ROOT

PICTURES = ROOT / "docs" / "pictures"
OTHER_PICTURES = ROOT / ".local" / "pictures"
"""Not in Git: pictures that are taken to be looked at once."""


def shown_pictures() -> set[str]:
    """Return the names of the files in docs/pictures that a document shows."""
    documents = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")]
    text = "\n".join(each.read_text() for each in documents)
    return set(re.findall(r"!\[[^]]*\]\((?:docs/)?pictures/([\w.-]+)\)", text))


def place_for(picture: str) -> Path:
    """Return where a picture belongs: in docs/pictures if a document shows it."""
    return (PICTURES if picture in shown_pictures() else OTHER_PICTURES) / picture


def documented_expressions(title: str) -> dict[str, str]:
    """Return the expressions of the commands under a heading of docs/operations.md."""
    text = (ROOT / "docs" / "operations.md").read_text().partition(f"\n## {title}\n")[2]
    section = text.partition("\n## ")[0]
    return dict(re.findall(r'--((?:filter|update|condition)-expression) "(.+)"', section))
