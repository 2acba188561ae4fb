"""What AWS documents and no emulator does: the template and the functions are held to it here.

One row a fact: a sentence, the page that says so, and what has to hold because of it. A new one is
a function below, with `@documented` above it; it is given the World. tests/contract/documented.py
has what rows need.
"""

import json
import re
from base64 import b64decode
from collections.abc import Iterator
from itertools import combinations
from typing import Any

import pytest

from meet.aws import AWS_CONFIG
from meet.http import MAX_BODY_BYTES
from meet.recordings import byte_range
from tests.contract.documented import (
    CLOUDFORMATION,
    DOCS,
    GATEWAY,
    LAMBDA,
    OF_THE_ACCOUNT,
    TABLE,
    Row,
    World,
    documented,
    names_in,
)
from tests.contract.samples import REQUESTS, Called, run
from tests.fakes import Clock
from tools.template import load_template, translated

# -------------------------------------------------------------------------------------- names


@documented(
    "A name that a template gives is one of the account and region, or of the account: the second "
    "stack with it cannot be made",
    source=CLOUDFORMATION + "aws-properties-name.html",
)
def _(world: World) -> None:
    places = [(stack, region) for stack in ("one", "two") for region in ("eu-west-1", "us-east-1")]
    assert {"AWS::CloudWatch::Dashboard", "AWS::ApiGateway::RestApi"} <= {
        kind for kind, _ in names_in(world, *places[0])
    }
    for one, other in combinations(places, 2):
        same = names_in(world, *one) & names_in(world, *other)
        if one[0] == other[0]:
            same = {each for each in same if each[0] in OF_THE_ACCOUNT}
        assert same == set(), (one, other)


# ------------------------------------------------------------------------------- CloudFormation


@documented(
    "Retain keeps a resource even when the first creation of its stack is rolled back, and the "
    "next try finds it in the way",
    source=CLOUDFORMATION + "aws-attribute-deletionpolicy.html",
)
def _(world: World) -> None:
    policies = {
        name: body["DeletionPolicy"]
        for name, body in world.template["Resources"].items()
        if "DeletionPolicy" in body
    }
    assert set(policies.values()) == {"RetainExceptOnCreate", "Delete"}
    assert {
        "RoomsTable",
        "RecordingsTable",
        "MeetingsTable",
        "EventsTable",
        "RecordingsBucket",
    } <= policies.keys()


@documented(
    "A generated secret has a character of each type that is not excluded as a type",
    source=CLOUDFORMATION + "aws-properties-secretsmanager-secret-generatesecretstring.html",
)
def _(world: World) -> None:
    secrets = world.of_type("AWS::SecretsManager::Secret")
    how = {
        name: body["Properties"]["GenerateSecretString"]
        for name, body in secrets.items()
        if "GenerateSecretString" in body["Properties"]
    }
    for each in how.values():
        excluded = set(each.get("ExcludeCharacters", ""))
        assert not any(character in excluded for character in "!#$%&*+")
    assert how["ApiKeysSecret"]["ExcludePunctuation"] is True


@documented(
    "A template has 500 resources at most, and 1 MB",
    source=f"{DOCS}AWSCloudFormation/latest/UserGuide/cloudformation-limits.html",
)
def _(world: World) -> None:
    assert len(world.template["Resources"]) < 500
    assert len(json.dumps(world.template)) < 1_000_000


# -------------------------------------------------------------------------- Lambda, EventBridge


def _schedules(world: World) -> list[dict[str, Any]]:
    rules = [body["Properties"] for body in world.of_type("AWS::Events::Rule").values()]
    return [each for each in rules if "ScheduleExpression" in each]


@documented(
    "An asynchronous event that is throttled is tried again for six hours, however few attempts "
    "an event that fails has",
    source=LAMBDA + "invocation-async-error-handling.html",
)
def _(world: World) -> None:
    scheduled = {
        target["Arn"]["Fn::GetAtt"][0] for rule in _schedules(world) for target in rule["Targets"]
    }
    assert scheduled == {"SweepRooms", "SweepRecordings", "SweepWebhooks"}
    for body in world.of_type("AWS::Lambda::EventInvokeConfig").values():
        how = body["Properties"]
        if how["FunctionName"]["Ref"] in scheduled:
            assert (how["MaximumRetryAttempts"], how["MaximumEventAgeInSeconds"]) == (0, 60)
            scheduled.remove(how["FunctionName"]["Ref"])
        else:  # what nothing repeats is not given up before it stands in the queue
            assert "OnFailure" in how["DestinationConfig"]
            assert "MaximumEventAgeInSeconds" not in how
    assert scheduled == set()


