"""A recording: its identity, the place of its file, and the known facts."""

import re
import secrets
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Self

from meet.actors import Actor
from meet.clock import DAY, SECOND, Milliseconds
from meet.livekit.recorder import DEFAULT_COMPOSITION, Composition
from meet.recordings.lifecycle import FINISHED, RECORDING, Status

# ULID (https://github.com/ulid/spec): 48 bits of time, 80 bits of randomness, base 32.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_TIME_LENGTH = 10
_RANDOM_LENGTH = 16
_ID_LENGTH = _TIME_LENGTH + _RANDOM_LENGTH

ID = re.compile(rf"rec_[{_ALPHABET}]{{{_ID_LENGTH}}}", re.ASCII)
PREFIX = "recordings/"
_KEY = re.compile(rf"{PREFIX}([A-Za-z0-9-]+)/({ID.pattern})\.mp4", re.ASCII)

LATE_FILE_DEADLINE = DAY
"""How long a file may arrive after its recording was given up."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Why a recording must not be deleted, and who said so."""

    reason: str
    since: Milliseconds
    by: Actor | None = None
    """Who began it; None if that is not known."""
    first_reason: str | None = None
    """Why it began, if its reason was changed and this is known."""
    changed_at: Milliseconds | None = None
    """When its reason was changed last; None if it is the first one."""
    changed_by: Actor | None = None

    def with_reason(self, reason: str, *, by: Actor, now: Milliseconds) -> Self:
        """Return the hold with another reason; with the same one it is as it was."""
        if reason == self.reason:
            return self
        first = self.reason if self.changed_at is None else self.first_reason
        return replace(self, reason=reason, first_reason=first, changed_at=now, changed_by=by)


@dataclass(frozen=True, slots=True)
class Trash:
    """When a recording was deleted, and until when it can be restored."""

    deleted_at: Milliseconds
    until: Milliseconds
    by: Actor | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """Deleting a recording for good has begun, and no hold can stop it."""

    since: Milliseconds
    by: Actor | None = None


@dataclass(frozen=True, slots=True)
class Recording:
    """One recording of one room; what is not known yet is None."""

    id: str
    room_name: str
    status: Status
    created_at: Milliseconds
    composition: Composition = DEFAULT_COMPOSITION
    egress_id: str | None = None
    started_at: Milliseconds | None = None
    stop_requested_at: Milliseconds | None = None
    ended_at: Milliseconds | None = None
    given_up_at: Milliseconds | None = None
    """When the sweep concluded that it cannot end normally."""
    stop_answered_at: Milliseconds | None = None
    """When LiveKit accepted the sweep's repeated request to stop it."""
    recorder_missing_since: Milliseconds | None = None
    empty_since: Milliseconds | None = None
    """Since when the sweep has found no participants in the meeting."""
    duration: Decimal | None = None
    """Seconds."""
    size: int | None = None
    """Bytes."""
    etag: str | None = None
    file_version: str | None = None
    """What S3 calls this version of the file."""
    error: str | None = None
    retention_days: int | None = None
    """What its room said when it began; None for what the stack says."""
    expires_at: Milliseconds | None = None
    """When it is deleted, unless it is held."""
    hold: Hold | None = None
    trash: Trash | None = None
    """It was deleted by a caller, and can be restored."""
    claim: Claim | None = None
    """Deleting it for good has begun."""
    links_made: int = 0
    """How often it was shared: its links are deleted with it."""

    @classmethod
    def new(
        cls,
        room_name: str,
        *,
        now: Milliseconds,
        composition: Composition = DEFAULT_COMPOSITION,
        retention_days: int | None = None,
    ) -> Self:
        """Return a recording that LiveKit has not been asked for yet."""
        return cls(
            new_id(now),
            room_name,
            Status.STARTING,
            now,
            composition,
            retention_days=retention_days,
        )

    @property
    def object_key(self) -> str:
        """The key of the file in the bucket."""
        return object_key(self.room_name, self.id)

    @property
    def filename(self) -> str:
        """The last part of the object key."""
        return f"{self.id}.mp4"

    @property
    def title(self) -> str:
        """The name of a saved file: the room and the day, in UTC."""
        day = datetime.fromtimestamp((self.started_at or self.created_at) / SECOND, UTC)
        return f"{self.room_name} {day:%Y-%m-%d}.mp4"

    @property
    def holds_its_room(self) -> bool:
        """True if the room cannot start another recording because of this one."""
        return self.status in RECORDING

    def last_moment(self, now: Milliseconds) -> Milliseconds:
        """Return a time at which it was recording its meeting, as late as is known.

        A stop counts for that meeting, not for the next one, which may have begun since.
        """
        if self.stop_requested_at is not None:
            return self.stop_requested_at
        if self.holds_its_room:
            return now
        return self.ended_at or self.started_at or self.created_at

    @property
    def is_finished(self) -> bool:
        """True once READY or FAILED."""
        return self.status in FINISHED

    @property
    def kept_until(self) -> Milliseconds | None:
        """When its age ends it; None if it is kept for ever, or is held."""
        return self.expires_at if self.hold is None else None

    def end_of_access(self, wished: Milliseconds) -> Milliseconds:
        """Return when a link to it ends that is made until `wished`: with it, at the latest."""
        return wished if self.kept_until is None else min(wished, self.kept_until)

    def is_over(self, now: Milliseconds) -> bool:
        """True if its time has come to be deleted, by its retention or in the trash."""
        if self.hold is not None:
            return False
        ends = (self.expires_at, None if self.trash is None else self.trash.until)
        return any(end is not None and end <= now for end in ends)

    def is_kept(self, now: Milliseconds) -> bool:
        """True if callers can see it: it is neither deleted nor over."""
        return self.trash is None and not self.is_over(now)

    @property
    def file_may_come_until(self) -> Milliseconds | None:
        """Until when the file of a given-up recording may arrive; None if none may."""
        if self.status is not Status.FAILED or self.given_up_at is None:
            return None
        return Milliseconds(self.given_up_at + LATE_FILE_DEADLINE)


def new_id(now: Milliseconds) -> str:
    """Return an id that sorts by time and cannot be guessed."""
    number = now << (5 * _RANDOM_LENGTH) | secrets.randbits(5 * _RANDOM_LENGTH)
    digits = (number >> (5 * place) & 31 for place in reversed(range(_ID_LENGTH)))
    return "rec_" + "".join(_ALPHABET[digit] for digit in digits)


def object_key(room_name: str, recording_id: str) -> str:
    """Return the key of a recording's file."""
    return f"{PREFIX}{room_name}/{recording_id}.mp4"


def id_in_key(object_key: str) -> str | None:
    """Return the id of the recording that an object belongs to; None if there is none."""
    match = _KEY.fullmatch(object_key)
    return match[2] if match else None
