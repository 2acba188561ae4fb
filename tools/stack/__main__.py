"""The commands behind make run and make stop."""

import argparse
import os
import signal
import sys
import time
from types import FrameType

from tools import ROOT
from tools.processes import StepFailed, started_at
from tools.stack.local_stack import LocalStack
from tools.stack.ownership import AlreadyRunning
from tools.uv import BuildFailed

DIRECTORY = ROOT / ".local"
API_PORT = 6080
_STOP_SECONDS = 90

WELCOME = """
  API          {apiUrl}
  API key      {apiKey}
  Console      {consoleUrl}  (name {adminUsername}, password {adminPassword})
  LiveKit      {livekitUrl}
  Logs         {logs}/
  All of this  {directory}/stack.json

Try it: create a room, list the rooms, get a token for the first one.

ROOM=$(curl -s {apiUrl}/rooms -H 'X-API-KEY: {apiKey}' -H 'Content-Type: application/json' \
-d "{{\\"roomNamePrefix\\": \\"demo\\", \
\\"expirationDate\\": $(( ($(date +%s) + 3600) * 1000 ))}}"); echo "$ROOM"
curl -s {apiUrl}/rooms -H 'X-API-KEY: {apiKey}'
echo "$ROOM" | python3 -c 'import json, sys; r = json.load(sys.stdin); print(json.dumps(\
{{"roomName": r["roomName"], "participantName": "Ada", \
"secret": r["moderatorURL"].split("=")[1]}}))' \
| curl -s {apiUrl}/participants/token -H 'Content-Type: application/json' -d @-

Events: .venv/bin/python -m tools.receiver, in another terminal, prints each as it happens.

Ctrl-C or make stop ends it; rooms stay.
"""


def _say(line: str) -> None:
    print(line, flush=True)


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def run() -> int:
    """Run the stack until a signal; return the exit status."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    stack = LocalStack(DIRECTORY, api_port=API_PORT, say=_say)
    began = time.monotonic()
    try:
        stack.start()
        _say(f"  {'Ready after':<24}{time.monotonic() - began:6.1f} s")
        values = {**stack.values(), "livekitUrl": stack.livekit_url or "none"}
        _say(WELCOME.format(**values, logs=stack.logs, directory=DIRECTORY))
        while True:
            time.sleep(0.5)
            stack.check()
    except AlreadyRunning as running:
        _say(f"{running} make stop ends it.")
        return 1
    except (StepFailed, BuildFailed) as reason:
        _say(str(reason))
        return 1
    except KeyboardInterrupt:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        _say("Stopping ...")
        stack.stop()
        return 0


def stop() -> None:
    """Stop the stack that runs here, and processes that a killed one left."""
    stack = LocalStack(DIRECTORY, say=_say)
    deadline = time.monotonic() + _STOP_SECONDS
    asked = False
    while True:
        try:
            stack.take()
            break
        except AlreadyRunning as running:
            if not started_at(running.pid):  # it is ending this very moment
                pass
            elif time.monotonic() > deadline:
                os.kill(running.pid, signal.SIGKILL)
            elif not asked:
                os.kill(running.pid, signal.SIGTERM)
                asked = True
            time.sleep(0.1)
    stack.stop()
    _say("Stopped." if asked else "Nothing was running.")


def main() -> int:
    """Run the command line; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.stack", description=__doc__)
    parser.add_argument("command", choices=["run", "stop"])
    if parser.parse_args().command == "run":
        return run()
    stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
