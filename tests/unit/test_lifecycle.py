"""What becomes of a recording, whatever is seen in whatever order."""

from functools import reduce
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meet.recordings.lifecycle import (
    FINISHED,
    ORDER,
    RECORDING,
    Evidence,
    Status,
    advance,
    earlier_than,
)

ENDS = {
    Evidence.EGRESS_STARTING: Status.STARTING,
    Evidence.EGRESS_ACTIVE: Status.STARTED,
    Evidence.EGRESS_ENDING: Status.STOPPING,
    Evidence.STOP_REQUESTED: Status.STOPPING,
    Evidence.EGRESS_COMPLETE: Status.STOPPED,
    Evidence.EGRESS_LIMIT_REACHED: Status.STOPPED,
    Evidence.EGRESS_FAILED: Status.FAILED,
    Evidence.EGRESS_ABORTED: Status.FAILED,
    Evidence.LOST: Status.FAILED,
    Evidence.EMPTY_OBJECT_SEEN: Status.FAILED,
    Evidence.OBJECT_SEEN: Status.READY,
}
"""What each says of a recording that has just begun: the contract's table."""

seen = st.lists(st.sampled_from(Evidence), max_size=12)


def end_of(evidence: list[Evidence]) -> Status:
    return reduce(advance, evidence, Status.STARTING)


def test_every_piece_of_evidence_says_what_the_contract_says() -> None:
    assert {each: advance(Status.STARTING, each) for each in Evidence} == ENDS


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("evidence", Evidence)
def test_the_status_never_goes_back_and_nothing_counts_twice(
    status: Status, evidence: Evidence
) -> None:
    once = advance(status, evidence)
    assert once in {status, ENDS[evidence]}
    assert ORDER.index(once) >= max(ORDER.index(status), ORDER.index(ENDS[evidence]))
    assert advance(once, evidence) is once


@pytest.mark.parametrize("status", Status)
def test_ready_is_reached_from_everywhere_and_left_for_nothing(status: Status) -> None:
    assert advance(status, Evidence.OBJECT_SEEN) is Status.READY
    assert all(advance(Status.READY, evidence) is Status.READY for evidence in Evidence)


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize(
    "evidence",
    [
        Evidence.EGRESS_FAILED,
        Evidence.EGRESS_ABORTED,
        Evidence.LOST,
        Evidence.EMPTY_OBJECT_SEEN,
    ],
)
def test_failed_is_reached_from_everywhere_but_ready(status: Status, evidence: Evidence) -> None:
    expected = Status.READY if status is Status.READY else Status.FAILED
    assert advance(status, evidence) is expected


@given(seen, st.randoms(use_true_random=False))
def test_every_order_comes_to_the_same_end(evidence: list[Evidence], random: object) -> None:
    shuffled = evidence.copy()
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert end_of(shuffled) is end_of(evidence)


@given(seen, seen)
def test_what_comes_twice_changes_nothing(evidence: list[Evidence], again: list[Evidence]) -> None:
    repeated = [each for each in again if each in evidence]
    assert end_of(evidence + repeated) is end_of(evidence)


def test_every_order_of_every_three_comes_to_the_same_end() -> None:
    for three in permutations(Evidence, 3):
        assert end_of(list(three)) is end_of(sorted(three))


@given(seen)
def test_nothing_is_ever_stuck(evidence: list[Evidence]) -> None:
    status = end_of(evidence)
    assert advance(status, Evidence.LOST) in FINISHED
    assert advance(status, Evidence.OBJECT_SEEN) is Status.READY


@pytest.mark.parametrize("status", Status)
def test_what_a_write_is_conditioned_on_is_what_can_still_come_to_it(status: Status) -> None:
    reaching = {
        before
        for before in Status
        for evidence in Evidence
        if before is not status and advance(before, evidence) is status
    }
    assert reaching == set(earlier_than(status))
    assert status not in earlier_than(status)


def test_a_recording_holds_its_room_until_its_recorder_is_done() -> None:
    assert set(Status) - RECORDING - FINISHED == {Status.STOPPED}
    assert not RECORDING & FINISHED
