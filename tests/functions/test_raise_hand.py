"""Raised hands: by whom, in which order, and how often."""

from typing import Any

import pytest

from meet.clock import SECOND
from tests.fakes import Clock, FakeLiveKit
from tests.functions.gateway import Call, Reply
from tests.functions.test_authorize_bearer import send, status
from tests.functions.test_live_meetings import NO_ROOM, NOBODY, Inside

OF_OTHER = {
    "code": 403,
    "message": "Your token is of another participant",
    "reason": "other_participant",
}


@pytest.fixture
def inside(call: Call, still_clock: Clock, livekit: FakeLiveKit) -> Inside:
    return Inside(call, still_clock, livekit)


def turn(inside: Inside, by: Any, whose: Any, raised: Any) -> Reply | None:
    """Raise or lower a hand with a participant's token; None if the authorizer refuses it."""
    url = f"/api/v1{inside.of(whose, '/hand')}"
    return send(by["participantToken"], "PUT", url, {"raised": raised})


def hand(inside: Inside, whose: Any) -> int | None:
    at: int | None = inside.call("GET", inside.of(whose)).body.get("handRaisedDate")
    return at


@pytest.mark.parametrize("role", ["viewer", "publisher", "moderator"])
def test_everybody_raises_and_lowers_their_own_hand(
    inside: Inside, still_clock: Clock, livekit: FakeLiveKit, role: str
) -> None:
    vera = inside.join("Vera", role)
    raised = turn(inside, vera, vera, raised=True)
    assert raised is not None
    assert (raised.status, raised.body) == (200, {"message": "Hand raised"})
    assert hand(inside, vera) == still_clock()
    attributes = livekit.inside[inside.name][vera["participantIdentity"]].attributes
    assert attributes["handRaisedAt"] == str(still_clock())
    assert attributes["role"] == role, "what else is known of them stays"
    lowered = turn(inside, vera, vera, raised=False)
    assert lowered is not None
    assert (lowered.status, lowered.body) == (200, {"message": "Hand lowered"})
    assert hand(inside, vera) is None
    assert "handRaisedAt" not in livekit.inside[inside.name][vera["participantIdentity"]].attributes


@pytest.mark.parametrize("role", ["viewer", "publisher"])
@pytest.mark.parametrize("raised", [True, False])
def test_nobody_but_a_moderator_touches_the_hand_of_another(
    inside: Inside, role: str, raised: bool
) -> None:
    vera, ada = inside.join("Vera", role), inside.join("Ada")
    refused = turn(inside, vera, ada, raised)
    assert refused is not None
    assert (refused.status, refused.body) == (403, OF_OTHER)
    assert not [each for each in inside.livekit.calls if each[0] == "update_participant"]


def test_a_moderator_lowers_the_hands_of_others_and_raises_none(inside: Inside) -> None:
    mona, vera = inside.join("Mona", "moderator"), inside.join("Vera", "viewer")
    refused = turn(inside, mona, vera, raised=True)
    assert refused is not None
    assert (refused.status, refused.body) == (403, OF_OTHER)
    assert status(turn(inside, vera, vera, raised=True)) == 200
    assert status(turn(inside, mona, vera, raised=False)) == 200
    assert hand(inside, vera) is None


def test_an_api_key_raises_and_lowers_every_hand(inside: Inside, call: Call) -> None:
    vera = inside.join("Vera", "viewer")
    assert call("PUT", inside.of(vera, "/hand"), {"raised": True}).status == 200
    assert hand(inside, vera) is not None
    assert call("PUT", inside.of(vera, "/hand"), {"raised": False}).status == 200
    assert hand(inside, vera) is None


def test_a_hand_that_is_up_keeps_its_time_and_nobody_is_told_again(
    inside: Inside, still_clock: Clock, livekit: FakeLiveKit
) -> None:
    vera = inside.join("Vera", "viewer")
    turn(inside, vera, vera, raised=False)
    first = still_clock()
    for _ in range(3):
        assert status(turn(inside, vera, vera, raised=True)) == 200
        still_clock.advance(SECOND)
    assert hand(inside, vera) == first
    assert len([each for each in livekit.calls if each[0] == "update_participant"]) == 1


def test_a_hand_is_raised_again_after_a_second(inside: Inside, still_clock: Clock) -> None:
    vera = inside.join("Vera", "viewer")
    for raised in (True, False):
        assert status(turn(inside, vera, vera, raised)) == 200
    still_clock.advance(SECOND - 1)
    refused = turn(inside, vera, vera, raised=True)
    assert refused is not None
    assert (refused.status, refused.body["reason"]) == (429, "too_many_requests")
    still_clock.advance(1)
    assert status(turn(inside, vera, vera, raised=True)) == 200


def test_a_hand_stays_up_when_the_role_changes(inside: Inside, call: Call) -> None:
    vera = inside.join("Vera", "viewer")
    turn(inside, vera, vera, raised=True)
    assert call("PUT", inside.of(vera, "/role"), {"role": "publisher"}).status == 200
    assert hand(inside, vera) is not None
    assert status(turn(inside, vera, vera, raised=False)) == 200, "with the token from before"


def test_a_hand_of_somebody_who_is_not_there_or_in_another_room(
    inside: Inside, call: Call, still_clock: Clock, livekit: FakeLiveKit
) -> None:
    vera = inside.join("Vera", "viewer")
    del livekit.inside[inside.name]
    gone = turn(inside, vera, vera, raised=True)
    assert gone is not None
    assert (gone.status, gone.body) == (404, NOBODY)
    other = Inside(call, still_clock, livekit)
    assert status(turn(other, vera, vera, raised=True)) == 403
    unknown = call("PUT", "/meetings/room-that-is-not/participants/Vera/hand", {"raised": True})
    assert (unknown.status, unknown.body) == (404, NO_ROOM)


def test_a_removed_participant_raises_no_hand(inside: Inside, call: Call) -> None:
    vera = inside.join("Vera", "viewer")
    assert call("DELETE", inside.of(vera)).status == 200
    assert turn(inside, vera, vera, raised=True) is None


def test_without_livekit_the_caller_is_told(inside: Inside, livekit: FakeLiveKit) -> None:
    vera = inside.join("Vera", "viewer")
    livekit.down = True
    away = turn(inside, vera, vera, raised=True)
    assert away is not None
    assert away.status == 503
    livekit.down = False
    assert hand(inside, vera) is None


@pytest.mark.parametrize("body", [{}, {"raised": "yes"}, {"raised": 1}])
def test_a_hand_that_is_neither_is_refused(inside: Inside, call: Call, body: Any) -> None:
    vera = inside.join("Vera", "viewer")
    answer = call("PUT", inside.of(vera, "/hand"), body)
    assert answer.status == 422
    assert [each["field"] for each in answer.body["details"]] == ["raised"]


@pytest.mark.parametrize("value", ["", "x", "-1", "1e3", "\u0661", " 1"])
def test_an_attribute_that_is_not_a_time_is_not_a_raised_hand(inside: Inside, value: str) -> None:
    vera = inside.join("Vera", "viewer")
    inside.livekit.update_participant(
        inside.name, vera["participantIdentity"], attributes={"handRaisedAt": value}
    )
    assert hand(inside, vera) is None
