"""Moving the index of MP4 files: arithmetic that takes files too large for a test."""

import pytest

from meet.recordings.mp4 import NotRearranged, beginning, media_of

GIB = 2**30


def box(kind: str, *content: bytes) -> bytes:
    inside = b"".join(content)
    return (8 + len(inside)).to_bytes(4) + kind.encode() + inside


def media_header(size: int) -> bytes:
    return (1).to_bytes(4) + b"mdat" + size.to_bytes(8)


def table(kind: str, *offsets: int) -> bytes:
    width = {"stco": 4, "co64": 8}[kind]
    numbers = [each.to_bytes(width) for each in offsets]
    return box(kind, bytes(4), len(offsets).to_bytes(4), *numbers)


def track(*tables: bytes) -> bytes:
    inside = box("stbl", box("stsd", b"codec"), *tables, box("stsz", b"sizes"))
    return box("trak", box("tkhd", b"head"), box("mdia", box("mdhd"), box("minf", inside)))


FTYP = box("ftyp", b"isom")
START = len(FTYP)


def moved(media: int, *tracks: bytes, rest: bytes = b"") -> bytes:
    """Return the beginning of a file with media of this length, once its index is moved."""
    tail = box("moov", box("mvhd", b"head"), *tracks, box("udta", b"stco")) + rest
    head = FTYP + media_header(media) + bytes(64)
    found = media_of(head, START + media + len(tail))
    assert (found.start, found.end) == (START, START + media)
    return beginning(head, found, tail)


def index(*tracks: bytes) -> bytes:
    return FTYP + box("moov", box("mvhd", b"head"), *tracks, box("udta", b"stco"))


def test_every_offset_of_every_track_grows_by_as_much_as_precedes_the_media() -> None:
    first, second = (START + 16, START + 500), (START + 100, START + 999)
    grown = len(moved(1000, track(table("stco", *first)), track(table("stco", *second)))) - START
    assert moved(1000, track(table("stco", *first)), track(table("stco", *second))) == index(
        track(table("stco", *(each + grown for each in first))),
        track(table("stco", *(each + grown for each in second))),
    )


def test_offsets_of_six_gibibytes_stay_in_64_bits() -> None:
    offsets = (START + 16, 5 * GIB, 6 * GIB)
    result = moved(6 * GIB, track(table("co64", *offsets)))
    grown = len(result) - START
    assert result == index(track(table("co64", *(each + grown for each in offsets))))


@pytest.mark.parametrize("beyond", [0, 1, 200])
def test_offsets_that_would_pass_four_gibibytes_are_written_in_64_bits(beyond: int) -> None:
    """All of them, so that the index grows once: the growth is part of what they grow by."""
    small = moved(4 * GIB, track(table("stco", START + 16, 0xFFFF)), track(table("stco", 99)))
    grown = len(small) - START
    last = 2**32 - 1 - grown + beyond
    offsets = (START + 16, last)
    result = moved(4 * GIB, track(table("stco", *offsets)), track(table("stco", 99)))
    if not beyond:
        assert result == index(
            track(table("stco", *(each + grown for each in offsets))),
            track(table("stco", 99 + grown)),
        )
        return
    grown += 3 * 4
    assert len(result) - START == grown
    assert result == index(
        track(table("co64", *(each + grown for each in offsets))),
        track(table("co64", 99 + grown)),
    )


def test_padding_after_the_index_goes_with_it_and_counts() -> None:
    padding = box("free", bytes(77))
    result = moved(1000, track(table("stco", 500)), rest=padding)
    grown = len(result) - START
    assert result == index(track(table("stco", 500 + grown))) + padding


def test_a_track_without_samples_is_moved_too() -> None:
    assert moved(1000, track(table("stco"))) == index(track(table("stco")))


@pytest.mark.parametrize(
    ("tracks", "reason"),
    [
        ([track(table("stco", START + 15))], "it has offsets elsewhere"),
        ([track(table("stco", START + 1000))], "it has offsets elsewhere"),
        ([track(table("co64", 2**63))], "it has offsets elsewhere"),
        ([track(table("stco", 500), box("saio", bytes(8)))], "it has offsets elsewhere"),
        ([track(table("stco", 500)), box("mvex", b"")], "it has offsets elsewhere"),
        ([box("cmov", b"compressed")], "it has offsets elsewhere"),
        ([track(box("stco", bytes(4), (2).to_bytes(4), bytes(4)))], "it is damaged"),
        ([track(box("stco"))], "it is damaged"),
        ([box("trak", b"too long")], "it is damaged"),
        ([box("trak", b"odd")], "it is damaged"),
        ([(1).to_bytes(4) + b"trak" + (16).to_bytes(8)], "its index is written in an unusual way"),
    ],
)
def test_what_could_play_differently_is_left_alone(tracks: list[bytes], reason: str) -> None:
    with pytest.raises(NotRearranged, match=reason):
        moved(1000, *tracks)


@pytest.mark.parametrize(
    "tail", [b"", box("moov") * 2, box("moov") + box("mdat"), box("moof"), box("free"), b"moov"]
)
def test_another_tail_is_left_alone(tail: bytes) -> None:
    head = FTYP + media_header(1000) + bytes(64)
    media = media_of(head, START + 1000 + len(tail))
    with pytest.raises(NotRearranged):
        beginning(head, media, tail)


@pytest.mark.parametrize("length", range(START + 16))
def test_any_beginning_of_a_file_is_refused(length: int) -> None:
    whole = FTYP + media_header(1000)
    with pytest.raises(NotRearranged):
        media_of(whole[:length], length)
