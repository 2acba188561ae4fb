"""Uploads a file to S3, with the right credentials and within a time limit."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import boto3
from boto3.exceptions import Boto3Error
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

log = logging.getLogger(__name__)

_BOUNDS: dict[str, Any] = {
    "connect_timeout": 5,
    "read_timeout": 30,
    "retries": {"mode": "standard", "max_attempts": 4},
    # Not every S3-compatible storage supports the checksums that boto3 adds by default.
    "request_checksum_calculation": "when_required",
    "response_checksum_validation": "when_required",
}


class UploadFailed(Exception):
    """The upload failed; the message is short and contains no secrets."""


@dataclass(frozen=True, slots=True)
class Target:
    """Destination of the file; empty fields are taken from the environment."""

    bucket: str
    key: str
    region: str = ""
    endpoint: str = ""
    force_path_style: bool = False
    metadata: Mapping[str, str] = field(default_factory=dict)
    tagging: str = ""
    content_disposition: str = ""

    def beside(self, name: str) -> "Target":
        """Return the place of another file in the same folder."""
        folder, slash, _ = self.key.rpartition("/")
        return replace(self, key=f"{folder}{slash}{name}", content_disposition="")


@dataclass(frozen=True, slots=True)
class Credentials:
    """Credentials; if all are empty, those of the environment."""

    access_key: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)
    session_token: str = field(default="", repr=False)
    role: str = ""
    external_id: str = field(default="", repr=False)


def put(path: Path, content_type: str, target: Target, credentials: Credentials) -> str:
    """Upload a file and return its address; raises UploadFailed."""
    extra: dict[str, Any] = {
        "ContentType": content_type,
        "ContentDisposition": target.content_disposition or "inline",
    }
    if target.metadata:
        extra["Metadata"] = dict(target.metadata)
    if target.tagging:
        extra["Tagging"] = target.tagging
    try:
        s3 = _client(target, credentials)
        s3.upload_file(str(path), target.bucket, target.key, ExtraArgs=extra)
    except (BotoCoreError, Boto3Error, ClientError, OSError) as error:
        log.warning("upload of %s failed: %s", path.name, _reason(error))
        raise UploadFailed(f"S3 upload failed: {_reason(error)}") from error
    endpoint = str(s3.meta.endpoint_url)
    if ".amazonaws.com" in endpoint:
        return f"https://{target.bucket}.s3.amazonaws.com/{target.key}"
    return f"{endpoint.rstrip('/')}/{target.bucket}/{target.key}"


def _client(target: Target, credentials: Credentials) -> Any:
    # A session of its own: uploads run in several threads, and sessions are not for that.
    session = boto3.session.Session(
        aws_access_key_id=credentials.access_key or None,
        aws_secret_access_key=credentials.secret or None,
        aws_session_token=credentials.session_token or None,
        region_name=target.region or None,
    )
    region = session.region_name or "us-east-1"
    if credentials.role:
        session = _assume(session, credentials, region)
    # Without a request's endpoint AWS_ENDPOINT_URL counts, an emulator: no DNS names for buckets.
    emulated = not target.endpoint
    style: Any = (
        "path" if target.force_path_style or (emulated and _has_endpoint(session)) else "auto"
    )
    return session.client(
        "s3",
        region_name=region,
        endpoint_url=target.endpoint or None,
        config=Config(s3={"addressing_style": style}, **_BOUNDS),
    )


def _has_endpoint(session: boto3.session.Session) -> bool:
    return ".amazonaws.com" not in session.client("s3", region_name="us-east-1").meta.endpoint_url


def _assume(
    session: boto3.session.Session, credentials: Credentials, region: str
) -> boto3.session.Session:
    request = {"RoleArn": credentials.role, "RoleSessionName": "egress"}
    if credentials.external_id:
        request["ExternalId"] = credentials.external_id
    sts: Any = session.client("sts", region_name=region, config=Config(**_BOUNDS))
    given = sts.assume_role(**request)["Credentials"]
    return boto3.session.Session(
        aws_access_key_id=given["AccessKeyId"],
        aws_secret_access_key=given["SecretAccessKey"],
        aws_session_token=given["SessionToken"],
        region_name=region,
    )


def _reason(error: BaseException) -> str:
    """Return the name of an error: its text may quote the request."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ClientError):
            return str(cause.response.get("Error", {}).get("Code", "unknown"))
        if cause.__cause__ is None and cause.__context__ is None:
            break
        cause = cause.__cause__ or cause.__context__
    return type(cause or error).__name__
