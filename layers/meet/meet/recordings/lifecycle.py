"""The status of a recording, decided by evidence in any order.

Each piece of evidence implies a status that the recording has reached at least. The furthest
of them counts, so evidence may arrive twice, late or out of order: the result is the same.
"""

from enum import StrEnum


class Status(StrEnum):
    """The statuses of a recording, in their order."""

    STARTING = "STARTING"
    STARTED = "STARTED"
    STOPPING = "STOPPING"
    STOPPED = "STOPPED"
    FAILED = "FAILED"
    READY = "READY"


class Evidence(StrEnum):
    """A fact about a recording, seen by one of the functions."""

    EGRESS_STARTING = "EGRESS_STARTING"
    EGRESS_ACTIVE = "EGRESS_ACTIVE"
    EGRESS_ENDING = "EGRESS_ENDING"
    EGRESS_COMPLETE = "EGRESS_COMPLETE"
    EGRESS_LIMIT_REACHED = "EGRESS_LIMIT_REACHED"
    EGRESS_FAILED = "EGRESS_FAILED"
    EGRESS_ABORTED = "EGRESS_ABORTED"
    STOP_REQUESTED = "STOP_REQUESTED"
    LOST = "LOST"
    """The sweep concluded that this recording cannot end normally."""
    EMPTY_OBJECT_SEEN = "EMPTY_OBJECT_SEEN"
    """The file in the bucket is empty, so it is not a recording."""
    OBJECT_SEEN = "OBJECT_SEEN"
    """The file is in the bucket; S3 never shows an incomplete one."""


_TELLS = {
    Evidence.EGRESS_STARTING: Status.STARTING,
    Evidence.EGRESS_ACTIVE: Status.STARTED,
    Evidence.EGRESS_ENDING: Status.STOPPING,
    Evidence.EGRESS_COMPLETE: Status.STOPPED,
    Evidence.EGRESS_LIMIT_REACHED: Status.STOPPED,
    Evidence.EGRESS_FAILED: Status.FAILED,
    Evidence.EGRESS_ABORTED: Status.FAILED,
    Evidence.STOP_REQUESTED: Status.STOPPING,
    Evidence.LOST: Status.FAILED,
    Evidence.EMPTY_OBJECT_SEEN: Status.FAILED,
    Evidence.OBJECT_SEEN: Status.READY,
}

ORDER = tuple(Status)
FINISHED = frozenset({Status.FAILED, Status.READY})
BEGUN = frozenset({Status.STARTED, Status.STOPPED, Status.READY})
"""Statuses that only a recording comes to that has really begun."""
RECORDING = frozenset({Status.STARTING, Status.STARTED, Status.STOPPING})
"""While a recording has one of these, its room cannot start another."""


def status_of(evidence: Evidence) -> Status:
    """Return the earliest status of a recording for which there is this evidence."""
    return _TELLS[evidence]


def advance(status: Status, evidence: Evidence) -> Status:
    """Return the status after a piece of evidence: never an earlier one."""
    return max(status, status_of(evidence), key=ORDER.index)


def earlier_than(status: Status) -> tuple[Status, ...]:
    """Return the statuses that come before this one."""
    return ORDER[: ORDER.index(status)]
