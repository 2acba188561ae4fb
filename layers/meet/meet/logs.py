"""Loggers with short lines: names come from callers, and CloudWatch charges by the byte."""

import json
from typing import Any

from aws_lambda_powertools import Logger

LONGEST = 256
LONGEST_MESSAGE = 1024
LONGEST_TRACE = 8 * 1024
"""Characters."""

_LONGEST = {"message": LONGEST_MESSAGE, "exception": LONGEST_TRACE}


def create_logger() -> Logger:
    """Return a structured logger that shortens long values."""
    return Logger(json_serializer=_to_line)


def shortened(text: str, longest: int = LONGEST) -> str:
    """Return the text, or if it is too long, its beginning, length and end."""
    if len(text) <= longest:
        return text
    half = longest // 2
    return f"{text[:half]}... {len(text)} characters ...{text[-half:]}"


def _to_line(line: dict[str, Any]) -> str:
    short = {key: _short(value, _LONGEST.get(key, LONGEST)) for key, value in line.items()}
    return json.dumps(short, default=str, separators=(",", ":"), ensure_ascii=False)


def _short(value: Any, longest: int) -> Any:
    if isinstance(value, str):
        return shortened(value, longest)
    if isinstance(value, dict):
        return {key: _short(each, longest) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_short(each, longest) for each in value]
    return value
