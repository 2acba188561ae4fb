"""Real recordings: people publish, a recorder films them, S3 tells, a player seeks."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from meet import clock
from tests.live import Answer, Client, eventually, warm
from tests.recorder.film import Film, shows, strength
from tools.demo.people import present

BLUE, RED = (90, 200, 90), (90, 80, 200)
ADA = {"publish": ["camera", "microphone"], "colour": BLUE, "tone": 440}
BOB = {"publish": ["camera", "microphone"], "colour": RED, "tone": 1000}
MIB = 1024 * 1024


def s3(api: Client) -> Any:
    return boto3.client(
        "s3",
        endpoint_url=api.stack.aws_endpoint_url,
        region_name=api.stack.region,
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(s3={"addressing_style": "path"}),
    )


@pytest.fixture(scope="module", autouse=True)
def warm_functions(api: Client) -> None:
    warm(api, "CreateRecording", "GetRecording", "ReceiveLivekitWebhook")
    warm(api, "RecordingUploaded", "FaststartRecording")


@contextmanager
def meeting(api: Client, room: dict[str, Any], **people: dict[str, Any]) -> Iterator[None]:
    """Have people publish in a room."""
    bodies = {name: api.token(room, name).body for name in people}
    guests = [{"token": bodies[name]["token"], **person} for name, person in people.items()]
    with present(str(api.stack.livekit_url), guests):
        yield


def start(api: Client, room: dict[str, Any]) -> str:
    """Start a recording and return its path once LiveKit records."""
    answers: list[Answer] = []

    def started() -> bool:  # LiveKit counts a track as published once its first packet came
        answers.append(api.call("POST", "/recordings", {"roomName": room["roomName"]}))
        return answers[-1].status != 409

    eventually(started, 5, "LiveKit sees somebody publish")
    assert (answers[-1].status, answers[-1].body["status"]) == (200, "STARTING"), answers[-1]
    path = f"/recordings/{answers[-1].body['id']}"
    reaches(api, path, "STARTED", 15)
    return path


def reaches(api: Client, path: str, status: str, seconds: float) -> dict[str, Any]:
    def there() -> bool:
        recording = api.call("GET", path).body
        # The file may be seen a moment before the recorder tells how long it is.
        return recording["status"] == status and (status != "READY" or "duration" in recording)

    eventually(there, seconds, f"{path} is {status}")
    recording: dict[str, Any] = api.call("GET", path).body
    return recording


def film_for(seconds: float) -> None:
    """Let people be filmed: the time is what is tested."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        time.sleep(0.1)


