"""Tokens that open something for whoever bears them: shown once, and stored as a digest."""

import hashlib
import secrets

from meet.access import is_same

_SECRET_BYTES = 24


def new_token(id_: str) -> str:
    """Return a token that begins with the id of what it opens; its secret has 192 bits."""
    return f"{id_}.{secrets.token_urlsafe(_SECRET_BYTES)}"


def id_in(token: str) -> str:
    """Return the id that a token begins with, if it is a token."""
    return token.partition(".")[0]


def digest_of(token: str) -> str:
    """Return the digest of a token, which is stored in its place."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def is_opened_by(token: str, digest: str) -> bool:
    """True if a token has this digest."""
    return is_same(digest_of(token), digest)
