"""Deleted recordings that can be restored for some days."""

from typing import Any

import pytest

from meet import wiring
from meet.recordings.evidence import RecordingEvidence
from meet.recordings.lifecycle import Evidence
from meet.recordings.media import MediaStore
from tests.documents import documented_expressions
from tests.functions.aws_calls import AwsCalls
from tests.functions.recordings import (
    BUCKET,
    MINUTE,
    NOT_FOUND,
    SECOND,
    UNKNOWN_ID,
    Studio,
    is_in_bucket,
    object_created,
    stored,
    sweep,
)
from tests.functions.test_get_recording_stream import stream

DAY = 24 * 60 * 60 * SECOND
FILE = bytes(range(256)) * 8


@pytest.fixture(autouse=True)
def seven_days(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setenv("RECORDING_TRASH_DAYS", "7")
    wiring.reset()
    return 7 * DAY


def delete(studio: Studio, *ids: str) -> None:
    if len(ids) == 1:
        assert studio.call("DELETE", f"/recordings/{ids[0]}").status == 204
    else:
        assert studio.call("DELETE", "/recordings", {"recordingIds": [*ids]}).status == 204


def restore(studio: Studio, recording_id: str) -> dict[str, Any]:
    reply = studio.call("POST", f"/recordings/{recording_id}/restore")
    assert reply.status == 200, reply.text
    body: dict[str, Any] = reply.body
    return body


def listed(studio: Studio, query: str = "") -> list[str]:
    return [each["id"] for each in studio.call("GET", f"/recordings{query}").body]


def versions(key: str) -> int:
    found = wiring.media_store().client.list_object_versions(Bucket=BUCKET, Prefix=key)
    return len(found.get("Versions", [])) + len(found.get("DeleteMarkers", []))


@pytest.mark.parametrize("many", [False, True])
def test_it_is_gone_for_its_callers_and_listed_as_deleted(
    studio: Studio, seven_days: int, many: bool
) -> None:
    ids = [studio.ready(FILE), studio.ready(FILE)] if many else [studio.ready(FILE)]
    other = studio.ready(FILE)
    delete(studio, *ids)
    for each in ids:
        for path in ("", "/url"):
            reply = studio.call("GET", f"/recordings/{each}{path}")
            assert (reply.status, reply.body) == NOT_FOUND
        assert stream(each).status == 404
        assert studio.call("DELETE", f"/recordings/{each}").status == 404
        assert studio.call("PUT", f"/recordings/{each}/hold", {"reason": "x"}).status == 404
    room = stored_room(studio, ids[0])
    for query in ("", "?status=READY", "?deleted=false"):
        assert listed(studio, query) == [other]
    assert listed(studio, f"?roomName={room}") == []
    for query in ("?deleted=true", "?deleted=true&status=READY"):
        assert set(listed(studio, query)) == {*ids}
    assert ids[0] in listed(studio, f"?deleted=true&roomName={room}")
    assert listed(studio, "?deleted=true&status=FAILED") == []
    [shown, *_] = studio.call("GET", "/recordings?deleted=true").body
    assert shown["status"] == "READY"
    assert shown["deletedAt"] == studio.clock()
    assert shown["restorableUntil"] == studio.clock() + seven_days


def stored_room(studio: Studio, recording_id: str) -> str:
    found = wiring.recording_repository().stored(recording_id)
    assert found is not None
    return found.room_name


def test_a_restored_one_plays_byte_for_byte_and_has_its_place_in_the_list(
    studio: Studio, seven_days: int
) -> None:
    older = studio.ready(FILE)
    studio.clock.advance(SECOND)
    recording_id = studio.ready(FILE)
    studio.clock.advance(SECOND)
    newer, before = studio.ready(FILE), studio.show(recording_id)
    delete(studio, recording_id)
    studio.clock.advance(seven_days - SECOND)
    sweep()
    assert restore(studio, recording_id) == before
    assert stream(recording_id).content == FILE
    assert listed(studio) == [newer, recording_id, older]
    assert listed(studio, "?status=READY") == [newer, recording_id, older]
    assert listed(studio, "?deleted=true") == []
    studio.clock.advance(10 * seven_days)
    sweep()
    assert stream(recording_id).content == FILE


def test_restoring_what_is_not_deleted_changes_nothing_and_what_is_unknown_is_404(
    studio: Studio, aws_calls: AwsCalls
) -> None:
    recording_id = studio.ready(FILE)
    before = studio.show(recording_id)
    aws_calls.forget()
    assert restore(studio, recording_id) == before
    assert aws_calls.names == ["GetItem"]
    for wanted in (UNKNOWN_ID, "x"):
        reply = studio.call("POST", f"/recordings/{wanted}/restore")
        assert (reply.status, reply.body) == NOT_FOUND


def test_after_the_days_it_is_gone_in_all_versions(studio: Studio, seven_days: int) -> None:
    recording_id = studio.ready(FILE)
    key = stored(recording_id).object_key
    studio.upload(recording_id, FILE[:10])
    delete(studio, recording_id)
    studio.clock.advance(seven_days - 1)
    sweep()
    assert (is_in_bucket(key), versions(key)) == (True, 2)
    studio.clock.advance(1)
    assert studio.call("POST", f"/recordings/{recording_id}/restore").status == 404
    assert listed(studio, "?deleted=true") == []
    sweep()
    assert versions(key) == 0
    assert wiring.recording_repository().stored(recording_id) is None


def test_the_documented_command_erases_one_at_once(studio: Studio) -> None:
    said, repository = documented_expressions("Erase a recording"), wiring.recording_repository()
    recording_id, kept = studio.ready(FILE), studio.ready(FILE)
    key = stored(recording_id).object_key
    studio.upload(recording_id, FILE[:10])
    delete(studio, recording_id)

    def erase(recording_id: str) -> None:
        repository.client.update_item(
            TableName=repository.table,
            Key={"recordingId": {"S": recording_id}},
            UpdateExpression=said["update-expression"],
            ConditionExpression=said["condition-expression"],
            ExpressionAttributeValues={":over": {"N": "0"}},
        )

    erase(recording_id)
    with pytest.raises(repository.client.exceptions.ConditionalCheckFailedException):
        erase(kept)
    assert listed(studio, "?deleted=true") == []
    assert studio.call("POST", f"/recordings/{recording_id}/restore").status == 404
    sweep()
    assert versions(key) == 0
    assert repository.stored(recording_id) is None
    assert listed(studio) == [kept]


def test_a_failed_one_is_restored_too_and_its_late_file_is_not_lost(studio: Studio) -> None:
    recording_id = studio.active()
    studio.kill(recording_id)
    studio.clock.advance(10 * MINUTE)
    for _ in range(5):
        sweep()
        studio.clock.advance(5 * MINUTE)
    assert studio.status(recording_id) == "FAILED"
    key = stored(recording_id).object_key
    delete(studio, recording_id)
    wiring.media_store().client.put_object(Bucket=BUCKET, Key=key, Body=FILE)
    assert object_created(key) == {"status": "READY"}
    assert listed(studio) == []
    assert listed(studio, "?deleted=true") == [recording_id]
    assert restore(studio, recording_id)["status"] == "READY"
    assert stream(recording_id).content == FILE
    assert listed(studio, "?status=READY") == [recording_id]


def test_a_repeated_upload_event_leaves_a_deleted_file_alone(studio: Studio) -> None:
    recording_id = studio.ready(FILE)
    key = stored(recording_id).object_key
    delete(studio, recording_id)
    object_created(key)
    sweep()
    assert is_in_bucket(key)
    restore(studio, recording_id)
    assert stream(recording_id).content == FILE


def test_what_is_not_finished_cannot_be_deleted(studio: Studio) -> None:
    assert studio.call("DELETE", f"/recordings/{studio.active()}").status == 409


@pytest.mark.parametrize("step", ["claim", "file", "item"])
def test_a_sweep_that_dies_between_two_calls_is_completed_by_the_next(
    studio: Studio, seven_days: int, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording_id = studio.ready(FILE)
    key = stored(recording_id).object_key
    delete(studio, recording_id)
    studio.clock.advance(seven_days)

    def die(*arguments: Any, **more: Any) -> None:
        raise RuntimeError("told to die")

    where = {
        "claim": (type(wiring.recording_custody()), "claim"),
        "file": (MediaStore, "delete_forever"),
        "item": (type(wiring.recording_repository()), "delete"),
    }
    with monkeypatch.context() as dying:
        dying.setattr(*where[step], die)
        assert sweep()["waiting"] == 1
    assert studio.call("POST", f"/recordings/{recording_id}/restore").status == 404
    sweep()
    assert versions(key) == 0
    assert wiring.recording_repository().stored(recording_id) is None


def test_one_that_ends_in_the_trash_by_its_age_is_not_kept_longer(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECORDING_RETENTION_DAYS", "3")
    wiring.reset()
    recording_id = studio.ready(FILE)
    delete(studio, recording_id)
    [shown] = studio.call("GET", "/recordings?deleted=true").body
    assert shown["restorableUntil"] == shown["expirationDate"]


def test_a_restoration_at_the_last_moment_and_a_sweep_never_both_win(
    studio: Studio, seven_days: int
) -> None:
    """The sweep decided by what it read; the restoration was stored before it wrote."""
    recording_id = studio.ready(FILE)
    delete(studio, recording_id)
    found = wiring.recording_repository().stored(recording_id)
    assert found is not None
    restore(studio, recording_id)
    assert not wiring.recording_deletion().finish(found)
    assert stream(recording_id).content == FILE


def test_an_unreported_end_of_a_deleted_recording_changes_nothing_for_it(studio: Studio) -> None:
    recording_id = studio.ready(FILE)
    delete(studio, recording_id)
    egress = next(iter(studio.recorder.egresses.values()))
    assert egress.object_key.endswith(f"{recording_id}.mp4")
    studio.recorder.change(egress.id, Evidence.EGRESS_FAILED, error="late")
    sweep()
    restore(studio, recording_id)
    assert stream(recording_id).content == FILE


def test_one_that_is_deleted_while_the_sweep_looks_at_it_is_purged_all_the_same(
    studio: Studio, seven_days: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording_id = studio.active()
    key = studio.upload(recording_id, FILE)
    object_created(key)
    studio.clock.advance(8 * 60 * MINUTE)  # no more facts are waited for
    look = RecordingEvidence.egress_of

    def look_meanwhile(evidence: RecordingEvidence, *found: Any) -> Any:
        delete(studio, recording_id)
        return look(evidence, *found)

    with monkeypatch.context() as racing:
        racing.setattr(RecordingEvidence, "egress_of", look_meanwhile)
        sweep()
    assert listed(studio, "?deleted=true") == [recording_id]
    studio.clock.advance(seven_days)
    sweep()
    assert versions(key) == 0
