"""The lobby of a room: callers wait there until a moderator decides about them."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from meet import clock
from meet.actors import LOBBY, Actor
from meet.clock import Milliseconds
from meet.errors import MediaServerUnavailable
from meet.lobby.errors import NotAdmitted, TicketGone, WaitingNotFound
from meet.lobby.model import SEEN_EVERY, Decision, Ticket, Waiting
from meet.lobby.news import LobbyNews
from meet.lobby.repository import WaitingRepository
from meet.meetings.repository import MeetingRepository
from meet.participants.admission import Admission, Applicant, ParticipantAdmission
from meet.participants.glance import Glance
from meet.rooms.model import Role, Room
from meet.rooms.service import RoomService

MOST_LISTED = 500
"""A page of the list. More have to wait until some of these are decided about."""


@dataclass(frozen=True, slots=True)
class Turn:
    """The caller has to wait, and shows the ticket to ask again."""

    ticket: str | None = None
    """None for a caller who did not want to wait yet."""
    poll_after: int | None = None
    """Seconds."""
    applicant: Applicant | None = None
    """Whom the page tells how they would join, before they wait."""


@dataclass(frozen=True)
class Door:
    """Gives tokens to callers who need not wait, or have been admitted."""

    admission: ParticipantAdmission
    waiting: WaitingRepository
    meetings: MeetingRepository
    news: LobbyNews

    def ask(self, applicant: Applicant, *, waits: bool) -> Admission | Turn:
        """Return tokens, or a ticket if the applicant has to wait. Raises as `issue` does."""
        if not self._has_to_wait(applicant):
            return self.admission.issue(applicant)
        self.admission.check_capacity(applicant)
        if not waits:
            return Turn(applicant=applicant)
        now = clock.now()
        ticket = Ticket.new(applicant.room.name, now=now)
        waiting = Waiting(
            id=ticket.id,
            room_name=applicant.room.name,
            name=applicant.name,
            identity=applicant.identity,
            role=applicant.role,
            since=now,
            seen_at=now,
            attributes=applicant.attributes,
        )
        self.waiting.add(waiting)
        self.news.tell(applicant.room)
        return Turn(ticket.text, waiting.poll_after(now))

    def look(self, room: Room) -> Glance | None:
        """Return the meeting that a caller would join; None if nobody is there."""
        if room.active_meeting_id is None:
            return None
        there = {each.identity for each in self.meetings.open_sessions(room.active_meeting_id)}
        if not there:
            return None
        return Glance(room.active_meeting_id, len(there), room.active_recording_id is not None)

    def ask_again(self, text: str) -> Admission | Turn:
        """Return tokens to the bearer of a ticket, or the same ticket if nothing was decided.

        Raises TicketGone, NotAdmitted, and what `issue` raises. While nothing is decided, it
        reads two items, and now and then stores that the caller still asks.
        """
        ticket = Ticket.of(text)
        if ticket is None:
            raise TicketGone
        room = self.admission.room(ticket.room_name)
        now = clock.now()
        waiting = self.waiting.get(ticket)
        if waiting is None or waiting.has_expired(now):
            raise TicketGone
        applicant = self.admission.checked_again(
            Applicant(room, waiting.role, waiting.name, waiting.identity, waiting.attributes)
        )
        if waiting.decision is None:
            is_due = now >= waiting.seen_at + SEEN_EVERY
            if is_due:
                self.waiting.seen(waiting, now=now)
            if self._stays_closed(room, waiting.role, asks_livekit=is_due):
                return Turn(text, waiting.poll_after(now))
            waiting = self.waiting.decide(room.name, waiting.id, Decision.ADMIT, now=now, by=LOBBY)
        return self._collect(ticket, waiting, applicant)

    def _collect(self, ticket: Ticket, waiting: Waiting, applicant: Applicant) -> Admission:
        if waiting.decision is Decision.DENY:
            raise NotAdmitted
        admission = self.admission.issue(applicant)
        if self.waiting.take(waiting, now=clock.now()):
            return admission
        found = self.waiting.get(ticket)  # decided about once more meanwhile, or used
        raise NotAdmitted if found and found.decision is Decision.DENY else TicketGone

    def _has_to_wait(self, applicant: Applicant) -> bool:
        room = applicant.room
        if applicant.skips_lobby or not self._stays_closed(room, applicant.role, asks_livekit=True):
            return False
        was_admitted = (
            applicant.is_returning
            and room.active_meeting_id is not None
            and self.meetings.has_seen(room.active_meeting_id, applicant.identity)
        )
        return not was_admitted

    def _stays_closed(self, room: Room, role: Role, *, asks_livekit: bool) -> bool:
        """True if people with this role have to wait for a moderator."""
        lobby = room.terms.lobby
        if not lobby.enabled or role not in lobby.roles:
            return False
        if not lobby.open_without_moderator or not asks_livekit:
            return True
        try:
            return bool(self.news.moderators(room))
        except MediaServerUnavailable:
            return True


@dataclass(frozen=True)
class Reception:
    """Shows moderators who waits, and stores what they decide."""

    rooms: RoomService
    waiting: WaitingRepository
    news: LobbyNews

    def list(self, room_name: str) -> Sequence[Waiting]:
        """Return those who wait for an open room, longest first; raises RoomNotFound."""
        return self._waiting(self.rooms.get(room_name), clock.now())

    def decide(self, room_name: str, waiting_id: str, decision: Decision, *, by: Actor) -> Waiting:
        """Decide about one; raises RoomNotFound, WaitingNotFound or AdmittedAlready."""
        room = self.rooms.get(room_name)
        now = clock.now()
        if not Ticket.may_be_valid(waiting_id, now):
            raise WaitingNotFound
        decided = self.waiting.decide(room.name, waiting_id, decision, now=now, by=by)
        self.news.tell(room)
        return decided

    def decide_all(self, room_name: str, decision: Decision, *, by: Actor) -> int:
        """Decide about everybody who waits; return how many they were. Raises RoomNotFound."""
        room = self.rooms.get(room_name)
        now = clock.now()
        decided = 0
        while batch := self._waiting(room, now):
            decided += self.waiting.decide_all(batch, decision, now=now, by=by)
        if decided:
            self.news.tell(room)
        return decided

    def _waiting(self, room: Room, now: Milliseconds) -> Sequence[Waiting]:
        valid = self.waiting.of_room(room.name, now=now)
        return list(islice((each for each in valid if each.is_waiting(now)), MOST_LISTED))
