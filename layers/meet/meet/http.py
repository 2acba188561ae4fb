"""The edge between API Gateway and the services: bodies, errors, logs and request ids."""

import base64
import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, TypeAlias, TypeVar
from urllib.parse import unquote, urlencode

from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import BaseModel, ValidationError
from pydantic_core import to_json

from meet.access import Credential
from meet.actors import Actor, ActorType
from meet.errors import (
    BodyTooLarge,
    InternalServerError,
    InvalidRequest,
    MalformedBody,
    MeetError,
    NotFound,
    OtherRoom,
    UnsupportedMediaType,
)
from meet.headers import for_every_answer
from meet.logs import create_logger
from meet.paging import to_token
from meet.parameters import NEXT_PAGE_HEADER
from meet.powertools import APIGatewayRestResolver, NotFoundError, RequestValidationError, Response
from meet.settings import settings
from meet.types import expected, sentence

Event: TypeAlias = dict[str, Any]
Reply: TypeAlias = dict[str, Any]
Model = TypeVar("Model", bound=BaseModel)
Handler: TypeAlias = Callable[[Event, LambdaContext], Reply]

MAX_BODY_BYTES = 100 * 1024
MAX_DEPTH = 32
"""Nesting of objects and arrays: deeper than any operation needs."""
REQUEST_ID_HEADER = "X-Request-Id"

JSON = "application/json"
_PARTICIPANTS = {Credential.PARTICIPANT_TOKEN, Credential.OWN_PARTICIPANT_TOKEN}

_LOGGED = {
    "roomName": "room",
    "recordingId": "recording",
    "participantName": "participant",
    "webhookId": "webhook",
    "invitationId": "invitation",
    "banId": "ban",
    "linkId": "link",
}

logger = create_logger()


def create_api(*, validate: bool = True) -> APIGatewayRestResolver:
    """Return a resolver that reads types from signatures and turns every failure into an answer.

    Turn validation off where the answer is binary: Powertools would read the bytes as JSON.
    """
    api = APIGatewayRestResolver(
        enable_validation=validate,
        response_validation_error_http_code=HTTPStatus.INTERNAL_SERVER_ERROR if validate else None,
        strip_prefixes=["/meet"],  # on a custom domain the path includes the base path
    )
    api.exception_handler(MeetError)(_refused)
    api.exception_handler(NotFoundError)(_not_served)
    api.exception_handler(RequestValidationError)(_invalid)
    api.exception_handler(Exception)(_unexpected)
    return api


def entrypoint(api: APIGatewayRestResolver, *, json_body: bool = True) -> Handler:
    """Return the Lambda handler of an operation; without json_body, it reads the body itself."""

    @logger.inject_lambda_context(
        correlation_id_path=correlation_paths.API_GATEWAY_REST, clear_state=True
    )
    def handler(event: Event, context: LambdaContext) -> Reply:
        try:
            reply = api.resolve(_with_json_body(event) if json_body else event, context)
        except MeetError as error:
            reply = _to_reply(error)
        reply["body"] = reply["body"] or ""  # gateways differ on null
        request = event["requestContext"]
        reply["multiValueHeaders"][REQUEST_ID_HEADER] = [request["requestId"]]
        reply["multiValueHeaders"].setdefault(
            "Cache-Control", ["no-store"]
        )  # answers about rooms contain secrets
        for name, value in for_every_answer(event).items():
            reply["multiValueHeaders"][name] = [value]
        logger.info(
            f"{event['httpMethod']} {request['resourcePath']} {reply['statusCode']}",
            extra={"status": reply["statusCode"], **_ids(event)},
        )
        return reply

    return handler


def _ids(event: Event) -> dict[str, str]:
    """Return the path's parameters under the keys that log lines use."""
    return {_LOGGED.get(name, name): v for name, v in (event["pathParameters"] or {}).items()}


