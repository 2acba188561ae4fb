"""A recording that begins automatically, by what a real LiveKit reports."""

from typing import Any

from tests.live import Client, eventually
from tests.stack.test_recordings import ADA, BOB, film_for, meeting, reaches


def test_it_begins_when_two_are_there_and_a_stop_counts(api: Client) -> None:
    plan = {"recordingPreferences": {"autoStart": "when_second_participant_joins"}}
    room = api.create_room(preferences=plan)

    def found() -> list[dict[str, Any]]:
        recordings: list[dict[str, Any]] = api.call(
            "GET", f"/recordings?roomName={room['roomName']}"
        ).body
        return recordings

    with meeting(api, room, Ada=ADA):
        film_for(3)
        assert found() == []
        with meeting(api, room, Bob=BOB):
            eventually(lambda: len(found()) == 1, 20, "a recording began")
            path = f"/recordings/{found()[0]['id']}"
            reaches(api, path, "STARTED", 15)
            timeline = api.call("GET", f"{path}/timeline").body["entries"]
            assert timeline[0]["actor"] == {"type": "system", "name": "autoStart"}
            film_for(2)
            assert api.call("PUT", path).status == 204
            reaches(api, path, "READY", 10)
        with meeting(api, room, Cyd=BOB):
            film_for(5)
    assert len(found()) == 1
