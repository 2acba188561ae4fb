"""What the API's port makes of a request, and what the AWS port adds."""

import asyncio
from collections.abc import MutableMapping
from typing import Any

import pytest

from tools.stack.gateway import MAX_BODY_BYTES, SAVE_PATH, Gateway, Receive, Scope, Send
from tools.stack.saving import Saver

API_PORT = 6080
AWS_PORT = 4566


class Exchange:
    """A gateway in front of an emulator that notes what it gets and answers 200."""

    def __init__(self, api_id: str | None = "abc123") -> None:
        self.scope: Scope = {}
        self.body = b""
        self.saves: list[str] = []
        self.sent: list[MutableMapping[str, Any]] = []
        saver = Saver(lambda: self.saves.append("data"), lambda: self.saves.append("everything"), 0)
        self.gateway = Gateway(self._emulator, API_PORT, lambda: api_id, saver)

    async def _emulator(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scope = scope
        self.body = (await receive())["body"]
        headers = [(b"Access-Control-Allow-Origin", b"*"), (b"etag", b'"e"')]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"{}"})

    def request(
        self,
        method: str,
        raw_path: str,
        *,
        port: int = API_PORT,
        headers: dict[str, str] | None = None,
        query: str = "",
        chunks: tuple[bytes, ...] = (b"",),
    ) -> int:
        """Send a request and return the status of the answer."""
        messages = [
            {"type": "http.request", "body": chunk, "more_body": n < len(chunks)}
            for n, chunk in enumerate(chunks, 1)
        ]

        async def receive() -> MutableMapping[str, Any]:
            return messages.pop(0)

        async def send(message: MutableMapping[str, Any]) -> None:
            self.sent.append(message)

        scope = {
            "type": "http",
            "method": method,
            "path": raw_path,
            "raw_path": raw_path.encode("latin-1"),
            "query_string": query.encode(),
            "headers": [
                (name.encode(), value.encode())
                for name, value in {"host": f"localhost:{port}", **(headers or {})}.items()
            ],
            "server": ("127.0.0.1", port),
            "client": ("127.0.0.9", 5),
        }
        asyncio.run(self.gateway(scope, receive, send))
        return int(self.sent[0]["status"])

    @property
    def answer(self) -> bytes:
        """The body of the answer."""
        return b"".join(m["body"] for m in self.sent if m["type"] == "http.response.body")

    @property
    def headers(self) -> dict[bytes, bytes]:
        """The headers that the emulator got."""
        return dict(self.scope["headers"])


def test_a_path_of_the_stage_goes_to_the_api() -> None:
    exchange = Exchange()
    assert exchange.request("GET", "/meet/api/v1/rooms") == 200
    assert exchange.scope["path"] == "/_aws/execute-api/abc123/meet/api/v1/rooms"


@pytest.mark.parametrize(
    ("sent", "handed_on"),
    [
        ("/meet/api/v1/rooms/a%20b%2Fc", "/meet/api/v1/rooms/a%20b%2Fc"),
        ("/meet/api/v1/rooms/100%25", "/meet/api/v1/rooms/100%25"),
        ("/meet/caf\xc3\xa9/", "/meet/caf%C3%A9/"),
    ],
)
def test_a_path_stays_percent_encoded(sent: str, handed_on: str) -> None:
    exchange = Exchange()
    exchange.request("GET", sent)
    assert exchange.scope["path"] == f"/_aws/execute-api/abc123{handed_on}"
    assert exchange.scope["raw_path"] == exchange.scope["path"].encode()


@pytest.mark.parametrize("path", ["/", "/meeting", "/_aws/execute-api/abc123/meet/", SAVE_PATH])
def test_every_other_path_is_forbidden(path: str) -> None:
    exchange = Exchange()
    assert exchange.request("GET", path) == 403
    assert exchange.answer == b'{"message":"Forbidden"}'
    assert not exchange.scope


def test_before_the_first_deploy_the_api_is_unavailable() -> None:
    assert Exchange(api_id=None).request("GET", "/meet/api/v1/rooms") == 503


def test_no_accept_header_means_anything_is_accepted() -> None:
    exchange = Exchange()
    exchange.request("GET", "/meet/", headers={"host": "127.0.0.1:6080"})
    assert exchange.headers[b"accept"] == b"*/*"


def test_the_client_cannot_say_where_it_comes_from() -> None:
    exchange = Exchange()
    forged = {
        "x-forwarded-for": "1.2.3.4",
        "x-forwarded-host": "evil",
        "x-forwarded-proto": "https",
    }
    sent = {"host": "localhost:6080", "accept": "text/html", **forged}
    exchange.request("GET", "/meet/", headers=sent)
    assert exchange.headers == {
        b"accept": b"text/html",
        b"host": b"localhost:6080",
        b"x-forwarded-for": b"127.0.0.9",
        b"x-forwarded-port": b"6080",
        b"x-forwarded-proto": b"http",
    }


