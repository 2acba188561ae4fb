"""Tokens that open something for their bearers: shown when they are made, stored as digests."""

import base64
import hashlib
import hmac
from typing import Any

from meet.access import is_same

_SECRET_BYTES = 24


def token_of(id_: str, key: bytes) -> str:
    """Return the token that begins with the id of what it opens; its secret has 192 bits.

    It is always the same for an id and a key, so a repeated answer can show it again.
    """
    secret = hmac.digest(key, id_.encode(), hashlib.sha256)[:_SECRET_BYTES]
    return f"{id_}.{base64.urlsafe_b64encode(secret).decode()}"


def with_url(view: dict[str, Any], id_name: str, *, before: str, key: bytes) -> dict[str, Any]:
    """Return a view that begins with its id and a URL, which ends with the token of that id."""
    return {id_name: view[id_name], "url": before + token_of(view[id_name], key)} | view


def id_in(token: str) -> str:
    """Return the id that a token begins with, if it is a token."""
    return token.partition(".")[0]


def digest_of(token: str) -> str:
    """Return the digest of a token, which is stored in its place."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def is_opened_by(token: str, digest: str) -> bool:
    """True if a token has this digest."""
    return is_same(digest_of(token), digest)
