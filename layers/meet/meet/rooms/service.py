"""Operations on open rooms."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from meet import clock, metrics
from meet.actors import Actor
from meet.clock import Milliseconds
from meet.errors import RoomNotFound
from meet.paging import Page
from meet.rooms.items import Changes
from meet.rooms.model import DEFAULT_TERMS, Preferences, Removal, Role, Room, Terms
from meet.rooms.repository import NameTaken, RoomRepository


@dataclass(frozen=True)
class RoomService:
    """Creates, reads and changes rooms."""

    rooms: RoomRepository

    def create(
        self,
        prefix: str,
        *,
        expires_at: int,
        max_participants: int | None,
        preferences: Preferences,
        terms: Terms = DEFAULT_TERMS,
        disabled_links: Collection[Role] = (),
        by: Actor | None = None,
    ) -> Room:
        """Store and return a new room."""
        while True:
            room = Room.new(
                prefix,
                now=clock.now(),
                expires_at=Milliseconds(expires_at),
                max_participants=max_participants,
                preferences=preferences,
                terms=terms,
                disabled_links=disabled_links,
            )
            try:
                self.rooms.add(room, by=by)
            except NameTaken:
                continue  # one in 10**23 names; never overwrite
            metrics.count("RoomsCreated")
            return room

    def get(self, name: str) -> Room:
        """Return an open room; raises RoomNotFound."""
        room = self.rooms.get(name)
        if not room.is_open(clock.now()):
            raise RoomNotFound
        return room

    def is_open(self, name: str) -> bool:
        """True if a room of this name is open."""
        return self.rooms.is_open(name, now=clock.now())

    def list(self, *, after: str | None, limit: int) -> Page[Room]:
        """Return a page of open rooms, newest first."""
        return self.rooms.page(after=after, limit=limit, now=clock.now())

    def change(self, name: str, changes: Changes, *, by: Actor) -> Room:
        """Change an open room; raises RoomNotFound."""
        return self.rooms.change(name, changes, now=clock.now(), by=by)

    def end_tokens(self, name: str) -> Room:
        """Let the join tokens that were issued until now admit no one; raises RoomNotFound."""
        return self.rooms.end_tokens(name, now=clock.now())

    def rotate_link(self, name: str, role: Role, *, shuts_out: bool, by: Actor) -> Room:
        """Give a link of an open room a new secret; raises RoomNotFound."""
        return self.rooms.rotate_link(name, role, shuts_out=shuts_out, now=clock.now(), by=by)

    def keep_guest_list(self, name: str) -> None:
        """Note that an open room has invitations or bans; raises RoomNotFound."""
        self.rooms.keep_guest_list(name, now=clock.now())

    def add_removals(self, room: Room, identities: Sequence[str]) -> None:
        """Store that the participants with these identities were removed now."""
        now = clock.now()
        self.rooms.add_removals(room, [Removal(now, each) for each in identities])
