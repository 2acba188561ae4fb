"""Layout, encoding and sound alone: of a room, and of one recording."""

from typing import Any

import pytest

from meet.livekit.recorder import DEFAULT_COMPOSITION, Composition, Encoding, Layout
from tests.functions.gateway import Call
from tests.functions.recordings import Studio, item_of
from tests.functions.rooms import create_room

TALK = {"layout": "speaker", "encoding": "PORTRAIT_H264_1080P_30"}


def start(studio: Studio, room: str, **options: Any) -> dict[str, Any]:
    reply = studio.call("POST", "/recordings", {"roomName": room, **options})
    assert reply.status == 200, reply.text
    body: dict[str, Any] = reply.body
    return body


def shown(recording: dict[str, Any]) -> dict[str, Any]:
    names = ("layout", "encoding", "audioOnly")
    return {name: recording[name] for name in names if name in recording}


def planned(studio: Studio, **plan: Any) -> str:
    """Create a room that is recorded so."""
    return studio.room(preferences={"recordingPreferences": plan})


def test_without_options_it_is_a_grid_of_720_lines(studio: Studio) -> None:
    recording = start(studio, studio.room())
    assert shown(recording) == {"layout": "grid", "encoding": "H264_720P_30"}
    assert studio.recorder.compositions == [DEFAULT_COMPOSITION]


@pytest.mark.parametrize("layout", list(Layout))
@pytest.mark.parametrize("encoding", list(Encoding))
def test_every_layout_and_encoding_reaches_the_recorder_and_is_shown(
    studio: Studio, layout: Layout, encoding: Encoding
) -> None:
    recording = start(studio, studio.room(), layout=layout, encoding=encoding)
    assert studio.recorder.compositions == [Composition(layout, encoding)]
    expected = {"layout": layout, "encoding": encoding}
    assert shown(recording) == expected
    assert shown(studio.show(recording["id"])) == expected


def test_sound_alone_has_neither_layout_nor_encoding(studio: Studio) -> None:
    recording = start(studio, studio.room(), audioOnly=True)
    assert studio.recorder.compositions[0].audio_only
    assert shown(recording) == {"audioOnly": True}
    assert shown(studio.show(recording["id"])) == {"audioOnly": True}


def test_a_room_is_recorded_as_its_preferences_say_and_a_request_beats_them(
    studio: Studio,
) -> None:
    room = planned(studio, **TALK)
    recording = start(studio, room, layout="single-speaker")
    assert shown(recording) == {**TALK, "layout": "single-speaker"}
    other = planned(studio, **TALK)
    assert shown(start(studio, other)) == TALK
    assert shown(start(studio, planned(studio, **TALK), audioOnly=True)) == {"audioOnly": True}


def test_who_wishes_an_encoding_wishes_a_picture(studio: Studio) -> None:
    for wish, expected in (
        ({}, {"audioOnly": True}),
        ({"audioOnly": False}, {"layout": "grid", "encoding": "H264_720P_30"}),
        ({"encoding": "H264_1080P_30"}, {"layout": "grid", "encoding": "H264_1080P_30"}),
    ):
        room = planned(studio, audioOnly=True)
        assert shown(start(studio, room, **wish)) == expected


@pytest.mark.parametrize(
    ("wish", "path", "message"),
    [
        ({"layout": "circle"}, "layout", "Must be one of grid, speaker, single-speaker"),
        ({"layout": "Grid"}, "layout", "Must be one of grid, speaker, single-speaker"),
        ({"layout": 1}, "layout", "Expected string, received number"),
        ({"encoding": "H264_4K"}, "encoding", f"Must be one of {', '.join(Encoding)}"),
        ({"encoding": []}, "encoding", "Expected string, received array"),
        ({"audioOnly": "true"}, "audioOnly", "Expected boolean, received string"),
        (
            {"audioOnly": True, "encoding": "H264_720P_30"},
            "audioOnly",
            "Must not be true together with an encoding",
        ),
    ],
)
def test_what_is_unknown_or_contradicts_itself_is_422(
    studio: Studio, call: Call, wish: dict[str, Any], path: str, message: str
) -> None:
    room = studio.room()
    reply = call("POST", "/recordings", {"roomName": room, **wish})
    assert (reply.status, reply.body["details"]) == (422, [{"field": path, "message": message}])
    body = {"preferences": {"recordingPreferences": wish}}
    reply = call("PUT", f"/rooms/{room}", body)
    place = f"preferences.recordingPreferences.{path}"
    assert (reply.status, reply.body["details"]) == (422, [{"field": place, "message": message}])
    assert studio.recorder.compositions == []


def test_a_layout_that_the_recorder_refuses_is_422_and_leaves_the_room_free(
    studio: Studio,
) -> None:
    studio.recorder.unknown_layouts = {Layout.SINGLE_SPEAKER}
    room = studio.room()
    body = {"roomName": room, "layout": "single-speaker"}
    reply = studio.call("POST", "/recordings", body)
    assert (reply.status, reply.body["message"]) == (422, "The recorder does not know this layout")
    assert studio.is_free(room)
    assert shown(start(studio, room, layout="speaker"))["layout"] == "speaker"


def test_a_rooms_preferences_are_changed_one_by_one_and_taken_back(studio: Studio) -> None:
    room = studio.room()

    def change(**values: Any) -> dict[str, Any]:
        body = {"preferences": {"recordingPreferences": values}}
        reply = studio.call("PUT", f"/rooms/{room}", body)
        assert reply.status == 200, reply.text
        found: dict[str, Any] = reply.body["preferences"]["recordingPreferences"]
        return found

    assert change(layout="speaker") == {"enabled": True, "layout": "speaker"}
    talk = {"layout": "speaker", "encoding": "H264_1080P_30"}
    assert change(encoding="H264_1080P_30") == {"enabled": True, **talk}
    sound = {"enabled": True, "layout": "speaker", "audioOnly": True}
    assert change(audioOnly=True) == sound, "an encoding of no picture is taken back"
    assert change(encoding="H264_1080P_30") == {"enabled": True, **talk}
    assert change(layout=None, encoding=None) == {"enabled": True}
    assert change(enabled=False) == {"enabled": False}


def test_a_room_from_before_there_were_options_is_a_grid(studio: Studio, call: Call) -> None:
    room = create_room(call, studio.clock)
    assert room["preferences"]["recordingPreferences"] == {"enabled": True}
    recording = studio.ready()
    item = item_of(recording)
    assert item is not None
    assert item["layout"] == {"S": "grid"}
