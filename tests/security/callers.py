"""Every kind of caller there is, honest and not, and what the table of the code lets them do."""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import jwt

from meet import clock
from meet.access import API, OPERATIONS, Credential
from meet.clock import HOUR, MINUTE, SECOND, Milliseconds
from meet.console.accounts import Accounts
from meet.console.tokens import ConsoleTokens
from meet.livekit.tokens import AccessTokens
from meet.participants.api_tokens import ApiTokens
from meet.participants.roles import metadata
from meet.recordings import playback
from meet.rooms.model import Preferences, Role, Room

MALLORY = "Mallory_000000"
"""The participant whose tokens the callers have."""
COOKIE = "OvMeetAccessToken"
READS = {"GET", "HEAD"}


@dataclass(frozen=True)
class Target:
    """A stack's secrets and addresses, and what the callers are after."""

    origin: str
    api_key: str
    old_key: str
    tokens: AccessTokens
    api_tokens: ApiTokens
    console: ConsoleTokens
    ended_session: str
    """The cookie of a session that was logged out of."""
    playback_key: bytes
    room: str
    other_room: str
    recording: str
    other_recording: str


@dataclass(frozen=True)
class Caller:
    """What somebody sends along, and the credential of the table that it amounts to, if any."""

    headers: dict[str, str] = field(default_factory=dict)
    query: str = ""
    credential: Credential | None = None
    reads_only: bool = False
    """The credential counts for reading alone."""
    of_other_room: bool = False

    def may(self, method: str, resource: str) -> bool:
        """Tell what the table says of this caller and this operation."""
        _, accepted = OPERATIONS[method, resource]
        if not accepted:
            return True
        return self.credential in accepted and (method in READS or not self.reads_only)


def honest(target: Target) -> dict[Credential, Caller]:
    """Return the caller that each credential is made for."""
    cookie, token = session(target), moderator(target, target.room)
    link = playback_link(target, target.recording)
    return {
        Credential.API_KEY: key_in_header(target.api_key),
        Credential.CONSOLE_COOKIE: _cookie(cookie, target.origin),
        Credential.PARTICIPANT_TOKEN: _bearer(token),
        Credential.OWN_PARTICIPANT_TOKEN: _bearer(moderator(target, target.room, role=Role.VIEWER)),
        Credential.PLAYBACK_LINK: Caller(query=f"token={link}"),
    }


def everybody(target: Target) -> dict[str, Caller]:
    """Return all kinds of callers."""
    good = {
        credential.value: replace(caller, credential=credential)
        for credential, caller in honest(target).items()
    }
    return (
        good
        | dict(_with_keys(target))
        | dict(_with_cookies(target))
        | dict(_with_tokens(target))
        | dict(_with_links(target))
    )


def _with_keys(target: Target) -> Iterator[tuple[str, Caller]]:
    key = target.api_key
    yield "nobody", Caller()
    yield "an empty key", key_in_header("")
    yield "a wrong key", key_in_header("x" * len(key))
    yield "a key that was rotated out", key_in_header(target.old_key)
    yield "a key cut short", key_in_header(key[:-1])
    yield "a key and more", key_in_header(f"{key}x")
    yield "a key in another case", key_in_header(key.swapcase())
    yield "all keys as JSON", key_in_header(json.dumps({"first": key}))
    yield "a key in the query", Caller(query=f"X-API-KEY={key}&x-api-key={key}&apiKey={key}")
    yield "a key as a bearer token", _bearer(key)
    yield (
        "a key as basic authentication",
        Caller({"Authorization": "Basic " + base64.b64encode(f"{key}:".encode()).decode()}),
    )
    yield "a key in other headers", Caller({"X-API-KEYS": key, "Api-Key": key, "X-API-KEY-": key})
    yield "a key in a cookie", Caller({"Cookie": f"X-API-KEY={key}; x-api-key={key}"})
    yield "a key as a playback link", Caller(query=f"token={key}")
    yield (
        "an identity of the gateway",
        Caller(
            {"principalId": "apiKeyInHeader", "X-Amzn-Apigateway-Api-Id": "x", "room": target.room}
        ),
    )


