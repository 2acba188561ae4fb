"""The queues of deliveries, and their messages."""

import json
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from meet import clock
from meet.errors import TemporarilyUnavailable

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

_BATCH = 10
_ATTEMPTS = 5
_PARALLEL = 8


@dataclass(frozen=True, slots=True)
class Message:
    """An event that one endpoint is to be sent."""

    webhook_id: str
    event_id: str
    position: int
    retry: int = 0
    """How many of the waits between attempts are used up."""
    is_stored: bool = False
    """True if the table may hold a delivery, which a success has to delete."""
    is_patient: bool = False
    """True in the queue for slow endpoints, whose attempts get their full time."""
    is_probe: bool = False
    """True for the one attempt that a resting endpoint gets."""

    def to_json(self) -> str:
        """Return the message as it is queued."""
        marks = {"stored": self.is_stored, "patient": self.is_patient, "probe": self.is_probe}
        message = {
            "webhookId": self.webhook_id,
            "eventId": self.event_id,
            "position": self.position,
            "attempt": self.retry,
            **{name: True for name, value in marks.items() if value},
        }
        return json.dumps(message, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return a queued message."""
        message: dict[str, Any] = json.loads(text)
        return cls(
            message["webhookId"],
            message["eventId"],
            message["position"],
            message["attempt"],
            message.get("stored", False),
            message.get("patient", False),
            message.get("probe", False),
        )


@dataclass(frozen=True)
class DeliveryQueue:
    """Queues deliveries: endpoints that answer slowly have a queue of their own."""

    client: "SQSClient"
    url: str
    patient_url: str

    def send(self, messages: Iterable[Message], *, delay: int = 0) -> None:
        """Queue messages, `delay` seconds from now; raises TemporarilyUnavailable.

        Then some of them may be queued: whoever tries again sends those twice.
        """
        several = list(messages)
        chunks = [
            chunk
            for is_patient in (False, True)
            for chunk in _chunks([each for each in several if each.is_patient is is_patient])
        ]
        if len(chunks) == 1:
            self._send(chunks[0], delay)
        elif chunks:
            with ThreadPoolExecutor(min(_PARALLEL, len(chunks))) as pool:
                list(pool.map(lambda chunk: self._send(chunk, delay), chunks))

    def _send(self, messages: Sequence[Message], delay: int) -> None:
        """Queue at most _BATCH messages, which go to the same queue."""
        url = self.patient_url if messages[0].is_patient else self.url
        left = dict(enumerate(messages))
        for attempt in range(_ATTEMPTS):
            clock.pause(attempt)
            entries: Any = [
                {"Id": str(number), "MessageBody": each.to_json(), "DelaySeconds": delay}
                for number, each in left.items()
            ]
            answer = self.client.send_message_batch(QueueUrl=url, Entries=entries)
            left = {int(each["Id"]): left[int(each["Id"])] for each in answer.get("Failed", [])}
            if not left:
                return
        raise TemporarilyUnavailable("SQS refused messages again and again")


def _chunks(messages: Sequence[Message]) -> list[Sequence[Message]]:
    return [messages[start : start + _BATCH] for start in range(0, len(messages), _BATCH)]