def test_a_body_arrives_whole_with_its_length() -> None:
    exchange = Exchange()
    chunked = {"transfer-encoding": "chunked"}
    exchange.request("POST", "/meet/", headers=chunked, chunks=(b"ab", b"", b"c"))
    assert exchange.body == b"abc"
    assert exchange.headers[b"content-length"] == b"3"
    assert b"transfer-encoding" not in exchange.headers


@pytest.mark.parametrize(
    ("headers", "chunks"),
    [
        ({"content-length": str(MAX_BODY_BYTES + 1)}, (b"",)),
        ({}, (bytes(MAX_BODY_BYTES), b"1")),
    ],
)
def test_a_body_over_10_mb_is_refused(headers: dict[str, str], chunks: tuple[bytes, ...]) -> None:
    exchange = Exchange()
    assert exchange.request("POST", "/meet/", headers=headers, chunks=chunks) == 413
    assert exchange.answer == b'{"message":"Request Entity Too Large"}'
    assert not exchange.scope


def test_a_body_of_10_mb_passes() -> None:
    exchange = Exchange()
    assert exchange.request("POST", "/meet/", chunks=(bytes(MAX_BODY_BYTES),)) == 200


@pytest.mark.parametrize("path", ["/meet/", "/elsewhere"])
def test_head_is_answered_without_a_body(path: str) -> None:
    exchange = Exchange()
    exchange.request("HEAD", path)
    assert exchange.answer == b""


def test_everything_is_saved_on_demand() -> None:
    exchange = Exchange()
    assert exchange.request("POST", SAVE_PATH, port=AWS_PORT) == 200
    assert exchange.saves == ["everything"]


AWS_CALL = {"x-amz-target": "secretsmanager.GetSecretValue"}
PRESIGNED = "X-Amz-Credential=test%2F20261125%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Signature=abc"
FROM_A_PAGE = {"sec-fetch-site": "cross-site"}


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost:6080"])
def test_no_web_page_can_call_aws(method: str, origin: str) -> None:
    exchange = Exchange()
    sent = {"origin": origin, **AWS_CALL}
    assert exchange.request(method, "/", port=AWS_PORT, headers=sent, query=PRESIGNED) == 403
    assert not exchange.scope
    assert b"access-control-allow-origin" not in dict(exchange.sent[0]["headers"])


@pytest.mark.parametrize("port", [API_PORT, AWS_PORT])
@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:4566",
        "localhost.evil.example",
        "",
        "a@localhost",
        "127.0.0.1.",
    ],
)
def test_a_name_that_a_stranger_gave_to_this_machine_is_refused(port: int, host: str) -> None:
    exchange = Exchange()
    assert exchange.request("GET", "/meet/", port=port, headers={"host": host}) == 403
    assert not exchange.scope


@pytest.mark.parametrize("port", [API_PORT, AWS_PORT])
@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:1", "127.0.0.1:4566", "[::1]:4566"])
def test_each_name_of_this_machine_is_served(port: int, host: str) -> None:
    assert Exchange().request("GET", "/meet/", port=port, headers={"host": host}) == 200


@pytest.mark.parametrize(
    ("method", "path", "query"),
    [
        ("GET", "/", "Action=DeleteStack&StackName=meet"),  # as a picture's address
        ("GET", "/", f"Action=DeleteStack&StackName=meet&{PRESIGNED}"),
        ("GET", "/_ministack/reset", PRESIGNED),
        ("GET", "/recordings/a.mp4", ""),
        ("GET", "/2015-03-31/functions", PRESIGNED.replace("s3", "lambda")),
        ("POST", "/2015-03-31/functions/f/invocations", PRESIGNED),  # as a form
    ],
)
def test_a_page_that_sends_no_origin_cannot_call_aws_either(
    method: str, path: str, query: str
) -> None:
    exchange = Exchange()
    assert exchange.request(method, path, port=AWS_PORT, headers=FROM_A_PAGE, query=query) == 403
    assert not exchange.scope


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_player_and_a_download_get_an_object_by_a_presigned_url(method: str) -> None:
    exchange = Exchange()
    path = "/recordings/a.mp4"
    sent = {"headers": FROM_A_PAGE, "query": PRESIGNED}
    assert exchange.request(method, path, port=AWS_PORT, **sent) == 200  # type: ignore[arg-type]


@pytest.mark.parametrize("port", [API_PORT, AWS_PORT])
def test_no_page_of_another_origin_may_read_an_answer(port: int) -> None:
    exchange = Exchange()
    assert exchange.request("GET", "/meet/", port=port) == 200
    assert exchange.sent[0]["headers"] == [(b"etag", b'"e"')]


@pytest.mark.parametrize("port", [API_PORT, AWS_PORT])
def test_no_websocket_is_opened(port: int) -> None:
    exchange = Exchange()
    sent: list[MutableMapping[str, Any]] = []

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "websocket.connect"}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    scope = {"type": "websocket", "path": "/", "headers": [], "server": ("127.0.0.1", port)}
    asyncio.run(exchange.gateway(scope, receive, send))
    assert [message["type"] for message in sent] == ["websocket.close"]
    assert not exchange.scope
