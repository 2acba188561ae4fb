"""The room: its data, its secrets and roles, and when it is open."""

import json
import re
import secrets
import string
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self

from meet.access import is_same
from meet.actors import Actor
from meet.clock import Milliseconds
from meet.livekit.recorder import Composition, Encoding, Layout

NAME = re.compile(r"[A-Za-z0-9-]{15,66}", re.ASCII)
_SUFFIX_ALPHABET = string.ascii_lowercase + string.digits
_SUFFIX_LENGTH = 15
_SECRET_BYTES = 24  # the contract asks for at least 16


class Role(StrEnum):
    """The role of a participant."""

    MODERATOR = "moderator"
    PUBLISHER = "publisher"
    VIEWER = "viewer"


class ClosedBy(StrEnum):
    """Why a room is closed."""

    CALLER = "caller"
    EXPIRY = "expiry"


class AutoStart(StrEnum):
    """What has to happen for a meeting to be recorded without anybody asking for it.

    Somebody has to publish, too: a recorder of nothing does not start.
    """

    FIRST_PARTICIPANT = "when_first_participant_joins"
    SECOND_PARTICIPANT = "when_second_participant_joins"
    MODERATOR = "when_moderator_joins"
    FIRST_PUBLISHES = "when_first_publishes"


@dataclass(frozen=True, slots=True)
class RecordingPlan:
    """How a room is recorded, as far as its owner said; None where they did not."""

    layout: Layout | None = None
    encoding: Encoding | None = None
    audio_only: bool | None = None
    retention_days: int | None = None
    auto_start: AutoStart | None = None

    def composition(self, wished: "RecordingPlan") -> Composition:
        """Return the contents of a recording; what is wished for it beats the room's own.

        Whoever wishes an encoding wishes a picture.
        """
        audio_only = wished.audio_only
        if audio_only is None:
            audio_only = wished.encoding is None and bool(self.audio_only)
        default = Composition()
        return Composition(
            wished.layout or self.layout or default.layout,
            wished.encoding or self.encoding or default.encoding,
            audio_only,
        )


NO_PLAN = RecordingPlan()


@dataclass(frozen=True, slots=True)
class Preferences:
    """What a room allows."""

    chat: bool = True
    recording: bool = True
    virtual_background: bool = True
    recording_plan: RecordingPlan = NO_PLAN


@dataclass(frozen=True, slots=True)
class Lobby:
    """Where participants wait until a moderator admits them."""

    enabled: bool = False
    roles: tuple[Role, ...] = (Role.PUBLISHER, Role.VIEWER)
    """Those who wait."""
    open_without_moderator: bool = False
    """True if nobody waits while no moderator is there."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a room's owner can set besides its end, its limit and its preferences."""

    starts_at: Milliseconds | None = None
    """Before it only moderators join."""
    max_duration_minutes: int | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    """The owner's own notes about the room."""
    is_closed: bool = False
    """True if nobody new may join. Unlike a room with closed_at it still exists."""
    lobby: Lobby = Lobby()


DEFAULT_TERMS = Terms()


@dataclass(frozen=True, slots=True)
class Link:
    """The state of a join link."""

    is_enabled: bool = True
    version: int = 0
    """How often its secret was replaced."""
    epoch: int = 0
    """The first version whose bearers may be in the room."""


@dataclass(frozen=True, slots=True)
class RoomOutline:
    """What is known about a room without reading its secrets."""

    created_at: Milliseconds
    expires_at: Milliseconds
    preferences: Preferences


@dataclass(frozen=True, slots=True)
class Removal:
    """A participant was removed: tokens with this identity no longer admit anyone."""

    at: Milliseconds
    identity: str


@dataclass(frozen=True, slots=True)
class RoleChange:
    """A participant was given another role than that of their token."""

    role: Role
    at: Milliseconds
    by: Actor


@dataclass(frozen=True, slots=True)
class AutoStarted:
    """The latest recording that began automatically."""

    meeting_id: str
    recording_id: str
    attempts: int
    """How many have begun in that meeting."""