def origin(api: APIGatewayRestResolver) -> str:
    """Return the origin of links: the stack's public URL, else the one of this request."""
    if settings.public_url:
        return settings.public_url.rstrip("/")
    headers = api.current_event.headers
    return f"{headers.get('X-Forwarded-Proto', 'https')}://{headers['Host']}"


def address_of(api: APIGatewayRestResolver) -> str:
    """Return the address that the gateway was called from, which a caller cannot choose."""
    return str(api.current_event["requestContext"]["identity"]["sourceIp"])


def _authorized(api: APIGatewayRestResolver) -> dict[str, Any]:
    """Return the authorizer's context, which a caller cannot set; empty without an authorizer."""
    return api.current_event["requestContext"].get("authorizer") or {}


def caller_of(api: APIGatewayRestResolver) -> str:
    """Return the caller: an API key by its name, the console, or the moderators of a room."""
    authorized = _authorized(api)
    name = authorized.get("apiKey") or authorized.get("room") or ""
    return f"{authorized.get('principalId', '')}:{name}"


def actor_of(api: APIGatewayRestResolver) -> Actor:
    """Return the caller as items and events name it."""
    authorized = _authorized(api)
    match authorized.get("principalId"):
        case Credential.CONSOLE_COOKIE:
            return Actor(ActorType.CONSOLE)
        case Credential.PARTICIPANT_TOKEN:
            return Actor(ActorType.MODERATOR, unquote(authorized["identity"]))
        case Credential.OWN_PARTICIPANT_TOKEN:
            raise TypeError("events name no participant who is not a moderator")
    name = authorized.get("apiKey")
    return Actor(ActorType.API_KEY, None if name is None else unquote(name))


def room_of_caller(api: APIGatewayRestResolver) -> str | None:
    """Return the one room that the caller may touch, None for the admin, who may touch all."""
    authorized = _authorized(api)
    return str(authorized["room"]) if authorized.get("principalId") in _PARTICIPANTS else None


def identity_of_caller(api: APIGatewayRestResolver) -> str | None:
    """Return the identity of a participant who calls; None for the admin."""
    authorized = _authorized(api)
    is_participant = authorized.get("principalId") in _PARTICIPANTS
    return unquote(authorized["identity"]) if is_participant else None


def is_moderator(api: APIGatewayRestResolver) -> bool:
    """True if the caller is a participant who moderates their room."""
    return _authorized(api).get("principalId") == Credential.PARTICIPANT_TOKEN


def keep_to_own_room(api: APIGatewayRestResolver, room_name: str | None) -> None:
    """Raise OtherRoom unless the caller may touch this room; None means all of them."""
    own = room_of_caller(api)
    if own is not None and room_name != own:
        raise OtherRoom


def page_of(
    api: APIGatewayRestResolver, views: list[dict[str, Any]], last_key: str | None
) -> Response[str]:
    """Return a bare array, with the link to the next page if there is one (RFC 8288).

    It is written here: Powertools would validate and copy each view before.
    """
    headers: dict[str, str] = {}
    if last_key is not None:
        token, event = to_token(last_key), api.current_event
        query = {**(event.query_string_parameters or {}), "nextPageToken": token}
        url = f"{origin(api)}/meet{event['requestContext']['resourcePath']}?{urlencode(query)}"
        headers = {"Link": f'<{url}>; rel="next"', NEXT_PAGE_HEADER: token}
    body = to_json(views, ensure_ascii=True).decode()
    return Response(HTTPStatus.OK, JSON, body, headers=headers)


def json_reply(body: dict[str, Any], status: HTTPStatus) -> Response[str]:
    """Return a JSON answer."""
    return Response(status, JSON, json.dumps(body))


def base64_reply(status: HTTPStatus, headers: dict[str, str], base64: str) -> Response[str]:
    """Return an answer whose body is base64 already: Powertools would make a second copy."""
    response = Response(status, body=base64, headers={**headers})
    response.base64_encoded = bool(base64)
    return response


def no_content() -> Response[str]:
    """Return 204."""
    return Response(HTTPStatus.NO_CONTENT, body="")


