"""Ports of the local stack."""

import socket

from tools import ports


def test_a_free_port_is_taken_as_wished() -> None:
    wished = ports.pick()
    assert ports.pick(wished) == wished


def test_a_port_somebody_listens_on_is_replaced() -> None:
    with socket.create_server((ports.LOOPBACK, 0)) as server:
        occupied = server.getsockname()[1]
        assert not ports.is_free(occupied)
        assert ports.pick(occupied) != occupied


def test_a_port_somebody_has_on_every_interface_is_replaced() -> None:
    with socket.create_server(("", 0)) as server:
        assert ports.pick(server.getsockname()[1]) != server.getsockname()[1]


def test_a_port_already_given_away_is_replaced() -> None:
    wished = ports.pick()
    assert ports.pick(wished, taken=[wished]) != wished


def test_datagram_ports_are_looked_at_apart() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as holder:
        holder.bind((ports.LOOPBACK, 0))
        occupied = holder.getsockname()[1]
        assert ports.pick(occupied, socket.SOCK_DGRAM) != occupied
