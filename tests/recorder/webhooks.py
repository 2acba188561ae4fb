"""Receives LiveKit's webhooks."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from livekit import api

KEY, SECRET = "devkey", "devsecret-devsecret-devsecret-0123"


class Webhooks:
    """Receives and checks LiveKit's webhooks."""

    def __init__(self) -> None:
        self.events: list[Any] = []
        receiver = api.WebhookReceiver(api.TokenVerifier(KEY, SECRET))
        events = self.events

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                events.append(receiver.receive(body, self.headers["Authorization"]))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def of(self, egress_id: str) -> list[tuple[str, str]]:
        """Return event and status, in order of arrival."""
        return [
            (event.event, api.EgressStatus.Name(event.egress_info.status))
            for event in list(self.events)
            if event.egress_info.egress_id == egress_id
        ]