def _with_cookies(target: Target) -> Iterator[tuple[str, Caller]]:
    console, home = target.console, target.origin
    good = session(target)
    another_key = replace(console, key=b"k" * 32)
    another_stack = replace(console, issuer="meet-another")
    of_old_key = replace(console, accounts=Accounts({"first": target.old_key}))
    of_nobody = replace(console, accounts=Accounts({"first": "x", "nobody": "x"}))
    unbound = jwt.decode(good, options={"verify_signature": False})
    del unbound["key"]
    ended = console.begin("first", at=Milliseconds(clock.now() - 13 * HOUR))
    cookie = Credential.CONSOLE_COOKIE
    yield "a cookie of another stack", _cookie(session(target, another_stack), home)
    yield "a cookie signed by another key", _cookie(session(target, another_key), home)
    yield "a cookie of a key that was rotated out", _cookie(session(target, of_old_key), home)
    yield (
        "a cookie of a name that no key has",
        _cookie(of_nobody.encode(of_nobody.begin("nobody")), home),
    )
    yield (
        "a cookie that is bound to no key",
        _cookie(jwt.encode(unbound, console.key, algorithm="HS256"), home),
    )
    yield "an expired cookie", _cookie(console.encode(ended), home)
    yield "an edited cookie", _cookie(_edited(good, exp=4_000_000_000), home)
    yield "an unsigned cookie", _cookie(_unsigned(good), home)
    yield "a cookie without a signature", _cookie(good.rpartition(".")[0] + ".", home)
    yield "a cookie in another name", Caller({"Cookie": f"{COOKIE}2={good}", "Origin": home})
    yield "a cookie as a bearer token", _bearer(good)
    yield "a cookie whose session was ended", _cookie(target.ended_session, home)
    yield "a moderator's token as a cookie", _cookie(moderator(target, target.room), home)
    yield "a cookie without an origin", Caller({"Cookie": f"{COOKIE}={good}"}, "", cookie, True)
    for name, origin in {
        "of another site": "https://evil.example",
        "of a page without one": "null",
        "that only begins like ours": f"{home}.evil.example",
        "of another port": f"{home}1",
    }.items():
        yield (
            f"a cookie with the origin {name}",
            replace(_cookie(good, origin), credential=cookie, reads_only=True),
        )


def _with_tokens(target: Target) -> Iterator[tuple[str, Caller]]:
    good = moderator(target, target.room)
    ours = target.api_tokens
    claims = jwt.decode(good, options={"verify_signature": False})
    yield (
        "a moderator's token of another room",
        replace(
            _bearer(moderator(target, target.other_room)),
            credential=Credential.PARTICIPANT_TOKEN,
            of_other_room=True,
        ),
    )
    yield "an expired token", _bearer(moderator(target, target.room, lifetime=-SECOND))
    for role in (Role.PUBLISHER, Role.VIEWER):
        token = moderator(target, target.room, role=role)
        yield (
            f"the API token of a {role}",
            replace(_bearer(token), credential=Credential.OWN_PARTICIPANT_TOKEN),
        )
        yield f"one of a {role} that was edited", _bearer(_edited(token, role="moderator"))
    yield "an edited token", _bearer(_edited(good, exp=4_000_000_000))
    yield "a token edited for another room", _bearer(_edited(good, room=target.other_room))
    yield "an unsigned token", _bearer(_unsigned(good))
    yield "an unsigned token with a signature", _bearer(_unsigned(good) + good.rpartition(".")[2])
    yield "a token that claims RS256", _bearer(_reheaded(good, alg="RS256"))
    yield "a token with another HMAC", _bearer(jwt.encode(claims, ours.key, algorithm="HS512"))
    for name, tokens in {
        "a public name": ApiTokens(ours.issuer.encode(), ours.issuer),  # RS256 confusion
        "another key": ApiTokens(b"k" * 32, ours.issuer),
        "the console's key": ApiTokens(target.console.key, ours.issuer),
        "the key of links": ApiTokens(target.playback_key, ours.issuer),
        "LiveKit's key": ApiTokens(target.tokens.api_secret.encode(), ours.issuer),
        "another stack": ApiTokens(ours.key, "meet-another"),
    }.items():
        yield f"a token signed by {name}", _bearer(moderator(target, target.room, by=tokens))
    yield "a token that names its key", _bearer(_reheaded(good, kid="../../dev/null", jku="x"))
    yield "a token in the query", Caller(query=f"access_token={good}&authorization=Bearer%20{good}")
    yield "a token as a key", key_in_header(good)
    yield from _with_livekits_tokens(target)


