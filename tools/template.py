"""Reads template.yaml for tools and tests."""

from copy import deepcopy
from functools import cache
from typing import Any

import yaml

from tools import ROOT


class _Loader(yaml.SafeLoader):
    """Reads CloudFormation's short tags as {tag: value}."""


def _short_tag(loader: yaml.SafeLoader, tag: str, node: yaml.Node) -> dict[str, Any]:
    if isinstance(node, yaml.ScalarNode):
        return {tag: loader.construct_scalar(node)}
    if isinstance(node, yaml.SequenceNode):
        return {tag: loader.construct_sequence(node, deep=True)}
    assert isinstance(node, yaml.MappingNode)
    return {tag: loader.construct_mapping(node, deep=True)}


_Loader.add_multi_constructor("!", _short_tag)


def load_template(name: str = "template.yaml") -> dict[str, Any]:
    """Return a template with its tags unresolved."""
    template: dict[str, Any] = yaml.load((ROOT / name).read_text(), _Loader)  # noqa: S506
    return template


@cache
def translated(*, canary: str | None = None, **parameters: str) -> dict[str, Any]:
    """Return the CloudFormation template that SAM makes of template.yaml."""
    # Imported here: it takes seconds.
    from samcli.lib.translate.sam_template_validator import SamTemplateValidator  # noqa: PLC0415
    from samcli.yamlhelper import yaml_parse  # noqa: PLC0415

    source = yaml_parse((ROOT / "template.yaml").read_text())
    if canary:
        source = with_canary(source, canary, release="")
    validator = SamTemplateValidator(
        source, None, region="eu-west-1", parameter_overrides=parameters
    )
    template: dict[str, Any] = yaml_parse(validator.get_translated_template_if_valid())
    return template


def with_canary(source: dict[str, Any], kind: str, *, release: str) -> dict[str, Any]:
    """Return the template for canary deployments by CodeDeploy, with long tags.

    `release` makes SAM publish new versions: SAM itself notices neither a changed value of a
    parameter nor changed content of a layer.
    """
    source = deepcopy(source)
    function = source["Globals"]["Function"]
    function["AutoPublishAlias"] = "live"
    function["AutoPublishAliasAllProperties"] = True
    function["Environment"]["Variables"]["RELEASE"] = release
    function["DeploymentPreference"] = {
        "Type": kind,
        "Alarms": [
            {"Fn::GetAtt": ["Monitoring", "Outputs.ApiFailed"]},
            {"Fn::GetAtt": ["Monitoring", "Outputs.AuthorizerFailed"]},
        ],
    }
    made = source["Resources"]
    made["Monitoring"].pop("Condition")  # the deployment needs its alarms
    # Its alias would wait for the alarms, one of which is about SweepWebhooks, and that function
    # for the mappings that call the alias.
    made["DeliverWebhook"]["Properties"]["DeploymentPreference"] = {"Enabled": False}
    (authorizer,) = made["Api"]["Properties"]["Auth"]["Authorizers"].values()
    authorizer["FunctionArn"] = {"Ref": "Authorize.Alias"}
    return source


def resources(kind: str) -> dict[str, dict[str, Any]]:
    """Return the properties of every resource of a type, by logical id."""
    found = load_template()["Resources"].items()
    return {name: body["Properties"] for name, body in found if body["Type"] == kind}


def functions() -> dict[str, dict[str, Any]]:
    """Return the properties of every function, by the name of its folder."""
    return {
        properties["CodeUri"].removeprefix("functions/"): properties
        for properties in resources("AWS::Serverless::Function").values()
    }
