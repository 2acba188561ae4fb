"""What make deploy knows before, and says after."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from ministack.services.cloudformation.engine import _evaluate_rules
from moto import mock_aws

from tools import ROOT
from tools.deploy import __main__ as deploy
from tools.deploy import account
from tools.template import load_template, translated

WITHOUT_REGION = '[dev.global.parameters]\nstack_name = "meet-dev"\n'
WITH_REGION = WITHOUT_REGION + '[dev.deploy.parameters]\nregion = "eu-west-1"\n'


@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_both_environments_name_a_stack_and_parameters_that_exist(environment: str) -> None:
    known = account.settings(environment)
    assert known["stack_name"] == f"meet-{environment}"
    assert known["capabilities"] == "CAPABILITY_IAM"
    parameters = load_template()["Parameters"]
    for pair in known["parameter_overrides"].split():
        name, _, value = pair.partition("=")
        assert value in map(str, parameters[name]["AllowedValues"])


def test_an_unknown_environment_is_told_by_name() -> None:
    with pytest.raises(SystemExit, match=r"no \[staging\]"):
        account.settings("staging")


@dataclass
class Sam:
    """Stands in for sam deploy: makes the stack, and writes the region down, as a guide does."""

    config: Path
    written: str = WITH_REGION
    commands: list[list[str]] = field(default_factory=list)

    def __call__(self, command: list[str], **_: Any) -> Any:
        self.commands.append(command)
        self.config.write_text(self.written)
        if not cloudformation().list_stacks()["StackSummaries"]:
            make_stack()
        return SimpleNamespace(returncode=0)

    @property
    def asked(self) -> bool:
        """True if the last deployment asked for the parameters."""
        return "--guided" in self.commands[-1]


@pytest.fixture
def sam(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sam]:
    sam = Sam(tmp_path / "samconfig.toml")
    sam.config.write_text(WITHOUT_REGION)
    monkeypatch.setattr(deploy, "ROOT", tmp_path)
    monkeypatch.setattr(account, "ROOT", tmp_path)
    monkeypatch.setattr("sys.argv", ["deploy", "--env", "dev"])
    monkeypatch.setattr(subprocess, "run", sam)
    with mock_aws():
        yield sam


def cloudformation() -> Any:
    return boto3.client("cloudformation", region_name="eu-west-1")


def template(*parameters: str) -> str:
    return json.dumps(
        {
            "Parameters": {name: {"Type": "String", "NoEcho": True} for name in parameters},
            "Resources": {"Q": {"Type": "AWS::SQS::Queue"}},
            "Outputs": {
                "ApiUrl": {"Description": "The API.", "Value": "https://api"},
                "ApiKeysSecret": {"Description": "The keys.", "Value": "arn"},
            },
        }
    )


def make_stack(*parameters: str) -> None:
    names = parameters or ("LiveKitApiSecret",)
    cloudformation().create_stack(
        StackName="meet-dev",
        TemplateBody=template(*names),
        Parameters=[{"ParameterKey": name, "ParameterValue": "x"} for name in names],
    )


def test_the_first_deploy_asks_and_its_answers_are_used(
    sam: Sam, capsys: pytest.CaptureFixture[str]
) -> None:
    assert deploy.main() == 0
    assert sam.asked
    assert "The API.\n  https://api" in capsys.readouterr().out
    assert deploy.main() == 0
    assert not sam.asked


def test_a_stack_that_is_not_there_is_asked_for_although_the_region_is_known(sam: Sam) -> None:
    """Else sam would deploy an empty secret: one that nobody gave, to a stack that has none."""
    sam.config.write_text(WITH_REGION)
    assert deploy.main() == 0
    assert sam.asked


def test_a_stack_that_was_only_planned_is_asked_for(sam: Sam) -> None:
    sam.config.write_text(WITH_REGION)
    cloudformation().create_change_set(
        StackName="meet-dev",
        ChangeSetName="planned",
        ChangeSetType="CREATE",
        TemplateBody=template("LiveKitApiSecret"),
        Parameters=[{"ParameterKey": "LiveKitApiSecret", "ParameterValue": "x"}],
    )
    assert deploy.main() == 0
    assert sam.asked


def test_a_stack_that_knows_no_secret_is_asked_for(sam: Sam) -> None:
    """It was made of tables that an older stack left behind."""
    sam.config.write_text(WITH_REGION)
    make_stack("RecordingRetentionDays")
    assert deploy.main() == 0
    assert sam.asked


def test_whoever_wants_to_be_asked_again_is(sam: Sam, monkeypatch: pytest.MonkeyPatch) -> None:
    sam.config.write_text(WITH_REGION)
    make_stack()
    monkeypatch.setattr("sys.argv", ["deploy", "--env", "dev", "--ask"])
    assert deploy.main() == 0
    assert sam.asked


def test_a_stack_that_could_not_be_created_is_not_deployed_over(
    sam: Sam, monkeypatch: pytest.MonkeyPatch
) -> None:
    sam.config.write_text(WITH_REGION)
    make_stack()
    monkeypatch.setattr(deploy, "_BROKEN", {"CREATE_COMPLETE"})
    with pytest.raises(SystemExit, match="eu-west-1 cloudformation delete-stack --stack-name meet"):
        deploy.main()
    assert sam.commands == []


def test_commands_that_are_printed_name_the_region_and_the_profile(
    sam: Sam,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    credentials = "[work]\naws_access_key_id = x\naws_secret_access_key = x\n"
    (tmp_path / "credentials").write_text(credentials)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    sam.config.write_text(WITH_REGION + 'profile = "work"\n')
    make_stack()
    monkeypatch.setattr(sam, "written", sam.config.read_text())
    assert deploy.main() == 0
    shown = capsys.readouterr().out
    assert "  aws --region eu-west-1 --profile work secretsmanager get-secret-value" in shown


@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_the_changes_that_were_asked_for_are_not_asked_about_again(environment: str) -> None:
    """SAM's own question has "no" for an answer, which leaves a stack that is only planned."""
    assert account.settings(environment)["confirm_changeset"] is False


