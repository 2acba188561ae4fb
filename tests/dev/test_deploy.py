"""What make deploy knows before, and says after."""

import shutil
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from moto import mock_aws

from dev import deploy
from dev.template import ROOT, load_template

WITHOUT_REGION = '[dev.global.parameters]\nstack_name = "meet-dev"\n'
WITH_REGION = WITHOUT_REGION + '[dev.deploy.parameters]\nregion = "eu-west-1"\n'


@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_both_environments_name_a_stack_and_parameters_that_exist(environment: str) -> None:
    known = deploy.settings(environment)
    assert known["stack_name"] == f"meet-{environment}"
    assert known["capabilities"] == "CAPABILITY_IAM"
    parameters = load_template()["Parameters"]
    for pair in known["parameter_overrides"].split():
        name, _, value = pair.partition("=")
        assert value in map(str, parameters[name]["AllowedValues"])


def test_an_unknown_environment_is_told_by_name() -> None:
    with pytest.raises(SystemExit, match=r"no \[staging\]"):
        deploy.settings("staging")


@mock_aws
def test_the_first_deploy_is_guided_and_its_answers_are_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "samconfig.toml"
    config.write_text(WITHOUT_REGION)
    monkeypatch.setattr(deploy, "ROOT", tmp_path)
    monkeypatch.setattr("sys.argv", ["deploy", "--env", "dev"])
    commands: list[list[Any]] = []

    def sam(command: list[Any], **_: Any) -> Any:
        commands.append(command)
        config.write_text(WITH_REGION)
        if len(commands) == 1:
            output = {"ApiUrl": {"Description": "The API.", "Value": "https://api"}}
            body = '{"Resources": {"Q": {"Type": "AWS::SQS::Queue"}}, "Outputs": %s}'
            client = boto3.client("cloudformation", region_name="eu-west-1")
            client.create_stack(
                StackName="meet-dev", TemplateBody=body % str(output).replace("'", '"')
            )
        return SimpleNamespace(returncode=0)

    monkeypatch.setattr(subprocess, "run", sam)
    assert deploy.main() == 0
    assert "--guided" in commands[0]
    assert "The API.\n  https://api" in capsys.readouterr().out
    assert deploy.main() == 0
    assert "--guided" not in commands[1]


def test_a_canary_is_another_template_for_each_release(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(ROOT / "template.yaml", tmp_path)
    layer = tmp_path / "layer.zip"
    monkeypatch.setattr(deploy, "ROOT", tmp_path)
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
    said = deploy.report(
        {"OutputKey": name, "OutputValue": f"<{name}>", "Description": output["Description"]}
        for name, output in outputs.items()
    )
    for shown in ("<ApiUrl>", "<WebhookUrl>", "--secret-id <ApiKeysSecret>"):
        assert shown in said
    for kept in ("<RoomsTable>", "<DeadLetters>"):
        assert kept not in said
