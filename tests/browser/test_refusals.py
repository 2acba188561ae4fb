"""Why somebody cannot join, in words, in several languages; and links that are invitations."""

import time
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.visitors import JOIN_MS, visitor
from tests.live import HOUR, Client, eventually

pytestmark = pytest.mark.usefixtures("pages")


def _change(api: Client, room: dict[str, Any], **changes: Any) -> None:
    answer = api.call("PUT", f"/rooms/{room['roomName']}", changes)
    assert answer.status == 200, answer


def _invite(api: Client, room: dict[str, Any], **more: Any) -> dict[str, Any]:
    wanted = {"participantName": "Grace Hopper", "role": "publisher", **more}
    path = f"/rooms/{room['roomName']}/invitations"
    answer = api.call("POST", path, {"invitations": [wanted]})
    assert answer.status == 201, answer
    invitation: dict[str, Any] = answer.body["invitations"][0]
    return invitation


@pytest.mark.parametrize(
    ("changes", "english", "spanish"),
    [
        (
            {"links": {"publisher": {"enabled": False}}},
            "This link is switched off",
            "Este enlace está desactivado",
        ),
        ({"status": "closed"}, "The meeting is locked", "La reunión está bloqueada"),
        (
            {"startsAt": HOUR // 2},
            "The meeting has not started",
            "La reunión no ha empezado",
        ),
    ],
)
def test_a_refusal_at_the_door_is_told_in_words(
    api: Client, browser: Browser, changes: dict[str, Any], english: str, spanish: str
) -> None:
    room = api.create_room()
    if "startsAt" in changes:
        changes = {"startsAt": int(time.time() * 1000) + changes["startsAt"]}
    _change(api, room, **changes)
    for locale, sentence in (("en-GB", english), ("es-ES", spanish)):
        with visitor(browser, "Ada", locale=locale) as ada:
            ada.open(room["publisherURL"])
            ada.ends_with(sentence)
            assert ada.complaints() == []
            if "startsAt" in changes:
                year = time.strftime("%Y", time.gmtime(changes["startsAt"] / 1000))
                expect(ada.page.locator(".end-card p")).to_contain_text(year)


def test_an_invitation_has_a_fixed_name_and_can_be_taken_over(
    api: Client, browser: Browser
) -> None:
    room = api.create_room()
    link = _invite(api, room)["url"]
    with visitor(browser, "Grace Hopper") as here, visitor(browser, "Grace Hopper") as there:
        here.open(link)
        join = here.at_the_door()
        name = here.page.get_by_label("Your name")
        expect(name).to_have_value("Grace Hopper")
        expect(name).not_to_be_editable()
        assert here.complaints() == []
        assert "invite" not in here.page.url
        join.click()
        expect(here.button("Leave")).to_be_visible(timeout=JOIN_MS)

        there.open(link)
        there.ends_with("You are in the meeting already")
        assert there.complaints() == []
        there.button("Join here instead").click()
        there.at_the_door().click()
        expect(there.button("Leave")).to_be_visible(timeout=JOIN_MS)
        here.ends_with("You joined somewhere else")


@pytest.mark.parametrize("locale", ["en-GB", "es-ES"])
def test_an_invitation_that_opens_nothing_says_why(
    api: Client, browser: Browser, locale: str
) -> None:
    room = api.create_room()
    invitation = _invite(api, room)
    path = f"/rooms/{room['roomName']}/invitations/{invitation['invitationId']}"
    assert api.call("DELETE", path).status == 204
    sentences = {
        "en-GB": "This invitation is not valid",
        "es-ES": "Esta invitación no es válida",
    }
    with visitor(browser, "Grace", locale=locale) as grace:
        grace.open(invitation["url"])
        grace.ends_with(sentences[locale])
        assert grace.complaints() == []


def test_an_expired_invitation_says_so(api: Client, browser: Browser) -> None:
    room = api.create_room()
    soon = int(time.time() * 1000) + 2000
    link = _invite(api, room, expiresAt=soon)["url"]
    with visitor(browser, "Grace") as grace:
        grace.page.wait_for_timeout(2000)
        grace.open(link)
        grace.ends_with("Your invitation has expired")


@pytest.mark.parametrize(
    ("locale", "sentence"),
    [
        ("en-GB", "Your invitation has been used up"),
        ("de-DE", "Ihre Einladung ist aufgebraucht"),
    ],
)
def test_a_used_up_invitation_says_so(
    api: Client, browser: Browser, locale: str, sentence: str
) -> None:
    room = api.create_room()
    invitation = _invite(api, room, maxJoins=1)
    path = f"/rooms/{room['roomName']}/invitations/{invitation['invitationId']}"
    with visitor(browser, "Grace Hopper") as grace:
        grace.open(invitation["url"])
        grace.at_the_door().click()
        expect(grace.button("Leave")).to_be_visible(timeout=JOIN_MS)
        eventually(lambda: api.call("GET", path).body["joins"] == 1, 10, "the join is counted")
        grace.button("Leave").click()
        grace.ends_with("You left the meeting")

    def is_empty() -> bool:
        answer = api.call("GET", f"/meetings/{room['roomName']}/participants")
        return not answer.body.get("participants")

    eventually(is_empty, 20, "she has left")
    with visitor(browser, "Grace Hopper", locale=locale) as grace:
        grace.open(invitation["url"])
        grace.ends_with(sentence)
        expect(grace.page.get_by_role("button")).to_have_count(0)
        assert grace.complaints() == []


def test_a_viewer_who_will_wait_is_not_asked_for_a_camera(api: Client, browser: Browser) -> None:
    room = api.create_room(lobby={"enabled": True})
    with visitor(browser, "Vera") as vera:
        vera.open(room["viewerURL"])
        expect(vera.button("Ask to join")).to_be_visible(timeout=JOIN_MS)
        vera.has_no_devices()
        assert vera.complaints() == []
