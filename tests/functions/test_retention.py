"""Recordings that are kept for some days, and then are gone for their callers."""

import pytest

from meet import wiring
from tests.documents import documented_expressions
from tests.functions.recordings import (
    MINUTE,
    NOT_FOUND,
    SECOND,
    Studio,
    is_in_bucket,
    item_of,
    object_created,
    stored,
    sweep,
)

DAY = 24 * 60 * 60 * SECOND


@pytest.fixture
def thirty_days(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setenv("RECORDING_RETENTION_DAYS", "30")
    wiring.reset()
    return 30 * DAY


def listed(studio: Studio) -> list[str]:
    return [each["id"] for each in studio.call("GET", "/recordings").body]


def test_a_recording_is_gone_to_the_millisecond_before_the_sweep_deletes_it(
    studio: Studio, thirty_days: int
) -> None:
    ready, failed = studio.ready(), studio.failed()
    over = studio.clock() + thirty_days
    for recording_id in (ready, failed):
        item = item_of(recording_id)
        assert item is not None
        assert item["expiresAt"] == {"N": str(over)}
        assert "deleteAfter" not in item, "DynamoDB would remove it, held or not"

    studio.clock.moment = type(studio.clock.moment)(over - 1)
    assert set(listed(studio)) == {ready, failed}
    studio.clock.advance(1)
    assert listed(studio) == []
    for path in (f"/recordings/{ready}", f"/recordings/{ready}/stream", f"/recordings/{ready}/url"):
        reply = studio.call("GET", path)
        assert (reply.status, reply.body) == NOT_FOUND
    assert studio.call("DELETE", f"/recordings/{ready}").status == 404
    body = studio.call("DELETE", f"/recordings?recordingIds={ready}").body
    assert [each["recordingId"] for each in body["notDeleted"]] == [ready]


def test_days_count_from_the_file_that_came_after_a_failure(
    studio: Studio, thirty_days: int
) -> None:
    recording_id = studio.failed()
    studio.clock.advance(DAY)
    object_created(studio.upload(recording_id))
    studio.clock.advance(thirty_days - SECOND)
    assert studio.status(recording_id) == "READY"


def test_a_file_of_a_recording_that_is_over_is_removed(studio: Studio, thirty_days: int) -> None:
    recording_id = studio.failed()
    key = stored(recording_id).object_key
    studio.clock.advance(thirty_days + SECOND)
    wiring.media_store().client.put_object(Bucket="recordings", Key=key, Body=b"late")
    object_created(key)
    assert not is_in_bucket(key)


def test_what_is_under_way_has_no_end_of_days(studio: Studio, thirty_days: int) -> None:
    recording_id = studio.active()
    studio.stop(recording_id)
    item = item_of(recording_id)
    assert item is not None
    assert "expiresAt" not in item


def test_an_item_of_0_1_0_is_handed_to_the_sweep_by_the_documented_command(
    studio: Studio,
) -> None:
    said = documented_expressions("Update from 0.1.0")
    repository, end = wiring.recording_repository(), studio.clock() // SECOND + 30 * 86_400
    old, deleted = studio.ready(b"video"), studio.ready(b"video")
    assert studio.call("DELETE", f"/recordings/{deleted}").status == 204
    repository.client.update_item(
        TableName=repository.table,
        Key={"recordingId": {"S": old}},
        UpdateExpression="SET deleteAfter = :end REMOVE sweepAt",
        ExpressionAttributeValues={":end": {"N": str(end)}},
    )
    assert said["filter-expression"] == said["condition-expression"]

    def hand_over(recording_id: str) -> None:
        repository.client.update_item(
            TableName=repository.table,
            Key={"recordingId": {"S": recording_id}},
            UpdateExpression=said["update-expression"],
            ConditionExpression=said["condition-expression"],
            ExpressionAttributeValues={":end": {"N": f"{end}000"}},
        )

    hand_over(old)
    with pytest.raises(repository.client.exceptions.ConditionalCheckFailedException):
        hand_over(deleted)
    item, key = item_of(old), stored(old).object_key
    assert item is not None
    assert "deleteAfter" not in item
    studio.clock.advance(30 * DAY - MINUTE)
    sweep()
    assert studio.show(old)["expirationDate"] == end * SECOND
    assert is_in_bucket(key)
    studio.clock.advance(2 * MINUTE)
    sweep()
    assert studio.call("GET", f"/recordings/{old}").status == 404
    assert not is_in_bucket(key)


def test_without_retention_recordings_stay(studio: Studio) -> None:
    recording_id = studio.ready()
    item = item_of(recording_id)
    assert item is not None
    assert "expiresAt" not in item
