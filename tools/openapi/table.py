"""Every operation's row, and which routes have none."""

from meet.access import API
from tools.openapi import events, recordings, rooms, webhooks

ROWS = rooms.ROWS | recordings.ROWS | events.ROWS | webhooks.ROWS
"""What is to be said about each operation, by the folder of its function."""

UNLISTED = {("DELETE", f"{API}/participants/token")}
"""Routes that are parts of another one: somebody may be called token."""
