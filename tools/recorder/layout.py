"""Arranges the tiles of the picture."""

from dataclasses import dataclass

ASPECT = 16 / 9
GAP = 8
STRIP = 0.2
"""Share of the picture for the other tiles beside the large ones."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels; all four are even, as 4:2:0 chroma wants."""

    x: int
    y: int
    width: int
    height: int


def arrange(large: int, others: int, width: int, height: int) -> list[Box]:
    """Place the large tiles, then the other tiles, in a picture of this size."""
    whole = Box(0, 0, width, height)
    if not large:
        return grid(others, whole)
    if not others:
        return grid(large, whole, aspect=width / height)
    if width >= height:
        cut = even(width * (1 - STRIP))
        main, strip = Box(0, 0, cut, height), Box(cut, 0, width - cut, height)
    else:
        cut = even(height * (1 - STRIP))
        main, strip = Box(0, 0, width, cut), Box(0, cut, width, height - cut)
    return grid(large, main, aspect=main.width / main.height) + grid(others, strip)


def grid(count: int, area: Box, aspect: float = ASPECT) -> list[Box]:
    """Place equal tiles, as large as they can be, the last row centred."""
    if not count:
        return []
    columns, tile_width = max(
        ((columns, _tile_width(count, columns, area, aspect)) for columns in range(1, count + 1)),
        # On a tie more columns: two people sit beside each other, not one above the other.
        key=lambda option: (option[1], option[0]),
    )
    tile_width = max(2, tile_width)
    tile_height = max(2, even(tile_width / aspect))
    rows = -(-count // columns)
    top = area.y + (area.height - rows * tile_height - (rows - 1) * GAP) // 2
    boxes = []
    for index in range(count):
        row, column = divmod(index, columns)
        in_row = min(columns, count - row * columns)
        left = area.x + (area.width - in_row * tile_width - (in_row - 1) * GAP) // 2
        x = even(left + column * (tile_width + GAP))
        y = even(top + row * (tile_height + GAP))
        boxes.append(Box(max(0, x), max(0, y), tile_width, tile_height))
    return boxes


def fit(width: int, height: int, box: Box) -> Box:
    """Return the largest rectangle of this shape in the middle of a box."""
    scale = min(box.width / width, box.height / height)
    fitted_width = _filled(max(2, even(width * scale)), box.width)
    fitted_height = _filled(max(2, even(height * scale)), box.height)
    x = box.x + even((box.width - fitted_width) / 2)
    y = box.y + even((box.height - fitted_height) / 2)
    return Box(x, y, fitted_width, fitted_height)


def even(value: float) -> int:
    """Round down to an even number."""
    return int(value) & ~1


def _filled(length: int, room: int) -> int:
    """Stretch what misses the edge only by rounding."""
    return room if room - length <= 4 else length


def _tile_width(count: int, columns: int, area: Box, aspect: float) -> int:
    rows = -(-count // columns)
    margin = 0 if count == 1 else GAP
    by_width = (area.width - (columns + 1) * margin) / columns
    by_height = (area.height - (rows + 1) * margin) / rows * aspect
    return even(min(by_width, by_height))
