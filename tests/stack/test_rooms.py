"""The contract of rooms over HTTP, through the gateway, the authorizer and the functions."""

import pytest

from meet import clock
from tests.live import HOUR, Client

UNAUTHORIZED = {"message": "Unauthorized"}


def test_a_room_lives_from_post_to_delete(api: Client) -> None:
    created = api.create_room(roomNamePrefix="Team  meeting!", maxParticipants=3)
    path = f"/rooms/{created['roomName']}"

    assert created["roomNamePrefix"] == "Team-meeting"
    assert created["moderatorURL"].startswith(f"{api.stack.origin}/meet/{created['roomName']}/?")
    assert api.call("GET", path).body == created
    assert created in api.call("GET", "/rooms?maxItems=1000").body

    changed = api.call("PUT", path, {"preferences": {"chatPreferences": {"enabled": False}}})
    assert changed.status == 200
    assert not changed.body["preferences"]["chatPreferences"]["enabled"]

    assert api.call("DELETE", path).status == 204
    assert api.call("GET", path).body == {
        "code": 404,
        "message": "Room not found",
        "reason": "room_not_found",
    }


@pytest.mark.parametrize("key", [None, "wrong", "Bearer x"])
def test_without_a_valid_key_the_answer_is_401(api: Client, key: str | None) -> None:
    answer = api.call("GET", "/rooms", key=key)

    assert (answer.status, answer.body) == (401, UNAUTHORIZED)
    assert answer.headers["X-Request-Id"]


def test_the_key_counts_in_the_header_only(api: Client) -> None:
    path = f"/rooms?X-API-KEY={api.stack.api_key}"
    assert api.call("GET", path, key=None).status == 401
    assert (
        api.call("GET", "/rooms", key=None, headers={"x-api-key": api.stack.api_key}).status == 200
    )


def test_bodies_are_refused_for_the_right_reason(api: Client) -> None:
    json_type = {"Content-Type": "application/json; charset=utf-8"}
    assert api.call("POST", "/rooms", b"{", headers=json_type).status == 400
    assert api.call("POST", "/rooms", b"{}", headers={"Content-Type": "text/plain"}).status == 415
    big = b'{"roomNamePrefix": "' + b"a" * 110_000 + b'"}'
    assert api.call("POST", "/rooms", big, headers=json_type).status == 413

    invalid = api.call("POST", "/rooms", {"expirationDate": "5", "roomNamePrefix": 5})
    assert invalid.status == 422
    assert invalid.body == {
        "error": "Unprocessable Entity",
        "message": "Invalid request body",
        "details": [
            {"field": "expirationDate", "message": "Expected number, received string"},
            {"field": "roomNamePrefix", "message": "Expected string, received number"},
        ],
    }


def test_every_answer_forbids_to_guess_its_type(api: Client) -> None:
    for url in ("/rooms", "/rooms/abcdefghijklmno", "/nothing"):
        assert api.call("GET", url).headers["X-Content-Type-Options"] == "nosniff"
    stranger = api.call("GET", "/rooms", key="wrong")  # answered by the gateway
    assert stranger.status == 401
    assert stranger.headers["X-Content-Type-Options"] == "nosniff"


def test_what_does_not_exist_is_404_or_405_in_the_error_body(api: Client) -> None:
    assert api.call("GET", "/nothing").body == {
        "code": 404,
        "message": "Not found",
        "reason": "not_found",
    }
    wrong_method = api.call("PATCH", "/rooms")
    assert (wrong_method.status, wrong_method.body["code"]) == (405, 405)
    assert wrong_method.headers["Allow"] == "GET, POST"


def test_names_in_paths_are_decoded_once(api: Client) -> None:
    name = api.create_room()["roomName"]

    assert api.call("GET", f"/rooms/%{ord(name[0]):02X}{name[1:]}").body["roomName"] == name
    assert api.call("GET", f"/rooms/%25{ord(name[0]):02X}{name[1:]}").status == 404


def test_pages_lead_through_the_whole_list(api: Client) -> None:
    names = {api.create_room(roomNamePrefix="paged")["roomName"] for _ in range(5)}
    path, seen = f"{api.stack.api_url}/rooms?maxItems=2&fields=roomName", []
    while path:
        answer = api.call("GET", path)
        seen += [room["roomName"] for room in answer.body]
        link = answer.headers.get("Link", "")
        path = link.partition(">")[0].lstrip("<")

    assert len(seen) == len(set(seen))
    assert names <= set(seen)


def test_the_same_idempotency_key_creates_one_room(api: Client) -> None:
    options = {"expirationDate": clock.now() + HOUR}
    key = {"Idempotency-Key": f"once-{clock.now()}"}
    first = api.call("POST", "/rooms", options, headers=key)

    assert api.call("POST", "/rooms", options, headers=key).body == first.body
    other = {"expirationDate": options["expirationDate"] + 1}
    assert api.call("POST", "/rooms", other, headers=key).status == 422


def test_a_join_link_shows_a_page(api: Client) -> None:
    room = api.create_room(roomNamePrefix="linked")
    page = api.call("GET", room["viewerURL"], key=None)

    assert page.status == 200
    assert page.headers["Content-Type"].startswith("text/html")
    assert room["roomName"].encode() in page.data
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    api.call("DELETE", f"/rooms/{room['roomName']}")
    assert api.call("GET", room["viewerURL"], key=None).status == 404


def test_the_api_describes_itself(api: Client) -> None:
    document = api.call("GET", "/openapi.json", key=None).body
    assert document["openapi"].startswith("3.1")
    assert "/rooms/{roomName}" in document["paths"]


def test_rooms_outlive_the_emulator(api: Client) -> None:
    room = api.create_room(roomNamePrefix="durable")
    api.stack.emulator.stop()
    api.stack.emulator.start()

    assert api.call("GET", f"/rooms/{room['roomName']}").body == room
