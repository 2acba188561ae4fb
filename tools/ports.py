"""Finds free loopback ports."""

import socket
from collections.abc import Iterable

LOOPBACK = "127.0.0.1"


def is_free(port: int, kind: socket.SocketKind = socket.SOCK_STREAM) -> bool:
    """True if the port can be bound on loopback now."""
    with socket.socket(socket.AF_INET, kind) as probe:
        if kind == socket.SOCK_STREAM:  # a connection in TIME_WAIT does not hold a port
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def pick(
    preferred: int = 0,
    kind: socket.SocketKind = socket.SOCK_STREAM,
    *,
    taken: Iterable[int] = (),
) -> int:
    """Return the preferred port if it is free and not taken, else any free one."""
    if preferred and preferred not in taken and is_free(preferred, kind):
        return preferred
    while True:
        with socket.socket(socket.AF_INET, kind) as probe:
            probe.bind((LOOPBACK, 0))
            port = int(probe.getsockname()[1])
        if port not in taken:
            return port
