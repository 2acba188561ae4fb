"""Who is in the meetings of these tests, and how a recording is followed to its end."""

import time
from typing import Any

from tests.recorder.stack import Stack
from tests.recorder.waiting import until

BLUE, RED = (90, 200, 90), (90, 80, 200)
ALICE: dict[str, Any] = {
    "identity": "alice",
    "name": "Alice",
    "publish": ["camera", "microphone"],
    "colour": BLUE,
    "tone": 440,
}
BOB: dict[str, Any] = {
    "identity": "bob",
    "publish": ["camera", "microphone"],
    "colour": RED,
    "tone": 1000,
    "beat": True,
}
WHISPERER: dict[str, Any] = {"identity": "whisperer", "publish": ["microphone"]}
WHOLE_LIFE = [
    ("egress_started", "EGRESS_STARTING"),
    ("egress_updated", "EGRESS_ACTIVE"),
    ("egress_updated", "EGRESS_ENDING"),
    ("egress_ended", "EGRESS_COMPLETE"),
]


def ended(stack: Stack, egress_id: str) -> list[tuple[str, str]]:
    until(
        f"webhook about the end of {egress_id}",
        lambda: any(name == "egress_ended" for name, _ in stack.webhooks.of(egress_id)),
    )
    return stack.webhooks.of(egress_id)


def nothing_left(stack: Stack, egress_id: str) -> None:
    until(
        "files removed",
        lambda: not list(stack.egress_directory.glob(f"{egress_id}*")),
    )


def recorded_for(stack: Stack, egress_id: str, seconds: float) -> float:
    """Let a recording go on until its file plays about so long; return the seconds since ACTIVE."""
    started = stack.reaches(egress_id, "ACTIVE").file_results[0].started_at / 1e9
    until("recording time passed", lambda: time.time() - started > seconds)
    return float(time.time() - started)
