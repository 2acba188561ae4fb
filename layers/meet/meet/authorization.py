"""Decides whether a request's credential opens its operation."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import quote

from meet import clock
from meet.access import Credential, name_of_key
from meet.console import browser
from meet.errors import MeetError, Unauthorized
from meet.headers import Event
from meet.recordings import playback
from meet.rooms.model import Role

if TYPE_CHECKING:
    from meet.console.sessions import ConsoleSessions
    from meet.participants.api_tokens import ApiTokens
    from meet.rooms.repository import RoomRepository

Context: TypeAlias = dict[str, str]
"""What the authorizer tells the function about its caller: see meet.http.caller_of.

Names are percent-encoded: the gateway promises ASCII alone.
"""


@dataclass(frozen=True)
class Authorizer:
    """Checks credentials. A secret is read only if the request carries what it verifies."""

    api_keys: Callable[[], Mapping[str, str]]
    console_sessions: "Callable[[], ConsoleSessions]"
    playback_key: Callable[[], bytes]
    api_tokens: "Callable[[], ApiTokens]"
    rooms: "Callable[[], RoomRepository]"
    public_url: str

    def policy(self, event: Event, accepted: Collection[Credential]) -> dict[str, Any] | None:
        """Return the policy that allows this one request; None without an accepted credential."""
        checks = {
            Credential.API_KEY: self._api_key,
            Credential.CONSOLE_COOKIE: self._session,
            Credential.PLAYBACK_LINK: self._playback_link,
            Credential.PARTICIPANT_TOKEN: self._moderator,
            Credential.OWN_PARTICIPANT_TOKEN: self._participant,
        }
        for credential, check in checks.items():
            if credential in accepted and (context := check(event)) is not None:
                policy = _allow(credential, event["methodArn"])
                return policy | {"context": context} if context else policy
        return None

    def _api_key(self, event: Event) -> Context | None:
        key = _header(event, "x-api-key")
        if key is None:
            return None
        name = name_of_key(key, self.api_keys())
        return None if name is None else {"apiKey": quote(name)}

    def _session(self, event: Event) -> Context | None:
        shown = browser.cookies(event, browser.SESSION_COOKIE)
        is_write = event["httpMethod"] not in {"GET", "HEAD"}
        if not shown or (is_write and not browser.is_same_origin(event, self.public_url)):
            return None
        try:
            self.console_sessions().current(shown)
        except Unauthorized:
            return None
        return {}

    def _playback_link(self, event: Event) -> Context | None:
        token = (event["queryStringParameters"] or {}).get(playback.PARAMETER)
        if token is None:
            return None
        recording_id = event["pathParameters"]["recordingId"]
        is_valid = playback.is_valid(token, recording_id, now=clock.now(), key=self.playback_key())
        return {} if is_valid else None

    def _moderator(self, event: Event) -> Context | None:
        """Return room and identity of a moderator, by their API token.

        They need not have been one when it was issued, but have to be one now.
        """
        return self._bearer(event, {Role.MODERATOR})

    def _participant(self, event: Event) -> Context | None:
        """Return room and identity of a participant, by their API token."""
        return self._bearer(event, set(Role))

    def _bearer(self, event: Event, roles: Collection[Role]) -> Context | None:
        """Return room and identity of the holder of an API token who has one of these roles now.

        It opens nothing if its holder was removed, or the link that they came by rotated.
        """
        scheme, _, token = (_header(event, "authorization") or "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            return None
        try:
            bearer = self.api_tokens().read(token)
            room = self.rooms().get(bearer.room)
        except MeetError:
            return None
        role = room.role_of(bearer.identity, bearer.role)
        is_shut_out = bearer.link is not None and room.has_shut_out(bearer.link)
        is_inside = room.is_open(clock.now()) and not room.has_removed(bearer.identity)
        is_valid = is_inside and not is_shut_out and role in roles
        return {"room": room.name, "identity": quote(bearer.identity)} if is_valid else None


def _header(event: Event, name: str) -> str | None:
    headers = {key.lower(): value for key, value in (event["headers"] or {}).items()}
    return headers.get(name)


def _allow(principal: str, method_arn: str) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": method_arn}
    return {
        "principalId": principal,
        "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
    }
