"""LiveKit hears the end of an egress, also one that was away."""

import asyncio
from typing import Any

import pytest
from livekit import api

from tools.recorder import reports
from tools.recorder.psrpc import Refused
from tools.recorder.reports import Reports


class LiveKit:
    """Hears updates; is away for the first few."""

    def __init__(self, away: int) -> None:
        self.heard: list[str] = []
        self._away = away

    async def call(self, _service: str, _method: str, info: Any, _reply: Any) -> None:
        if self._away:
            self._away -= 1
            raise Refused("unavailable", "away")
        self.heard.append(api.EgressStatus.Name(info.status))


def test_an_end_that_livekit_did_not_hear_is_told_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "FIRST_DELAY", 0.001)
    livekit = LiveKit(away=4)
    told = Reports(livekit)  # type: ignore[arg-type]
    info = api.EgressInfo(egress_id="EG_1", status="EGRESS_ENDING")
    told.add(info)
    info.status = api.EgressStatus.EGRESS_COMPLETE
    told.add(info)
    told.close()
    asyncio.run(told.deliver())
    assert livekit.heard == ["EGRESS_ENDING", "EGRESS_COMPLETE"]
