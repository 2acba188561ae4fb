"""Updates of a nested stack, such as the alarms, in which not everything changed."""

import json
from typing import TYPE_CHECKING, Any

import pytest

from tools.stack.deployment import aws_session
from tools.stack.parts import Emulator

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_s3 import S3Client

ARN = '"Attributes": {"Arn": "arn:aws:cloudwatch:'


class NestedAlarms:
    """Deploys two alarms and a dashboard that names both, in a nested stack."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator
        self.s3: S3Client = self.client("s3")
        self.s3.create_bucket(Bucket="templates")

    def client(self, service: str) -> Any:
        endpoint = self.emulator.site.aws_endpoint_url
        return aws_session().client(service, endpoint_url=endpoint)  # type: ignore[call-overload]

    def deploy(self, kind: str, description: str) -> None:
        stacks: CloudFormationClient = self.client("cloudformation")
        nested = {"TemplateURL": self._template(description)}
        resources = {"Alarms": {"Type": "AWS::CloudFormation::Stack", "Properties": nested}}
        deploy = stacks.create_stack if kind == "create" else stacks.update_stack
        deploy(StackName="outer", TemplateBody=json.dumps({"Resources": resources}))
        waiter: Any = stacks.get_waiter(f"stack_{kind}_complete")  # type: ignore[call-overload]
        waiter.wait(StackName="outer", WaiterConfig={"Delay": 1, "MaxAttempts": 60})

    def descriptions(self) -> set[str]:
        alarms = self.client("cloudwatch").describe_alarms()["MetricAlarms"]
        return {alarm["AlarmDescription"] for alarm in alarms}

    def _template(self, description: str) -> str:
        def alarm(text: str) -> dict[str, Any]:
            properties = {
                "AlarmDescription": text,
                "Namespace": "Meet",
                "MetricName": "Failures",
                "Statistic": "Sum",
                "Period": 60,
                "EvaluationPeriods": 1,
                "Threshold": 1,
                "ComparisonOperator": "GreaterThanThreshold",
            }
            return {"Type": "AWS::CloudWatch::Alarm", "Properties": properties}

        body = {"DashboardBody": {"Fn::Sub": '{"alarms": "${Changed.Arn} ${Unchanged.Arn}"}'}}
        resources = {
            "Changed": alarm(description),
            "Unchanged": alarm("unchanged"),
            "Dashboard": {"Type": "AWS::CloudWatch::Dashboard", "Properties": body},
        }
        self.client("s3").put_object(
            Bucket="templates", Key=description, Body=json.dumps({"Resources": resources})
        )
        return f"{self.emulator.site.aws_endpoint_url}/templates/{description}"


@pytest.mark.parametrize("forgotten", [False, True], ids=["known", "forgotten"])
def test_one_alarm_of_several_is_changed(emulator: Emulator, forgotten: bool) -> None:
    alarms = NestedAlarms(emulator)
    alarms.deploy("create", "before")
    if forgotten:  # as the emulator left it after a failed update
        emulator.stop()
        state = emulator.site.directory / "aws" / "state" / "cloudformation.json"
        text = state.read_text()
        assert ARN in text
        state.write_text(text.replace(ARN, ARN.replace("Arn", "Forgotten")))
        emulator.start()
    alarms.deploy("update", "after")
    assert alarms.descriptions() == {"after", "unchanged"}
