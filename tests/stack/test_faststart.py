"""A recording that egress wrote with its index at the end begins with it a moment later."""

import time
from pathlib import Path

from tests.films import AT_THE_END, boxes_of, packets_of
from tests.large import store
from tests.live import Client, eventually

NEAR = 64 * 1024
"""Bytes within which a player has to find the index."""


def test_a_recording_whose_index_comes_last_soon_begins_with_it(
    api: Client, tmp_path: Path
) -> None:
    large = store(api, tmp_path / "film.mp4", AT_THE_END)
    stored = time.monotonic()
    assert b"moov" not in large.content[:NEAR]

    def begins_with_its_index() -> bool:
        player = {"Range": f"bytes=0-{NEAR - 1}", "Sec-Fetch-Dest": "video"}
        first = api.call("GET", large.path, headers=player)
        assert first.status == 206
        return b"moov" in first.data

    eventually(begins_with_its_index, 30, "the index is moved")
    print(
        f"{len(large.content)} bytes begin with their index after {time.monotonic() - stored:.2f} s"
    )
    link = api.call("GET", large.path).headers["Location"]
    film = api.call("GET", link, key=None).data
    assert boxes_of(film) == ["ftyp", "free", "moov", "mdat"]
    assert packets_of(film) == packets_of(large.content)
