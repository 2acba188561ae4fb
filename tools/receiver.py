"""A receiver of webhooks for the running stack: verifies events and prints one line for each.

Run as `python -m tools.receiver` beside `make run`.
"""

import argparse
import json
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import FrameType
from typing import Any

import urllib3
from standardwebhooks import Webhook, WebhookVerificationError

from tools import ROOT

STACK = ROOT / ".local" / "stack.json"


def line(event: dict[str, Any]) -> str:
    """Return the line that is printed about an event."""
    data = event.get("data", {})
    about = data.get("participantName") or data.get("status") or data.get("reason") or ""
    return (
        f"{event.get('position', 0):>6}  {event['timestamp'][11:23]}  {event['type']:<20} "
        f"{event.get('roomName', ''):<32} {about}"
    ).rstrip()


class Receiver:
    """Listens on a free port of this machine, and registers itself as a webhook."""

    def __init__(self, stack: dict[str, Any]) -> None:
        self._stack = stack
        self._http = urllib3.PoolManager(timeout=30, retries=False)
        self._secret = ""
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.server.daemon_threads = True

    @contextmanager
    def registered(self) -> Iterator[str]:
        """Create the webhook, and delete it at the end; yield its id."""
        url = f"http://127.0.0.1:{self.server.server_port}/"
        made = self._call("POST", "/webhooks", {"url": url, "description": "tools.receiver"})
        self._secret = made["secret"]
        try:
            yield made["webhookId"]
        finally:
            self._call("DELETE", f"/webhooks/{made['webhookId']}")

    def _call(self, method: str, path: str, body: Any = None) -> Any:
        answer = self._http.request(
            method,
            self._stack["apiUrl"] + path,
            json=body,
            headers={"X-API-KEY": self._stack["apiKey"], "Content-Type": "application/json"},
        )
        if answer.status >= 300:
            raise SystemExit(f"{method} {path}: {answer.status} {answer.data.decode()}")
        return json.loads(answer.data) if answer.data else None

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                headers = {name.lower(): value for name, value in self.headers.items()}
                try:
                    event = Webhook(receiver._secret).verify(body, headers)
                except WebhookVerificationError as error:
                    print(f"refused: {error}", flush=True)
                    self.send_error(400)
                    return
                print(line(event), flush=True)
                self.send_response(204)
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
                """Write nothing: one line per event is enough."""

        return Handler


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def main() -> int:
    """Receive until Ctrl-C; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.receiver", description=__doc__)
    parser.add_argument(
        "--stack", type=Path, default=STACK, help="what make run wrote about itself"
    )
    stack = parser.parse_args().stack
    signal.signal(signal.SIGTERM, _interrupt)
    if not stack.exists():
        print("No stack is running here: start it with make run.", file=sys.stderr)
        return 1
    receiver = Receiver(json.loads(stack.read_text()))
    with receiver.registered() as webhook:
        print(f"{webhook} waits for events, which begin within 30 s. Ctrl-C ends it.", flush=True)
        try:
            receiver.server.serve_forever()
        except KeyboardInterrupt:
            pass
        finally:
            receiver.server.server_close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
