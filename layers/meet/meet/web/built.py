"""A page as web/ builds it, with its first script and its style in it."""

import re
from base64 import b64encode
from dataclasses import dataclass
from hashlib import sha256
from typing import Self

_INSIDE = re.compile(r"<(script|style)\b[^>]*>(.+?)</\1>", re.DOTALL)


@dataclass(frozen=True)
class BuiltPage:
    """The text of a page, and the sources that its policy has to name for what is in the page."""

    html: str
    scripts: tuple[str, ...]
    styles: tuple[str, ...]

    @classmethod
    def of(cls, html: str) -> Self:
        """Read a page before anything is filled in: what a visitor could add is not allowed."""
        inside = _INSIDE.findall(html)
        scripts = tuple(_source(text) for tag, text in inside if tag == "script")
        return cls(html, scripts, tuple(_source(text) for tag, text in inside if tag == "style"))


def _source(text: str) -> str:
    """Return a hash-source (Content Security Policy Level 3, 2.3.1)."""
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
