"""Meetings that are going on: reads, ends and mutes them, and sends messages into them."""

import json
import logging
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from meet.actors import Actor
from meet.clock import Milliseconds
from meet.errors import MediaServerUnavailable, ParticipantNotFound
from meet.live.errors import IsModerator, NoMeeting
from meet.livekit.participants import Participant, Source
from meet.livekit.rooms import MediaServer, room_metadata
from meet.meetings.model import EndReason
from meet.meetings.repository import MeetingRepository
from meet.participants.roles import role_of
from meet.rooms.model import Role, Room
from meet.rooms.service import RoomService

logger = logging.getLogger(__name__)

_PARALLEL = 16


@dataclass(frozen=True, slots=True)
class Presence:
    """A room in which people are meeting, and those people, by the time of joining."""

    room: Room
    people: list[Participant]

    @property
    def started_at(self) -> Milliseconds:
        """When the meeting began: as LiveKit reported, or else when the first of them joined."""
        return self.room.active_meeting_since or self.people[0].joined_at


@dataclass(frozen=True)
class LiveMeetings:
    """Reads and moderates the meetings that LiveKit has."""

    rooms: RoomService
    meetings: MeetingRepository
    media_server: Callable[[], MediaServer]
    owner: Callable[[], str]
    """Returns the name of this stack, which marks its LiveKit rooms."""

    def get(self, room_name: str) -> Presence:
        """Return the people in a room.

        Raises RoomNotFound, NoMeeting if there are none, or MediaServerUnavailable.
        """
        room = self.rooms.get(room_name)
        connected = self.media_server().participants(room.name)
        people = [each for each in connected if each.is_person]
        if not people:
            raise NoMeeting
        return Presence(room, sorted(people, key=lambda each: (each.joined_at, each.identity)))

    def participant(self, room_name: str, identity: str) -> tuple[Room, Participant]:
        """Return a participant, and the room that they are in.

        Raises RoomNotFound, ParticipantNotFound or MediaServerUnavailable.
        """
        room = self.rooms.get(room_name)
        found = self.media_server().participant(room.name, identity)
        if not found.is_person:
            raise ParticipantNotFound
        return room, found

    def end(self, room_name: str, *, by: Actor, may_return: bool = True) -> None:
        """End the meeting in a room, if there is one; the room stays open.

        Unless they may return, join tokens that were issued until now admit no one. Raises
        RoomNotFound, or MediaServerUnavailable, after which it can be repeated.
        """
        room = self.rooms.get(room_name)
        if not may_return:
            self.rooms.end_tokens(room.name)
        if room.active_meeting_id is not None:
            self.meetings.will_end(room.active_meeting_id, EndReason.ENDED, by=by)
        self._tell_of_end(room, by)
        self.media_server().delete_room(room.name)

    def _tell_of_end(self, room: Room, by: Actor) -> None:
        """Tell the participants who ends the meeting: LiveKit says only that it is over."""
        try:
            metadata = room_metadata(self.owner(), ended_by=by.type)
            self.media_server().update_room_metadata(room.name, metadata)
        except MediaServerUnavailable:
            logger.warning("end of meeting not told", extra={"room": room.name}, exc_info=True)

    def mute(
        self, room_name: str, identity: str, sources: Sequence[Source], *, by_moderator: bool
    ) -> None:
        """Mute what a participant publishes from these sources.

        Raises RoomNotFound, ParticipantNotFound, MediaServerUnavailable, or IsModerator if a
        moderator wants to mute a moderator.
        """
        room, participant = self.participant(room_name, identity)
        if by_moderator and role_of(room, participant) is Role.MODERATOR:
            raise IsModerator
        self._mute(room, [participant], sources)

    def mute_all(
        self, room_name: str, sources: Sequence[Source], *, but: str | None = None
    ) -> None:
        """Mute everybody but the moderators, and but this identity.

        Raises RoomNotFound, NoMeeting or MediaServerUnavailable, after which it can be repeated.
        """
        present = self.get(room_name)
        others = [
            each
            for each in present.people
            if each.identity != but and role_of(present.room, each) is not Role.MODERATOR
        ]
        self._mute(present.room, others, sources)

    def send(self, room_name: str, topic: str, data: Any, to: Sequence[str] | None = None) -> None:
        """Send JSON to everybody, or to those of these identities who are connected.

        Raises RoomNotFound, MediaServerUnavailable, NoMeeting, or ParticipantNotFound if none of
        the identities is connected.
        """
        present = self.get(room_name)
        there = {each.identity for each in present.people}
        wanted = [] if to is None else [each for each in dict.fromkeys(to) if each in there]
        if to is not None and not wanted:
            raise ParticipantNotFound
        self.media_server().send_data(present.room.name, encoded(data), topic=topic, to=wanted)

    def _mute(
        self, room: Room, participants: Iterable[Participant], sources: Sequence[Source]
    ) -> None:
        """Mute in parallel; one failure does not stop the others, and is raised at the end."""
        tracks = [
            (each.identity, track.sid)
            for each in participants
            for track in each.tracks
            if track.source in sources and not track.is_muted
        ]

        def mute(track: tuple[str, str]) -> MediaServerUnavailable | None:
            try:
                with suppress(ParticipantNotFound):  # gone already
                    self.media_server().mute_track(room.name, *track)
            except MediaServerUnavailable as error:
                return error
            return None

        with ThreadPoolExecutor(_PARALLEL) as pool:
            failures = [each for each in pool.map(mute, tracks) if each is not None]
        if failures:
            extra = {"room": room.name, "failed": len(failures), "tracks": len(tracks)}
            logger.warning("not all tracks muted", extra=extra)
            raise failures[0]


def encoded(data: Any) -> bytes:
    """Return JSON as it is sent, in UTF-8."""
    return json.dumps(data, separators=(",", ":"), ensure_ascii=False).encode()
