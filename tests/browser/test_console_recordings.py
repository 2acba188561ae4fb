"""Recordings in the console, in a real browser on the real stack."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from meet.clock import DAY
from meet.recordings.model import object_key
from tests import large
from tests.browser.console import LOADED_MS, admin, console_url, failed_recording, is_clean, row
from tests.browser.test_console_rooms import CLIPBOARD, copied
from tests.browser.test_playback import ADA, BLUE, COLOURS
from tests.films import AT_THE_END
from tests.live import Client, eventually
from tests.stack.test_recordings import film_for, meeting
from tools.demo.people import PERIOD
from tools.stack.deployment import aws_session

pytestmark = pytest.mark.usefixtures("pages")

LOOK = """async (second) => {
  const player = document.querySelector("video");
  const seeked = new Promise((done) => player.addEventListener("seeked", done, {once: true}));
  player.currentTime = second;
  await seeked;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 16;
  const context = canvas.getContext("2d");
  context.drawImage(player, 0, 0, 16, 16);
  return Array.from(context.getImageData(8, 4, 1, 1).data.slice(0, 3));
}"""

PLAYED = """player => new Promise((done) => {
  player.addEventListener("ended", () => done(player.currentTime), {once: true});
  player.addEventListener("error", () => done(player.error.message), {once: true});
  player.muted = true;
  player.playbackRate = 4;
  void player.play();
})"""

FRAMES = "document.querySelector('video').getVideoPlaybackQuality().totalVideoFrames"
MOVES = f"(before) => {FRAMES} > before + 10"


def test_a_recording_becomes_ready_before_ones_eyes_and_plays(
    api: Client, browser: Browser
) -> None:
    room = api.create_room(roomNamePrefix="filmed")
    with admin(browser, api, f"#/rooms/{room['roomName']}", permissions=CLIPBOARD) as somebody:
        page = somebody.page
        record = somebody.button("Record")
        record.click()
        expect(page.get_by_role("alert")).to_contain_text("nothing to record", timeout=LOADED_MS)
        with meeting(api, room, Ada=ADA):

            def begins() -> bool:  # LiveKit counts a track once its first packet came
                record.click()
                expect(record).to_be_enabled(timeout=LOADED_MS)
                return page.locator("tbody tr").count() == 1

            eventually(begins, 15, "the recording begins")
            status = page.locator("tbody .status")
            expect(status).to_have_text("Recording", timeout=LOADED_MS)
            record.click()
            already = "This room is being recorded already."
            expect(page.get_by_role("alert")).to_have_text(already, timeout=LOADED_MS)
            film_for(3 * PERIOD)
            page.get_by_role("button", name=f"Stop {room['roomName']}").click()
            expect(status).to_have_text("Ready", timeout=30_000)

        (recording,) = api.call("GET", f"/recordings?roomName={room['roomName']}").body
        row(somebody, "Ready").get_by_role("link", name="Play").click()
        expect(page.locator("video")).to_be_visible(timeout=LOADED_MS)
        page.wait_for_function("() => document.querySelector('video').readyState >= 1")
        length = page.evaluate("document.querySelector('video').duration")
        assert abs(length - recording["duration"]) < 0.5
        timeline = page.get_by_role("region", name="Timeline")
        for happened in (
            "Recording was requested",
            "The recorder began to record",
            "A stop was requested",
            "The recorder ended",
            "The file arrived",
        ):
            expect(timeline.get_by_role("row", name=happened)).to_be_visible()

        # Ada's picture changed its colour by the clock on the wall, and startedAt is on it too.
        began = recording["startedAt"] / 1000
        change = PERIOD - began % PERIOD + PERIOD
        for second in (change - 1.5, change + 1.5):
            red, _, blue = page.evaluate(LOOK, second)
            expected = COLOURS[int((began + second) / PERIOD) % 2]
            assert (blue > red) == (expected == BLUE), (second, red, blue)
        before = page.evaluate(FRAMES)
        page.evaluate("document.querySelector('video').play()")
        page.wait_for_function(MOVES, arg=before)
        assert somebody.complaints() == []

        with page.expect_download() as download:
            somebody.button("Download").click()
        day = datetime.fromtimestamp(recording["startedAt"] / 1000, UTC)
        saved_as = f"{room['roomName']} {day:%Y-%m-%d}.mp4"
        assert download.value.suggested_filename == saved_as
        assert Path(download.value.path()).stat().st_size == recording["size"]
        somebody.button("Copy link").click()
        eventually(lambda: "token=" in copied(somebody), 5, "the link is copied")
        part = api.call("GET", copied(somebody), key=None, headers={"Range": "bytes=4-7"})
        assert (part.status, part.data) == (206, b"ftyp")

        somebody.button("Delete").click()
        page.get_by_role("dialog").get_by_role("button", name="Delete").click()
        expect(page.locator(".toast").last).to_have_text(
            "The recording was deleted.", timeout=LOADED_MS
        )
        assert api.call("GET", f"/recordings/{recording['id']}").status == 404
        is_clean(somebody)


def test_several_are_deleted_and_the_others_stay(api: Client, browser: Browser) -> None:
    room = api.create_room(roomNamePrefix="several")["roomName"]
    ids = [failed_recording(api, room, f"Reason {number}.") for number in range(3)]
    with admin(browser, api, f"#/recordings?room={room}") as somebody:
        page = somebody.page
        expect(page.locator("tbody tr")).to_have_count(3, timeout=LOADED_MS)
        for number in (0, 2):
            row(somebody, f"Reason {number}.").get_by_role("checkbox").check()
        somebody.button("Delete 2").click()
        dialog = page.get_by_role("dialog", name="Delete 2 recordings?")
        assert somebody.complaints() == []
        dialog.get_by_role("button", name="Delete", exact=True).click()
        expect(page.locator(".toast")).to_have_text("2 recordings were deleted.", timeout=LOADED_MS)
        expect(page.locator("tbody tr")).to_have_count(1)
        expect(row(somebody, "Reason 1.")).to_be_visible()
        found = [api.call("GET", f"/recordings/{each}").status for each in ids]
        assert found == [404, 200, 404]
        page.get_by_role("checkbox", name="Select all finished recordings").check()
        somebody.button("Delete 1").click()
        page.get_by_role("dialog").get_by_role("button", name="Delete", exact=True).click()
        expect(page.get_by_role("heading", name="Nothing found")).to_be_visible(timeout=LOADED_MS)


def test_the_list_is_narrowed_by_status_and_by_room(api: Client, browser: Browser) -> None:
    room, other = (api.create_room(roomNamePrefix="narrow")["roomName"] for _ in range(2))
    for each in (room, other):
        failed_recording(api, each, "The recorder failed.")
    with admin(browser, api, "#/recordings") as somebody:
        page = somebody.page
        expect(row(somebody, room)).to_contain_text("The recorder failed.", timeout=LOADED_MS)
        page.get_by_role("link", name="Ready").click()
        expect(row(somebody, room)).to_have_count(0, timeout=LOADED_MS)
        page.get_by_role("link", name="Failed").click()
        expect(row(somebody, room)).to_be_visible(timeout=LOADED_MS)
        somebody.open(console_url(api, f"#/recordings?status=FAILED&room={other}"))
        expect(row(somebody, other)).to_be_visible(timeout=LOADED_MS)
        expect(row(somebody, room)).to_have_count(0)
        page.get_by_role("link", name="Show all rooms").click()
        expect(row(somebody, room)).to_be_visible(timeout=LOADED_MS)
        page.get_by_role("searchbox", name="Name of a room begins with").fill(other.upper())
        expect(row(somebody, other)).to_be_visible()
        expect(row(somebody, room)).to_have_count(0)
        somebody.open(console_url(api, "#/recordings?status=READY"))
        expect(row(somebody, room)).to_have_count(0)


def test_recordings_are_found_by_room_and_day(api: Client, browser: Browser) -> None:
    room = api.create_room(roomNamePrefix="dated")["roomName"]
    noon = 1_767_268_800_000  # 2026-01-01T12:00 UTC
    for day, error in enumerate(("Old.", "Middle.", "New.")):
        failed_recording(api, room, error, started=noon + day * DAY)
    with admin(browser, api, "#/recordings", timezone_id="Europe/Madrid") as somebody:
        page = somebody.page
        page.get_by_role("searchbox", name="Name of a room begins with").fill("dated")
        rows = page.locator("tbody tr", has_text=room)
        expect(rows).to_have_count(3, timeout=LOADED_MS)
        page.get_by_label("From").fill("2026-01-02")
        expect(rows).to_have_count(2)
        page.get_by_label("Until").fill("2026-01-02")
        expect(rows).to_have_count(1)
        expect(rows).to_contain_text("Middle.")
        assert somebody.complaints() == []
        page.reload()
        expect(rows).to_have_count(1, timeout=LOADED_MS)
        expect(page.get_by_label("From")).to_have_value("2026-01-02")
        page.get_by_label("Until").fill("2025-12-31")
        expect(page.get_by_role("heading", name="Nothing found")).to_be_visible()
        is_clean(somebody)


def test_a_player_goes_on_when_its_file_is_replaced(
    api: Client, browser: Browser, tmp_path: Path
) -> None:
    """As it is soon after it came, to begin with its index. The player does not learn of it."""
    recording = large.store(api, tmp_path / "film.mp4")
    key = object_key(recording.room_name, recording.id)
    with admin(browser, api, f"#/recordings/{recording.id}") as somebody:
        page = somebody.page
        page.wait_for_function("() => document.querySelector('video')?.readyState >= 1")
        large.film(recording.file, AT_THE_END)
        client = aws_session().client("s3", endpoint_url=api.stack.aws_endpoint_url)
        client.upload_file(str(recording.file), str(api.stack.recordings_bucket), key)
        end = page.locator("video").evaluate(PLAYED)
        assert end == pytest.approx(large.SECONDS, abs=0.5)
        expect(page.get_by_role("alert")).to_have_count(0)
