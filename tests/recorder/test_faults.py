"""What is left when something is killed, missing, deleted or restarted meanwhile."""

import os
import signal
from pathlib import Path

import pytest
from livekit import api

from meet.livekit.egress import LiveKitEgress
from meet.livekit.tokens import AccessTokens
from meet.livekit.twirp import TwirpClient, connections_to
from tests.recorder.film import Film
from tests.recorder.meetings import ALICE, WHISPERER, WHOLE_LIFE, ended, nothing_left, recorded_for
from tests.recorder.servers import start_redis
from tests.recorder.stack import BUCKET, Stack
from tests.recorder.waiting import end, until
from tests.recorder.webhooks import KEY, SECRET


def test_a_killed_recorder_loses_its_file(livekit: Stack) -> None:
    with livekit.people("killed", ALICE):
        egress_id = livekit.start("killed")
        recorded_for(livekit, egress_id, 3.5)
        os.kill(livekit.recorder(egress_id), signal.SIGKILL)
        info = livekit.reaches(egress_id, "FAILED")
    assert (info.error, info.error_code, info.details) == ("signal: killed", 500, "")
    assert info.file_results[0].started_at > 0
    assert info.file_results[0].ended_at == info.file_results[0].duration == 0
    assert ended(livekit, egress_id) == [
        *WHOLE_LIFE[:2],
        ("egress_ended", "EGRESS_FAILED"),
    ]
    assert not is_uploaded(livekit, "killed.mp4")
    nothing_left(livekit, egress_id)


def test_a_killed_worker_takes_its_recorder_along_and_nobody_is_told(livekit: Stack) -> None:
    with livekit.people("orphaned", ALICE):
        egress_id = livekit.start("orphaned")
        recorded_for(livekit, egress_id, 2)
        recorder = livekit.recorder(egress_id)
        livekit.end_worker(signal.SIGKILL)
        until("recorder gone", lambda: not Path(f"/proc/{recorder}").exists(), 10)
        livekit.start_worker()
        nothing_left(livekit, egress_id)
        with pytest.raises(api.TwirpError) as unanswered:
            livekit.stop(egress_id)
    assert unanswered.value.code == "deadline_exceeded"
    assert livekit.info(egress_id).status == api.EgressStatus.EGRESS_ACTIVE, "for ever"
    assert livekit.webhooks.of(egress_id) == WHOLE_LIFE[:2]
    assert not is_uploaded(livekit, "orphaned.mp4")


def test_whether_a_recorder_lives_is_to_be_had_without_a_harm_to_it(livekit: Stack) -> None:
    """What the sweep asks before it takes one for dead."""
    client = TwirpClient(connections_to(livekit.url), AccessTokens(KEY, SECRET))
    recorder = LiveKitEgress(client, api.S3Upload)
    with livekit.people("asked", ALICE):
        egress_id = livekit.start("asked")
        assert recorder.is_alive(egress_id)
        recorded_for(livekit, egress_id, 1)
        assert recorder.is_alive(egress_id)
        assert livekit.info(egress_id).status == api.EgressStatus.EGRESS_ACTIVE
        assert not recorder.is_alive("EG_unknown")
        livekit.end_worker(signal.SIGKILL)
        assert not recorder.is_alive(egress_id)


def test_without_its_bucket_it_fails_with_the_reason_of_its_stop(livekit: Stack) -> None:
    with livekit.people("bucketless", WHISPERER):
        egress_id = livekit.start("bucketless", bucket="nowhere")
        recorded_for(livekit, egress_id, 1)
        livekit.stop(egress_id)
        info = livekit.reaches(egress_id, "FAILED")
    assert (info.error, info.error_code) == ("S3 upload failed: NoSuchBucket", 400)
    assert info.details == "End reason: StopEgress API"
    assert ended(livekit, egress_id)[-1] == ("egress_ended", "EGRESS_FAILED")
    nothing_left(livekit, egress_id)


def is_uploaded(stack: Stack, key: str) -> bool:
    return "Contents" in stack.s3().list_objects_v2(Bucket=BUCKET, Prefix=key)


def test_a_deleted_room_ends_it(livekit: Stack) -> None:
    with livekit.people("deleted", WHISPERER):
        egress_id = livekit.start("deleted")
        recorded_for(livekit, egress_id, 1)
        request = api.DeleteRoomRequest(room="deleted")
        livekit.ask(lambda client: client.room.delete_room(request))
        info = livekit.reaches(egress_id, "COMPLETE")
    assert info.details == "End reason: Source closed"
    assert ended(livekit, egress_id) == WHOLE_LIFE


def test_redis_may_restart_meanwhile(livekit: Stack) -> None:
    with livekit.people("redis", WHISPERER):
        egress_id = livekit.start("redis")
        recorded_for(livekit, egress_id, 1)
        redis_server = next(p for p in livekit.processes if "redis-server" in str(p.args))
        redis_server.terminate()
        end(redis_server, 5)
        livekit.processes.remove(redis_server)
        start_redis(livekit, Path(str(redis_server.args[0])))  # type: ignore[index]

        def stopped() -> bool:
            try:
                return bool(livekit.stop(egress_id).status >= api.EgressStatus.EGRESS_ENDING)
            except api.TwirpError:
                return False

        until("StopEgress heard again", stopped)

    def has_node() -> bool:
        try:
            livekit.make_room("after-redis")
        except api.TwirpError:
            return False
        return True

    assert ended(livekit, egress_id)[-1] == ("egress_ended", "EGRESS_COMPLETE")
    until("livekit-server registered again", has_node)


def test_sigterm_finishes_what_runs(livekit: Stack) -> None:
    with livekit.people("ending", WHISPERER):
        egress_id = livekit.start("ending")
        recorded_for(livekit, egress_id, 1)
        assert livekit.end_worker(signal.SIGTERM) == 0
        info = livekit.info(egress_id)
    assert info.status == api.EgressStatus.EGRESS_COMPLETE
    assert info.details == "End reason: Process killed"
    Film(livekit.fetch("ending.mp4"))
