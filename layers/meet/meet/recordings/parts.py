"""The parts of a sweep: invocations of its function that share what is due."""

import json
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zlib import crc32

from meet.clock import Milliseconds

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

logger = logging.getLogger(__name__)

SHARE = 1_000
"""Recordings that one invocation checks within its time, also if LiveKit takes 2 s for a call."""
MOST_PARTS = 5
"""A new account runs ten functions at once, and callers need some of them."""


@dataclass(frozen=True, slots=True)
class Part:
    """One of several invocations that share what is due."""

    number: int
    """From 0."""
    parts: int

    def of(self, due: list[str]) -> list[str]:
        """Return the recordings of this part: each is in one part, always in the same."""
        return [each for each in due if crc32(each.encode()) % self.parts == self.number]


def parts_for(due: int) -> list[Part]:
    """Return the parts that so many recordings are checked in."""
    count = max(1, min(-(-due // SHARE), MOST_PARTS))
    return [Part(number, count) for number in range(count)]


@dataclass(frozen=True, slots=True)
class Invocation:
    """One part of a sweep, as an event: it is not split again, and ends with the whole."""

    part: Part
    until: Milliseconds

    @classmethod
    def of(cls, event: dict[str, Any]) -> "Invocation | None":
        """Return the part that an event asks for; None if it asks for a whole sweep."""
        if "parts" not in event:
            return None
        return cls(Part(event["part"], event["parts"]), Milliseconds(event["until"]))

    def to_event(self) -> dict[str, int]:
        """Return the event that asks for this part."""
        return {"part": self.part.number, "parts": self.part.parts, "until": self.until}


@dataclass(frozen=True)
class SweepSharing:
    """Lets the sweep's own function check what is too much for one invocation."""

    client: "Callable[[], LambdaClient]"
    function: str
    """Its ARN as it was invoked, which may name an alias."""

    def share(self, due: list[str], until: Milliseconds) -> list[str]:
        """Return the recordings that are left to the caller, once others have their parts.

        A part that Lambda does not take is left to the caller, too.
        """
        first, *others = parts_for(len(due))
        if not others:
            return due
        client = self.client()

        def invoke(part: Part) -> bool:
            payload = json.dumps(Invocation(part, until).to_event())
            try:
                client.invoke(FunctionName=self.function, InvocationType="Event", Payload=payload)
            except Exception:  # whatever it is: what is not checked stays due
                logger.exception("part of the sweep not invoked", extra={"part": part.number})
                return False
            return True

        with ThreadPoolExecutor(len(others)) as pool:
            invoked = list(pool.map(invoke, others))
        logger.info("sweep shared", extra={"due": len(due), "parts": first.parts})
        left = [part for part, done in zip(others, invoked, strict=True) if not done]
        return [each for part in (first, *left) for each in part.of(due)]
