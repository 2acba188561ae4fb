"""Whether Lambda polls the queues of deliveries: it costs money, so only while there is a webhook.

Messages wait in their queues until then, up to four days. What Lambda says counts, since others
may change it, too.
"""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from meet import clock
from meet.clock import MINUTE

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

logger = logging.getLogger(__name__)

_ON, _OFF = "Enabled", "Disabled"
"""In all other states Lambda is changing the mapping already, and refuses another change."""

_QUIET = 10 * MINUTE
"""How long nobody asks for mappings that are off, as they should be: audits charge for calls."""


class QueuePolling:
    """Switches the event source mappings of the queues on and off."""

    def __init__(self, client: "LambdaClient", mappings: tuple[str, ...]) -> None:
        """`mappings` are their ids."""
        self._client = client
        self._mappings = mappings
        self._quiet_until = 0

    def adjust(self, *, on: bool) -> None:
        """Let Lambda poll the queues, or not; what is as it should be already is left alone.

        So is a mapping that Lambda is changing; the next call looks at it. Raises what Lambda
        refuses, after it tried all of them.
        """
        if not on and clock.now() < self._quiet_until:
            return
        self._quiet_until = 0
        are_right = self._each(lambda mapping: self._adjust(mapping, on=on))
        if not on and all(are_right):
            self._quiet_until = clock.now() + _QUIET

    def _adjust(self, mapping: str, *, on: bool) -> bool:
        """Return True if the mapping was as it should be."""
        wanted, other = (_ON, _OFF) if on else (_OFF, _ON)
        state = self._client.get_event_source_mapping(UUID=mapping)["State"]
        if state == other:
            self._switch(mapping, on=on)
        elif state != wanted:
            logger.info("polling is being changed", extra={"mapping": mapping, "state": state})
        return state == wanted

    def _switch(self, mapping: str, *, on: bool) -> None:
        refused = self._client.exceptions
        try:
            self._client.update_event_source_mapping(UUID=mapping, Enabled=on)
        except (refused.ResourceInUseException, refused.ResourceConflictException):
            logger.info("polling is being changed", extra={"mapping": mapping})
        else:
            logger.info("polling switched", extra={"mapping": mapping, "on": on})

    def _each(self, act: Callable[[str], bool]) -> list[bool]:
        """Do something about all mappings at once; a failure about one does not stop the others."""
        with ThreadPoolExecutor(len(self._mappings)) as pool:
            asked = [pool.submit(act, mapping) for mapping in self._mappings]
        return [each.result() for each in asked]
