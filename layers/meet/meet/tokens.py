"""Signed tokens of this stack: JWTs that only we issue and verify."""

from collections.abc import Iterable
from typing import Any

import jwt

from meet import clock
from meet.clock import SECOND
from meet.errors import Unauthorized

_ALGORITHM = "HS256"


def encode(claims: dict[str, Any], *, key: bytes, issuer: str, audience: str) -> str:
    """Return a token with these claims, which have to include `exp`."""
    return jwt.encode({"iss": issuer, "aud": audience, **claims}, key, algorithm=_ALGORITHM)


def decode(
    token: str, *, key: bytes, issuer: str, audience: str, require: Iterable[str]
) -> dict[str, Any]:
    """Return a token's claims; raises Unauthorized if it is not ours or has expired."""
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=[_ALGORITHM],
            audience=audience,
            issuer=issuer,
            options={
                "require": ["exp", "iss", "aud", *require],
                "verify_exp": False,  # below, by our own clock
                "verify_iat": False,
            },
        )
    except (jwt.PyJWTError, ValueError) as error:
        raise Unauthorized from error
    if claims["exp"] * SECOND <= clock.now():
        raise Unauthorized
    return claims
