"""HTTP byte ranges (RFC 9110, section 14), one range at a time."""

import re
from dataclasses import dataclass
from typing import Self

from meet.errors import InvalidRangeHeader, RangeNotSatisfiable

MAX_LENGTH = 4 * 1024 * 1024
"""Bytes in one answer: Lambda's end at 6 MB, base64 included."""

_RANGE = re.compile(r"([0-9]*)-([0-9]*)")
_MAX_DIGITS = 19  # no object is longer; Python refuses to read thousands of digits


@dataclass(frozen=True, slots=True)
class ByteRange:
    """The bytes from first to last, both included."""

    first: int
    last: int

    @classmethod
    def parse(cls, header: str | None, *, size: int, limit: int = MAX_LENGTH) -> Self | None:
        """Return the range a header asks of an object of size bytes, cut to limit bytes.

        None means that the whole is to be sent: no header, several ranges, or another unit
        (RFC 9110 lets a server ignore those). Raises InvalidRangeHeader, RangeNotSatisfiable.
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
        first, last = _bounds(*match.groups(), size=size)
        if first >= size or last < first:
            raise RangeNotSatisfiable(size)
        return cls(first, min(last, size - 1, first + limit - 1))

    @property
    def length(self) -> int:
        """How many bytes the range spans."""
        return self.last - self.first + 1

    def __str__(self) -> str:
        return f"bytes={self.first}-{self.last}"

    def content_range(self, size: int) -> str:
        """Return the value of Content-Range for an object of size bytes."""
        return f"bytes {self.first}-{self.last}/{size}"


def _bounds(start: str, end: str, *, size: int) -> tuple[int, int]:
    if not start:
        length = _number(end)
        return (max(size - length, 0), size - 1) if length else (size, size)
    if end and _magnitude(end) < _magnitude(start):
        raise InvalidRangeHeader
    first, last = _number(start), _number(end) if end else size
    return first, max(first, last)


def _magnitude(digits: str) -> tuple[int, str]:
    """Return what sorts as the number does, however long."""
    digits = digits.lstrip("0")
    return len(digits), digits


def _number(digits: str) -> int:
    length, digits = _magnitude(digits)
    return int(digits or "0") if length <= _MAX_DIGITS else 10**_MAX_DIGITS
