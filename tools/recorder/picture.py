"""Paints tiles, names and the speaker's frame into one I420 picture."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from tools.recorder import labels
from tools.recorder.layout import Box, arrange
from tools.recorder.sources import Plane, Still, VideoSource, planes

_Colour: TypeAlias = tuple[int, int, int]

BACKGROUND: _Colour = (22, 128, 128)
TILE: _Colour = (44, 128, 128)
SPEAKING: _Colour = (110, 160, 90)
FRAME = 4
"""Pixels of the speaker's frame."""
MAX_TILES = 16


@dataclass(frozen=True, slots=True)
class Tile:
    """A participant, or their screen."""

    name: str
    identity: str
    video: VideoSource | None
    is_screen: bool = False


_Look: TypeAlias = tuple[Tile, Box, Still | None, bool]
"""Everything that a painted tile depends on: it is painted again only when this changes."""


class Cast:
    """Chooses the tiles of a layout, and which of them are large."""

    def __init__(self, layout: str) -> None:
        self._layout = layout
        self._speaker: str | None = None

    def choose(
        self, tiles: Sequence[Tile], speaking: frozenset[str]
    ) -> tuple[list[Tile], list[Tile]]:
        """Return the large tiles, and the others that are shown.

        A shared screen is large in each layout. The speaker stays so until someone else speaks.
        """
        screens = [tile for tile in tiles if tile.is_screen]
        people = [tile for tile in tiles if not tile.is_screen]
        if self._layout not in {"speaker", "single-speaker"}:
            return screens, people
        large = screens[:1] or self._speakers_tile(people, speaking)
        if self._layout == "single-speaker":
            return large, []
        return large, [tile for tile in tiles if tile not in large]

    def _speakers_tile(self, people: Sequence[Tile], speaking: frozenset[str]) -> list[Tile]:
        if self._speaker not in speaking:
            heard = (tile.identity for tile in people if tile.identity in speaking)
            self._speaker = next(heard, self._speaker)
        of_speaker = [tile for tile in people if tile.identity == self._speaker]
        return (of_speaker or list(people))[:1]


class Picture:
    """The picture being recorded; repaints only tiles that changed since the last frame."""

    def __init__(self, width: int, height: int, layout: str = "grid") -> None:
        self.width, self.height = width, height
        self._cast = Cast(layout)
        self.i420: Plane = np.empty((height * 3 // 2, width), np.uint8)
        self._planes = planes(self.i420.reshape(-1), width, height)
        self._boxes: list[Box] = []
        self._looks: list[_Look] = []
        self._clear()

    def paint(self, tiles: Sequence[Tile], speaking: frozenset[str]) -> Plane:
        """Bring the picture up to date and return it."""
        large, others = self._cast.choose(tiles, speaking)
        shown = [*large, *others][:MAX_TILES]
        boxes = arrange(len(large), len(shown) - len(large), self.width, self.height)
        if boxes != self._boxes:
            self._clear()
            self._boxes, self._looks = boxes, []
        looks: list[_Look] = []
        for index, (tile, box) in enumerate(zip(shown, boxes, strict=True)):
            still = tile.video.visible if tile.video else None
            look = (tile, box, still, tile.identity in speaking and not tile.is_screen)
            if index >= len(self._looks) or self._looks[index] != look:
                self._paint_tile(*look)
            looks.append(look)
        self._looks = looks
        return self.i420

    def _paint_tile(self, tile: Tile, box: Box, still: Still | None, speaks: bool) -> None:
        self._fill(box, TILE)
        if tile.video and still:
            place, scaled = tile.video.scaled(still, box)
            self._put(place, scaled)
        if speaks:
            self._frame(box)
        letters = max(12, min(26, box.height // 18))
        if still:
            label = labels.render(tile.name, letters, box.width - 4 * FRAME)
            x, y = box.x + 2 * FRAME, box.y + box.height - label.shape[0] - 2 * FRAME
        else:
            label = labels.render(tile.name, 2 * letters, box.width - 4 * FRAME, TILE[0])
            x = box.x + (box.width - label.shape[1]) // 2
            y = box.y + (box.height - label.shape[0]) // 2
        self._put_label(label, x & ~1, y & ~1)

    def _clear(self) -> None:
        self._fill(Box(0, 0, self.width, self.height), BACKGROUND)

    def _fill(self, box: Box, colour: _Colour) -> None:
        for plane, value, step in zip(self._planes, colour, (1, 2, 2), strict=True):
            plane[
                box.y // step : (box.y + box.height) // step,
                box.x // step : (box.x + box.width) // step,
            ] = value

    def _put(self, box: Box, pixels: tuple[Plane, Plane, Plane]) -> None:
        for plane, values, step in zip(self._planes, pixels, (1, 2, 2), strict=True):
            plane[
                box.y // step : (box.y + box.height) // step,
                box.x // step : (box.x + box.width) // step,
            ] = values

    def _frame(self, box: Box) -> None:
        bottom, right = box.y + box.height - FRAME, box.x + box.width - FRAME
        self._fill(Box(box.x, box.y, box.width, FRAME), SPEAKING)
        self._fill(Box(box.x, bottom, box.width, FRAME), SPEAKING)
        self._fill(Box(box.x, box.y, FRAME, box.height), SPEAKING)
        self._fill(Box(right, box.y, FRAME, box.height), SPEAKING)

    def _put_label(self, label: labels.Luma, x: int, y: int) -> None:
        height, width = label.shape
        if y < 0 or x < 0 or x + width > self.width or y + height > self.height:
            return
        self._fill(Box(x, y, width, height), (0, 128, 128))
        self._planes[0][y : y + height, x : x + width] = label
