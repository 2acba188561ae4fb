"""Why a recording FAILED, in sentences that callers read and act on.

LiveKit's own messages may name hosts, paths and accounts, so they only go to the logs: see `words`.
"""

from typing import Any
from urllib.parse import unquote, urlsplit

from meet.livekit.recorder import Egress, EgressState

ABORTED = "It was stopped before anything was recorded."
CRASHED = "The recorder crashed, and what it had recorded is lost."
DISCONNECTED = "The recorder lost its connection to the meeting."
EXHAUSTED = "The recorder ran out of memory or processor time."
FAILED = "The recorder failed."
NOT_LOADED = "The recorder could not open the meeting."
NOT_UPLOADED = "The recorder could not write its file to the bucket."

IN_BACKUP = "The bucket did not accept the file: it is in the recorder's backup storage."
MOVED = "The recorder wrote its file under another key: its configuration has a storage prefix."
NO_FILE = "The recorder ended, but its file is not in the bucket."

GONE = "The recorder disappeared from the meeting."
NEVER_ENDED = "The recorder was told to end, but did not."
NEVER_STARTED = "LiveKit did not start the recording."
EMPTY_FILE = "The recorder's file is empty."
NO_ANSWER = "The recorder stopped answering."
SILENT = "LiveKit could not be reached to end the recording."
VANISHED = "LiveKit no longer knows the recording, and its file is not in the bucket."

_LONGEST = 500
"""Characters of one of LiveKit's texts that are logged."""

_BEFORE_IT_BEGAN = {400: NOT_LOADED, 503: DISCONNECTED}
_WHILE_IT_RECORDED = {400: NOT_UPLOADED, 403: EXHAUSTED, 503: DISCONNECTED}
"""By the HTTP status in `error_code`, as livekit/egress 1.14 uses it."""


def of_failure(egress: Egress) -> str | None:
    """Return why an egress failed; None if it did not."""
    if egress.state is EgressState.ABORTED:
        return ABORTED
    if egress.state is not EgressState.FAILED:
        return None
    if egress.is_in_backup:
        return IN_BACKUP
    if egress.error_code == 500 and not egress.details:  # it ended without saying why
        return CRASHED
    sentences = _BEFORE_IT_BEGAN if egress.started_at is None else _WHILE_IT_RECORDED
    return sentences.get(egress.error_code, FAILED)


def of_missing_file(egress: Egress, *, key: str, bucket: str) -> str:
    """Return why the file of an egress that is complete is not under its key in the bucket."""
    if egress.is_in_backup:
        return IN_BACKUP
    path = unquote(urlsplit(egress.location).path)
    folder, is_moved, rest = path.rpartition(f"/{key}")
    before = folder.rpartition("/")[2]  # a bucket's name may be part of the path
    return MOVED if is_moved and not rest and before not in {"", bucket} else NO_FILE


def words(egress: Egress) -> dict[str, Any]:
    """Return LiveKit's report as extras of a log line, without empty values."""
    said = {
        "egress_error": egress.error[:_LONGEST],
        "egress_details": egress.details[:_LONGEST],
        "egress_error_code": egress.error_code,
        "egress_location": egress.location[:_LONGEST] if egress.is_over else "",
        "backup_storage_used": egress.is_in_backup,
    }
    return {name: value for name, value in said.items() if value}