@documented(
    "A rule whose target is throttled repeats its call for a day",
    source=f"{DOCS}eventbridge/latest/APIReference/API_RetryPolicy.html",
)
def _(world: World) -> None:
    for rule in _schedules(world):
        (target,) = rule["Targets"]
        assert rule["ScheduleExpression"] == "rate(1 minute)"
        assert target["RetryPolicy"] == {
            "MaximumRetryAttempts": 0,
            "MaximumEventAgeInSeconds": 60,
        }


@documented(
    "The environment variables of a function are 4 KB at most",
    source=LAMBDA + "gettingstarted-limits.html",
)
def _(world: World) -> None:
    for name, body in world.of_type("AWS::Lambda::Function").items():
        variables = body["Properties"]["Environment"]["Variables"]
        references = sum(isinstance(each, dict) for each in variables.values())
        assert len(json.dumps(variables)) + references * 128 < 4096, name


# ---------------------------------------------------------------------------------- API Gateway


@documented(
    "An answer takes 29 s at most, retries of what it waits for included",
    source=GATEWAY + "api-gateway-execution-service-limits-table.html",
)
def _(world: World) -> None:
    behind = set()
    for body in world.of_type("AWS::Lambda::Permission").values():
        if body["Properties"]["Principal"] == "apigateway.amazonaws.com":
            function = body["Properties"]["FunctionName"]
            behind.add(function.get("Ref") or function["Fn::GetAtt"][0])
    for name in behind:
        assert world.template["Resources"][name]["Properties"]["Timeout"] < 29, name
    config: Any = AWS_CONFIG
    once = config.connect_timeout + config.read_timeout
    assert once * config.retries["total_max_attempts"] < 28


@documented(
    "REQUEST_TOO_LARGE cannot be customized",
    source=GATEWAY + "supported-gateway-response-types.html",
)
def _(world: World) -> None:
    assert "REQUEST_TOO_LARGE" not in world.refusals


@documented(
    "A default response is of any status, and no variable tells which",
    source=GATEWAY + "supported-gateway-response-types.html",
)
def _(world: World) -> None:
    for kind, response in world.refusals.items():
        body = json.loads(response["responseTemplates"]["application/json"])
        if kind != "UNAUTHORIZED":
            assert str(body.get("code")) == str(response.get("statusCode")), kind
    assert "statusCode" not in world.refusals["DEFAULT_4XX"]


@documented(
    "A function that Lambda throttles is an INTEGRATION_FAILURE, an authorizer one of its own two",
    source=GATEWAY + "supported-gateway-response-types.html",
)
def _(world: World) -> None:
    for kind in ("INTEGRATION_FAILURE", "AUTHORIZER_CONFIGURATION_ERROR", "AUTHORIZER_FAILURE"):
        response = world.refusals[kind]
        assert int(response["statusCode"]) == 503
        headers = response["responseParameters"]
        assert headers["gatewayresponse.header.Retry-After"] == "'1'"


@documented(
    "All identity sources have to be there before a REQUEST authorizer is asked; without caching "
    "there need be none",
    source=f"{DOCS}apigateway/latest/api/API_CreateAuthorizer.html",
)
def _(world: World) -> None:
    (api,) = world.of_type("AWS::ApiGateway::RestApi").values()
    (scheme,) = api["Properties"]["Body"]["components"]["securitySchemes"].values()
    how = scheme["x-amazon-apigateway-authorizer"]
    assert how["authorizerResultTtlInSeconds"] == 0
    assert "identitySource" not in how


