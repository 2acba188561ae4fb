"""Every failure has a reason of its own, which is part of the API."""

import json
import re

from meet import errors
from meet.errors import MeetError
from meet.livekit.twirp import OutcomeUnknown
from meet.recordings import errors as recording_errors
from tools import openapi
from tools.openapi import own_schemas
from tools.template import load_template

WITHOUT_REASON = {
    *(errors.InvalidRequest, errors.RoomToJoinNotFound, errors.Unauthorized),
    recording_errors.OptionsRefused,
}
"""Their bodies, or those of their kind, were there before there were reasons."""
SAME_FOR_CALLERS = {OutcomeUnknown}
"""Callers get the reason of the class that it extends."""

IN_DOCUMENT = openapi.document()["components"]["schemas"]["Error"]["properties"]["reason"]["enum"]


def all_errors() -> list[type[MeetError]]:
    return [
        each for each in own_schemas.all_errors() if each not in WITHOUT_REASON | SAME_FOR_CALLERS
    ]


def test_every_failure_has_a_reason_of_its_own_in_snake_case() -> None:
    reasons = {each: vars(each).get("reason") for each in all_errors()}
    assert len(reasons) > 20
    for each, reason in reasons.items():
        assert reason is not None, each
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", reason), each
    assert len(set(reasons.values())) == len(reasons)


def test_the_openapi_document_lists_every_reason() -> None:
    assert set(IN_DOCUMENT) >= {each.reason for each in all_errors()}


def test_what_the_gateway_answers_has_a_reason_from_the_document() -> None:
    responses = load_template()["Resources"]["Api"]["Properties"]["GatewayResponses"]
    for kind, response in responses.items():
        body = json.loads(response["ResponseTemplates"]["application/json"])
        if kind == "UNAUTHORIZED":
            assert body == {"message": "Unauthorized"}
        elif "StatusCode" in response:
            assert body.keys() == {"code", "message", "reason"}, kind
            assert body["reason"] in IN_DOCUMENT, kind
        else:  # No variable of a gateway response has the status, and the default is for any.
            assert body.keys() == {"message"}, kind
