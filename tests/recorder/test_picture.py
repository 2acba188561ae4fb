"""Where tiles go, how names look, what is painted."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.recorder import labels
from tools.recorder.layout import Box, arrange, fit
from tools.recorder.picture import SPEAKING, TILE, Picture, Tile
from tools.recorder.sources import Still, VideoSource

NOBODY: frozenset[str] = frozenset()


@given(
    screens=st.integers(0, 3),
    others=st.integers(0, 16),
    size=st.sampled_from([(1280, 720), (1920, 1080), (720, 1280), (640, 640)]),
)
def test_tiles_are_even_inside_and_do_not_overlap(
    screens: int, others: int, size: tuple[int, int]
) -> None:
    boxes = arrange(screens, others, *size)
    assert len(boxes) == screens + others
    covered = np.zeros((size[1], size[0]), int)
    for box in boxes:
        assert all(value % 2 == 0 for value in (box.x, box.y, box.width, box.height))
        assert box.x >= 0
        assert box.y >= 0
        assert box.x + box.width <= size[0]
        assert box.y + box.height <= size[1]
        covered[box.y : box.y + box.height, box.x : box.x + box.width] += 1
    assert covered.max(initial=0) <= 1


def test_one_has_all_and_two_sit_side_by_side() -> None:
    assert arrange(0, 1, 1280, 720) == [Box(0, 0, 1280, 720)]
    left, right = arrange(0, 2, 1280, 720)
    assert left.y == right.y
    assert left.x + left.width <= right.x


def test_a_shared_screen_has_most_of_the_picture() -> None:
    screen, *others = arrange(1, 3, 1280, 720)
    assert screen.width * screen.height > 0.7 * 1280 * 720
    assert all(box.x >= screen.x + screen.width for box in others)


def test_what_is_fitted_keeps_its_shape() -> None:
    box = fit(360, 640, Box(0, 0, 640, 360))
    assert (box.width, box.height) == (202, 360)
    assert fit(640, 360, Box(0, 0, 618, 346)) == Box(0, 0, 618, 346)


@pytest.mark.parametrize("fonts", [labels._SYSTEM_FONTS, ()])
@pytest.mark.parametrize("name", ["Ada", "Zoë Łuk", "数学", "a" * 200, " ", "\x00\n"])
def test_any_name_is_drawn_in_its_width(
    name: str, fonts: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(labels, "_SYSTEM_FONTS", fonts)
    labels.render.cache_clear()
    label = labels.render(name, 18, 200)
    assert label.shape[0] % 2 == label.shape[1] % 2 == 0
    assert label.shape[1] <= 200
    assert (label.max() > 150) == bool(name.strip(" \x00\n"))


def test_without_fonts_accents_are_dropped_rather_than_letters(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(labels, "_SYSTEM_FONTS", ())
    assert labels._font_for("Zoë 数", 18)[1] == "Zoe ?"


def camera(luma: int, u: int, v: int, width: int = 64, height: int = 36, turns: int = 0) -> Still:
    flat = np.full(width * height, luma, np.uint8)
    quarter = ((width + 1) // 2) * ((height + 1) // 2)
    chroma = [np.full(quarter, value, np.uint8) for value in (u, v)]
    return Still(np.concatenate([flat, *chroma]).tobytes(), width, height, turns)


def chroma_at(picture: Picture, x: int, y: int) -> tuple[int, int]:
    width, height = picture.width, picture.height
    u, v = picture.i420.reshape(-1)[width * height :].reshape(2, height // 2, width // 2)
    return int(u[y // 2, x // 2]), int(v[y // 2, x // 2])


def test_a_camera_fills_its_tile_and_carries_the_name() -> None:
    picture = Picture(640, 360)
    picture.paint([Tile("Ada", "ada", VideoSource(camera(90, 200, 90)))], NOBODY)
    assert chroma_at(picture, 320, 180) == (200, 90)
    corner = picture.i420[330:352, 8:60]
    assert corner.max() > 200
    assert corner.min() < 40


@pytest.mark.parametrize(("width", "height", "turns"), [(63, 35, 0), (36, 64, 1), (64, 36, 2)])
def test_odd_and_turned_frames_are_painted(width: int, height: int, turns: int) -> None:
    picture = Picture(640, 360)
    still = camera(90, 200, 90, width, height, turns)
    picture.paint([Tile("Ada", "ada", VideoSource(still))], NOBODY)
    assert chroma_at(picture, 40, 40) == (200, 90)


def test_without_a_camera_there_is_only_the_name() -> None:
    picture = Picture(640, 360)
    muted = VideoSource(camera(90, 200, 90), muted=True)
    picture.paint([Tile("Ada", "ada", None), Tile("Bob", "bob", muted)], NOBODY)
    assert chroma_at(picture, 160, 180) == chroma_at(picture, 480, 180) == (128, 128)
    assert picture.i420[:360].max() > 200
    assert TILE[0] in picture.i420[:360]


def test_who_speaks_is_framed_and_then_not() -> None:
    picture = Picture(640, 360)
    tiles = [Tile("Ada", "ada", VideoSource(camera(90, 200, 90)))]
    picture.paint(tiles, frozenset({"ada"}))
    assert chroma_at(picture, 2, 180) == SPEAKING[1:]
    picture.paint(tiles, NOBODY)
    assert chroma_at(picture, 2, 180) == (200, 90)


def test_who_leaves_leaves_nothing_behind() -> None:
    picture = Picture(640, 360)
    picture.paint([Tile("Ada", "ada", VideoSource(camera(90, 200, 90)))], NOBODY)
    picture.paint([], NOBODY)
    assert chroma_at(picture, 320, 180) == (128, 128)


ADA, BOB, EVE = (
    Tile(name, name, VideoSource(camera(90, *chroma)))
    for name, chroma in (("ada", (200, 90)), ("bob", (90, 200)), ("eve", (60, 60)))
)
SCREEN = Tile("eve (screen)", "eve", VideoSource(camera(90, 220, 220)), is_screen=True)
MIDDLE, STRIP = (480, 360), (1160, 360)


@pytest.mark.parametrize("layout", ["speaker", "single-speaker"])
def test_the_speaker_is_large_and_stays_so_until_someone_else_speaks(layout: str) -> None:
    picture = Picture(1280, 720, layout)
    tiles = [ADA, BOB]

    def shown(*speaking: str) -> tuple[int, int]:
        picture.paint(tiles, frozenset(speaking))
        return chroma_at(picture, *MIDDLE)

    assert shown() == (200, 90), "the first, before anyone speaks"
    assert shown("bob") == (90, 200)
    assert shown() == (90, 200)
    assert shown("ada", "bob") == (90, 200), "it stays while both speak"
    assert shown("ada") == (200, 90)
    tiles.remove(ADA)
    assert shown() == (90, 200)


def test_beside_the_speaker_are_the_others_or_nobody() -> None:
    both, alone = Picture(1280, 720, "speaker"), Picture(1280, 720, "single-speaker")
    for picture in (both, alone):
        picture.paint([ADA, BOB], frozenset({"ada"}))
    assert chroma_at(both, *STRIP) == (90, 200)
    assert chroma_at(alone, *STRIP) == (200, 90)


@pytest.mark.parametrize("layout", ["grid", "speaker", "single-speaker"])
def test_a_shared_screen_is_large_in_each_layout(layout: str) -> None:
    picture = Picture(1280, 720, layout)
    picture.paint([ADA, EVE, SCREEN], frozenset({"ada"}))
    assert chroma_at(picture, *MIDDLE) == (220, 220)
