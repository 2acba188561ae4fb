"""Amazon's DynamoDB Local, which reports the consumed capacity of a request; it needs Java."""

import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, cast

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError

from meet.amazon import DynamoDB
from meet.sigv4 import AccessKey
from tools import ROOT, locks, ports, processes

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from meet.amazon import ListClient

VERSION = "2.6.1"

_HOME = ROOT / ".local" / f"dynamodb-local-{VERSION}"
_MAIN = "com.amazonaws.services.dynamodbv2.local.main.ServerRunner"
_POM = f"""<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>meet</groupId><artifactId>dev</artifactId><version>1</version>
  <dependencies><dependency>
    <groupId>com.amazonaws</groupId><artifactId>DynamoDBLocal</artifactId>
    <version>{VERSION}</version>
  </dependency></dependencies>
</project>
"""
_SECONDS_TO_START = 240  # beside everything else that a small machine does at its start


class NotAvailable(Exception):
    """DynamoDB Local cannot run here; the message says what is missing."""


@contextmanager
def running() -> Iterator[str]:
    """Run it in memory while the block runs, and return its address; raises NotAvailable."""
    with locks.alone("dynamodb-local"):
        libraries = _libraries()
    port = ports.pick()
    command = ["java", f"-Djava.library.path={libraries}", "-cp", f"{libraries}/*", _MAIN]
    server = subprocess.Popen(
        [*command, "-inMemory", "-port", str(port)],
        cwd=_HOME,  # it leaves a file there, with an id for its telemetry
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=processes.die_with_parent(signal.SIGKILL),  # noqa: PLW1509
    )
    try:
        address = f"http://127.0.0.1:{port}"
        _wait_for(client_of(address), server)
        yield address
    finally:
        server.terminate()
        server.wait()


def client_of(address: str) -> "DynamoDBClient":
    """Return a client; each access key has tables of its own."""
    return boto3.client(
        "dynamodb",
        endpoint_url=address,
        region_name="us-east-1",
        aws_access_key_id="local",
        aws_secret_access_key="local",  # noqa: S106 - opens nothing
        config=Config(proxies={}),
    )


def our_client_of(address: str, kind: type[DynamoDB] = DynamoDB) -> "ListClient":
    """Return a client of the kind that functions use, for the same tables."""
    client = kind(address, "us-east-1", lambda: AccessKey("local", "local"))
    return cast("ListClient", client)


def _libraries() -> Path:
    """Return the folder with its libraries, downloaded once; raises NotAvailable."""
    libraries = _HOME / "lib"
    if not shutil.which("java"):
        raise NotAvailable("DynamoDB Local needs Java (on Debian: default-jre-headless).")
    if libraries.exists():
        return libraries
    if not shutil.which("mvn"):
        raise NotAvailable("DynamoDB Local is fetched by Maven (on Debian: maven).")
    shutil.rmtree(_HOME, ignore_errors=True)
    _HOME.mkdir(parents=True)
    (_HOME / "pom.xml").write_text(_POM)
    fetch = ["mvn", "-q", "dependency:copy-dependencies", "-DoutputDirectory=fetched"]
    done = subprocess.run(fetch, cwd=_HOME, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotAvailable(f"DynamoDB Local could not be fetched: {done.stdout[-500:]}")
    (_HOME / "fetched").rename(libraries)
    return libraries


def _wait_for(client: "DynamoDBClient", server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _SECONDS_TO_START
    while time.monotonic() < deadline and server.poll() is None:
        with suppress(BotoCoreError):
            client.list_tables()
            return
        time.sleep(0.2)
    raise NotAvailable("DynamoDB Local did not start.")