def _with_livekits_tokens(target: Target) -> Iterator[tuple[str, Caller]]:
    tokens, room = target.tokens, target.room
    for role in Role:
        yield f"the token that a {role} joined with", _bearer(to_join_with(target, role))
    joined = jwt.decode(to_join_with(target, Role.MODERATOR), options={"verify_signature": False})
    renewed = jwt.encode(joined | {"exp": 4_000_000_000}, tokens.api_secret, algorithm="HS256")
    yield "a moderator's token that LiveKit renewed", _bearer(renewed)
    yield (
        "our own token for LiveKit",
        _bearer(tokens.for_server({"roomAdmin": True, "roomCreate": True, "room": room})),
    )
    yield (
        "a webhook's token",
        _bearer(tokens._sign({"sha256": "x"}, expires_at=clock.now() + MINUTE)),
    )


def _with_links(target: Target) -> Iterator[tuple[str, Caller]]:
    good = playback_link(target, target.recording)
    expiry, _, signature = good.partition(".")
    for name, link in {
        "of another recording": playback_link(target, target.other_recording),
        "that expired": playback_link(target, target.recording, lifetime=-SECOND),
        "signed by another key": playback_link(
            replace(target, playback_key=b"k"), target.recording
        ),
        "whose time was edited": f"{int(expiry) + 1}.{signature}",
        "without a signature": f"{expiry}.",
        "with nothing but a dot": ".",
        "without a time": f".{signature}",
        "that is signed twice": f"{expiry}.{signature}.{signature}",
        "in other digits": f"\u0661.{signature}".encode().hex(),
        "that is the pass of a share link": playback_link(target, f"{target.recording}/{'0' * 16}"),
    }.items():
        yield f"a playback link {name}", Caller(query=f"token={link}")
    yield "a playback link as the pass of a share link", Caller(query=f"pass={good}")
    yield "a playback link in another name", Caller(query=f"Token={good}&secret={good}")
    yield "a playback link in a header", Caller({"token": good, "Authorization": f"Bearer {good}"})


def session(target: Target, console: ConsoleTokens | None = None) -> str:
    """Return the cookie of a login a moment ago."""
    console = console or target.console
    return console.encode(console.begin("first"))


def moderator(
    target: Target,
    room: str,
    *,
    by: ApiTokens | None = None,
    lifetime: int = HOUR,
    role: Role = Role.MODERATOR,
) -> str:
    """Return a moderator's API token, or another participant's; lifetime in milliseconds."""
    expires_at = clock.now() + lifetime
    return (by or target.api_tokens).sign(room, MALLORY, role, expires_at=expires_at)


def to_join_with(target: Target, role: Role) -> str:
    """Return the token that somebody joined the room with."""
    moment = clock.now()
    shown = Room("", "", moment, moment, None, Preferences(), {})
    return target.tokens.for_participant(
        MALLORY,
        name="Mallory",
        metadata=metadata(shown, role),
        grants={"room": target.room, "roomJoin": True},
        room_configuration={},
        expires_at=moment + HOUR,
    )


