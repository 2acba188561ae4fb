"""Invitations for one person each, bans, and when two names are the same."""

import base64
import hashlib
import re
import secrets
import string
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Self

from meet import bearers
from meet.clock import Milliseconds
from meet.rooms.model import Role, Room

_ALPHABET = string.ascii_lowercase + string.digits
_OWN_LENGTH = 10
_NAME_LENGTH = 16  # 80 bits of the name's digest
_IDENTITY_LENGTH = 6
_BAN_LENGTH = 16

INVITATION_ID = re.compile(rf"[a-z2-7]{{{_NAME_LENGTH}}}[a-z0-9]{{{_OWN_LENGTH}}}", re.ASCII)
BAN_ID = re.compile(rf"[a-z0-9]{{{_BAN_LENGTH}}}", re.ASCII)


def folded(name: str) -> str:
    """Return a name as it is compared: without case, width and superfluous spaces."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def without_number(name: str) -> str:
    """Return a folded name without numbers at its end, such as `_2`."""
    return re.sub(r"(_\d+)+$", "", folded(name))


def digest_of(text: str) -> str:
    """Return 80 bits of a text's digest, in base 32."""
    digest = hashlib.sha256(text.encode()).digest()[: _NAME_LENGTH * 5 // 8]
    return base64.b32encode(digest).decode().lower()


@dataclass(frozen=True, slots=True)
class Draft:
    """What an invitation is made of."""

    name: str
    role: Role
    expires_at: Milliseconds | None = None
    max_joins: int | None = None
    external_id: str | None = None
    metadata: str | None = None
    skips_lobby: bool = False


@dataclass(frozen=True, slots=True)
class Invitation:
    """Lets one person into a room, under a name that is theirs."""

    id: str
    draft: Draft
    token_digest: str
    created_at: Milliseconds
    joins: int = 0
    """The sessions that LiveKit has reported."""
    last_join_at: Milliseconds | None = None
    revoked_at: Milliseconds | None = None

    @classmethod
    def new(cls, draft: Draft, *, now: Milliseconds, key: bytes) -> Self:
        """Return an invitation; its token, stored nowhere, is made from its id by the key."""
        own = "".join(secrets.choice(_ALPHABET) for _ in range(_OWN_LENGTH))
        id_ = digest_of(folded(draft.name)) + own
        digest = bearers.digest_of(bearers.token_of(id_, key))
        return cls(id_, draft, digest, created_at=now)

    def is_opened_by(self, token: str) -> bool:
        """True if this is the invitation's token."""
        return bearers.is_opened_by(token, self.token_digest)

    def is_valid(self, now: Milliseconds) -> bool:
        """True if it was not revoked and has not expired."""
        ends_at = self.draft.expires_at
        return self.revoked_at is None and (ends_at is None or now < ends_at)

    @property
    def is_used_up(self) -> bool:
        """True if it allows no further join."""
        return self.draft.max_joins is not None and self.joins >= self.draft.max_joins

    def identity(self, room: Room) -> str:
        """Return the bearer's identity, always the same one until it is removed."""
        return next(each for each in self.identities() if not room.has_removed(each))

    def identities(self) -> Iterator[str]:
        """Yield the bearer's identities: after the removal of one they have the next."""
        for number in count():
            digest = hashlib.sha256(f"{self.id}#{number}".encode()).digest()
            suffix = "".join(_ALPHABET[each % len(_ALPHABET)] for each in digest[:_IDENTITY_LENGTH])
            yield f"{self.draft.name}_{suffix}"


def id_in(token: str) -> str | None:
    """Return the id of an invitation in its token; None if it is not one."""
    id_ = bearers.id_in(token)
    return id_ if INVITATION_ID.fullmatch(id_) else None


def name_digest_in(invitation_id: str) -> str:
    """Return the digest of the name, with which an id begins."""
    return invitation_id[:_NAME_LENGTH]


@dataclass(frozen=True, slots=True)
class Ban:
    """Keeps a participant out of a room until it ends, whatever token they show."""

    id: str
    at: Milliseconds
    name: str
    identity: str
    external_id: str | None
    """What is refused, whoever claims it; None if the participant has none."""
    bans_name: bool
    """True for a participant who came by a shared link: their name is refused there."""

    @classmethod
    def new(
        cls,
        name: str,
        identity: str,
        *,
        external_id: str | None,
        bans_name: bool,
        now: Milliseconds,
    ) -> Self:
        """Return a ban with an id of its own."""
        id_ = "".join(secrets.choice(_ALPHABET) for _ in range(_BAN_LENGTH))
        return cls(id_, now, name, identity, external_id, bans_name)