@pytest.fixture(scope="module")
def ready(api: Client, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Record two people once, for every test that reads the result."""
    room = api.create_room(roomNamePrefix="filmed")
    with meeting(api, room, Ada=ADA, Bob=BOB):
        path = start(api, room)
        film_for(6)
        asked = clock.now()
        assert api.call("PUT", path).status == 204
        answered = clock.now()
        recording = reaches(api, path, "READY", 5)
        waited = (clock.now() - answered) / 1000
    print(f"READY {waited:.2f} s after stop")
    file = tmp_path_factory.mktemp("film") / "film.mp4"
    key = f"recordings/{room['roomName']}/{recording['filename']}"
    file.write_bytes(s3(api).get_object(Bucket=api.stack.recordings_bucket, Key=key)["Body"].read())
    return {**recording, "path": path, "file": file, "asked": asked, "answered": answered}


def test_a_recording_has_everybodys_picture_and_sound(ready: dict[str, Any]) -> None:
    film = Film(ready["file"])

    assert film.codecs == {"h264", "aac"}
    # It ended between our asking and the answer; a busy machine takes its time for that.
    least, most = (ready[each] - ready["startedAt"] for each in ("asked", "answered"))
    assert least / 1000 - 1 < film.seconds < most / 1000 + 1
    assert abs(film.seconds - ready["duration"]) < 0.2
    assert ready["size"] == ready["file"].stat().st_size
    assert ready["endedAt"] > ready["startedAt"]
    middle = film.pictures[len(film.pictures) // 2]
    assert shows(film, middle, BLUE)
    assert shows(film, middle, RED)
    assert strength(film, 440) > 0.2
    assert strength(film, 1000) > 0.2


def stream(api: Client, recording: dict[str, Any], method: str = "GET", **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return api.call(method, f"{recording['path']}/stream", headers=named)


def test_ranges_are_answered_as_the_contract_says(api: Client, ready: dict[str, Any]) -> None:
    whole, size = ready["file"].read_bytes(), ready["size"]
    assert size < 4 * MIB

    full = stream(api, ready)
    assert (full.status, full.data) == (200, whole)
    assert full.headers["Content-Type"] == "video/mp4"
    assert full.headers["Accept-Ranges"] == "bytes"
    assert int(full.headers["Content-Length"]) == size

    for wanted, first, last in [
        ("bytes=0-0", 0, 0),
        ("bytes=10-19", 10, 19),
        (f"bytes={size - 5}-", size - 5, size - 1),
        ("bytes=-7", size - 7, size - 1),
        (f"bytes=5-{size * 2}", 5, size - 1),
        ("bytes=0-", 0, size - 1),
    ]:
        part = stream(api, ready, Range=wanted)
        assert (part.status, part.data) == (206, whole[first : last + 1]), wanted
        assert part.headers["Content-Range"] == f"bytes {first}-{last}/{size}"

    for wanted in (f"bytes={size}-", "bytes=-0"):
        beyond = stream(api, ready, Range=wanted)
        assert beyond.status == 416
        assert beyond.headers["Content-Range"] == f"bytes */{size}"
    for wanted in ("bytes=5-2", "bytes=a-b", "bytes=100", "bytes=", "bytes"):
        refused = stream(api, ready, Range=wanted)
        assert refused.body == {
            "code": 400,
            "message": "Invalid Range header",
            "reason": "invalid_range_header",
        }, wanted
    for wanted in ("bytes=0-1,5-6", "items=0-1"):
        assert stream(api, ready, Range=wanted).status == 200
    assert stream(api, ready, Range="bytes=0-1", If_Range='"other"').status == 200
    assert stream(api, ready, Range="bytes=0-1", If_Range=full.headers["ETag"]).status == 206
    assert stream(api, ready, Accept="application/json").body.keys() == {"url", "expiresAt"}


def test_a_link_plays_without_the_key_and_no_other_recording(
    api: Client, ready: dict[str, Any]
) -> None:
    link = api.call("GET", f"{ready['path']}/url").body["url"]

    assert api.call("GET", link, key=None, headers={"Range": "bytes=0-3"}).status == 206
    assert api.call("GET", link.replace("token=", "token=9"), key=None).status == 401
    other = link.replace(ready["id"], "rec_" + "0" * 26)
    assert api.call("GET", other, key=None).status == 401
    assert api.call("GET", f"{ready['path']}/stream", key=None).status == 401


def test_of_many_starts_one_wins_and_two_rooms_record_side_by_side(api: Client) -> None:
    rooms = [api.create_room(), api.create_room()]
    warm(api, "Authorize", "CreateRecording", at_once=8)
    with meeting(api, rooms[0], Ada=ADA), meeting(api, rooms[1], Bob=BOB):
        second = start(api, rooms[1])
        request = {"roomName": rooms[0]["roomName"]}
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: api.call("POST", "/recordings", request), range(8)))
        assert sorted(each.status for each in answers) == [200] + [409] * 7
        winner = next(each for each in answers if each.status == 200).body["id"]
        paths = [f"/recordings/{winner}", second]
        reaches(api, paths[0], "STARTED", 15)
        film_for(2)
        for path in paths:
            assert api.call("PUT", path).status == 204
        for path in paths:
            reaches(api, path, "READY", 10)
        assert api.call("PUT", paths[0]).status == 409


def test_what_cannot_be_recorded_is_refused_for_the_right_reason(api: Client) -> None:
    nobody = api.create_room()
    refused = api.call("POST", "/recordings", {"roomName": nobody["roomName"]})
    assert refused.body == {
        "code": 409,
        "message": "Nobody is publishing in the room",
        "reason": "nobody_publishing",
    }

    off = api.create_room(preferences={"recordingPreferences": {"enabled": False}})
    assert api.call("POST", "/recordings", {"roomName": off["roomName"]}).status == 403
    assert api.call("POST", "/recordings", {"roomName": "nothing-000000000000000"}).status == 404


def test_deleting_the_room_stops_the_recording_and_keeps_it(api: Client) -> None:
    room = api.create_room()
    with meeting(api, room, Ada=ADA):
        path = start(api, room)
        film_for(2)
        assert api.call("DELETE", f"/rooms/{room['roomName']}").status == 204
        assert reaches(api, path, "READY", 10)["duration"] > 1


def test_a_minute_after_everybody_left_the_recording_ends(api: Client) -> None:
    room = api.create_room()
    with meeting(api, room, Ada=ADA):
        path = start(api, room)
        film_for(2)
    left = time.monotonic()
    assert reaches(api, path, "READY", 90)["duration"] > 1
    assert time.monotonic() - left > 45, "people who come back within a minute find it going on"
    assert api.call("GET", f"/rooms/{room['roomName']}").status == 200


def test_what_comes_after_a_delete_brings_nothing_back(api: Client) -> None:
    room = api.create_room()
    with meeting(api, room, Ada=ADA):
        path = start(api, room)
        assert api.call("DELETE", path).status == 409
        api.call("PUT", path)
        recording = reaches(api, path, "READY", 10)
    key = f"recordings/{room['roomName']}/{recording['filename']}"
    bucket, store = api.stack.recordings_bucket, s3(api)
    assert api.call("DELETE", path).status == 204
    assert "Contents" not in store.list_objects_v2(Bucket=bucket, Prefix=key)

    store.put_object(Bucket=bucket, Key=key, Body=b"late")  # sends an object event

    def is_gone() -> bool:
        return "Contents" not in store.list_objects_v2(Bucket=bucket, Prefix=key)

    eventually(is_gone, 15, "the late file is deleted too")
    assert api.call("GET", path).status == 404
    assert api.call("DELETE", path).status == 404


def test_a_recorder_that_died_in_silence_is_noticed_and_its_room_is_free(api: Client) -> None:
    """LiveKit is told nothing, and lists it as ACTIVE for ever."""
    room = api.create_room()
    with meeting(api, room, Ada=ADA):
        path = start(api, room)
        film_for(3)
        api.stack.processes.kill("egress")
        api.stack.recorder.start()
        failed = reaches(api, path, "FAILED", 240)
        assert failed["error"] == "The recorder disappeared from the meeting."
        again = start(api, room)
        api.call("PUT", again)
        reaches(api, again, "READY", 10)


def test_without_a_recorder_the_start_fails_and_may_be_repeated(api: Client) -> None:
    room = api.create_room()
    with meeting(api, room, Ada=ADA):
        first = start(api, room)
        api.call("PUT", first)
        reaches(api, first, "READY", 10)
        api.stack.recorder.stop()
        try:
            refused = api.call("POST", "/recordings", {"roomName": room["roomName"]})
            # LiveKit says so after seven seconds or a little more; we wait for eight.
            if refused.status == 200:
                lost = reaches(api, f"/recordings/{refused.body['id']}", "FAILED", 150)
                assert lost["error"] == "LiveKit did not start the recording."
            else:
                assert (refused.status, refused.body["code"]) == (503, 503)
                assert refused.headers["Retry-After"]
        finally:
            api.stack.recorder.start()
        again = start(api, room)
        api.call("PUT", again)
        reaches(api, again, "READY", 10)


@contextmanager
def without_bucket(api: Client) -> Iterator[None]:
    """Take the bucket away, and bring it back with the recordings of the other tests."""
    bucket, store = api.stack.recordings_bucket, s3(api)
    events = store.get_bucket_notification_configuration(Bucket=bucket)
    versions = store.list_object_versions(Bucket=bucket)
    kept: dict[str, dict[str, Any]] = {}
    for each in versions.get("Versions", []):
        if each["IsLatest"]:
            found = store.get_object(Bucket=bucket, Key=each["Key"])
            named = ("ContentType", "ContentDisposition")
            shown = {name: found[name] for name in named if name in found}
            kept[each["Key"]] = {"Body": found["Body"].read(), **shown}
    for each in [*versions.get("Versions", []), *versions.get("DeleteMarkers", [])]:
        store.delete_object(Bucket=bucket, Key=each["Key"], VersionId=each["VersionId"])
    store.delete_bucket(Bucket=bucket)
    try:
        yield
    finally:
        store.create_bucket(Bucket=bucket)
        store.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
        for key, content in kept.items():  # before anybody is told of new objects
            store.put_object(Bucket=bucket, Key=key, **content)
        store.put_bucket_notification_configuration(
            Bucket=bucket,
            NotificationConfiguration={
                "EventBridgeConfiguration": events.get("EventBridgeConfiguration", {})
            },
        )


def test_a_bucket_that_takes_nothing_makes_the_recording_fail(
    api: Client, ready: dict[str, Any]
) -> None:
    room = api.create_room()
    with meeting(api, room, Ada=ADA):
        path = start(api, room)
        film_for(1)
        with without_bucket(api):
            api.call("PUT", path)
            failed = reaches(api, path, "FAILED", 60)
        assert failed["error"] == "The recorder could not write its file to the bucket."
        again = start(api, room)  # the room is free
        api.call("PUT", again)
        reaches(api, again, "READY", 10)
    assert stream(api, ready).data == ready["file"].read_bytes(), "the others are as they were"


def test_the_file_is_where_the_contract_says(ready: dict[str, Any]) -> None:
    assert ready["filename"] == f"{ready['id']}.mp4"
    assert Path(ready["file"]).stat().st_size == ready["size"]