def playback_link(target: Target, recording: str, *, lifetime: int = HOUR) -> str:
    """Return the token of a link; lifetime in milliseconds."""
    expires_at = Milliseconds(clock.now() + lifetime)
    return playback.sign(recording, expires_at=expires_at, key=target.playback_key)


def request_of(
    method: str, resource: str, target: Target, *, harmless: bool
) -> tuple[str, dict[str, Any] | None]:
    """Return path with query, and body, of a request that would work; harmless finds nothing."""
    room = target.room
    is_of_own_room = Credential.PARTICIPANT_TOKEN in OPERATIONS[method, resource][1]
    names = {
        # A moderator may name no other room; what they may do there finds nothing either.
        "{roomName}": "x" * 15 if harmless and not is_of_own_room else room,
        "{recordingId}": "rec_" + "0" * 26 if harmless else target.recording,
        "{participantName}": "Nobody",
        "{identity}": MALLORY if resource.endswith("/hand") else "Nobody_000000",
        "{role}": "viewer",
        "{linkId}": "0" * 16,
    }
    path = "/".join(names.get(part, part) for part in resource.removeprefix(API).split("/"))
    query = ""
    body: dict[str, Any] | None = None
    match method, resource.removeprefix(API):
        case "POST", "/rooms":
            body = {} if harmless else {"expirationDate": clock.now() + HOUR}
        case "PUT", where if where.endswith("/hand"):
            body = {"raised": True}
        case "PUT", "/rooms/{roomName}":
            body = {"chatPreferences": {"enabled": True}}
        case "POST", "/recordings":
            body = {"roomName": room}  # where nobody publishes
        case "POST", "/participants/token":
            body = {"roomName": "x" * 15, "participantName": "Mallory", "secret": "guess"}
        case "DELETE", "/recordings":
            query = f"recordingIds={'nothing' if harmless else target.recording}"
        case ("GET", "/recordings") | ("DELETE", "/participants/{participantName}"):
            query = f"roomName={room}"
        case "DELETE", "/participants/token" | "/participants/tokens":
            query = f"roomName={room}"
        case "POST", "/participants/tokens":
            body = {"roomName": room, "participants": []}  # refused, but by no authorizer
        case "POST", where if where.endswith("/links"):
            body = {"expiresAt": clock.now() + HOUR}
        case "POST", where if where.endswith("/open"):
            body = {"token": "guess"}
        case "POST", where if where.endswith("/invitations"):
            body = {"invitations": []}
        case "PUT", where if where.endswith("/lock"):
            body = {"locked": False}
        case "PUT", where if where.endswith("/role"):
            body = {"action": "downgrade"}
        case "PUT", where if where.endswith("/media"):
            body = {"audioActive": False}
        case "POST", where if where.endswith("/messages"):
            body = {"topic": "poll", "data": "guess"}
        case "PUT", where if "/waiting" in where:
            body = {"decision": "deny"}
    return f"{path}?{query}", body


def key_in_header(key: str) -> Caller:
    """Return somebody with an API key."""
    return Caller({"X-API-KEY": key})


def _bearer(token: str) -> Caller:
    return Caller({"Authorization": f"Bearer {token}"})


def _cookie(value: str, origin: str) -> Caller:
    return Caller({"Cookie": f"{COOKIE}={value}", "Origin": origin})


def _encoded(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def _edited(token: str, **claims: Any) -> str:
    head, _, signature = token.split(".")
    told = jwt.decode(token, options={"verify_signature": False})
    return f"{head}.{_encoded(told | claims)}.{signature}"


def _reheaded(token: str, **header: str) -> str:
    _, payload, signature = token.split(".")
    return f"{_encoded({'typ': 'JWT', 'alg': 'HS256', **header})}.{payload}.{signature}"


def _unsigned(token: str) -> str:
    return f"{_encoded({'typ': 'JWT', 'alg': 'none'})}.{token.split('.')[1]}."
