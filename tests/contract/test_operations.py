"""Templates as CloudFormation gets them: canary, alarms, dashboard, throttles, storage."""

import ast
import json
import re
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import pytest

import meet
from meet.metrics import NAMESPACE
from meet.recordings.lifecycle import FINISHED
from tools import ROOT
from tools.template import functions, load_template, resources, translated, with_canary

API = "/api/v1"
CANARY = "Canary10Percent5Minutes"
GATEWAY = {"Count", "4XXError", "5XXError", "Latency"}
"""Metrics that every REST API has, without detailed ones."""


def of_type(template: dict[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    found = template["Resources"].items()
    return {name: body for name, body in found if body["Type"] == kind}


def mentioned(value: Any) -> set[str]:
    """Return the names that a piece of a template refers to."""
    if isinstance(value, list):
        return set().union(*map(mentioned, value))
    if not isinstance(value, dict):
        return set()
    names = set().union(*map(mentioned, value.values()))
    if isinstance(value.get("Ref"), str):
        names.add(value["Ref"])
    if "Fn::GetAtt" in value:
        names.add(value["Fn::GetAtt"][0])
    if "Fn::Sub" in value:
        text = value["Fn::Sub"] if isinstance(value["Fn::Sub"], str) else value["Fn::Sub"][0]
        names |= set(re.findall(r"\$\{(\w+)", text))
    if "DependsOn" in value:
        depends = value["DependsOn"]
        names |= {depends} if isinstance(depends, str) else set(depends)
    return names


def written() -> dict[str, set[str]]:
    """Return each metric that the code writes, and the names of its dimensions."""
    found: dict[str, set[str]] = {}
    for folder in ("functions", "layers/meet/meet"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Attribute)
                    and isinstance(node.func.value, ast.Name)
                    and node.func.value.id == "metrics"
                ):
                    (name, *_) = node.args
                    assert isinstance(name, ast.Constant)
                    dimensions = {str(each.arg) for each in node.keywords} | {"stack"}
                    assert found.setdefault(str(name.value), dimensions) == dimensions
    return found


MONITORING = load_template("monitoring.yaml")
ALARMS = of_type(MONITORING, "AWS::CloudWatch::Alarm")


@pytest.mark.parametrize("canary", [None, CANARY])
def test_the_template_translates_and_nothing_waits_for_itself(
    canary: str | None, tmp_path: Path
) -> None:
    template = translated(canary=canary)
    here = template["Resources"]
    graph = {name: mentioned(body) & set(here) for name, body in here.items()}
    assert len(list(TopologicalSorter(graph).static_order())) == len(here)
    file = tmp_path / "template.json"
    file.write_text(json.dumps(template))
    lint = Path(sys.executable).with_name("cfn-lint")
    command = [str(lint), "--ignore-checks", "W", "--", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_without_canary_there_is_no_codedeploy_and_no_version_that_could_be_stale() -> None:
    kinds = {each["Type"] for each in translated()["Resources"].values()}
    assert not [kind for kind in kinds if "CodeDeploy" in kind]
    assert not kinds & {"AWS::Lambda::Alias", "AWS::Lambda::Version"}


def test_a_canary_goes_to_all_functions_but_one_and_is_taken_back_by_alarms() -> None:
    """Deliveries are what no alarm of a canary is about, and what fails of them is repeated."""
    template = translated(canary=CANARY)
    groups = of_type(template, "AWS::CodeDeploy::DeploymentGroup")
    aliases = of_type(template, "AWS::Lambda::Alias")
    assert len(aliases) == len(functions())
    at_once = aliases.pop("DeliverWebhookAliaslive")
    assert "UpdatePolicy" not in at_once
    assert len(groups) == len(aliases)
    for alias in aliases.values():
        update = alias["UpdatePolicy"]["CodeDeployLambdaAliasUpdate"]
        assert update["DeploymentGroupName"]["Ref"] in groups
    for group in groups.values():
        properties = group["Properties"]
        assert properties["DeploymentConfigName"]["Fn::Sub"][1] == {"ConfigName": CANARY}
        names = [each["Name"]["Fn::GetAtt"] for each in properties["AlarmConfiguration"]["Alarms"]]
        assert {stack for stack, _ in names} == {"Monitoring"}
        for _, output in names:
            value = MONITORING["Outputs"][output.removeprefix("Outputs.")]["Value"]
            assert value["Ref"] in ALARMS
        assert properties["AutoRollbackConfiguration"]["Enabled"] is True


def test_callers_reach_the_version_that_a_canary_moves() -> None:
    body = json.dumps(translated(canary=CANARY)["Resources"]["Api"])
    called = set(re.findall(r"\$\{(\w+)\.(?:Arn|Alias)\}", body))
    called |= set(re.findall(r'"Ref": "(\w+Alias\w+)"', body))
    aliases = set(of_type(translated(canary=CANARY), "AWS::Lambda::Alias"))
    assert called
    assert {name for name in called if name.removesuffix("Arn") in aliases} == called


def test_a_new_release_is_a_new_version_of_every_function() -> None:
    from samcli.yamlhelper import yaml_parse  # noqa: PLC0415

    source = yaml_parse((ROOT / "template.yaml").read_text())
    for release in ("1", "2"):
        changed = with_canary(source, CANARY, release=release)
        variables = changed["Globals"]["Function"]["Environment"]["Variables"]
        assert variables["RELEASE"] == release
        assert changed["Globals"]["Function"]["AutoPublishAliasAllProperties"] is True
    assert "AutoPublishAlias" not in source["Globals"]["Function"], "the template itself stays"


def test_traced_is_what_the_parameter_says() -> None:
    for tracing, mode in (("Disabled", None), ("Active", {"Mode": {"Ref": "Tracing"}})):
        template = translated(Tracing=tracing)
        for function in of_type(template, "AWS::Lambda::Function").values():
            assert function["Properties"].get("TracingConfig") == mode
        roles = json.dumps(of_type(template, "AWS::IAM::Role"))
        assert ("xray" in roles.lower()) is (mode is not None)


def test_every_function_logs_json_into_the_one_group_that_forgets() -> None:
    for function in of_type(translated(), "AWS::Lambda::Function").values():
        logging = function["Properties"]["LoggingConfig"]
        assert logging == {"LogFormat": "JSON", "LogGroup": {"Ref": "Logs"}}
    # Powertools' logger has this name, and so is the parent of every logger of the package.
    variables = load_template()["Globals"]["Function"]["Environment"]["Variables"]
    assert variables["POWERTOOLS_SERVICE_NAME"] == meet.__name__
    (group,) = resources("AWS::Logs::LogGroup").values()
    assert group["RetentionInDays"] == {"Ref": "LogRetentionDays"}


def test_alarms_exist_where_somebody_is_told_or_asks_for_them_and_for_canaries() -> None:
    template = load_template()
    assert template["Resources"]["Monitoring"]["Condition"] == "IsWatched"
    assert template["Conditions"]["IsWatched"] == {
        "Or": [
            {"Not": [{"Equals": [{"Ref": "AlarmEmail"}, ""]}]},
            {"Equals": [{"Ref": "AlarmsWithoutEmail"}, "true"]},
        ]
    }
    parameters = template["Parameters"]
    assert [parameters[each]["Default"] for each in ("AlarmEmail", "AlarmsWithoutEmail")] == [
        *("", "false")
    ]
    assert "Condition" not in translated(canary=CANARY)["Resources"]["Monitoring"]


def test_the_nested_stack_gets_what_it_asks_for() -> None:
    given = load_template()["Resources"]["Monitoring"]["Properties"]
    assert (ROOT / given["TemplateURL"]).exists()
    assert set(given["Parameters"]) == set(MONITORING["Parameters"])
    assert given["Parameters"]["Stack"] == {"Ref": "AWS::StackName"}
    (api,) = resources("AWS::Serverless::Api").values()
    assert api["Name"] == {"Ref": "AWS::StackName"}
    for name in ("RecordingUploaded", "SweepRecordings", "SweepRooms", "SweepWebhooks"):
        assert given["Parameters"][name] == {"Ref": name}


def dimensions_of(alarm: dict[str, Any]) -> dict[str, Any]:
    return {each["Name"]: each["Value"] for each in alarm.get("Dimensions", [])}


@pytest.mark.parametrize("name", sorted(ALARMS))
def test_an_alarm_watches_a_metric_that_somebody_writes(name: str) -> None:
    alarm = ALARMS[name]["Properties"]
    metric, dimensions = alarm["MetricName"], dimensions_of(alarm)
    match alarm["Namespace"]:
        case "Meet":
            assert alarm["Namespace"] == NAMESPACE
            assert set(dimensions) == written()[metric]
            assert dimensions["stack"] == {"Ref": "Stack"}
            if "status" in dimensions:
                assert dimensions["status"] in FINISHED
        case "AWS/ApiGateway":
            assert metric in GATEWAY
            (api,) = resources("AWS::Serverless::Api").values()
            assert dimensions == {"ApiName": {"Ref": "Stack"}, "Stage": api["StageName"]}
        case "AWS/Lambda":
            assert metric in {"Errors", "Throttles", "IteratorAge"}
            if dimensions:
                assert dimensions["FunctionName"]["Ref"] in load_template()["Resources"]
        case "AWS/SQS":
            assert metric == "ApproximateNumberOfMessagesVisible"
            assert dimensions == {"QueueName": {"Ref": "DeadLetters"}}
        case other:
            raise AssertionError(other)


@pytest.mark.parametrize("name", sorted(ALARMS))
def test_an_alarm_tells_somebody_is_quiet_without_data_and_is_explained(name: str) -> None:
    alarm = ALARMS[name]["Properties"]
    assert alarm["AlarmActions"] == [{"Ref": "Alarms"}]
    assert alarm["TreatMissingData"] == "notBreaching"
    assert f"### {name}\n" in (ROOT / "docs" / "operations.md").read_text()


def test_the_dashboard_shows_every_alarm_and_metrics_that_somebody_writes() -> None:
    (dashboard,) = of_type(MONITORING, "AWS::CloudWatch::Dashboard").values()
    text = dashboard["Properties"]["DashboardBody"]["Sub"]
    shown = json.loads(text)
    (alarms,) = [each for each in shown["widgets"] if each["type"] == "alarm"]
    assert alarms["properties"]["alarms"] == [f"${{{name}.Arn}}" for name in ALARMS]
    seen: set[str] = set()
    for widget in shown["widgets"]:
        for line in widget["properties"].get("metrics", []):
            if isinstance(line[0], dict):
                (metric,) = re.findall(r'MetricName="(\w+)"', line[0]["expression"])
                (searched,) = re.findall(r"{Meet,([\w,]+)}", line[0]["expression"])
                assert written()[metric] == set(searched.split(","))
            else:
                namespace, metric, *pairs = [each for each in line if isinstance(each, str)]
                if namespace == NAMESPACE:
                    assert set(pairs[::2]) == written()[metric]
                else:
                    assert (namespace, pairs[::2]) == ("AWS/ApiGateway", ["ApiName", "Stage"])
                    assert metric in GATEWAY
            seen.add(metric)
    alarmed = {alarm["Properties"]["MetricName"] for alarm in ALARMS.values()}
    assert set(written()) <= seen | alarmed


def test_no_path_is_throttled_by_itself_so_that_a_flood_of_guesses_refuses_nobody_else() -> None:
    """What can be guessed has at least 128 bits, and the console's own password a length."""
    (api,) = resources("AWS::Serverless::Api").values()
    (stage,) = api["MethodSettings"]
    assert (stage["HttpMethod"], stage["ResourcePath"]) == ("*", "/*")
    assert stage["ThrottlingRateLimit"] < stage["ThrottlingBurstLimit"]


def test_the_one_function_that_writes_an_object_is_started_by_nothing_else() -> None:
    """It leaves alone what it has written, as its own tests show, so nothing goes round."""
    first, second = [
        event["Properties"]["Pattern"]
        for function in functions().values()
        for event in function.get("Events", {}).values()
        if event["Type"] == "EventBridgeRule"
    ]
    assert first == second
    assert first["detail-type"] == ["Object Created"]
    assert first["detail"]["object"]["key"] == [{"wildcard": "recordings/*.mp4"}]
    roles = json.dumps(of_type(translated(), "AWS::IAM::Role"))
    assert set(re.findall(r's3:[^"]+', roles)) == {
        "s3:GetObject",
        "s3:GetObjectTagging",
        "s3:GetObjectVersion",
        "s3:PutObject",
        "s3:PutObjectTagging",
        "s3:AbortMultipartUpload",
        "s3:DeleteObject",
        "s3:DeleteObjectVersion",
        "s3:ListBucket",
        "s3:ListBucketVersions",
    }
    assert not re.search(r'"[a-z0-9]+:[A-Za-z]*\*"|"\*"', roles)


def test_a_sweep_is_over_before_the_next_one_begins_and_is_not_repeated() -> None:
    for name in ("sweep_rooms", "sweep_recordings", "sweep_webhooks"):
        sweep = functions()[name]
        assert sweep["Timeout"] < 60
        assert sweep["EventInvokeConfig"]["MaximumRetryAttempts"] == 0


def test_what_is_stored_outlives_the_stack_and_its_mistakes() -> None:
    tables = ("RoomsTable", "RecordingsTable", "MeetingsTable", "EventsTable", "WebhooksTable")
    kept = (*tables, "RecordingsBucket", "RecordingsBucketPolicy")
    everything = load_template()["Resources"]
    for name in kept:
        assert everything[name]["DeletionPolicy"] == "RetainExceptOnCreate"
        assert everything[name]["UpdateReplacePolicy"] == "Retain"
    for name in tables:
        recovery = everything[name]["Properties"]["PointInTimeRecoverySpecification"]
        assert recovery == {"PointInTimeRecoveryEnabled": True}


def test_the_bucket_is_private_versioned_and_forgets_what_was_deleted() -> None:
    (bucket,) = resources("AWS::S3::Bucket").values()
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert bucket["OwnershipControls"]["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    rules = {rule["Id"]: rule for rule in bucket["LifecycleConfiguration"]["Rules"]}
    assert rules["AbortedUploads"]["AbortIncompleteMultipartUpload"]["DaysAfterInitiation"] == 2
    assert rules["DeletedFiles"]["NoncurrentVersionExpiration"] == {"NoncurrentDays": 1}
    assert rules["DeletedFiles"]["ExpiredObjectDeleteMarker"] is True
    assert len(rules) == 2, "none deletes a current file, which may be held"
    (policy,) = resources("AWS::S3::BucketPolicy").values()
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert (statement["Effect"], statement["Principal"], statement["Action"]) == (
        "Deny",
        "*",
        "s3:*",
    )
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_every_parameter_says_what_it_is_for_and_bounds_what_it_takes() -> None:
    free = {"EgressExternalId"}
    for name, parameter in load_template()["Parameters"].items():
        assert parameter["Description"].endswith("."), name
        bounds = {"AllowedValues", "AllowedPattern", "MinValue"} & set(parameter)
        assert bounds or name in free, name
        assert "Default" in parameter, name
