"""Signature Version 4 of requests that post a body to the root of an AWS service.

https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html
"""

import hashlib
import hmac
import time
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

_ALGORITHM = "AWS4-HMAC-SHA256"


class AccessKey(NamedTuple):
    """Credentials; `token` is that of a role's temporary ones, else empty."""

    id: str
    secret: str
    token: str = ""


@dataclass(frozen=True)
class Signer:
    """Signs the requests to one service."""

    service: str
    region: str
    host: str
    """With the port, unless it is the scheme's own."""

    def sign(
        self, headers: dict[str, str], body: bytes, key: AccessKey, *, at: float
    ) -> dict[str, str]:
        """Return the headers and those that prove who sends them; `at` is the time in seconds.

        The names of the given headers are in lower case, and each of them is signed.
        """
        stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(at))
        signed = {**headers, "host": self.host, "x-amz-date": stamp}
        if key.token:
            signed["x-amz-security-token"] = key.token
        names = sorted(signed)
        lines = "".join([f"{name}:{signed[name]}\n" for name in names])
        listed = ";".join(names)
        request = f"POST\n/\n\n{lines}\n{listed}\n{hashlib.sha256(body).hexdigest()}"
        day = stamp[:8]
        scope = f"{day}/{self.region}/{self.service}/aws4_request"
        digest = hashlib.sha256(request.encode()).hexdigest()
        text = f"{_ALGORITHM}\n{stamp}\n{scope}\n{digest}"
        derived = _key_of_the_day(key.secret, day, self.region, self.service)
        signature = hmac.digest(derived, text.encode(), "sha256").hex()
        signed["authorization"] = (
            f"{_ALGORITHM} Credential={key.id}/{scope}, SignedHeaders={listed}, "
            f"Signature={signature}"
        )
        return signed


@lru_cache(maxsize=8)
def _key_of_the_day(secret: str, *scope: str) -> bytes:
    key = b"AWS4" + secret.encode()
    for part in (*scope, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key
