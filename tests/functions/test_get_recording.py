"""GET /recordings/{recordingId}."""

import json
from decimal import Decimal

import pytest

from meet.recordings.lifecycle import Evidence
from tests.functions.recordings import NOT_FOUND, UNKNOWN_ID, Studio


def test_what_is_known_is_shown_and_what_is_not_is_absent(studio: Studio) -> None:
    room = studio.room()
    recording_id = studio.start(room)
    base = {
        "id": recording_id,
        "roomName": room,
        "outputMode": "COMPOSED",
        "filename": f"{recording_id}.mp4",
        "layout": "grid",
        "encoding": "H264_720P_30",
    }
    assert studio.show(recording_id) == base | {"status": "STARTING"}
    began = studio.clock()
    studio.hear(recording_id, Evidence.EGRESS_ACTIVE, started_at=began)
    assert studio.show(recording_id) == base | {"status": "STARTED", "startedAt": began}
    studio.stop(recording_id)
    assert studio.show(recording_id) == base | {"status": "STOPPING", "startedAt": began}
    studio.clock.advance(9_000)
    ended = studio.clock()
    studio.hear(recording_id, Evidence.EGRESS_COMPLETE, ended_at=ended, duration=Decimal("8.750"))
    done = {"startedAt": began, "endedAt": ended, "duration": 8.75}
    assert studio.show(recording_id) == base | {"status": "STOPPED"} | done
    studio.upload(recording_id, b"x" * 1234)
    studio.hear(recording_id, Evidence.EGRESS_COMPLETE)
    assert studio.show(recording_id) == base | {"status": "READY", "size": 1234} | done


def test_failed_carries_a_short_reason_and_none_of_livekits_words(studio: Studio) -> None:
    recording = studio.show(studio.failed())
    assert recording["status"] == "FAILED"
    assert recording["error"] == "The recorder failed."
    assert "secret text" not in json.dumps(recording)


def test_times_are_integers_and_nothing_internal_shows(studio: Studio) -> None:
    recording = studio.show(studio.ready())
    assert all(type(recording[name]) is int for name in ("startedAt", "endedAt", "size"))
    assert not {"egressId", "etag", "listKey", "sweepAt", "stopRequestedAt"} & set(recording)


@pytest.mark.parametrize(
    ("fields", "names"),
    [
        ("status", {"status"}),
        (" id , status,nonsense", {"id", "status"}),
        ("nonsense", None),
        ("", None),
        (",,", None),
        ("duration", {"duration"}),
        ("egressId", None),
    ],
)
def test_fields_choose(studio: Studio, fields: str, names: set[str] | None) -> None:
    recording_id = studio.ready()
    shown = studio.call("GET", f"/recordings/{recording_id}?fields={fields}").body
    assert set(shown) == (names or set(studio.show(recording_id)))


def test_an_id_is_matched_whole_and_as_data(studio: Studio) -> None:
    known = studio.ready()
    for recording_id in (
        UNKNOWN_ID,
        known[:-1],
        known + "0",
        known.lower(),
        known.upper(),
        f"{known}.mp4",
        "rec_*",
        "%",
        "%00",
        "%ff",
        "..",
        "%2e%2e%2f" + known,
        known + "%0a",
        known.replace("_", "%255F"),
        "rec_" + "\N{ARABIC-INDIC DIGIT ZERO}" * 26,
    ):
        reply = studio.call("GET", f"/recordings/{recording_id}")
        assert (reply.status, reply.body) == NOT_FOUND, recording_id
    assert studio.call("GET", f"/recordings/{known.replace('_', '%5F')}").status == 200


def test_recordings_outlive_their_room(studio: Studio) -> None:
    room = studio.room()
    recording_id = studio.ready(room=room)
    studio.call("DELETE", f"/rooms/{room}")
    assert studio.status(recording_id) == "READY"
