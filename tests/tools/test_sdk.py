"""What is left of the AWS SDK is what the functions use."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import botocore
import pytest

from tools import ROOT
from tools.build.sdk import SERVICES, keep_only_our_services


@pytest.fixture
def layer(tmp_path: Path) -> Path:
    shutil.copytree(Path(botocore.__file__).parent, tmp_path / "botocore")
    keep_only_our_services(tmp_path)
    return tmp_path


@pytest.mark.parametrize("service", SERVICES)
def test_a_client_finds_the_same_endpoint_as_with_the_whole_sdk(layer: Path, service: str) -> None:
    program = (
        "from botocore.session import get_session\n"
        f"client = get_session().create_client({service!r}, region_name='cn-north-1')\n"
        "print(client.meta.endpoint_url, len(client.meta.method_to_api_mapping))"
    )

    def said(*first: str) -> str:
        code = f"import sys\nsys.path[:0] = {list(first)!r}\n{program}"
        return subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout

    assert said(str(layer)) == said()


def test_nothing_is_left_of_other_services(layer: Path) -> None:
    data = layer / "botocore" / "data"
    assert {entry.name for entry in data.iterdir() if entry.is_dir()} == set(SERVICES)
    for partition in json.loads((data / "endpoints.json").read_text())["partitions"]:
        assert set(partition["services"]) <= set(SERVICES)


def test_the_services_are_those_that_functions_build_clients_of() -> None:
    sources = [*(ROOT / "layers/meet/meet").rglob("*.py"), *(ROOT / "functions").rglob("*.py")]
    text = "\n".join(source.read_text() for source in sources)
    built = set(re.findall(r"\.(?:client|resource)\(\s*\"(\w+)\"", text))
    assert built == set(SERVICES)
