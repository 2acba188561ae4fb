"""Starting and stopping recordings."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from meet import clock
from meet.actors import AUTO_START, Actor
from meet.clock import MINUTE, Milliseconds
from meet.errors import MediaServerUnavailable
from meet.livekit.recorder import CompositionRefused, Recorder
from meet.livekit.rooms import MediaServer
from meet.livekit.twirp import OutcomeUnknown
from meet.recordings.errors import (
    AlreadyRecording,
    NobodyPublishing,
    OptionsRefused,
    RecordingDisabled,
    RecordingFinished,
    RecordingNotFound,
)
from meet.recordings.lifecycle import Evidence
from meet.recordings.model import Recording
from meet.recordings.repository import RecordingRepository
from meet.rooms.auto_start import taking_automatically
from meet.rooms.model import NO_PLAN, RecordingPlan, Room
from meet.rooms.service import RoomService

logger = logging.getLogger(__name__)

FIRST_SWEEP = MINUTE


@dataclass(frozen=True)
class RecordingControl:
    """Starts and stops recordings."""

    recordings: RecordingRepository
    rooms: RoomService
    media_server: Callable[[], MediaServer]
    recorder: Callable[[], Recorder]

    def start(self, room_name: str, *, by: Actor, wished: RecordingPlan = NO_PLAN) -> Recording:
        """Start recording a room; exactly one of several concurrent starts succeeds.

        Raises RoomNotFound, RecordingDisabled, AlreadyRecording, NobodyPublishing, OptionsRefused
        or MediaServerUnavailable; after any of them, the start can be retried at once. If LiveKit
        does not answer, the recording stays STARTING until the sweep finds out whether it runs.
        """
        room = self.rooms.get(room_name)
        if not room.preferences.recording:
            raise RecordingDisabled
        if room.active_recording_id is not None:
            raise AlreadyRecording
        people = self.media_server().participants(room.name)
        if not any(each.is_publishing and not each.is_recorder for each in people):
            raise NobodyPublishing
        return self._begin(room, by=by, wished=wished)

    def start_automatically(self, room: Room) -> Recording:
        """Start recording a room as it wishes, provided that it is as in `room` still.

        Without asking whether somebody publishes. Raises as `start` does; RoomNotFound also if
        the room has changed.
        """
        return self._begin(room, by=AUTO_START, take=taking_automatically)

    def _begin(
        self,
        room: Room,
        *,
        by: Actor,
        wished: RecordingPlan = NO_PLAN,
        take: Callable[..., dict[str, Any]] | None = None,
    ) -> Recording:
        now = clock.now()
        composition = room.preferences.recording_plan.composition(wished)
        recording = Recording.new(
            room.name,
            now=now,
            composition=composition,
            retention_days=room.preferences.recording_plan.retention_days,
        )
        taking = take and take(self.recordings.rooms, room, recording.id, now=now)
        sweep_at = Milliseconds(now + FIRST_SWEEP)
        self.recordings.start(recording, sweep_at=sweep_at, by=by, taking=taking)
        try:
            egress = self.recorder().start(room.name, recording.object_key, composition)
        except OutcomeUnknown:
            logger.warning("recording start unanswered", extra=_ids(recording), exc_info=True)
            return recording
        except CompositionRefused as error:
            self.recordings.discard(recording)
            raise OptionsRefused from error
        except MediaServerUnavailable:
            self.recordings.discard(recording)
            raise
        facts = {"egressId": egress.id}  # the rest comes with a webhook or the sweep
        recording = self.recordings.observe(recording.id, Evidence.EGRESS_STARTING, facts)
        if recording.stop_requested_at is not None:  # requested while LiveKit was starting it
            self._stop(recording)
        return recording

    def stop(self, recording_id: str, *, by: Actor, within: str | None = None) -> None:
        """Stop a recording, at once or as soon as LiveKit has started it.

        Raises RecordingNotFound, also if the recording is not of the room `within`, or
        RecordingFinished.
        """
        recording = self.recordings.get(recording_id)
        if within is not None and recording.room_name != within:
            raise RecordingNotFound
        now = clock.now()
        # First of all: also what the sweep stops already, or has failed, does not start again.
        moment = recording.last_moment(now)
        self.recordings.rooms.recording_is_stopped(recording.room_name, at=moment)
        if not recording.holds_its_room:
            raise RecordingFinished
        facts = {"stopRequestedAt": now, "stopBy": by.to_json()}
        self._stop(self.recordings.observe(recording_id, Evidence.STOP_REQUESTED, facts))

    def _stop(self, recording: Recording) -> None:
        if recording.egress_id is None:
            return  # it is stopped once the id of the egress is known
        try:
            self.recorder().stop(recording.egress_id)
        except MediaServerUnavailable:
            logger.warning("recording stop unanswered", extra=_ids(recording), exc_info=True)


def _ids(recording: Recording) -> dict[str, str]:
    return {"recording": recording.id, "room": recording.room_name}
