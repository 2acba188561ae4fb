"""Connections to endpoints: the peer's address is checked before anything is sent.

A name may have another address at each look-up, so what counts is the address that the socket is
connected to.
"""

import socket
import ssl
import threading
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection

from meet import clock

CONNECT_TIMEOUT = 3.0
"""Seconds for the look-up of the name and the connection, however many addresses there are."""

_NOT_PUBLIC_V4 = tuple(
    map(
        ip_network,
        (
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",  # shared by carriers (CGNAT)
            "127.0.0.0/8",
            "169.254.0.0/16",  # link-local, among it the metadata of AWS
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.88.99.0/24",  # relays of 6to4
            "192.168.0.0/16",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",
            "240.0.0.0/4",
        ),
    )
)
_PUBLIC_V6 = ip_network("2000::/3")
_NOT_PUBLIC_V6 = tuple(
    map(
        ip_network,
        (
            "2001::/23",  # Teredo and other protocols
            "2001:db8::/32",
            "2002::/16",  # 6to4, which contains an IPv4 address
            "3fff::/20",
        ),
    )
)
"""Besides all that is outside _PUBLIC_V6, such as NAT64 (64:ff9b::/96, 64:ff9b:1::/48)."""


class NotPublic(Exception):
    """The address is private, local or reserved."""


class NotResolved(Exception):
    """The name has no address, or its look-up took too long."""


class NotReached(Exception):
    """No address of the name accepted a connection in time."""


def is_public(address: str) -> bool:
    """True if an address belongs to the public internet.

    Listed here rather than asked of `ipaddress`, whose answers differ between versions of Python.
    """
    parsed: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    if isinstance(parsed, IPv4Address):
        return not any(parsed in network for network in _NOT_PUBLIC_V4)
    return parsed in _PUBLIC_V6 and not any(parsed in network for network in _NOT_PUBLIC_V6)


class _Checked(HTTPConnection):
    """A connection that refuses peers which are not public, and ends at a deadline."""

    def __init__(self, *arguments: Any, allow_private: bool, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._allow_private = allow_private
        self._raw: socket.socket | None = None
        self._is_cut = False

    def cut(self) -> None:
        """Break the connection off, also while another thread waits for its peer."""
        self._is_cut = True
        raw = self._raw
        if raw is not None:
            with suppress(OSError):  # closed already
                # Not the method of an SSLSocket, which would take TLS away from that thread.
                socket.socket.shutdown(raw, socket.SHUT_RDWR)

    def _new_conn(self) -> socket.socket:
        until = clock.monotonic() + min(CONNECT_TIMEOUT, float(self.timeout or CONNECT_TIMEOUT))
        failure: Exception = NotReached()
        for family, address in _addresses(self._dns_host, self.port or 0, until):
            self._check(address)
            left = until - clock.monotonic()
            if left <= 0:
                break
            connected = socket.socket(family, socket.SOCK_STREAM)
            try:
                connected.settimeout(left)
                connected.connect(address)
                self._check(connected.getpeername())
            except OSError as error:
                connected.close()
                failure = error
                continue
            except NotPublic:
                connected.close()
                raise
            self._raw = connected
            connected.settimeout(self.timeout)
            connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._is_cut:
                self.cut()
            return connected
        raise failure

    def _check(self, peer: Any) -> None:
        if not self._allow_private and not is_public(peer[0]):
            raise NotPublic


class CheckedHTTPConnection(_Checked):
    """HTTP to a checked peer."""


class CheckedHTTPSConnection(_Checked, HTTPSConnection):
    """HTTPS to a checked peer, whose certificate has to be valid."""


def connection(
    scheme: str, host: str, port: int | None, *, allow_private: bool, tls: ssl.SSLContext
) -> CheckedHTTPConnection | CheckedHTTPSConnection:
    """Return a connection that is not made yet. No proxy of the environment is used."""
    if scheme == "https":
        return CheckedHTTPSConnection(host, port, allow_private=allow_private, ssl_context=tls)
    return CheckedHTTPConnection(host, port, allow_private=allow_private)


def _addresses(host: str, port: int, until: float) -> list[tuple[int, Any]]:
    """Return the addresses of a name: getaddrinfo knows no timeout, so another thread asks."""
    found: list[tuple[int, Any]] = []

    def look_up() -> None:
        try:
            for family, _, _, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
                found.append((family, address))
        except (OSError, UnicodeError):
            found.clear()

    asking = threading.Thread(target=look_up, daemon=True)
    asking.start()
    asking.join(max(0.0, until - clock.monotonic()))
    if asking.is_alive() or not found:
        raise NotResolved
    return found
