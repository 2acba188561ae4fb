"""Requests to LiveKit's server API."""

import pytest
from livekit.protocol.room import ListRoomsRequest, ListRoomsResponse

from meet.errors import MediaServerUnavailable
from meet.livekit.tokens import AccessTokens
from meet.livekit.twirp import TwirpClient, connections_to
from tests.receivers import free_port, receiver

METHOD = "RoomService/ListRooms"


def ask(url: str) -> ListRoomsResponse:
    tokens = AccessTokens("livekit-key", "livekit-secret-of-at-least-32-bytes")
    client = TwirpClient(connections_to(url.replace("http", "ws", 1)), tokens)
    return client.call(METHOD, ListRoomsRequest(), ListRoomsResponse, grants={"roomList": True})


@pytest.mark.parametrize("below", ["", "/", "/livekit", "/livekit/", "/ws"])
def test_livekit_may_be_below_a_path(below: str) -> None:
    with receiver() as endpoint:
        endpoint.answers(200, Content_Length="0")
        ask(endpoint.url.removesuffix("/hook") + below)
    (received,) = endpoint.received
    assert received.path == f"{below.rstrip('/')}/twirp/livekit.{METHOD}"
    assert received.headers["user-agent"] == "Meet", "some firewalls want one"


def test_the_log_says_why_there_is_no_connection(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(MediaServerUnavailable):
        ask(f"http://127.0.0.1:{free_port()}")
    (record,) = caplog.records
    assert vars(record)["detail"] == "EndpointConnectionError: [Errno 111] Connection refused"
