"""The boxes of an MP4 file: where its index is, and what the file begins with once it is moved.

An index (moov) after the media (mdat) has to be fetched from the end before a player shows
anything. Only a plain file of one mdat that its moov follows is rearranged: its index holds offsets
into the file (stco, co64), which all grow by the same number. ISO/IEC 14496-12, 4.2 and 8.7.5.
"""

import sys
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field

_INSIDE = {b"moov": b"trak", b"trak": b"mdia", b"mdia": b"minf", b"minf": b"stbl"}
"""The boxes that lead to the tables of offsets."""
_PADDING = {b"free", b"skip", b"wide"}
_UNKNOWN_OFFSETS = {b"mvex", b"cmov", b"saio"}
"""Fragments, a compressed index, auxiliary data: with them there are more offsets than we know."""
_WIDTHS = {b"stco": 4, b"co64": 8}
_TYPES = {4: "I", 8: "Q"}
_MAX_32_BITS = 2**32 - 1


class NotRearranged(Exception):
    """The file stays as it is; says why."""


@dataclass(frozen=True, slots=True)
class Box:
    """Where a box is."""

    kind: bytes
    start: int
    header: int
    """Bytes before its content."""
    end: int

    @property
    def content(self) -> int:
        """Where its content begins."""
        return self.start + self.header


def media_of(head: bytes, size: int) -> Box:
    """Return the mdat of a file of this size, of which `head` is the beginning.

    Raises NotRearranged if its index comes first, or if it is not such a file.
    """
    if head[4:8] != b"ftyp":
        raise NotRearranged("it is not an MP4 file")
    position = 0
    while True:
        box = _box(head, position, size)
        if box.kind == b"mdat":
            return box
        if box.kind == b"moov":
            raise NotRearranged("its index is at the beginning")
        if position and box.kind not in _PADDING:
            raise NotRearranged("it has an unknown box")
        position = box.end


def beginning(head: bytes, media: Box, tail: bytes) -> bytes:
    """Return the bytes that precede the media: the boxes that did, and the index, rewritten.

    `tail` is all that follows the media. Raises NotRearranged.
    """
    index: Box | None = None
    padding = b""
    position = 0
    while position < len(tail):
        box = _box(tail, position, len(tail))
        if box.kind == b"moov" and index is None:
            index = box
        elif box.kind in _PADDING:
            padding += tail[box.start : box.end]
        else:
            raise NotRearranged("it has an unknown box")
        position = box.end
    if index is None:
        raise NotRearranged("it has no index")
    moved = _Index(memoryview(tail), media).moved(index, len(padding))
    return b"".join((head[: media.start], moved, padding))


@dataclass
class _Index:
    """The index of a file, whose media are elsewhere."""

    data: memoryview
    media: Box
    tables: dict[int, "array[int]"] = field(default_factory=dict)
    """Where a table begins -> its offsets."""

    def moved(self, moov: Box, padding: int) -> bytes:
        """Return the index with the offsets that hold once it, and `padding`, precede the media."""
        growth = last = 0
        for box in self._tables(moov):
            offsets = self.tables[box.start] = self._offsets(box)
            last = max(last, max(offsets, default=0))
            growth += len(offsets) * (8 - _WIDTHS[box.kind])
        size = moov.end - moov.start
        shift = size + padding
        is_wide = last + shift > _MAX_32_BITS
        if is_wide:
            shift += growth
        written = self._written(moov, shift, is_wide=is_wide)
        if len(written) + padding != shift:
            raise NotRearranged("its index is written in an unusual way")
        return written

    def _tables(self, parent: Box) -> Iterator[Box]:
        for box in self._children(parent):
            if box.kind in _UNKNOWN_OFFSETS:
                raise NotRearranged("it has offsets elsewhere")
            if box.kind in _WIDTHS and parent.kind == b"stbl":
                yield box
            elif box.kind == _INSIDE.get(parent.kind):
                yield from self._tables(box)

    def _children(self, parent: Box) -> Iterator[Box]:
        position = parent.content
        while position < parent.end:
            box = _box(self.data, position, parent.end)
            yield box
            position = box.end

    def _offsets(self, box: Box) -> "array[int]":
        """Return the offsets in a stco or co64; raises NotRearranged if one is not in the media."""
        content = self.data[box.content : box.end]
        count, width = int.from_bytes(content[4:8]), _WIDTHS[box.kind]
        if len(content) != 8 + count * width:
            raise NotRearranged("it is damaged")
        offsets = _swapped(array(_TYPES[width], bytes(content[8:])))
        lowest, highest = min(offsets, default=self.media.content), max(offsets, default=0)
        if lowest < self.media.content or highest >= self.media.end:
            raise NotRearranged("it has offsets elsewhere")
        return offsets

    def _written(self, box: Box, shift: int, *, is_wide: bool) -> bytes:
        """Return a box with its offsets shifted; if `is_wide`, all are written in 64 bits."""
        offsets = self.tables.get(box.start)
        if offsets is None:
            inside = _INSIDE.get(box.kind)
            parts = [
                self._written(each, shift, is_wide=is_wide)
                if each.kind == inside or each.start in self.tables
                else bytes(self.data[each.start : each.end])
                for each in self._children(box)
            ]
            return _framed(box.kind, b"".join(parts))
        kind = b"co64" if is_wide else box.kind
        code = _TYPES[_WIDTHS[kind]]
        shifted = _swapped(array(code, (each + shift for each in offsets)))
        flags_and_count = bytes(self.data[box.content : box.content + 8])
        return _framed(kind, flags_and_count + shifted.tobytes())


def _box(data: bytes | memoryview, position: int, end: int) -> Box:
    """Read the header at a position; raises NotRearranged if the box ends after `end`."""
    size, header = int.from_bytes(data[position : position + 4]), 8
    if size == 1:
        size, header = int.from_bytes(data[position + 8 : position + 16]), 16
    elif size == 0:
        size = end - position  # all that is left
    if position + header > len(data) < end:
        raise NotRearranged("its media do not begin near its beginning")
    if position + header > end or size < header or position + size > end:
        raise NotRearranged("it is damaged")
    return Box(bytes(data[position + 4 : position + 8]), position, header, position + size)


def _framed(kind: bytes, content: bytes) -> bytes:
    return (8 + len(content)).to_bytes(4) + kind + content


def _swapped(numbers: "array[int]") -> "array[int]":
    """Turn a big-endian array, as files have it, into this machine's order, or back."""
    if sys.byteorder == "little":
        numbers.byteswap()
    return numbers
