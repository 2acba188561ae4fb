"""What the callers of recordings were answered, and so may rely on."""

from collections.abc import Callable
from dataclasses import dataclass, field

from meet.clock import DAY


@dataclass
class Record:
    """One recording; None is what an unanswered request left open."""

    since: int
    """When it began, so that it cannot have ended before."""
    days: int
    """That it is kept after its end; 0 for ever."""
    held: bool | None = False
    gone: bool | None = False
    asked_at: int | None = None
    """When deleting it was asked for first, since it was there for certain."""
    deletions: int = 0
    """Requests under way."""

    def is_over(self, now: int) -> bool:
        """True if its days may be over, which its end began."""
        return bool(self.held is not True and self.days and now >= self.since + self.days * DAY)


@dataclass(frozen=True)
class Asked:
    """A request for a deletion, and what was known when it was sent."""

    at: int
    gone: bool | None


@dataclass
class Ledger:
    """All recordings of a world, and what was answered against what had been answered before."""

    trash: int
    """Milliseconds."""
    now: Callable[[], int]
    records: dict[str, Record] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    never_began: set[str] = field(default_factory=set)
    """LiveKit refused to record: their items are taken back."""

    def may_be_absent(self, recording_id: str) -> bool:
        """True if a caller may be told that it does not exist."""
        record = self.records.get(recording_id)
        return (
            record is None
            or recording_id in self.never_began
            or bool(record.gone is not False or record.deletions or record.is_over(self.now()))
        )

    def may_be_destroyed(self, recording_id: str) -> bool:
        """True if its file may be deleted for good now."""
        record = self.records.get(recording_id)
        if record is None:
            return True
        if record.held is True:
            return False
        asked = record.asked_at is not None and self.now() >= record.asked_at + self.trash
        asked = asked and record.gone is not False
        return bool(record.is_over(self.now()) or asked or (record.deletions and not self.trash))

    def has_to_be_there(self, recording_id: str) -> bool:
        """True if callers have to see it."""
        return not self.may_be_absent(recording_id)

    def has_to_be_destroyed(self, recording_id: str) -> bool:
        """True if nothing may be left of it, a day after its last moment."""
        record = self.records[recording_id]
        if record.held is not False:
            return False
        trashed = record.gone is True and record.asked_at is not None
        ends = [record.since + record.days * DAY] if record.days else []
        ends += [record.asked_at + self.trash] if trashed and record.asked_at else []
        return any(self.now() >= each + DAY for each in ends)

    # ------------------------------------------------------------------ requests and answers

    def deleting(self, recording_id: str) -> Asked:
        """Note that a deletion is asked for."""
        record = self.records[recording_id]
        record.deletions += 1
        return Asked(self.now(), record.gone)

    def deleted(self, recording_id: str, answer: str, asked: Asked) -> None:
        """Note the answer to a deletion: done, absent, held, unfinished, or none.

        Of two deletions at once both may be told that it is done.
        """
        record = self.records[recording_id]
        record.deletions -= 1
        if answer == "done":
            self._check(recording_id, record.held is not True, "deleted, though it was held")
            self._check(recording_id, asked.gone is not True, "deleted twice")
        elif answer == "absent":
            self._check(recording_id, self.may_be_absent(recording_id), "not found by a deletion")
        elif answer == "held":
            self._check(recording_id, record.held is not False, "held, though nobody held it")
        if answer in {"held", "unfinished"}:
            record.gone, record.asked_at = False, None
            return
        if record.gone is not True:
            record.gone = True if answer in {"done", "absent"} else None
        record.asked_at = record.asked_at or asked.at

    def restored(self, recording_id: str, answer: str) -> None:
        """Note the answer to a restoration: done, absent, deleting, or none."""
        record = self.records[recording_id]
        if answer == "done":
            for_good = not self.trash and record.gone is True
            self._check(recording_id, not for_good, "restored without a trash")
            record.gone, record.asked_at = False, None
        elif answer == "none":
            record.gone = False if record.gone is False else None
        else:
            may = self.may_be_destroyed(recording_id) or recording_id in self.never_began
            self._check(recording_id, may, f"{answer}, though it could be restored")

    def holding(self, recording_id: str) -> None:
        """Note that it may be held from now on."""
        record = self.records[recording_id]
        record.held = True if record.held else None

    def held(self, recording_id: str, answer: str) -> None:
        """Note the answer to a hold: done, absent, deleting, or none."""
        record = self.records[recording_id]
        if answer == "done":
            self._check(recording_id, record.gone is not True, "held, though it was deleted")
            record.held, record.gone, record.asked_at = True, False, None
        elif answer != "none":
            may = self.may_be_absent(recording_id)
            self._check(recording_id, may, f"{answer}, when it was to be held")
            if record.held is None:
                record.held = False

    def releasing(self, recording_id: str) -> None:
        """Note that it may not be held from now on."""
        record = self.records[recording_id]
        record.held = False if record.held is False else None

    def released(self, recording_id: str, answer: str) -> None:
        """Note the answer to the end of a hold: done, absent, or none."""
        record = self.records[recording_id]
        if answer == "done":
            self._check(recording_id, record.gone is not True, "released, though it was deleted")
            record.held = False
        elif answer == "absent":
            may = self.may_be_absent(recording_id)
            self._check(recording_id, may, "not found, when it was to be released")
            record.held = False
        else:
            record.held = False if record.held is False else None

    def destroyed(self, recording_id: str) -> None:
        """Note that its file or its item is being deleted for good."""
        may = self.may_be_destroyed(recording_id)
        self._check(recording_id, may, f"destroyed: {self.records.get(recording_id)}")

    def _check(self, recording_id: str, right: object, what: str) -> None:
        if not right:
            self.wrong.append(f"{recording_id} was {what}")
