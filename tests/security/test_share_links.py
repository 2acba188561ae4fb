"""Attacks on share links: what opens them, where, and until when."""

import json
from collections.abc import Callable
from importlib import import_module
from urllib.parse import urlsplit

import pytest

from meet import wiring
from meet.clock import DAY, SECOND
from tests.functions.gateway import CONTEXT, event, invoke
from tests.functions.links import Viewer, share, views
from tests.functions.recordings import UNKNOWN_ID, Studio
from tests.security.leaks import assert_says_nothing
from tests.security.sharing import NO_LINK, Stage, told
from tools.memory_aws import API_KEY

UNKNOWN_LINK = "0" * 16
EXPIRED, USED_UP = (410, "link_expired"), (410, "link_used_up")
NO_RECORDING = (404, "recording_not_found")


@pytest.fixture
def stage(studio: Studio) -> Stage:
    return Stage.opened(studio)


# ----------------------------------------------------------------------------------- wrong keys


def _digest(stage: Stage) -> str:
    link = stage.mine.token.partition(".")[0]
    digest = wiring.link_repository().seen_by(stage.recording, link, "x")[0].token_digest
    assert len(digest) == 64
    return digest


TOKENS: dict[str, Callable[[Stage], str]] = {
    "empty": lambda _: "",
    "cut short": lambda stage: stage.mine.token[:-1],
    "and more": lambda stage: f"{stage.mine.token}A",
    "in another case": lambda stage: stage.mine.token.swapcase(),
    "only the id": lambda stage: stage.mine.token.partition(".")[0],
    "only the secret": lambda stage: stage.mine.token.partition(".")[2],
    "with a NUL": lambda stage: f"{stage.mine.token}\0",
    "with a blank": lambda stage: f" {stage.mine.token}",
    "of another link": lambda stage: stage.sibling.token,
    "of another recording": lambda stage: stage.foreign.token,
    "the API key": lambda _: API_KEY,
    "its own pass": lambda stage: stage.pass_of(stage.mine),
    "what is stored of it": _digest,
}


@pytest.mark.parametrize("which", TOKENS)
def test_another_token_opens_nothing(stage: Stage, which: str) -> None:
    reply = stage.mine.ask(TOKENS[which](stage))
    assert (reply.status, reply.body["reason"]) == NO_LINK
    assert reply.headers["cache-control"] == "no-store"
    assert stage.mine.ask().status == 200


def test_a_token_anywhere_but_in_the_body_opens_nothing(stage: Stage) -> None:
    token = stage.mine.token
    for headers, query, body in (
        ({"Authorization": f"Bearer {token}"}, "", {}),
        ({"Cookie": f"token={token}"}, "", {}),
        ({"X-API-KEY": API_KEY}, "", {}),
        ({}, f"?token={token}", {}),
        ({}, "", {"token": [token]}),
        ({}, "", {"token": {"token": token}}),
        ({}, "", [token]),
    ):
        sent = headers | {"Content-Type": "application/json"}
        raw = json.dumps(body).encode()
        request = event("POST", f"{stage.mine.path}/open{query}", body=raw, headers=sent)
        assert invoke(request).status == 422, (headers, query, body)


PASSES: dict[str, Callable[[Stage], str]] = {
    "none": lambda _: "",
    "empty": lambda _: "pass=",
    "of another link": lambda stage: f"pass={stage.pass_of(stage.sibling)}",
    "of another recording": lambda stage: f"pass={stage.pass_of(stage.foreign)}",
    "expired": lambda stage: f"pass={stage.signed(_both(stage), lasting=-SECOND)}",
    "signed by another key": lambda stage: f"pass={stage.signed(_both(stage), key=b'k')}",
    "for the recording alone": lambda stage: f"pass={stage.signed(stage.recording)}",
    "with a later end": lambda stage: f"pass=9{stage.pass_of(stage.mine)}",
    "without a signature": lambda stage: f"pass={stage.pass_of(stage.mine).partition('.')[0]}.",
    "signed twice": lambda stage: f"pass={stage.pass_of(stage.mine)}.x",
    "in another name": lambda stage: f"token={stage.pass_of(stage.mine)}&Pass=x",
    "the link's token": lambda stage: f"pass={stage.mine.token}",
    "a playback link's token": lambda stage: f"pass={_playback(stage)}",
    "the API key": lambda _: f"pass={API_KEY}",
}


def _both(stage: Stage) -> str:
    return f"{stage.recording}/{stage.mine.token.partition('.')[0]}"


def _playback(stage: Stage) -> str:
    url: str = stage.studio.call("GET", f"/recordings/{stage.recording}/url").body["url"]
    return urlsplit(url).query.partition("=")[2]


@pytest.mark.parametrize("which", PASSES)
def test_another_pass_plays_nothing(stage: Stage, which: str) -> None:
    query = PASSES[which](stage)
    assert told(stage.watch(query)) == NO_LINK
    others = {"X_API_KEY": API_KEY, "Authorization": f"Bearer {stage.pass_of(stage.mine)}"}
    assert told(stage.watch(query, **others)) == NO_LINK, "nothing in a header helps"
    assert views(stage.studio, stage.foreign.path.split("/")[-3]) == 0
    assert stage.watch(f"pass={stage.pass_of(stage.mine)}").status == 206


