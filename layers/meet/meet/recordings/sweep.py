"""The sweep of recordings: which are due, what LiveKit lists, and many checks at the same time."""

import logging
import random
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from threading import BoundedSemaphore

from meet import clock
from meet.clock import Milliseconds
from meet.recordings.model import id_in_key
from meet.recordings.settlement import Batch, RecordingSettlement, Seen

logger = logging.getLogger(__name__)

_PARALLEL = 64
"""Threads: they wait for LiveKit, which may take seconds for an answer."""
_BATCH = 100
"""Recordings that are read together."""


@dataclass(frozen=True)
class RecordingSweep:
    """Checks the recordings that are due."""

    settlement: RecordingSettlement

    def sweep(
        self, deadline: Milliseconds, mine: Callable[[list[str]], list[str]]
    ) -> tuple[int, int]:
        """Check the recordings that are due; return how many are settled and how many wait.

        `mine` chooses those that this sweep checks. Starts no new check after the deadline, and
        checks in another order each time: those that wait stay due, and while LiveKit is slow the
        same ones would keep the rest waiting. A failure does not stop the others.
        """
        evidence = self.settlement.evidence
        due = mine([each for each, _ in evidence.recordings.due(clock.now())])
        if not due:
            return 0, 0
        random.Random(clock.now()).shuffle(due)  # noqa: S311 - no secret
        seen = self._listed()

        def attempt(recording_id: str, batch: Batch) -> bool:
            if clock.now() >= deadline:
                return False
            try:
                return self.settlement.attend_to(recording_id, seen, batch)
            except Exception:
                logger.exception("recording sweep failed", extra={"recording": recording_id})
                return False

        free, attempts = BoundedSemaphore(_PARALLEL), list[Future[bool]]()
        with ThreadPoolExecutor(_PARALLEL) as pool:
            for recording_id, batch in self._read(due, seen, deadline):
                free.acquire()  # read no more than there are threads for
                attempts.append(pool.submit(attempt, recording_id, batch))
                attempts[-1].add_done_callback(lambda _: free.release())
        settled = sum(each.result() for each in attempts)
        return settled, len(due) - settled

    def _listed(self) -> Seen | None:
        """Return the egresses that LiveKit lists as active; None if it cannot be reached."""
        try:
            evidence = self.settlement.evidence
            return {
                id_in_key(each.object_key): each
                for each in evidence.recorder().under_way()
                if each.bucket in {"", evidence.media.bucket}
            }
        except Exception:  # whatever it is: the bucket can still be checked
            logger.warning("egress list unavailable", exc_info=True)
            return None

    def _read(
        self, due: list[str], seen: Seen | None, deadline: Milliseconds
    ) -> Iterator[tuple[str, Batch]]:
        """Yield each recording with the batch that it was read in, until the deadline.

        What cannot be read together is read alone when it is checked.
        """
        for start in range(0, len(due), _BATCH):
            if clock.now() >= deadline:
                return
            ids = due[start : start + _BATCH]
            try:
                batch = self._batch(ids, seen or {})
            except Exception:
                logger.exception("recordings not read together")
                batch = Batch()
            yield from ((each, batch) for each in ids)

    def _batch(self, ids: list[str], seen: Seen) -> Batch:
        evidence, now = self.settlement.evidence, clock.now()
        recordings = {each.id: each for each in evidence.recordings.stored_among(ids)}
        listed = {each.room_name for each in recordings.values() if each.id in seen}
        rooms = evidence.rooms.open_among(sorted(listed), now=now) if listed else []
        return Batch(recordings, {each.name: each for each in rooms}, now)
