"""Kept connections to an endpoint of AWS or LiveKit, by the standard library's HTTP client.

A request to one endpoint needs neither redirects nor proxies nor encodings. urllib3, which has all
of them, takes as much processor time again for each request, and a part of every cold start.
"""

import http.client
import re
import select
import socket
import ssl
import time
import weakref
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from botocore.exceptions import (
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
    SSLError,
)

if TYPE_CHECKING:
    from email.message import Message

NOT_CONNECTED = (ConnectTimeoutError, EndpointConnectionError, SSLError)
"""What is raised when a connection cannot be made."""
FAILURES = (*NOT_CONNECTED, ConnectionClosedError, ReadTimeoutError)
"""What a request raises, as with botocore."""

CONNECTIONS = 64
"""To one service, as many as there are threads in a sweep."""

_AT_LEAST = 0.3
"""Seconds to read a reply that has come while others took all of the time."""

_UNPRINTED = re.compile(r"[\x00-\x20\x7f]")
_ONE_AT_A_TIME = Lock()


def tls() -> ssl.SSLContext:
    """Return the TLS of all connections: making it loads the authorities, which takes 20 ms."""
    with _ONE_AT_A_TIME:
        return _made_once()


@cache
def _made_once() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    return context


class Reply(NamedTuple):
    """An HTTP response, whose body is read."""

    status: int
    headers: "Message"
    data: bytes


class Connections:
    """Connections to one endpoint, each for one request at a time; threads may share them."""

    def __init__(
        self,
        endpoint: str,
        *,
        connect_timeout: float,
        read_timeout: float,
        most: int = CONNECTIONS,
    ) -> None:
        """Connect to nothing yet; timeouts are in seconds, and `most` connections are kept.

        Raises ValueError if the endpoint is not an HTTP URL.
        """
        parts = urlsplit(endpoint)
        host = (parts.hostname or "").rstrip(".")  # which certificates do not have
        _check(parts.scheme, host, parts.path)
        self._endpoint = endpoint
        self._path = parts.path.rstrip("/")
        self._is_secure = parts.scheme == "https"
        self._host = host
        self._port = parts.port or (443 if self._is_secure else 80)
        self._connect_timeout = connect_timeout
        self._read_timeout = read_timeout
        self._most = most
        self._idle: deque[http.client.HTTPConnection] = deque()
        weakref.finalize(self, _close, self._idle)

    def send(
        self,
        body: bytes,
        headers: dict[str, str],
        *,
        path: str = "/",
        read_timeout: float | None = None,
    ) -> "Sent":
        """Send a body to a path below the endpoint; raises one of FAILURES.

        A read timeout in seconds is for this request alone.
        """
        timeout = self._read_timeout if read_timeout is None else read_timeout
        connection = self._take() or self._connected()
        with self._told(connection):
            connection.sock.settimeout(timeout)
            connection.request("POST", self._path + path, body, headers)
        return Sent(self, connection, until=time.monotonic() + timeout)

    def read(self, connection: http.client.HTTPConnection, *, until: float) -> Reply:
        """Return the reply to what was sent, and keep the connection; raises one of FAILURES."""
        with self._told(connection):
            connection.sock.settimeout(max(until - time.monotonic(), _AT_LEAST))
            reply = _reply_of(connection.getresponse())
        if reply.status >= 200 and len(self._idle) < self._most:
            self._idle.append(connection)
        else:
            connection.close()
        return reply

    @contextmanager
    def _told(self, connection: http.client.HTTPConnection) -> Iterator[None]:
        """Close a connection on which something fails, and tell it as botocore does."""
        try:
            yield
        except BaseException as error:
            connection.close()
            if isinstance(error, TimeoutError):
                raise ReadTimeoutError(endpoint_url=self._endpoint, error=error) from error
            if isinstance(error, http.client.HTTPException | OSError):
                raise ConnectionClosedError(endpoint_url=self._endpoint, error=error) from error
            raise

    def _take(self) -> http.client.HTTPConnection | None:
        """Return the connection that was used last, unless its peer has closed it meanwhile."""
        while True:
            try:
                connection = self._idle.pop()
            except IndexError:
                return None
            if connection.sock is not None and not _is_readable(connection.sock):
                return connection
            connection.close()

    def _connected(self) -> http.client.HTTPConnection:
        connection = self._unconnected()
        try:
            connection.connect()
        except BaseException as error:
            connection.close()
            if isinstance(error, ssl.SSLError):
                raise SSLError(endpoint_url=self._endpoint, error=error) from error
            if isinstance(error, TimeoutError):
                raise ConnectTimeoutError(endpoint_url=self._endpoint, error=error) from error
            if isinstance(error, OSError | UnicodeError):  # a name that cannot be one, too
                raise EndpointConnectionError(endpoint_url=self._endpoint, error=error) from error
            raise
        return connection

    def _unconnected(self) -> http.client.HTTPConnection:
        host, port, timeout = self._host, self._port, self._connect_timeout
        if self._is_secure:
            return http.client.HTTPSConnection(host, port, timeout=timeout, context=tls())
        return http.client.HTTPConnection(host, port, timeout=timeout)


class Sent:
    """A request that was sent, on a connection of its own until its reply is read."""

    def __init__(
        self, connections: Connections, connection: http.client.HTTPConnection, *, until: float
    ) -> None:
        self._connections = connections
        self._connection: http.client.HTTPConnection | None = connection
        self._until = until

    def reply(self) -> Reply:
        """Wait for the reply, which can be done once; raises one of FAILURES.

        Requests that were sent together wait together: the timeout began with the sending.
        """
        connection, self._connection = self._connection, None
        if connection is None:
            raise TypeError("another request may have the connection by now")
        return self._connections.read(connection, until=self._until)

    def drop(self) -> None:
        """Close the connection if the reply was not waited for."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


def _reply_of(response: http.client.HTTPResponse) -> Reply:
    is_open_ended = response.length is None and not response.chunked
    if is_open_ended and response.status < 300:
        raise http.client.HTTPException("a response without a length may have been cut anywhere")
    try:
        data = response.read()
    except (ValueError, OverflowError) as error:  # the length of a chunk
        raise http.client.HTTPException(str(error)) from error
    return Reply(response.status, response.headers, data)


def _check(scheme: str, host: str, path: str) -> None:
    """Raises ValueError for the parts of an endpoint that no request can be made of."""
    if scheme not in {"http", "https"}:
        raise ValueError(f"unknown scheme {scheme!r}")
    if not host or not path.isascii() or _UNPRINTED.search(host + path):
        raise ValueError(f"neither a host nor a path: {host!r}, {path!r}")


def _close(connections: deque[http.client.HTTPConnection]) -> None:
    for each in connections:
        each.close()


def _is_readable(sock: socket.socket) -> bool:
    """True if an idle socket has something to read: the end, since nothing was asked."""
    poll = select.poll()
    poll.register(sock, select.POLLIN)
    return bool(poll.poll(0))