def test_a_pass_is_neither_a_playback_link_nor_a_credential(stage: Stage) -> None:
    good = stage.pass_of(stage.mine)
    for signed in (good, stage.signed(stage.recording), stage.mine.token):
        request = event("GET", f"/api/v1/recordings/{stage.recording}/stream?token={signed}")
        request |= {"type": "REQUEST", "methodArn": "arn:aws:execute-api:x"}
        with pytest.raises(Exception, match=r"^Unauthorized$"):
            import_module("functions.authorize.app").handler(request, CONTEXT)


# ---------------------------------------------------------------------------------- other paths


def test_a_link_is_at_its_own_path_alone(stage: Stage) -> None:
    link, good = stage.mine.token.partition(".")[0], stage.pass_of(stage.mine)
    other = stage.foreign.path.split("/")[-3]
    base = "/api/v1/recordings"
    for path in (
        f"{base}/{other}/links/{link}",
        f"{base}/{UNKNOWN_ID}/links/{link}",
        f"{base}/{stage.recording.lower()}/links/{link}",
        f"{base}/{stage.recording}%00/links/{link}",
        f"{base}/{stage.recording}%2F..%2F{stage.recording}/links/{link}",
        f"{base}/{stage.recording}/links/{UNKNOWN_LINK}",
        f"{base}/{stage.recording}/links/{link.upper()}x",
        f"{base}/{stage.recording}/links/{link}%20",
        f"{base}/{stage.recording}/links/{link}%23{'x' * 3_000}",
        f"{base}/{stage.recording}/links/link%23{link}",
        f"{base}/{stage.recording}/links/..%2F{link}",
        f"{base}/{stage.recording}/links/%FF",
        f"{base}/..%2F..%2F{stage.recording}/links/{link}",
    ):
        assert told(stage.watch(f"pass={good}", f"{path}/stream")) == NO_LINK, path
        body = json.dumps({"token": stage.mine.token}).encode()
        headers = {"Content-Type": "application/json"}
        reply = invoke(event("POST", f"{path}/open", body=body, headers=headers))
        assert (reply.status, reply.body["reason"]) == NO_LINK, path
        assert_says_nothing(reply.text)


# ------------------------------------------------------------------------------- over and gone


def _revoke(stage: Stage) -> None:
    link = stage.mine.token.partition(".")[0]
    path = f"/recordings/{stage.recording}/links/{link}"
    assert stage.studio.call("DELETE", path).status == 204


def _delete(stage: Stage) -> None:
    assert stage.studio.call("DELETE", f"/recordings/{stage.recording}").status == 204


def _trash(stage: Stage) -> None:
    with pytest.MonkeyPatch.context() as here:
        here.setenv("RECORDING_TRASH_DAYS", "7")
        wiring.reset()
        _delete(stage)
    wiring.reset()


def _use_up(stage: Stage) -> None:
    url = share(stage.studio, stage.recording, maxViews=1)["url"]
    stage.mine = Viewer(url, "203.0.113.1").open()
    assert Viewer(url, "203.0.113.2").open().watch().status == 206


ENDS: dict[str, tuple[Callable[[Stage], object], tuple[int, str], tuple[int, str]]] = {
    "revoked": (_revoke, NO_LINK, NO_LINK),
    "expired": (lambda stage: stage.studio.clock.advance(DAY - SECOND), EXPIRED, EXPIRED),
    "used up": (_use_up, USED_UP, USED_UP),
    "in the trash": (_trash, NO_RECORDING, NO_RECORDING),
    "deleted": (_delete, NO_LINK, NO_RECORDING),
}


@pytest.mark.parametrize("how", ENDS)
def test_what_is_over_cannot_be_watched_whatever_is_sent_along(stage: Stage, how: str) -> None:
    end, opened, streamed = ENDS[how]
    end(stage)
    if how == "expired":  # the pass is as long as the link: have one that outlives it
        player_pass = stage.signed(_both(stage))
        stage.studio.clock.advance(SECOND)
    else:
        player_pass = stage.pass_of(stage.mine)
    reply = stage.mine.ask()
    assert (reply.status, reply.body["reason"]) == opened
    tricks: list[dict[str, str]] = [
        {},
        {"X_Forwarded_For": "203.0.113.2", "X_Real_IP": "203.0.113.2"},
        {"Forwarded": "for=203.0.113.2", "True_Client_IP": "203.0.113.2"},
        {"X_API_KEY": API_KEY},
        {"If_Range": '"x"', "If_None_Match": "*"},
        {"X_HTTP_Method_Override": "HEAD", "Sec_Fetch_Dest": "video"},
    ]
    for headers in tricks:
        for more in ("", "&download=true"):
            answer = stage.watch(f"pass={player_pass}{more}", **headers)
            assert told(answer) == streamed, (headers, more)
            assert "location" not in answer.headers
            assert answer.headers["cache-control"] == "no-store"


def test_a_held_recording_is_watched_as_before(stage: Stage) -> None:
    path = f"/recordings/{stage.recording}/hold"
    assert stage.studio.call("PUT", path, {"reason": "case 7"}).status == 200
    assert stage.mine.open().watch().status == 206
    assert "case 7" not in json.dumps(stage.mine.shown)
