"""The table of what AWS documents: what a row is, how one is added, and what it may look at."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

DOCS = "https://docs.aws.amazon.com/"
GATEWAY = f"{DOCS}apigateway/latest/developerguide/"
LAMBDA = f"{DOCS}lambda/latest/dg/"
CLOUDFORMATION = f"{DOCS}AWSCloudFormation/latest/TemplateReference/"


@dataclass(frozen=True)
class World:
    """What a row may look at: the template as CloudFormation gets it, and what functions answer."""

    template: dict[str, Any]
    monitoring: dict[str, Any]
    answers: Callable[[], Iterator[tuple[str, dict[str, Any]]]]
    """(function, what it returns to API Gateway) for each sample event."""

    def of_type(self, kind: str) -> dict[str, dict[str, Any]]:
        """Return the resources of a type, by logical id."""
        found = self.template["Resources"].items()
        return {name: body for name, body in found if body["Type"] == kind}

    @property
    def refusals(self) -> dict[str, dict[str, Any]]:
        """The gateway responses, by type."""
        (api,) = self.of_type("AWS::ApiGateway::RestApi").values()
        found: dict[str, dict[str, Any]] = api["Properties"]["Body"][
            "x-amazon-apigateway-gateway-responses"
        ]
        return found


@dataclass(frozen=True)
class Row:
    """A fact, and what has to hold because of it."""

    fact: str
    source: str
    holds: Callable[[World], None]


TABLE: list[Row] = []


def documented(fact: str, *, source: str) -> Callable[[Callable[[World], None]], None]:
    """Add a row to the table."""

    def add(holds: Callable[[World], None]) -> None:
        TABLE.append(Row(fact, source, holds))

    return add


OF_THE_ACCOUNT = {"AWS::CloudWatch::Dashboard", "AWS::IAM::Role", "AWS::S3::Bucket"}
"""Kinds whose names all regions share."""
NO_NAMES = {
    ("AWS::ApiGateway::Stage", "StageName"),
    ("AWS::CloudWatch::Alarm", "MetricName"),
    ("AWS::IAM::Policy", "PolicyName"),
}
"""Properties that name something inside another resource, or something else."""


def _text(value: Any, given: dict[str, str]) -> str | None:
    """Return a property's value in a stack; None if it refers to another resource."""
    if isinstance(value, str):
        return value
    if not isinstance(value, dict) or len(value) != 1:
        return None
    ((function, argument),) = value.items()
    if function in {"Ref", "Fn::Sub", "Sub"} and isinstance(argument, str):
        argument = f"${{{argument}}}" if function == "Ref" else argument
        for name, known in given.items():
            argument = argument.replace(f"${{{name}}}", known)
        return None if "${" in argument else argument
    return None


def names_in(world: World, stack: str, region: str) -> set[tuple[str, str]]:
    """Return (kind, physical name) of everything that the template names itself."""
    given = {"AWS::StackName": stack, "AWS::Region": region, "Stack": stack}
    found = set()
    for template in (world.template, world.monitoring):
        for body in template["Resources"].values():
            for key, value in body.get("Properties", {}).items():
                if not key.endswith("Name") or (body["Type"], key) in NO_NAMES:
                    continue
                if (name := _text(value, given)) is not None:
                    found.add((body["Type"], name))
    return found
