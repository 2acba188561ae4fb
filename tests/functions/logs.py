"""Collects what functions log."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias
from unittest.mock import patch

from meet import http

Logs: TypeAlias = Callable[[], list[dict[str, Any]]]


class _Plain(logging.Handler):
    """Collects the lines of plain loggers, with their extras."""

    def __init__(self, structured: str) -> None:
        super().__init__()
        self._structured = structured
        self.lines: list[dict[str, Any]] = []

    def emit(self, record: logging.LogRecord) -> None:
        if not record.name.startswith(self._structured):
            trace = logging.Formatter().formatException(record.exc_info or (None, None, None))
            self.lines.append({**vars(record), "message": record.getMessage(), "trace": trace})


@contextmanager
def collected() -> Iterator[Logs]:
    """Collect the log as CloudWatch gets it, one dictionary per line.

    Lines of plain loggers go through Lambda's own JSON handler, which writes their extras.
    """
    written = io.StringIO()
    plain = _Plain(http.logger.service)
    with (
        patch.object(http.logger.registered_handler, "stream", written),
        patch.object(logging.root, "level", logging.INFO),
    ):
        logging.root.addHandler(plain)
        try:
            yield lambda: [
                *(json.loads(line) for line in written.getvalue().splitlines()),
                *plain.lines,
            ]
        finally:
            logging.root.removeHandler(plain)
