"""The roles that the template gives the functions, and what they allow.

Not moto's enforcement: it knows no permission for each item of a transaction, for each key of a
DeleteObjects, or for an index, and answers 404 for a missing object whoever asks.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, NamedTuple

from tools.memory_aws import ENVIRONMENT
from tools.template import load_template, translated

REGION, ACCOUNT = ENVIRONMENT["AWS_REGION"], "123456789012"

BY_SERVICE = {
    "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole": "Lambda writes the logs",
    "arn:aws:iam::aws:policy/service-role/AWSLambdaDynamoDBExecutionRole": "Lambda reads streams",
    "arn:aws:iam::aws:policy/service-role/AWSLambdaSQSQueueExecutionRole": "Lambda reads queues",
    "sqs:SendMessage": "Lambda fills the dead-letter queue",
}
"""What a role holds for Lambda itself: no code of ours calls it, and so no test can need it."""


_ANY = ("*",)


class Need(NamedTuple):
    """One permission that a call takes."""

    action: str
    resource: str
    key: str = ""
    """Of an item: dynamodb:LeadingKeys. Of an event source mapping: lambda:FunctionArn."""
    attributes: frozenset[str] | None = None
    """Of an item, those that are asked for: dynamodb:Attributes. None stands for all of them."""


@dataclass(frozen=True)
class Statement:
    """What one statement of a policy says, its references resolved."""

    effect: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    keys: tuple[str, ...] = _ANY
    attributes: tuple[str, ...] = _ANY

    def covers(self, need: Need) -> bool:
        """True if the statement is about this action, this resource, this key, these attributes."""
        return (
            self._names(need.attributes)
            and any(_matches(action.lower(), need.action.lower()) for action in self.actions)
            and any(_matches(resource, need.resource) for resource in self.resources)
            and any(_matches(key, need.key) for key in self.keys)
        )

    def _names(self, attributes: frozenset[str] | None) -> bool:
        """True if all attributes are among those of the statement."""
        if self.attributes == _ANY:
            return True
        return attributes is not None and attributes <= set(self.attributes)

    def lessened(self) -> "Iterator[tuple[str, Statement]]":
        """Yield each action, resource, key and attribute, and the statement without it."""
        for each in self.actions:
            yield each, replace(self, actions=_without(each, self.actions))
        for each in self.resources:
            yield each, replace(self, resources=_without(each, self.resources))
        for each in self.keys:
            yield each, replace(self, keys=_without(each, self.keys))
        for each in self.attributes:
            yield each, replace(self, attributes=_without(each, self.attributes))


def _without(one: str, values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(each for each in values if each != one)


def allows(statements: list[Statement], need: Need) -> bool:
    """Evaluate as IAM does: what no statement allows is denied, and a Deny always wins."""
    effects = {each.effect for each in statements if each.covers(need)}
    return effects == {"Allow"}


def _matches(pattern: str, text: str) -> bool:
    """Match IAM's wildcards: * for any text, ? for one character."""
    expression = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(expression, text, re.DOTALL) is not None


@cache
def logical_ids() -> dict[str, str]:
    """Return the name in the template of each function, by its folder."""
    return {
        body["Properties"]["CodeUri"].removeprefix("functions/"): name
        for name, body in load_template()["Resources"].items()
        if body["Type"] == "AWS::Serverless::Function"
    }


@cache
def role(function: str) -> list[Statement]:
    """Return the permissions of a function, for all values of the parameters."""
    return [
        each for each in _statements(_role(function)) if each.resources != (arn("DeadLetters"),)
    ]


def managed_policies(function: str) -> set[str]:
    """Return the policies of AWS that a function's role has."""
    return set(_list(_role(function).get("ManagedPolicyArns", [])))


def _role(function: str) -> dict[str, Any]:
    found = translated()["Resources"]
    name, _ = found[logical_ids()[function]]["Properties"]["Role"]["Fn::GetAtt"]
    properties: dict[str, Any] = found[name]["Properties"]
    attached = [
        each["Properties"]
        for each in found.values()
        if each["Type"] == "AWS::IAM::Policy" and {"Ref": name} in each["Properties"]["Roles"]
    ]
    return properties | {"Policies": properties.get("Policies", []) + attached}


def _statements(role_properties: dict[str, Any]) -> Iterator[Statement]:
    for policy in role_properties.get("Policies", []):
        for each in policy["PolicyDocument"]["Statement"]:
            for statement in _branches(each):
                unknown = statement.keys() - {"Sid", "Effect", "Action", "Resource", "Condition"}
                if unknown:
                    raise NotImplementedError(f"{unknown} of a statement is not evaluated here")
                actions, resources = _list(statement["Action"]), _list(statement["Resource"])
                yield Statement(
                    statement["Effect"],
                    tuple(actions),
                    tuple(map(arn_of, resources)),
                    **_limits(statement.get("Condition", {})),
                )


_ONLY_THESE = {
    "Null": {"dynamodb:Attributes": "false"},
    "StringEqualsIfExists": {"dynamodb:Select": "SPECIFIC_ATTRIBUTES"},
}
"""What goes with a list of attributes, so that a request without one is not about all of them.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_dynamodb_attributes.html,
and reference_policies_condition-single-vs-multi-valued-context-keys.html for Null: ForAllValues is
true of a key that is not there.
"""


def _limits(condition: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    """Return the keys and attributes that a condition names."""
    match condition:
        case {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": keys, **others}, **more} if not (
            others or more
        ):
            return {"keys": tuple(_list(keys))}
        case {"ArnLikeIfExists": {"lambda:FunctionArn": functions, **others}, **more} if not (
            others or more
        ):
            return {"keys": tuple(map(arn_of, _list(functions)))}
        case {
            "ForAllValues:StringEquals": {"dynamodb:Attributes": attributes, **others},
            **more,
        } if not others and more == _ONLY_THESE:
            return {"attributes": tuple(_list(attributes))}
    if condition:
        raise NotImplementedError(f"{condition} is not evaluated here")
    return {}


def _branches(value: dict[str, Any]) -> list[dict[str, Any]]:
    """Return all values that a value depending on a parameter can have."""
    chosen = value["Fn::If"][1:] if "Fn::If" in value else [value]
    return [each for each in chosen if each != {"Ref": "AWS::NoValue"}]


def arn_of(value: Any) -> str:
    """Resolve what a template says of a resource."""
    if isinstance(value, str):
        return value
    ((function, argument),) = value.items()
    if function == "Fn::Sub":
        return re.sub(r"\$\{(\w+)\.Arn\}", lambda match: arn(match[1]), argument)
    return arn(argument if function == "Ref" else argument[0])


def arn(name: str) -> str:
    """Return the ARN of a resource of the template, or of the secret that a parameter names."""
    kind = translated()["Resources"].get(name, {}).get("Type", "a parameter")
    match kind:
        case "AWS::DynamoDB::Table":
            return f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{name}"
        case "AWS::S3::Bucket":
            return f"arn:aws:s3:::{ENVIRONMENT['RECORDINGS_BUCKET']}"
        case "AWS::SecretsManager::Secret" | "a parameter":  # the parameter is EgressSecretArn
            return f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{name}-AbCdEf"
        case "AWS::SQS::Queue":
            return f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"
        case "AWS::Lambda::Function":
            return f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}"
        case "AWS::Lambda::EventSourceMapping":
            return f"arn:aws:lambda:{REGION}:{ACCOUNT}:event-source-mapping:{name}"
    raise NotImplementedError(f"the ARN of {kind}")


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
