"""A recording of several pieces, as programs download it: every byte, or a failure that shows."""

import hashlib
import os
import subprocess
from pathlib import Path

import pytest

from meet.recordings.byte_range import MAX_LENGTH
from tests.debian import program
from tests.large import Large
from tests.live import Answer, Client

BEGUN = 1_000_003
"""Bytes that an earlier try left behind."""


def ask(api: Client, large: Large, method: str = "GET", **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return api.call(method, large.path, headers=named)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"If_Range": '"of another file"', "Range": "bytes=5-9"},
        {"Range": "bytes=0-1,5-6"},
        {"Range": "bytes=7-"},
        {"Range": f"bytes=-{MAX_LENGTH + 1}"},
    ],
)
def test_what_is_longer_than_a_piece_comes_from_the_bucket(
    api: Client, large: Large, method: str, headers: dict[str, str]
) -> None:
    answer = ask(api, large, method, **headers)
    assert (answer.status, answer.data) == (307, b"")
    wanted = headers["Range"] if len(headers) == 1 and "," not in headers["Range"] else None
    sent = {} if wanted is None else {"Range": wanted}
    there = api.call(method, answer.headers["Location"], key=None, headers=sent)
    first, size = 0, len(large.content)
    if method == "HEAD":  # the emulator's knows neither Range nor response-content-disposition
        assert (there.status, there.data) == (200, b"")
        assert int(there.headers["Content-Length"]) == size
        return
    if wanted is not None:
        first = 7 if wanted == "bytes=7-" else size - MAX_LENGTH - 1
        assert there.headers["Content-Range"] == f"bytes {first}-{size - 1}/{size}"
    assert (there.status, there.data) == (206 if wanted else 200, large.content[first:])
    assert int(there.headers["Content-Length"]) == size - first
    assert there.headers["Content-Type"] == "video/mp4"
    assert large.room_name in there.headers["Content-Disposition"]


def test_a_media_element_gets_a_piece_at_a_time(api: Client, large: Large) -> None:
    received = b""
    while len(received) < len(large.content):
        answer = ask(api, large, Range=f"bytes={len(received)}-", Sec_Fetch_Dest="video")
        assert answer.status == 206
        assert answer.headers["Content-Range"].startswith(f"bytes {len(received)}-")
        assert 0 < len(answer.data) <= MAX_LENGTH
        received += answer.data
    assert received == large.content


def run(*command: str) -> subprocess.CompletedProcess[bytes]:
    """Run a program that speaks to nobody but this machine."""
    environment = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}
    done = subprocess.run(command, capture_output=True, check=False, timeout=60, env=environment)
    print(Path(command[0]).name, "ended with", done.returncode, done.stderr.decode()[-300:])
    return done


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize("begun", [0, BEGUN, MAX_LENGTH + 1])
@pytest.mark.parametrize("name", ["curl", "wget"])
def test_what_was_begun_is_completed(
    api: Client, large: Large, tmp_path: Path, name: str, begun: int
) -> None:
    file, link = tmp_path / "film.mp4", large.link(api)
    if begun:
        file.write_bytes(large.content[:begun])
    options = {"curl": ["-sSfL", "-C", "-", "-o"], "wget": ["-nv", "-c", "-O"]}
    done = run(program(name), *options[name], str(file), link)
    assert done.returncode == 0
    assert digest(file.read_bytes()) == digest(large.content)


def test_an_api_key_downloads_as_a_link_does(api: Client, large: Large, tmp_path: Path) -> None:
    file = tmp_path / "film.mp4"
    key = f"X-API-KEY: {api.stack.api_key}"
    url = api.stack.api_url + large.path
    assert run(program("curl"), "-sSfL", "-H", key, "-o", str(file), url).returncode == 0
    assert digest(file.read_bytes()) == digest(large.content)


def test_four_segments_at_once_make_the_file(api: Client, large: Large, tmp_path: Path) -> None:
    done = run(
        program("aria2c", "aria2"),
        *("--no-conf", "--quiet", "--file-allocation=none", "-x4", "-s4", "-k1M"),
        *("-d", str(tmp_path), "-o", "film.mp4", large.link(api)),
    )
    assert done.returncode == 0
    assert digest((tmp_path / "film.mp4").read_bytes()) == digest(large.content)


def test_ffmpeg_reads_every_packet(api: Client, large: Large) -> None:
    copied = ["-map", "0", "-c", "copy", "-f", "framehash", "-"]
    ffmpeg = [program("ffmpeg"), "-v", "error", "-i"]
    there = run(*ffmpeg, large.link(api), *copied)
    here = run(*ffmpeg, str(large.file), *copied)
    assert there.returncode == here.returncode == 0
    assert there.stdout == here.stdout
