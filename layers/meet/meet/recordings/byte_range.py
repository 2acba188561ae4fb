"""HTTP byte ranges (RFC 9110, section 14), one range at a time."""

import re
from dataclasses import dataclass
from typing import Self

from meet.recordings.errors import InvalidRangeHeader, RangeNotSatisfiable

MAX_LENGTH = 4 * 1024 * 1024
"""Bytes in one answer: Lambda allows 6 MB, and base64 adds a third."""

_RANGE = re.compile(r"([0-9]*)-([0-9]*)")
_MAX_DIGITS = 18  # no object is larger; Python refuses numbers with thousands of digits


@dataclass(frozen=True, slots=True)
class ByteRange:
    """A requested range of an object whose size need not be known.

    From `first` to `last`, inclusive; without `last`, to the end; without `first`, the last
    `last` bytes.
    """

    first: int | None
    last: int | None

    @classmethod
    def parse(cls, header: str | None) -> Self | None:
        """Return the range in a Range header; raises InvalidRangeHeader.

        None means the whole object: no header, several ranges, or another unit (RFC 9110 lets a
        server ignore those).
        """
        if header is None:
            return None
        unit, equals, wanted = header.strip().partition("=")
        if not equals:
            raise InvalidRangeHeader
        if unit.lower() != "bytes" or "," in wanted:
            return None
        match = _RANGE.fullmatch(wanted.strip())
        if match is None or match.groups() == ("", ""):
            raise InvalidRangeHeader
        start, end = match.groups()
        if start and end and _magnitude(end) < _magnitude(start):
            raise InvalidRangeHeader
        return cls(_number(start) if start else None, _number(end) if end else None)

    def __str__(self) -> str:
        first, last = ("" if each is None else each for each in (self.first, self.last))
        return f"bytes={first}-{last}"

    @property
    def is_empty(self) -> bool:
        """True if it asks for the last 0 bytes, which no object has."""
        return self.first is None and not self.last

    def length_in(self, size: int) -> int:
        """Return the number of bytes that it covers in an object of this size."""
        if self.first is None:
            return min(self.last or 0, size)
        end = size if self.last is None else min(self.last + 1, size)
        return max(end - self.first, 0)

    def check(self, size: int) -> None:
        """Raises RangeNotSatisfiable unless it covers a byte of an object of this size."""
        if not self.length_in(size):
            raise RangeNotSatisfiable(size)

    def cut(self, limit: int) -> "ByteRange":
        """Return at most `limit` bytes of it: the first ones, or the last ones of a suffix."""
        if self.first is None:
            return ByteRange(None, min(self.last or 0, limit))
        end = self.first + limit - 1
        return ByteRange(self.first, end if self.last is None else min(self.last, end))


def _magnitude(digits: str) -> tuple[int, str]:
    """Return a key that sorts like the number, however many digits it has."""
    digits = digits.lstrip("0")
    return len(digits), digits


def _number(digits: str) -> int:
    length, digits = _magnitude(digits)
    return int(digits or "0") if length <= _MAX_DIGITS else 10**_MAX_DIGITS
