"""A <video> element plays a recording by its link alone."""

from typing import Any

from playwright.sync_api import Page

from tests.live import Client, eventually
from tests.stack.test_recordings import film_for, meeting, reaches, start
from tools.demo.people import PERIOD

BLUE, RED = (90, 200, 90), (90, 80, 200)
COLOURS = [BLUE, RED]
ADA = {"publish": ["camera", "microphone"], "colours": COLOURS, "tone": 440}

PAGE = """<!doctype html><title>player</title>
<video id="player" muted></video><canvas id="canvas" width="16" height="16"></canvas>"""

SEEK = """async (second) => {
  const player = document.getElementById("player");
  const seeked = new Promise((done) => player.addEventListener("seeked", done, {once: true}));
  player.currentTime = second;
  await seeked;
  const context = document.getElementById("canvas").getContext("2d");
  context.drawImage(player, 0, 0, 16, 16);
  return Array.from(context.getImageData(8, 4, 1, 1).data.slice(0, 3));
}"""

PLAY = """async () => {
  const player = document.getElementById("player");
  const ended = new Promise((done) => player.addEventListener("ended", done, {once: true}));
  player.playbackRate = 4;
  await player.play();
  await ended;
  return player.currentTime;
}"""


def record(api: Client, seconds: float) -> dict[str, Any]:
    room = api.create_room()
    with meeting(api, room, Ada=ADA):
        path = start(api, room)
        film_for(seconds)
        api.call("PUT", path)
        return {**reaches(api, path, "READY", 10), "path": path}


def test_a_video_element_seeks_and_plays_to_the_end(api: Client, page: Page) -> None:
    recording = record(api, 3 * PERIOD)
    link = api.call("GET", f"{recording['path']}/url").body["url"]
    page.route("**/meet/player", lambda route: route.fulfill(body=PAGE, content_type="text/html"))
    page.goto(f"{api.stack.origin}/meet/player")
    page.evaluate("link => { document.getElementById('player').src = link }", link)

    def duration() -> Any:
        return page.evaluate("document.getElementById('player').duration")

    eventually(
        lambda: duration() is not None and duration() > 0, 10, "the browser knows the length"
    )
    assert abs(duration() - recording["duration"]) < 0.5

    # Ada's picture changed its colour by the clock on the wall, and startedAt is on it too.
    began = recording["startedAt"] / 1000
    change = PERIOD - began % PERIOD + PERIOD  # the second change in the recording
    for second, colour in (
        (change - 1.5, began + change - 1.5),
        (change + 1.5, began + change + 1.5),
    ):
        red, _, blue = page.evaluate(SEEK, second)
        expected = COLOURS[int(colour / PERIOD) % 2]
        assert (blue > red) == (expected == BLUE), (second, red, blue)

    page.evaluate(SEEK, duration() / 2)
    assert abs(page.evaluate(PLAY) - duration()) < 0.5

    assert api.call("DELETE", recording["path"]).status == 204
    assert api.call("GET", link, key=None).status == 404
