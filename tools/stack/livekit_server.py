"""Configures livekit-server so that it and its clients stay on loopback."""

import json
import secrets
from pathlib import Path

from tools.ports import LOOPBACK
from tools.processes import write_atomically


def key_pair(directory: Path) -> tuple[str, str]:
    """Return the API key and secret kept in the directory, made on first use."""
    kept = directory / "livekit-keys.json"
    if not kept.exists():
        write_atomically(kept, json.dumps(["API" + secrets.token_hex(6), secrets.token_hex(32)]))
    key, secret = json.loads(kept.read_text())
    return key, secret


def write_configuration(
    path: Path, ports: dict[str, int], keys: tuple[str, str], webhook: str, *, redis: bool
) -> None:
    """Write the server's configuration; JSON, which is YAML too."""
    address = f"{LOOPBACK}:{ports['redis']}"
    configuration = {
        "port": ports["livekit"],
        "bind_addresses": [LOOPBACK],
        "rtc": {
            "tcp_port": 0,  # this listener ignores bind_addresses and would listen everywhere
            "udp_port": ports["rtc"],
            "use_external_ip": False,
            "node_ip": LOOPBACK,
            "enable_loopback_candidate": True,
            "interfaces": {"includes": ["lo", "lo0"]},
            "ips": {"includes": [f"{LOOPBACK}/32"]},
            # Without a STUN server clients look up public ones. It must not be the server's own
            # address: no server listens on this port.
            "stun_servers": [f"{LOOPBACK}:3478"],
        },
        **({"redis": {"address": address}} if redis else {}),
        "keys": dict([keys]),
        "webhook": {
            "api_key": keys[0],
            "urls": [webhook],
            # As docs/deploy.md says where recordings begin automatically.
            "filter_params": {"exclude_events": ["track_unpublished"]},
        },
        "room": {"auto_create": True},  # the token's room configuration makes the room
        # If no recorder is free, starting a recording fails after 7 s instead of 21.
        "psrpc": {"max_attempts": 1},
    }
    write_atomically(path, json.dumps(configuration, indent=2))
