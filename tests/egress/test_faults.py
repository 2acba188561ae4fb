"""What is left when something is killed, missing, deleted or restarted meanwhile."""

import os
import signal
from pathlib import Path

from livekit import api

from tests.egress.film import Film, shows
from tests.egress.meetings import (
    ALICE,
    BLUE,
    WHISPERER,
    WHOLE_LIFE,
    ended,
    nothing_left,
    recorded_for,
)
from tests.egress.servers import start_redis
from tests.egress.stack import Stack
from tests.egress.waiting import end, until


def test_a_killed_recorder_leaves_what_it_recorded(livekit: Stack) -> None:
    with livekit.people("killed", ALICE):
        egress_id = livekit.start("killed")
        recorded_for(livekit, egress_id, 3.5)
        os.kill(livekit.recorder(egress_id), signal.SIGKILL)
        info = livekit.reaches(egress_id, "COMPLETE")
    assert info.details == "End reason: Process killed"
    assert ended(livekit, egress_id) == WHOLE_LIFE
    film = Film(livekit.fetch("killed.mp4"))
    assert 1 < film.seconds < 4.5
    assert abs(film.seconds - info.file_results[0].duration / 1e9) < 0.1
    assert shows(film, film.pictures[-1], BLUE)


def test_a_killed_worker_is_made_good_by_the_next(livekit: Stack) -> None:
    with livekit.people("orphaned", ALICE):
        egress_id = livekit.start("orphaned")
        wall = recorded_for(livekit, egress_id, 2)
        recorder = livekit.recorder(egress_id)
        livekit.end_worker(signal.SIGKILL)
        until("recorder gone", lambda: not Path(f"/proc/{recorder}").exists(), 10)
        assert livekit.info(egress_id).status == api.EgressStatus.EGRESS_ACTIVE
        livekit.start_worker()
        info = livekit.reaches(egress_id, "COMPLETE")
    assert info.details == "End reason: Process killed"
    assert ended(livekit, egress_id) == WHOLE_LIFE
    film = Film(livekit.fetch("orphaned.mp4"))
    assert abs(film.seconds - wall) < 1
    nothing_left(livekit, egress_id)


def test_an_egress_that_nobody_has_any_more_is_failed(livekit: Stack) -> None:
    livekit.make_room("lost")
    egress_id = livekit.start("lost")
    livekit.end_worker(signal.SIGKILL)
    for path in livekit.egress_directory.glob(f"{egress_id}*"):
        path.unlink()
    livekit.start_worker()
    assert livekit.reaches(egress_id, "FAILED").error == "no worker has this egress any more"


def test_without_its_bucket_it_fails_and_keeps_the_file(livekit: Stack) -> None:
    with livekit.people("bucketless", WHISPERER):
        egress_id = livekit.start("bucketless", bucket="nowhere")
        recorded_for(livekit, egress_id, 1)
        livekit.stop(egress_id)
        info = livekit.reaches(egress_id, "FAILED")
    assert info.error == "S3 upload failed: NoSuchBucket"
    assert ended(livekit, egress_id)[-1] == ("egress_ended", "EGRESS_FAILED")
    kept = livekit.egress_directory / f"{egress_id}.mp4"
    until("state removed", lambda: list(livekit.egress_directory.glob(f"{egress_id}*")) == [kept])
    assert str(kept) in livekit.worker_log()
    Film(kept)
    kept.unlink()


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