@pytest.mark.parametrize(
    ("given", "refused"),
    [
        ({}, None),
        ({"LiveKitApiKey": "k", "LiveKitApiSecret": "s"}, None),
        ({"LiveKitUrl": "wss://x", "LiveKitApiKey": "k", "LiveKitApiSecret": "s"}, None),
        ({"LiveKitUrl": "wss://x", "LiveKitApiKey": "k"}, "the API key's secret"),
        ({"LiveKitUrl": "wss://x", "LiveKitApiSecret": "s"}, "needs an API key"),
    ],
)
def test_a_livekit_url_needs_a_key_and_its_secret(
    given: dict[str, str], refused: str | None
) -> None:
    whole = translated()
    # What is not given and was given before is still known to CloudFormation, and to the rule.
    values = {name: each["Default"] for name, each in whole["Parameters"].items()} | given
    parameters = {name: {"Value": value} for name, value in values.items()}
    if refused is None:
        _evaluate_rules(whole, parameters, {})
    else:
        with pytest.raises(ValueError, match=refused):
            _evaluate_rules(whole, parameters, {})


def test_a_canary_is_another_template_for_each_release(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(ROOT / "template.yaml", tmp_path)
    layer = tmp_path / "layer.zip"
    monkeypatch.setattr(deploy, "ROOT", tmp_path)
    monkeypatch.setattr(account, "ROOT", tmp_path)
    monkeypatch.setattr(deploy, "AWS_LAYER", tmp_path / "layer")
    written = set()
    for content, parameters in ((b"1", "A=1"), (b"1", "A=1"), (b"2", "A=1"), (b"1", "A=2")):
        layer.write_bytes(content)
        file = deploy.canary_template("Canary10Percent5Minutes", parameters)
        assert file.parent == tmp_path
        written.add(file.read_text())
    assert len(written) == 3
    assert all("CodeUri: functions/create_room" in text for text in written)


def test_the_end_says_where_everything_is_and_shows_no_secret() -> None:
    outputs = load_template()["Outputs"]
    shown_outputs = [
        {"OutputKey": name, "OutputValue": f"<{name}>", "Description": output["Description"]}
        for name, output in outputs.items()
    ]
    said = deploy.report(shown_outputs, boto3.Session(region_name="eu-west-1"))
    for shown in ("<ApiUrl>", "<WebhookUrl>", "--secret-id <ApiKeysSecret>"):
        assert shown in said
    for kept in ("<RoomsTable>", "<DeadLetters>"):
        assert kept not in said
