"""Deploys the unmodified template.yaml to the emulator, only if something changed."""

import hashlib
import json
import shutil
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import botocore.session
from botocore.config import Config
from botocore.exceptions import ClientError

from tools import ROOT, processes, sam
from tools.build import layer
from tools.stack.gateway import SAVE_PATH
from tools.template import load_template, resources

if TYPE_CHECKING:
    from mypy_boto3_apigateway import APIGatewayClient
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_secretsmanager import SecretsManagerClient

STACK = "meet"
_BUCKET = "meet-deployments"
_TEMPLATES = ("template.yaml", "monitoring.yaml")
_READY = {"CREATE_COMPLETE", "UPDATE_COMPLETE"}


def aws_session() -> boto3.Session:
    """Return a session that ignores the user's AWS profile and configuration."""
    nowhere = {
        "profile": (None, None, None, None),
        "config_file": (None, None, "/dev/null", None),
        "credentials_file": (None, None, "/dev/null", None),
    }
    return boto3.Session(
        botocore_session=botocore.session.Session(session_vars=nowhere),
        aws_access_key_id=sam.ACCESS_KEY,
        aws_secret_access_key=sam.SECRET_KEY,
        region_name=sam.REGION,
    )


def digest(parameters: Mapping[str, str], application: Path | None = None) -> str:
    """Return the digest of a deployment: template, functions, layer and parameters.

    `application` is a folder with templates and functions, by default this checkout.
    """
    root = application or ROOT
    found = hashlib.sha256(json.dumps(parameters, sort_keys=True).encode())
    found.update(f"{layer.this_machine().name}\n{layer.requirements()}".encode())
    files = [(name, root / name) for name in _TEMPLATES]
    for name, folder in (("functions", root / "functions"), ("layer", layer.PACKAGE)):
        files += [
            (f"{name}/{path.relative_to(folder)}", path)
            for path in sorted(folder.rglob("*"))
            if path.is_file() and "__pycache__" not in path.parts
        ]
    for name, path in files:
        found.update(name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()


@dataclass(frozen=True)
class Deployment:
    """One stack on one emulator, with its folder and file."""

    directory: Path
    endpoint: str
    application: Path = ROOT

    @property
    def _deployed(self) -> Path:
        return self.directory / "deployed.json"

    def outputs(self) -> dict[str, str] | None:
        """Return the outputs of the stack in the emulator; None if it does not exist."""
        client: CloudFormationClient = self._session.client(
            "cloudformation", endpoint_url=self.endpoint, config=self._config
        )
        try:
            stack = client.describe_stacks(StackName=STACK)["Stacks"][0]
        except ClientError:
            return None
        if stack["StackStatus"] not in _READY:
            return None
        return {o["OutputKey"]: o["OutputValue"] for o in stack.get("Outputs", [])}

    def is_current(self, wanted: str) -> bool:
        """True if the last complete deployment had this digest and still exists."""
        try:
            record = json.loads(self._deployed.read_text())
        except (OSError, ValueError):
            return False
        return record.get("digest") == wanted and self.outputs() is not None

    def deploy(self, parameters: Mapping[str, str], log: Path) -> None:
        """Deploy with sam; raises StepFailed or BuildFailed."""
        wanted = digest(parameters, self.application)
        app = self._prepare()
        s3: S3Client = self._session.client("s3", endpoint_url=self.endpoint, config=self._config)
        s3.create_bucket(Bucket=_BUCKET)
        declared = load_template().get("Parameters", {})
        overrides = [f'{k}="{v}"' for k, v in parameters.items() if k in declared]
        options = ["--no-confirm-changeset", "--no-fail-on-empty-changeset", "--no-progressbar"]
        processes.run(
            [
                *(sam.SAM, "deploy", "--template-file", app / "template.yaml"),
                *("--stack-name", STACK, "--s3-bucket", _BUCKET, "--region", sam.REGION),
                *("--capabilities", "CAPABILITY_IAM", *options),
                *(["--parameter-overrides", *overrides] if overrides else []),
            ],
            log,
            sam.sam_environment(self.directory, AWS_ENDPOINT_URL=self.endpoint),
            app,
        )
        self._switch_on_expiry()
        outputs = self.outputs()
        if outputs is None:
            raise processes.StepFailed(f"The stack is not complete; see {log}")
        self._shape_refusals(outputs["ApiId"])
        self.save()
        record = {"digest": wanted, "apiId": outputs["ApiId"]}
        processes.write_atomically(self._deployed, json.dumps(record))

    def secret(self, name: str) -> dict[str, str]:
        """Return the JSON object in a secret."""
        client: SecretsManagerClient = self._session.client(
            "secretsmanager", endpoint_url=self.endpoint, config=self._config
        )
        value: dict[str, str] = json.loads(client.get_secret_value(SecretId=name)["SecretString"])
        return value

    def save(self) -> None:
        """Have the emulator write everything it holds to disk."""
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        direct.open(self.endpoint + SAVE_PATH, data=b"", timeout=60).close()

    @property
    def _session(self) -> boto3.Session:
        return aws_session()

    @property
    def _config(self) -> Config:
        return Config(proxies={}, s3={"addressing_style": "path"}, retries={"mode": "standard"})

    def _prepare(self) -> Path:
        """Copy the application, with a layer for this machine, and return the folder."""
        app = self.directory / "app"
        app.mkdir(parents=True, exist_ok=True)
        for name in _TEMPLATES:
            shutil.copyfile(self.application / name, app / name)
        layer.copy_functions(self.application / "functions", app / "functions")
        layer.build_layer(app / ".aws-sam" / "layer", layer.this_machine())
        for path in app.rglob("*"):
            if path.is_dir():
                path.chmod(0o700)  # a copied folder has the modes of its original
        return app

    def _shape_refusals(self, api_id: str) -> None:
        """Apply GatewayResponses, which the emulator does not import with the API."""
        client: APIGatewayClient = self._session.client(
            "apigateway", endpoint_url=self.endpoint, config=self._config
        )
        (api,) = resources("AWS::Serverless::Api").values()
        for kind, response in api["GatewayResponses"].items():
            headers = response.get("ResponseParameters", {}).get("Headers", {})
            status = {"statusCode": str(response["StatusCode"])} if "StatusCode" in response else {}
            client.put_gateway_response(
                restApiId=api_id,
                responseType=kind,
                responseTemplates=response["ResponseTemplates"],
                responseParameters={f"gatewayresponse.header.{k}": v for k, v in headers.items()},
                **status,
            )
        client.create_deployment(restApiId=api_id, stageName=api["StageName"])

    def _switch_on_expiry(self) -> None:
        """Apply TimeToLiveSpecification, which the emulator's CloudFormation ignores."""
        tables = resources("AWS::DynamoDB::Table")
        client: DynamoDBClient = self._session.client(
            "dynamodb", endpoint_url=self.endpoint, config=self._config
        )
        stacks: CloudFormationClient = self._session.client(
            "cloudformation", endpoint_url=self.endpoint, config=self._config
        )
        for resource in stacks.describe_stack_resources(StackName=STACK)["StackResources"]:
            properties = tables.get(resource["LogicalResourceId"], {})
            if "TimeToLiveSpecification" not in properties:
                continue
            name = resource["PhysicalResourceId"]
            now = client.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
            if now.get("TimeToLiveStatus") != "ENABLED":
                client.update_time_to_live(
                    TableName=name, TimeToLiveSpecification=properties["TimeToLiveSpecification"]
                )
