"""Starts and stops the worker, and reads its settings from the environment."""

import argparse
import asyncio
import logging
import os
import signal
import sys
from pathlib import Path
from typing import TextIO

from tools.recorder.psrpc import Peer, RedisBus
from tools.recorder.recorder import lock
from tools.recorder.state import clear_all
from tools.recorder.upload import Credentials
from tools.recorder.worker import Settings, Worker

log = logging.getLogger("tools.recorder")

DRAIN_SECONDS = 50
"""Seconds: the whole shutdown stays below the minute that supervisors are asked to wait."""
_PREDECESSOR_SECONDS = 15

_ABOUT = """\
Records rooms of the local stack to MP4 on S3, asked by livekit-server as LiveKit's egress is.
Set by REDIS_URL, LIVEKIT_WS_URL, LIVEKIT_API_KEY, LIVEKIT_API_SECRET, EGRESS_DIRECTORY, AWS_*.
For development only: production uses LiveKit Cloud or github.com/livekit/egress."""


def settings(environment: dict[str, str]) -> Settings:
    """Read the environment; raises KeyError or ValueError."""
    role_key = environment.get("EGRESS_ASSUME_ROLE_KEY", "")
    role_secret = environment.get("EGRESS_ASSUME_ROLE_SECRET", "")
    return Settings(
        ws_url=environment["LIVEKIT_WS_URL"],
        api_key=environment["LIVEKIT_API_KEY"],
        api_secret=environment["LIVEKIT_API_SECRET"],
        directory=Path(environment["EGRESS_DIRECTORY"]).resolve(),
        at_once=int(environment.get("EGRESS_MAX", "2")),
        start_timeout=float(environment.get("EGRESS_START_TIMEOUT", "300")),
        max_duration=float(environment.get("EGRESS_MAX_DURATION", "0")),
        assume_role_key=Credentials(role_key, role_secret) if role_key else None,
    )


async def serve(redis_url: str, known: Settings) -> int:
    """Work until a signal to end; return the exit code."""
    known.directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    alone = await _alone(known.directory)
    if alone is None:
        log.error("another worker uses %s", known.directory)
        return 1
    clear_all(known.directory)
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signum in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signum, told.set)
    peer = Peer(RedisBus(redis_url), calls=("IOInfo",))
    worker = Worker(peer, known)
    listening = asyncio.create_task(peer.run())
    ending = asyncio.create_task(told.wait())
    ready = asyncio.create_task(_say_when_ready(peer))
    await asyncio.wait({listening, ending}, return_when=asyncio.FIRST_COMPLETED)
    ready.cancel()
    await worker.drain(DRAIN_SECONDS)
    if listening.done():
        log.error("stopped listening", exc_info=listening.exception())
        return 1
    return 0


async def _say_when_ready(peer: Peer) -> None:
    await peer.subscribed.wait()
    log.info("ready: listening for egress requests")


async def _alone(directory: Path) -> TextIO | None:
    """Wait for another worker to end; None if it does not."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + _PREDECESSOR_SECONDS
    while loop.time() < deadline:
        held = lock(directory / "worker.lock")
        if held:
            return held
        await asyncio.sleep(0.2)
    return None


def main() -> int:
    """Parse the command line, which has nothing but --help."""
    argparse.ArgumentParser(
        "python -m tools.recorder",
        usage="%(prog)s",
        description=_ABOUT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    ).parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("botocore").setLevel(logging.WARNING)
    try:
        known = settings(dict(os.environ))
        redis_url = os.environ["REDIS_URL"]
    except (KeyError, ValueError) as error:
        log.error("bad environment: %s", error)  # noqa: TRY400 - no traceback to a user
        return 2
    return asyncio.run(serve(redis_url, known))


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    # The thread of an upload that hangs would keep the process alive.
    logging.shutdown()
    os._exit(code)
