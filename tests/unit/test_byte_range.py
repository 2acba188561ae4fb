"""Ranges, by the contract's table, and compared with S3's own answers."""

from collections.abc import Callable, Iterator
from typing import TypeAlias

import boto3
import pytest
from botocore.exceptions import ClientError
from hypothesis import example, given
from hypothesis import strategies as st

from meet.recordings.byte_range import MAX_LENGTH, ByteRange
from meet.recordings.errors import InvalidRangeHeader, RangeNotSatisfiable
from tools.memory_aws import memory_aws

HUGE = "9" * 5000
CONTENT = bytes(range(100))


def parse(header: str | None, size: int = 1000) -> tuple[int, int] | None:
    found = ByteRange.parse(header)
    return None if found is None else bounds(found, size)


def bounds(wanted: ByteRange, size: int) -> tuple[int, int]:
    """Return the first and the last byte that an object of size bytes has of a range."""
    wanted.check(size)
    first = size - wanted.length_in(size) if wanted.first is None else wanted.first
    return first, first + wanted.length_in(size) - 1


@pytest.mark.parametrize(
    ("header", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=0-999", 0, 999),
        ("bytes=0-", 0, 999),
        ("bytes=999-", 999, 999),
        ("bytes=10-19", 10, 19),
        ("bytes=10-1000", 10, 999),
        ("bytes=-1", 999, 999),
        ("bytes=-1000", 0, 999),
        ("bytes=-1001", 0, 999),
        (f"bytes=-{HUGE}", 0, 999),
        (f"bytes=5-{HUGE}", 5, 999),
        ("bytes=000-0009", 0, 9),
        ("bytes=" + "0" * 5000 + "7-8", 7, 8),
        ("Bytes=1-2", 1, 2),
        ("BYTES=1-2", 1, 2),
        (" bytes=1-2 ", 1, 2),
        ("bytes= 1-2", 1, 2),
    ],
)
def test_a_range_is_cut_to_the_object(header: str, first: int, last: int) -> None:
    assert parse(header) == (first, last)


@pytest.mark.parametrize(
    "header",
    [
        "bytes=1000-",
        "bytes=1000-1000",
        "bytes=-0",
        "bytes=-000",
        f"bytes={HUGE}-",
        f"bytes={HUGE}-{HUGE}",
    ],
)
def test_what_is_not_there_cannot_be_satisfied(header: str) -> None:
    with pytest.raises(RangeNotSatisfiable) as error:
        parse(header)
    assert error.value.headers == {"Content-Range": "bytes */1000"}


@pytest.mark.parametrize("header", ["bytes=0-", "bytes=0-0", "bytes=-1", "bytes=-0", "bytes=7-9"])
def test_an_empty_object_has_no_range(header: str) -> None:
    with pytest.raises(RangeNotSatisfiable) as error:
        parse(header, size=0)
    assert error.value.headers == {"Content-Range": "bytes */0"}


@pytest.mark.parametrize(
    "header",
    [
        "bytes=5-2",
        "bytes=a-b",
        "bytes=100",
        "bytes=",
        "bytes",
        "",
        " ",
        "0-5",
        "bytes=-",
        "bytes=--5",
        "bytes=1-2-3",
        "bytes=1-b",
        "bytes=-b",
        "bytes=+1-2",
        "bytes=1.0-2",
        "bytes=0x1-2",
        "bytes=1_0-20",
        "bytes=1 -2",
        "bytes=1- 2",
        "bytes=\N{ARABIC-INDIC DIGIT ZERO}-\N{ARABIC-INDIC DIGIT NINE}",
        "bytes=\N{FULLWIDTH DIGIT ZERO}-\N{FULLWIDTH DIGIT NINE}",
        "bytes=²-³",
        "bytes=1\N{EN DASH}2",
        f"bytes={HUGE}-5",
        f"bytes={HUGE}-{HUGE[:-1]}8",
        "bytes==0-5",
    ],
)
def test_nonsense_is_invalid(header: str) -> None:
    with pytest.raises(InvalidRangeHeader):
        parse(header)


@pytest.mark.parametrize(
    "header",
    [None, "bytes=0-1,3-4", "bytes=0-1,", "bytes=,", "bytes=a,b", "items=0-1", "x=", "bits=5-2"],
)
def test_no_range_several_ranges_and_other_units_mean_the_whole(header: str | None) -> None:
    assert parse(header) is None


@given(st.integers(0, 10**7), st.none() | st.integers(0, 10**7), st.integers(0, 10**7))
def test_a_piece_begins_where_the_range_does_and_has_at_most_4_mib(
    first: int, length: int | None, size: int
) -> None:
    wanted = ByteRange(first, None if length is None else first + length)
    piece = wanted.cut(MAX_LENGTH)
    assert piece.length_in(size) == min(wanted.length_in(size), MAX_LENGTH)
    if piece.length_in(size):
        assert bounds(piece, size)[0] == first


@given(st.integers(1, 10**7), st.integers(1, 10**7))
def test_a_suffix_is_never_cut_at_its_end(length: int, size: int) -> None:
    piece = ByteRange(None, length).cut(MAX_LENGTH)
    assert piece.length_in(size) == min(length, size, MAX_LENGTH)
    assert bounds(piece, size)[1] == size - 1


@given(st.text(max_size=40), st.integers(0, 50))
@example("bytes=" + HUGE, 5)
def test_nothing_but_our_own_errors_comes_of_any_text(text: str, size: int) -> None:
    for header in (text, f"bytes={text}"):
        try:
            found = parse(header, size)
        except (InvalidRangeHeader, RangeNotSatisfiable):
            continue
        assert found is None or 0 <= found[0] <= found[1] < size


Ask: TypeAlias = Callable[[str], tuple[str, bytes] | None]


@pytest.fixture(scope="module")
def ask_s3() -> Iterator[Ask]:
    """Return S3's answer to a Range: Content-Range and bytes, None for 416."""
    with memory_aws():
        client = boto3.client("s3")
        client.put_object(Bucket="recordings", Key="k", Body=CONTENT)

        def ask(header: str) -> tuple[str, bytes] | None:
            try:
                answer = client.get_object(Bucket="recordings", Key="k", Range=header)
            except ClientError as error:
                assert error.response["Error"]["Code"] == "InvalidRange"
                return None
            return answer.get("ContentRange", ""), answer["Body"].read()

        yield ask


number = st.integers(0, 130)


@given(
    st.one_of(
        st.builds(lambda a, b: f"bytes={a}-{a + b}", number, number),
        st.builds("bytes={}-".format, number),
        st.builds("bytes=-{}".format, number),
    )
)
def test_s3_answers_the_same(ask_s3: Ask, header: str) -> None:
    """Not asked: moto takes items=0-1 for bytes, and sends an empty object for bytes=-1."""
    theirs = ask_s3(header)
    ours = ByteRange.parse(header)
    assert ours is not None
    try:
        first, last = bounds(ours, len(CONTENT))
    except RangeNotSatisfiable:
        assert theirs is None
        return
    assert theirs == (f"bytes {first}-{last}/{len(CONTENT)}", CONTENT[first : last + 1])
    assert ask_s3(str(ours)) == theirs, "what we send on to S3 is what we were asked for"
