"""A server that has the faults of AWS."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from meet.amazon import DynamoDB, JsonClient
from meet.sigv4 import AccessKey

KEY = AccessKey("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "token")


@dataclass
class Answer:
    """One answer of a server; `cut` sends less than it announces, `silent` nothing."""

    status: int = 200
    body: Any = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False
    silent: bool = False


@dataclass
class Server:
    """Gives the answers that a test lays out, and then empty ones; or what `answer` returns."""

    address: str = ""
    answers: list[Answer] = field(default_factory=list)
    asked: list[tuple[dict[str, str], dict[str, Any]]] = field(default_factory=list)
    """Headers and bodies."""
    connections: int = 0
    answer: Callable[[dict[str, Any]], Answer] | None = None

    def fails(self, code: str, status: int = 400, **more: Any) -> None:
        self.answers.append(Answer(status, {"__type": f"com.amazonaws#{code}", **more}))

    def next_answer(self) -> Answer:
        return self.answers.pop(0) if self.answers else Answer()

    def client(self, kind: type[JsonClient] = DynamoDB) -> Any:
        return kind(self.address, "eu-west-1", lambda: KEY)


@contextmanager
def aws_server() -> Iterator[Server]:
    """Run it; a test has set its answers before it calls."""
    laid = Server()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            super().setup()
            laid.connections += 1

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            laid.asked.append(({k.lower(): v for k, v in self.headers.items()}, body))
            answer = laid.answer(body) if laid.answer else laid.next_answer()
            if answer.silent:
                self.close_connection = True
                return
            data = (
                answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
            )
            self.send_response_only(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data[: len(data) // 2] if answer.cut else data)
            self.close_connection = answer.cut

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        laid.address = f"http://127.0.0.1:{http.server_port}"
        try:
            yield laid
        finally:
            http.shutdown()
            thread.join()
