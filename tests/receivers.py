"""Real receivers of webhooks on loopback: good ones, and all kinds of bad ones."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Answer = tuple[int, dict[str, str]]


@dataclass(frozen=True)
class Received:
    """A request that came in."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """A receiver, and what it was sent."""

    url: str
    answer: Callable[[Received], Answer] = lambda received: (204, {})
    received: list[Received] = field(default_factory=list)

    @property
    def ids(self) -> list[str]:
        return [each.headers["webhook-id"] for each in self.received]

    def answers(self, status: int, **headers: str) -> None:
        """Answer this from now on; _ in names of headers stands for a hyphen."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answer = lambda received: (status, named)


@contextmanager
def receiver(*, certificate: Path | None = None, body: bytes = b"") -> Iterator[Receiver]:
    """Run a receiver that answers 204, unless it is told another answer."""
    found = Receiver("")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            request = Received(self.path, headers, self.rfile.read(length))
            found.received.append(request)
            status, headers = found.answer(request)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if body:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with suppress(ConnectionError):
                self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128

        def handle_error(self, request: Any, client_address: Any) -> None:
            pass  # a client that refused our certificate

    server = Server(("127.0.0.1", 0), Handler)
    scheme = "http"
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        scheme = "https"
    found.url = f"{scheme}://127.0.0.1:{server.server_port}/hook"
    thread = threading.Thread(target=lambda: server.serve_forever(0.02), daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def talker(talk: Callable[[socket.socket], None]) -> Iterator[str]:
    """Run a server that does something of its own with each connection; yield its URL."""
    listening = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()
    threads: list[threading.Thread] = []

    def handle(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            talk(connection)

    def accept() -> None:
        while not over.is_set():
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            thread = threading.Thread(target=handle, args=(connection,), daemon=True)
            threads.append(thread)
            thread.start()

    accepting = threading.Thread(target=accept, daemon=True)
    accepting.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/hook"
    finally:
        over.set()
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        accepting.join()
        for thread in threads:
            thread.join()


def hang(connection: socket.socket) -> None:
    """Read, and never answer, until the other end gives up."""
    while connection.recv(65536):
        pass


def close(connection: socket.socket) -> None:
    """Read something and hang up."""
    connection.recv(65536)


def drip(connection: socket.socket) -> None:
    """Answer a byte now and then, for ever."""
    connection.recv(65536)
    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while True:
        connection.sendall(b"x")
        time.sleep(0.02)


def babble(connection: socket.socket) -> None:
    """Answer something that is not HTTP."""
    connection.recv(65536)
    connection.sendall(b"220 mail.example.com ESMTP\r\n")


def free_port() -> int:
    """Return a port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def certificate_in(folder: Path, *, days: int = 1) -> Path:
    """Write a self-signed certificate of 127.0.0.1 and its key into a file; return its path."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "receiver")])
    now = datetime.now(UTC)
    addresses = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=2))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(addresses, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, encoded = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    file = folder / "receiver.pem"
    file.write_bytes(
        key.private_bytes(pem, encoded, serialization.NoEncryption())
        + certificate.public_bytes(pem)
    )
    return file
