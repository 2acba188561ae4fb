"""Serves the emulator on two ports: AWS unchanged, and the API at /meet as API Gateway would."""

import json
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tools.stack.saving import Saver, may_change

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

STAGE = b"/meet"
SAVE_PATH = "/_local/save"
MAX_BODY_BYTES = 10 * 1024 * 1024
_OURS = {"127.0.0.1", "localhost", "::1"}
"""Names of this machine that DNS rebinding cannot point elsewhere."""


def _came_by_our_name(headers: Mapping[bytes, bytes]) -> bool:
    """True if the request was sent to a name of this machine."""
    host = headers.get(b"host", b"").decode("latin-1")
    try:
        return urlsplit(f"//{host}").hostname in _OURS and "@" not in host
    except ValueError:
        return False


def _may_call_aws(scope: Scope) -> bool:
    """True unless a web page sent the request; pages may fetch objects by a presigned URL.

    The emulator does not check credentials and lets every page read its answers. Browsers send
    Origin, or at least Sec-Fetch-Site for links, pictures and videos.
    """
    headers = dict(scope["headers"])
    if b"origin" in headers or not _came_by_our_name(headers):
        return False
    if b"sec-fetch-site" not in headers:
        return True
    query = parse_qs(bytes(scope.get("query_string", b"")).decode("latin-1"))
    return (
        scope["method"] in {"GET", "HEAD"}
        and "X-Amz-Signature" in query
        and "/s3/" in query.get("X-Amz-Credential", [""])[0]
        and "Action" not in query
        and not scope["path"].startswith("/_")
    )


async def _answer(send: Send, status: int, message: str) -> None:
    body = json.dumps({"message": message}, separators=(",", ":")).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _read_body(receive: Receive, length: int) -> bytes | None:
    """Return the whole body; None if it is longer than API Gateway accepts."""
    body = bytearray()
    more = length <= MAX_BODY_BYTES
    while more and len(body) <= MAX_BODY_BYTES:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return None if more or max(length, len(body)) > MAX_BODY_BYTES else bytes(body)


def _closed_to_other_origins(send: Send) -> Send:
    """Remove the headers by which the emulator lets every page read the answer."""

    async def send_without_permission(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            kept = [
                (name, value)
                for name, value in message["headers"]
                if not name.lower().startswith(b"access-control-")
            ]
            message = {**message, "headers": kept}
        await send(message)

    return send_without_permission


def _bodiless(send: Send) -> Send:
    async def send_without_body(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await send(message)

    return send_without_body


class Gateway:
    """An ASGI application: the emulator, and API Gateway's public face in front of it."""

    def __init__(
        self,
        emulator: Application,
        api_port: int,
        api_id: Callable[[], str | None],
        saver: Saver,
    ) -> None:
        self._emulator = emulator
        self._api_port = api_port
        self._api_id = api_id
        self._saver = saver

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection, depending on its port."""
        server = scope.get("server")
        if scope["type"] == "http" and server and server[1] == self._api_port:
            await self._serve_api(scope, receive, send)
        elif scope["type"] == "http":
            await self._serve_aws(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._live(scope, receive, send)
        else:  # a WebSocket, which any web page may open and nothing here needs
            await send({"type": "websocket.close", "code": 1008})

    async def _live(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Save while the emulator lives; it saves everything by itself when it ends."""
        self._saver.start()

        async def receive_when_saved() -> MutableMapping[str, Any]:
            message = await receive()
            if message["type"] == "lifespan.shutdown":
                await self._saver.stop()
            return message

        await self._emulator(scope, receive_when_saved, send)

    async def _serve_aws(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not _may_call_aws(scope):
            await _answer(send, 403, "Forbidden")
            return
        if scope["path"] == SAVE_PATH:
            await self._saver.save_all()
            await _answer(send, 200, "Saved")
            return
        await self._emulator(scope, receive, _closed_to_other_origins(send))
        if may_change(scope["method"], dict(scope["headers"])):
            self._saver.changed()

    async def _serve_api(self, scope: Scope, receive: Receive, send: Send) -> None:
        send = _closed_to_other_origins(send)
        if scope["method"] == "HEAD":
            send = _bodiless(send)
        # REST APIs pass the path on as the client encoded it; here the server has decoded "path".
        raw = bytes(scope["raw_path"]).partition(b"?")[0]
        in_stage = raw == STAGE or raw.startswith(STAGE + b"/")
        if not in_stage or not _came_by_our_name(dict(scope["headers"])):
            await _answer(send, 403, "Forbidden")
            return
        api_id = self._api_id()
        if api_id is None:
            await _answer(send, 503, "Service Unavailable")
            return
        length = next((v for k, v in scope["headers"] if k == b"content-length"), b"0")
        body = await _read_body(receive, int(length))
        if body is None:
            await _answer(send, 413, "Request Entity Too Large")
            return

        async def receive_body() -> MutableMapping[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        encoded = "".join(chr(byte) if byte < 0x80 else f"%{byte:02X}" for byte in raw)
        path = f"/_aws/execute-api/{api_id}{encoded}"
        await self._emulator(
            {
                **scope,
                "path": path,
                "raw_path": path.encode("ascii"),
                "headers": self._headers(scope, body),
            },
            receive_body,
            send,
        )

    def _headers(self, scope: Scope, body: bytes) -> list[tuple[bytes, bytes]]:
        """Return the client's headers with the forwarding ones replaced by our own."""
        ours = (b"content-length", b"transfer-encoding")
        headers = [
            (name, value)
            for name, value in scope["headers"]
            if name not in ours and not name.startswith(b"x-forwarded-")
        ]
        client = (scope.get("client") or ("127.0.0.1",))[0]
        headers += [
            (b"x-forwarded-for", str(client).encode()),
            (b"x-forwarded-port", b"%d" % self._api_port),
            (b"x-forwarded-proto", b"http"),
        ]
        if not any(name == b"accept" for name, _ in headers):
            # RFC 9110, 12.5.1; the emulator would send the base64 text of a binary answer.
            headers.append((b"accept", b"*/*"))
        if body or scope["method"] in {"PATCH", "POST", "PUT"}:
            headers.append((b"content-length", b"%d" % len(body)))
        return headers
