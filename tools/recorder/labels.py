"""Draws names, on machines with and without fonts."""

import unicodedata
from functools import lru_cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Luma: TypeAlias = NDArray[np.uint8]
_Font: TypeAlias = ImageFont.FreeTypeFont | ImageFont.ImageFont

PAPER = 30
INK = 235

_SYSTEM_FONTS = (
    "DejaVuSans.ttf",
    "NotoSans-Regular.ttf",
    "LiberationSans-Regular.ttf",
    "NotoSansCJK-Regular.ttc",
    "Arial Unicode.ttf",
    "Arial.ttf",
)
_NO_SUCH_CHARACTER = "\uffff"


@lru_cache(maxsize=256)
def render(text: str, size: int, max_width: int, paper: int = PAPER) -> Luma:
    """Draw one line in letters `size` pixels high, cut to `max_width`; both sides are even."""
    text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    font, text = _font_for(text, size)
    padding = max(4, size // 3)
    room = max(1, max_width - 2 * padding)
    if font.getlength(text) > room:
        while text and font.getlength(text + "...") > room:
            text = text[:-1]
        text += "..."
    width = (min(max_width, int(font.getlength(text)) + 2 * padding) + 1) & ~1
    height = (int(size * 1.3) + padding) & ~1
    image = Image.new("L", (max(2, min(width, max_width & ~1)), max(2, height)), paper)
    ImageDraw.Draw(image).text((padding, height / 2), text, fill=INK, font=font, anchor="lm")
    return np.asarray(image).copy()


def _font_for(text: str, size: int) -> tuple[_Font, str]:
    """Return a font with all letters of the text, or else the text without the missing ones."""
    built_in = _built_in(size)
    if _covers(built_in, text):
        return built_in, text
    for name in _SYSTEM_FONTS:
        font = _system(name, size)
        if font and _covers(font, text):
            return font, text
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return built_in, "".join(c if _covers(built_in, c) else "?" for c in bare)


@lru_cache(maxsize=64)
def _built_in(size: int) -> _Font:
    return ImageFont.load_default(size)


@lru_cache(maxsize=64)
def _system(name: str, size: int) -> _Font | None:
    try:
        return ImageFont.truetype(name, size)
    except OSError:
        return None


def _covers(font: _Font, text: str) -> bool:
    missing = bytes(font.getmask(_NO_SUCH_CHARACTER))
    return all(c == " " or bytes(font.getmask(c)) != missing for c in text)
