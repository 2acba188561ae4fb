"""Which requests change the emulator's data, and how writers share one save."""

import asyncio
from collections.abc import Callable, Mapping

_READS = ("BatchGet", "Describe", "Get", "List", "Query", "Scan", "TransactGet")
_TARGETS = {"DynamoDB_20120810": "dynamodb", "secretsmanager": "secretsmanager"}


def changed_service(method: str, headers: Mapping[bytes, bytes], query: bytes) -> str | None:
    """Return the service whose data the request may change, None when it only reads."""
    version, _, action = headers.get(b"x-amz-target", b"").decode("latin-1").partition(".")
    if version:
        return None if action.startswith(_READS) else _TARGETS.get(version)
    signed_for_s3 = b"/s3/" in headers.get(b"authorization", b"") or b"%2Fs3%2F" in query
    return "s3" if signed_for_s3 and method in {"DELETE", "POST", "PUT"} else None


class Commits:
    """Saves shared by all who wait for one: the next save serves every change made before it."""

    def __init__(self, save: Callable[[str], None]) -> None:
        self._save = save
        self._next: dict[str, asyncio.Task[None]] = {}

    async def commit(self, service: str) -> None:
        """Return once everything the service holds now is on disk; raises what saving raises."""
        if service not in self._next:
            self._next[service] = asyncio.create_task(self._run(service))
        await asyncio.shield(self._next[service])

    async def _run(self, service: str) -> None:
        # From here on a new change waits for another save: this one may not see it.
        del self._next[service]
        self._save(service)
