"""The documents of the repository, and the pictures that they show."""

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
