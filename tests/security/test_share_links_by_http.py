"""A share link over HTTP, on the running stack: it opens for its bearer, and for nobody else."""

from typing import Any, TypeAlias
from urllib.parse import urlsplit

from meet import clock
from meet.clock import HOUR
from tests.live import Client
from tests.security.callers import Target
from tests.security.leaks import assert_says_nothing
from tests.security.running import CONTENT
from tests.security.sharing import NO_LINK

UNKNOWN_LINK = "0" * 16

Row: TypeAlias = tuple[str, str, Any, dict[str, str], set[int]]
"""Method, path below the API, body, headers, statuses."""


def test_over_http_a_link_opens_for_its_bearer_alone(api: Client, target: Target) -> None:
    links = f"/recordings/{target.recording}/links"
    made = api.call("POST", links, {"expiresAt": clock.now() + HOUR}).body
    one, token = f"{links}/{made['linkId']}", urlsplit(made["url"]).fragment
    opened = api.call("POST", f"{one}/open", {"token": token}, key=None)
    assert opened.status == 200
    query = urlsplit(opened.body["streamUrl"]).query
    stream, elsewhere = (
        f"{one}/stream?{query}",
        one.replace(target.recording, target.other_recording),
    )
    good = api.call("GET", stream, key=None, headers={"Range": "bytes=0-9"})
    assert (good.status, good.data) == (206, CONTENT[:10])
    assert good.headers["Cache-Control"] == "private, no-store"
    nothing: dict[str, str] = {}
    rows: list[Row] = [
        ("POST", f"{one}/open", {"token": f"{token[:-1]}"}, nothing, {404}),
        ("POST", f"{elsewhere}/open", {"token": token}, nothing, {404}),
        ("POST", f"{links}/{UNKNOWN_LINK}/open", {"token": token}, nothing, {404}),
        ("POST", f"{one}/open", {}, {"Authorization": f"Bearer {token}"}, {422}),
        ("GET", f"{one}/open", None, nothing, {403, 404, 405}),
        ("PUT", f"{one}/open", {"token": token}, nothing, {403, 404, 405}),
        ("HEAD", stream, None, nothing, {403, 404, 405}),
        ("POST", stream, None, nothing, {403, 404, 405}),
        ("GET", f"{one}/stream", None, nothing, {404}),
        ("GET", f"{one}/stream", None, {"X-API-KEY": target.api_key}, {404}),
        ("GET", f"{elsewhere}/stream?{query}", None, nothing, {404}),
        ("GET", f"{one}/stream?pass={token}", None, nothing, {404}),
        ("GET", f"{stream}&download=true", None, nothing, {403}),
        ("GET", stream, None, {"Range": "bytes=9-1"}, {400}),
        ("GET", stream, None, {"Range": f"bytes={len(CONTENT)}-"}, {416}),
        ("GET", one, None, nothing, {403, 404, 405}),
        ("DELETE", one, None, {"Authorization": f"Bearer {token}"}, {401, 403}),
        ("GET", links, None, {"Cookie": f"token={token}"}, {401, 403}),
    ]
    for method, path, body, headers, statuses in rows:
        answer = api.call(method, path, body, key=None, headers=headers)
        assert answer.status in statuses, (method, path, answer.status)
        assert CONTENT[:10] not in answer.data
        if method != "HEAD":
            assert_says_nothing(answer.data.decode("latin-1"))
    page = api.call("GET", f"{api.stack.origin}/meet/watch/{target.recording}", key=None)
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert made["linkId"] not in page.data.decode()
    assert api.call("DELETE", one).status == 204
    for refused in (
        api.call("POST", f"{one}/open", {"token": token}, key=None),
        api.call("GET", stream, key=None),
    ):
        assert (refused.status, refused.body["reason"]) == NO_LINK
