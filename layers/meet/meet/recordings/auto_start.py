"""Starts recordings automatically, as soon as what their rooms wait for has happened.

LiveKit's webhooks say when to look; who is there and publishes is asked of LiveKit, so webhooks may
come twice, in any order, or never: the sweep looks too. The room's item decides that there is never
a second recording, see meet.rooms.auto_start.
"""

import logging
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from meet import clock
from meet.clock import Milliseconds
from meet.errors import MediaServerUnavailable, RoomNotFound
from meet.livekit.participants import Participant
from meet.livekit.rooms import LiveMeeting
from meet.recordings.control import RecordingControl
from meet.recordings.errors import AlreadyRecording, OptionsRefused
from meet.rooms.auto_start import attempts_in, is_armed
from meet.rooms.model import AutoStart, Role, Room, role_in

logger = logging.getLogger(__name__)

_PARALLEL = 8


@dataclass(frozen=True)
class AutomaticStarts:
    """Starts recordings that nobody asks for."""

    control: RecordingControl

    def look(self, room: Room, meeting_id: str, *, publisher: str | None = None) -> None:
        """Start recording a meeting, if its open room wants that by now; the first time only.

        `publisher` is the identity of a participant who is known to publish: LiveKit may report
        that before it shows it. What LiveKit or its recorder refuses is left to the sweep.
        """
        if is_armed(room, meeting_id) and not attempts_in(room, meeting_id):
            self._start(room, publisher)

    def sweep(
        self, listed: Sequence[LiveMeeting] | None, rooms: Iterable[Room], deadline: Milliseconds
    ) -> int:
        """Do the same for the meetings that LiveKit lists, and try once more what has failed.

        Returns how many recordings were started. `rooms` are the open ones of those meetings;
        `listed` is None if LiveKit could not be asked. Starts no new work after the deadline. A
        failure does not stop the others.
        """
        wanted = {
            room.name
            for room in rooms
            if room.preferences.recording_plan.auto_start and room.active_recording_id is None
        }

        def attempt(meeting: LiveMeeting) -> bool:
            if clock.now() >= deadline:
                return False
            try:
                return self._attempt(meeting)
            except Exception:
                extra = {"room": meeting.room}
                logger.exception("automatic recording left to the next sweep", extra=extra)
                return False

        with ThreadPoolExecutor(_PARALLEL) as pool:
            meetings = [each for each in listed or () if each.room in wanted]
            return list(pool.map(attempt, meetings)).count(True)

    def _attempt(self, meeting: LiveMeeting) -> bool:
        try:
            # Again: an earlier part of the sweep may have marked it as having this meeting.
            room = self.control.rooms.get(meeting.room)
        except RoomNotFound:
            return False
        if not is_armed(room, meeting.sid):
            return False
        latest = room.auto_started
        if (
            latest is not None
            and attempts_in(room, meeting.sid)
            and not self.control.recordings.has_failed(latest.recording_id)
        ):
            return False
        is_started = self._start(room, publisher=None)
        if is_started and not attempts_in(room, meeting.sid):
            # Up to a minute late. Where that happens often, LiveKit does not report tracks.
            logger.info(
                "the sweep started it, and no webhook: if this is usual, see track_published "
                "in docs/deploy.md",
                extra={"room": room.name},
            )
        return is_started

    def _start(self, room: Room, publisher: str | None) -> bool:
        """Start recording a room whose condition is met; True if it was started."""
        extra = {"room": room.name, "attempt": attempts_in(room, room.active_meeting_id) + 1}
        try:
            inside = self.control.media_server().participants(room.name)
            if not _is_met(room, inside, publisher):
                return False
            recording = self.control.start_automatically(room)
        except (AlreadyRecording, RoomNotFound):
            return False  # somebody else was faster, or the room has changed meanwhile
        except (MediaServerUnavailable, OptionsRefused):
            logger.warning("automatic recording not started", extra=extra, exc_info=True)
            return False
        extra["recording"] = recording.id
        logger.info("recording started automatically", extra=extra)
        return True


def _is_met(room: Room, inside: Iterable[Participant], publisher: str | None) -> bool:
    """True if those who are there are the ones that a room waits for, and one of them publishes."""
    people = [each for each in inside if each.is_person and _may_be_there(each, room)]
    if not any(each.is_publishing or each.identity == publisher for each in people):
        return False
    match room.preferences.recording_plan.auto_start:
        case AutoStart.SECOND_PARTICIPANT:
            return len(people) > 1
        case AutoStart.MODERATOR:
            return any(_role(each, room) is Role.MODERATOR for each in people)
        case _:  # who publishes is a participant, and has joined
            return True


def _may_be_there(participant: Participant, room: Room) -> bool:
    issued_at = participant.issued_at
    return issued_at is None or room.admits(participant.identity, issued_at)


def _role(participant: Participant, room: Room) -> Role | None:
    if participant.issued_at is None:  # not one of our tokens
        return None
    return room.role_of(participant.identity, role_in(participant.metadata))