def _with_json_body(event: Event) -> Event:
    """Return the event with its body as plain JSON text.

    An operation that takes a body gets an empty object if none was sent.
    """
    body = json_object(event, max_bytes=MAX_BODY_BYTES)
    if body is None:
        return _as_json(event, "{}" if event["httpMethod"] in {"POST", "PUT"} else None)
    return _as_json(event, json.dumps(body))


def json_object(event: Event, *, max_bytes: int) -> dict[str, Any] | None:
    """Return the body, None if none was sent.

    Raises BodyTooLarge, UnsupportedMediaType, MalformedBody, or InvalidRequest for a body that
    is JSON but not an object.
    """
    raw = raw_body(event)
    if not raw:
        return None
    if len(raw) > max_bytes:
        raise BodyTooLarge
    if _media_type(event) != JSON:
        raise UnsupportedMediaType
    try:
        value = json.loads(raw.decode(), parse_constant=_not_json)
    except (ValueError, RecursionError) as error:
        raise MalformedBody from error
    if _is_deeper_than(MAX_DEPTH, value):
        raise MalformedBody
    if not isinstance(value, dict):
        raise InvalidRequest(("", expected("object", value).message()))
    return value


def read_body(event: Event, model: type[Model], *, max_bytes: int) -> Model:
    """Return the body as a model; raises InvalidRequest, and what json_object raises."""
    try:
        return model.model_validate(json_object(event, max_bytes=max_bytes) or {})
    except ValidationError as error:
        found = [(".".join(map(str, each["loc"])), sentence(dict(each))) for each in error.errors()]
        raise InvalidRequest(*found) from error


def _as_json(event: Event, text: str | None) -> Event:
    """Return the event with this body, and the only media type that Powertools reads as JSON."""
    sent = event.get("headers") or {}
    headers = {name: value for name, value in sent.items() if name.lower() != "content-type"}
    headers["Content-Type"] = JSON
    lists = {name: [value] for name, value in headers.items()}
    return event | {
        "body": text,
        "isBase64Encoded": False,
        "headers": headers,
        "multiValueHeaders": lists,
    }


def _is_deeper_than(depth: int, value: object) -> bool:
    level = [value]
    for _ in range(depth):
        level = [
            child
            for each in level
            if isinstance(each, dict | list)
            for child in (each.values() if isinstance(each, dict) else each)
        ]
    return bool(level)


def raw_body(event: Event) -> bytes:
    """Return the body's bytes as sent; raises MalformedBody if its base64 is invalid."""
    body = event.get("body") or ""
    if not event.get("isBase64Encoded"):
        return body.encode("utf-8", "surrogatepass")
    try:
        return base64.b64decode(body, validate=True)
    except ValueError as error:
        raise MalformedBody from error


def _media_type(event: Event) -> str:
    headers = event.get("headers") or {}
    value = next((v for k, v in headers.items() if k.lower() == "content-type"), "")
    return value.partition(";")[0].strip().lower()


def _not_json(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def _refused(error: MeetError) -> Response[str]:
    body = json.dumps(error.body)
    return Response(error.status, JSON, body, headers=dict(error.headers))


def _invalid(error: RequestValidationError) -> Response[str]:
    failures = error.errors()
    details = [(".".join(map(str, each["loc"][1:])), sentence(each)) for each in failures]
    in_body = any(each["loc"][0] == "body" for each in failures)
    message = "Invalid request body" if in_body else "Invalid request"
    return _refused(InvalidRequest(*details, message=message))


def _not_served(error: NotFoundError) -> Response[str]:
    return _refused(NotFound())


def _unexpected(error: Exception) -> Response[str]:
    logger.exception("unhandled error")
    return _refused(InternalServerError())


def _to_reply(error: MeetError) -> Reply:
    headers = {"Content-Type": JSON, **error.headers}
    return {
        "statusCode": error.status.value,
        "body": json.dumps(error.body),
        "isBase64Encoded": False,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
    }
