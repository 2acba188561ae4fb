"""Secrets Manager, S3 and LiveKit on this machine; prints its port, ends with its input.

python -m bench.loopback
"""

import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.contract.samples import FILE, LIVEKIT
from tools.memory_aws import SECRETS


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # an answer is one packet
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        """Answer LiveKit's calls, and those of Secrets Manager and S3."""
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        if "x-amz-target" in self.headers:
            secret = SECRETS.get(json.loads(body)["SecretId"], "signs-links-and-sessions")
            text = secret if isinstance(secret, str) else json.dumps(secret)
            self._answer(json.dumps({"SecretString": text}).encode(), "application/json")
        elif self.path.startswith("/twirp/livekit."):
            message = LIVEKIT.get(self.path.removeprefix("/twirp/livekit."))
            data = b"" if message is None else message.SerializeToString()
            self._answer(data, "application/protobuf")
        else:
            self._answer(b"<DeleteResult/>", "application/xml")

    def do_HEAD(self) -> None:
        """Tell that the file is there."""
        self._answer(FILE, "video/mp4")

    def _answer(self, data: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(data)))
        self.send_header("etag", '"e"')
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def main() -> None:
    """Serve until the standard input is closed."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        print(server.server_port, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