@dataclass(frozen=True, slots=True)
class Room:
    """A room, which exists until it expires or is deleted."""

    name: str
    prefix: str
    created_at: Milliseconds
    expires_at: Milliseconds
    max_participants: int | None
    preferences: Preferences
    secrets: dict[Role, str]
    closed_at: Milliseconds | None = None
    active_recording_id: str | None = None
    removals: tuple[Removal, ...] = ()
    """The latest removals, oldest first."""
    closed_by: ClosedBy | None = None
    active_meeting_id: str | None = None
    """The meeting that is going on."""
    active_meeting_since: Milliseconds | None = None
    role_changes: Mapping[str, RoleChange] = field(default_factory=dict)
    """The latest change of each participant, by identity."""
    tokens_valid_after: Milliseconds | None = None
    """Join tokens that were issued until then no longer admit anyone."""
    terms: Terms = DEFAULT_TERMS
    links: Mapping[Role, Link] = field(default_factory=lambda: {role: Link() for role in Role})
    has_guest_list: bool = False
    """True if there may be invitations or bans."""
    auto_started: AutoStarted | None = None
    recording_stopped_at: Milliseconds | None = None
    """Until when the latest recording that a caller stopped was running, as far as is known."""

    @classmethod
    def new(
        cls,
        prefix: str,
        *,
        now: Milliseconds,
        expires_at: Milliseconds,
        max_participants: int | None,
        preferences: Preferences,
        terms: Terms = DEFAULT_TERMS,
        disabled_links: Collection[Role] = (),
    ) -> Self:
        """Return a room with a generated name and secrets that cannot be guessed."""
        return cls(
            name=_name(prefix),
            prefix=prefix,
            created_at=now,
            expires_at=expires_at,
            max_participants=max_participants,
            preferences=preferences,
            secrets={role: new_secret() for role in Role},
            terms=terms,
            links={role: Link(role not in disabled_links) for role in Role},
        )

    def is_open(self, now: Milliseconds) -> bool:
        """True if callers can see the room: it is neither closed nor expired."""
        return self.closed_at is None and now < self.expires_at

    def has_removed(self, identity: str) -> bool:
        """True if the participant with this identity was removed.

        Times are not compared: a removed identity is never issued again.
        """
        return any(each.identity == identity for each in self.removals)

    def admits(self, identity: str, issued_at: Milliseconds) -> bool:
        """True if the bearer of a token may be inside: neither they nor such tokens are removed."""
        is_stale = self.tokens_valid_after is not None and issued_at <= self.tokens_valid_after
        return not is_stale and not self.has_removed(identity)

    def role_of(self, identity: str, token_role: Role | None) -> Role | None:
        """Return the role of a participant: that of their token, unless it was changed."""
        change = self.role_changes.get(identity)
        return token_role if change is None else change.role

    def link(self, role: Role) -> str:
        """Return the name of a link with its present secret, as tokens tell it."""
        return f"{role}#{self.links[role].version}"

    def has_shut_out(self, link: str) -> bool:
        """True if those who came by this link may not be in the room any longer."""
        role, _, version = link.partition("#")
        return role in tuple(Role) and int(version) < self.links[Role(role)].epoch

    def role_for(self, secret: str) -> Role | None:
        """Return the role that a secret opens, in constant time; None if it opens none."""
        matches = [role for role in Role if is_same(secret, self.secrets[role])]  # always all
        return matches[0] if matches else None


def role_in(metadata: str) -> Role | None:
    """Return the role in a participant's metadata; None if the token is not one of ours."""
    try:
        return Role(json.loads(metadata)["role"])
    except (ValueError, LookupError, TypeError):
        return None


def new_secret() -> str:
    """Return a secret for a join link."""
    return secrets.token_urlsafe(_SECRET_BYTES)


def clean_prefix(text: str) -> str:
    """Return the prefix with only the characters of a room name; accents are removed."""
    text = unicodedata.normalize("NFKD", text)
    text = re.sub(r"\s+", "-", text)
    text = re.sub(r"[^A-Za-z0-9-]", "", text)
    return re.sub(r"-+", "-", text).strip("-")


def _name(prefix: str) -> str:
    suffix = "".join(secrets.choice(_SUFFIX_ALPHABET) for _ in range(_SUFFIX_LENGTH))
    return f"{prefix}-{suffix}" if prefix else suffix
