"""Attacks on the bytes behind share links."""

import json

import pytest

from meet.recordings.byte_range import MAX_LENGTH
from tests.functions.gateway import event, invoke
from tests.functions.links import Viewer, share, views
from tests.functions.recordings import Studio
from tests.security.sharing import FILE, Stage, told

LARGE = bytes(MAX_LENGTH) + b"and more"
NO_DOWNLOAD = (403, "download_not_allowed")


RANGES: dict[str, tuple[str, set[int]]] = {
    "the last 0 bytes": ("bytes=-0", {416}),
    "backwards": ("bytes=9-1", {400}),
    "beyond the end": (f"bytes={len(LARGE)}-", {416}),
    "far beyond": ("bytes=" + "9" * 5_000 + "-", {416}),
    "to far beyond": ("bytes=0-" + "9" * 5_000, {206}),
    "a thousand": ("bytes=" + ",".join(f"{n}-{n}" for n in range(1_000)), {403}),
    "overlapping": ("bytes=0-,0-,0-,0-", {403}),
    "another unit": ("items=0-1", {403}),
    "other digits": ("bytes=\u0661-", {400}),
    "signs": ("bytes=+0--1", {400}),
    "a hexadecimal number": ("bytes=0x0-", {400}),
    "a line break": ("bytes=0-1\r\nX-Injected: yes", {400}),
    "nothing": ("", {400}),
    "the largest suffix": ("bytes=-" + "9" * 30, {206}),
}


@pytest.mark.parametrize("which", RANGES)
def test_no_range_gets_more_than_a_part_or_counts_without_bytes(studio: Studio, which: str) -> None:
    wanted, statuses = RANGES[which]
    recording = studio.ready(LARGE)
    viewer = Viewer(share(studio, recording)["url"]).open()
    answer = viewer.watch(wanted)
    assert answer.status in statuses
    assert len(answer.content) <= MAX_LENGTH
    assert not {"location", "x-injected"} & answer.headers.keys()
    assert views(studio, recording) == (1 if answer.status == 206 else 0)


@pytest.mark.parametrize("content", [FILE, LARGE], ids=["small", "large"])
def test_a_link_without_downloads_has_no_way_to_one(studio: Studio, content: bytes) -> None:
    recording = studio.ready(content)
    viewer = Viewer(share(studio, recording)["url"]).open()
    stage = Stage(studio, recording, viewer, viewer, viewer)
    query = f"pass={stage.pass_of(viewer)}"
    for more in ("download=true", "download=false&download=true", "%64ownload=true"):
        assert told(stage.watch(f"{query}&{more}")) == NO_DOWNLOAD, more
    for more in ("download=TRUE", "download=1", "Download=true", "download=true%00", "attachment"):
        answer = stage.watch(f"{query}&{more}", Accept="application/json")
        assert answer.status == 206
        assert answer.headers["content-disposition"].startswith("inline; ")
        assert "location" not in answer.headers
    whole = viewer.watch(None, Accept="application/json")
    assert whole.status == (200 if content is FILE else 403)
    assert "X-Amz-Signature" not in whole.content.decode("latin-1") + str(whole.headers)


def test_bytes_are_kept_by_nobody_and_are_nothing_but_a_film(studio: Studio) -> None:
    stage = Stage.opened(studio)
    for wanted in ("bytes=0-", None):
        headers = stage.mine.watch(wanted, Origin="https://evil.example").headers
        assert headers["cache-control"] == "private, no-store"
        assert headers["content-type"] == "video/mp4"
        assert headers["x-content-type-options"] == "nosniff"
        assert "access-control-allow-origin" not in headers
    assert stage.mine.ask().headers["cache-control"] == "no-store"


def test_the_stream_is_at_the_host_of_the_gateway_whatever_else_is_sent(studio: Studio) -> None:
    stage = Stage.opened(studio)
    body = json.dumps({"token": stage.mine.token}).encode()
    headers = {"Content-Type": "application/json", "X-Forwarded-Host": "evil.example"}
    headers |= {"Forwarded": "host=evil.example", "X-Original-URL": "/evil"}
    reply = invoke(event("POST", f"{stage.mine.path}/open", body=body, headers=headers))
    assert reply.status == 200
    assert "evil" not in reply.text + str(reply.headers)
