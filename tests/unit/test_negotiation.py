"""Which of two media types an Accept header prefers."""

import pytest

from meet.negotiation import prefers


@pytest.mark.parametrize(
    "accept",
    [
        "application/json",
        "Application/JSON",
        "application/json; q=1",
        "application/json;q=0.1",
        "application/json;charset=utf-8;q=0.2, video/mp4;q=0.1",
        "application/json, */*;q=0.9",
        "*/*;q=0.9, application/json",
        "application/json;q=0.5, video/mp4;q=0, */*",
        "application/json;q=0.5, video/*;q=0.4, */*",
        "application/json;q=0, application/json",
    ],
)
def test_json_is_preferred(accept: str) -> None:
    assert prefers(accept, "application/json", usual="video/mp4")


@pytest.mark.parametrize(
    "accept",
    [
        None,
        "",
        ",;,",
        "*/*",
        "application/*",
        "text/html",
        "video/mp4",
        "application/json;q=0",
        "application/json; Q=0.000",
        "application/json;q=0, */*",
        "application/json, video/mp4",
        "application/json;q=0.5, */*;q=0.5",
        "application/json, text/plain, */*",
        "application/json;q=0.5, video/*",
        "application/json;q=high",
        "application/json;q=2",
        "application/json;q=nan",
        "application/jsonp",
    ],
)
def test_json_is_not_preferred(accept: str | None) -> None:
    assert not prefers(accept, "application/json", usual="video/mp4")
