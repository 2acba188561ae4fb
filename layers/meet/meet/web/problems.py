"""Errors of the pages, in the API's error body."""

import re
from http import HTTPStatus
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from meet.access import OPERATIONS
from meet.errors import InternalServerError, MeetError, MethodNotAllowed, NotFound
from meet.http import logger

_PATTERNS = [
    (re.compile(re.sub(r"{\w+}", "[^/]+", resource)), method) for method, resource in OPERATIONS
]


def not_served(request: Request, error: HTTPException) -> Response:
    """Answer a request that matches no route."""
    path, method = request.scope["aws.event"]["path"], request.method  # as sent, not decoded
    allowed = sorted({verb for pattern, verb in _PATTERNS if pattern.fullmatch(path)})
    if allowed and method not in allowed:
        return _problem(MethodNotAllowed(", ".join(allowed)))
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:  # of a page: Starlette knows its methods
        return _problem(MethodNotAllowed((error.headers or {}).get("Allow", "GET, HEAD")))
    return _problem(NotFound())


def failed(request: Request, error: Exception) -> Response:
    """Answer 500 to an unexpected error, without its details."""
    logger.error("unhandled error", exc_info=error)  # Starlette calls this in another thread
    return _problem(InternalServerError())


def _problem(error: MeetError) -> Response:
    return JSONResponse(error.body, error.status, headers=error.headers)


HANDLERS: dict[Any, Any] = {HTTPException: not_served, Exception: failed}