@documented(
    "A request whose path or method no resource has is refused as MISSING_AUTHENTICATION_TOKEN, "
    "403 unless the API says otherwise; a REST API has seven methods",
    source=GATEWAY + "supported-gateway-response-types.html",
)
def _(world: World) -> None:
    (api,) = world.of_type("AWS::ApiGateway::RestApi").values()
    methods = {"delete", "get", "head", "options", "patch", "post", "put"}
    assert api["Properties"]["Body"]["paths"]["/{proxy+}"].keys() == methods
    refusal = world.refusals["MISSING_AUTHENTICATION_TOKEN"]
    assert int(refusal["statusCode"]) == 404
    body = json.loads(refusal["responseTemplates"]["application/json"])
    assert body == {"code": 404, "message": "Not found", "reason": "not_found"}


REWRITTEN = {
    *("authorization", "connection", "content-length", "content-md5", "date", "expect", "host"),
    *("max-forwards", "proxy-authenticate", "server", "te", "trailer", "transfer-encoding"),
    *("upgrade", "user-agent", "via", "www-authenticate"),
}


@documented(
    "These headers of a function reach nobody, or under the name x-amzn-remapped-...",
    source=GATEWAY + "api-gateway-known-issues.html",
)
def _(world: World) -> None:
    for function, answer in world.answers():
        headers = {**answer.get("headers", {}), **answer.get("multiValueHeaders", {})}
        sent = {name.lower(): value for name, value in headers.items()}
        # The gateway writes the length of the very body that is sent.
        if length := sent.pop("content-length", None):
            body = answer["body"] or ""
            size = len(b64decode(body) if answer["isBase64Encoded"] else body.encode())
            assert int(length[0] if isinstance(length, list) else length) == size, function
        assert not sent.keys() & REWRITTEN, function


@documented(
    "A header of an answer is a string, or a list of them",
    source=GATEWAY + "set-up-lambda-proxy-integrations.html",
)
def _(world: World) -> None:
    for function, answer in world.answers():
        assert answer.keys() <= {
            *("statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded", "cookies")
        }, function
        assert isinstance(answer["statusCode"], int)
        assert all(isinstance(each, str) for each in answer.get("headers", {}).values())
        for values in answer.get("multiValueHeaders", {}).values():
            assert all(isinstance(each, str) for each in values)


@documented(
    "The body of an answer is a string; null is nothing to rely on",
    source=GATEWAY + "set-up-lambda-proxy-integrations.html",
)
def _(world: World) -> None:
    for function, answer in world.answers():
        assert isinstance(answer["body"], str), function


@documented(
    "Lambda takes and returns 6 MB at most, and base64 makes four bytes of three",
    source=LAMBDA + "gettingstarted-limits.html",
)
def _(world: World) -> None:
    headers = 10_240  # as many as the gateway takes
    for longest in (byte_range.MAX_LENGTH, MAX_BODY_BYTES):
        assert longest * 4 / 3 + headers < 6 * 1024 * 1024


# ------------------------------------------------------------------------------------------ WAF


@documented(
    "A rate-based rule counts 10 requests at least, and has a sample of requests kept with their "
    "query, where links have their secrets",
    source=f"{DOCS}waf/latest/APIReference/API_RateBasedStatement.html",
)
def _(world: World) -> None:
    pattern = world.template["Parameters"]["RequestsPerAddress"]["AllowedPattern"]
    assert [each for each in ("0", "9", "10", "2000", "-1", "") if re.match(pattern, each)] == [
        *("0", "10", "2000")
    ]
    (firewall,) = world.of_type("AWS::WAFv2::WebACL").values()
    (rule,) = firewall["Properties"]["Rules"]
    for seen in (firewall["Properties"]["VisibilityConfig"], rule["VisibilityConfig"]):
        assert seen["SampledRequestsEnabled"] is False
    for kind in ("AWS::WAFv2::WebACL", "AWS::WAFv2::WebACLAssociation"):
        (body,) = world.of_type(kind).values()
        assert body["Condition"] == "IsLimited", "it costs something"


# ------------------------------------------------------------------------------------ the table


@pytest.fixture
def world(called: Called, still_clock: Clock) -> World:
    def answers() -> Iterator[tuple[str, dict[str, Any]]]:
        for function in REQUESTS:
            yield function, run(function, still_clock)

    return World(translated(), load_template("monitoring.yaml"), answers)


@pytest.mark.parametrize("row", TABLE, ids=[row.fact for row in TABLE])
def test_what_aws_documents_is_minded(row: Row, world: World) -> None:
    assert row.source.startswith(DOCS), "a row names its source"
    row.holds(world)
