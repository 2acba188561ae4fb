"""Whether Lambda polls the queues of deliveries: it costs something, so only if there is a webhook.

Messages wait in their queues until then, up to four days. Lambda is asked for the state each time,
and nothing remembers it: an update of the stack can change it, too.
"""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

logger = logging.getLogger(__name__)

_ON, _OFF = "Enabled", "Disabled"
"""In all other states Lambda is changing the mapping already, and refuses another change."""


@dataclass(frozen=True)
class QueuePolling:
    """Switches the event source mappings of the queues on and off."""

    client: "LambdaClient"
    mappings: tuple[str, ...]
    """Their ids."""

    def switch_on(self) -> None:
        """Let Lambda poll all queues; raises what Lambda refuses after it tried all of them."""
        self._each(lambda mapping: self._switch(mapping, on=True))

    def adjust(self, *, on: bool, look_again: Callable[[], bool]) -> None:
        """Let Lambda poll the queues or not; `look_again` returns what is right by now.

        A mapping that Lambda is changing is left alone, for the next call to look at. Raises
        what Lambda refuses, after it tried all of them.
        """
        changed = self._each(lambda mapping: self._adjust(mapping, on=on))
        # Whoever created a webhook meanwhile may have switched it on before this switched it off.
        if any(changed) and not on and look_again():
            self.switch_on()

    def _adjust(self, mapping: str, *, on: bool) -> bool:
        """Return True if the mapping was in the other state, and was switched."""
        state = self.client.get_event_source_mapping(UUID=mapping)["State"]
        return state == (_OFF if on else _ON) and self._switch(mapping, on=on)

    def _switch(self, mapping: str, *, on: bool) -> bool:
        """Return False if Lambda is changing the mapping just now."""
        refused = self.client.exceptions
        try:
            self.client.update_event_source_mapping(UUID=mapping, Enabled=on)
        except (refused.ResourceInUseException, refused.ResourceConflictException):
            logger.info("polling is being changed", extra={"mapping": mapping})
            return False
        logger.info("polling switched", extra={"mapping": mapping, "on": on})
        return True

    def _each(self, act: Callable[[str], bool]) -> list[bool]:
        """Do something about all mappings at once; a failure about one does not stop the others."""
        with ThreadPoolExecutor(len(self.mappings)) as pool:
            asked = [pool.submit(act, mapping) for mapping in self.mappings]
        return [each.result() for each in asked]
