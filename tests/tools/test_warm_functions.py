"""A layer is unpacked once, whoever needs it."""

import io
import json
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tools.stack.deployment import aws_session
from tools.stack.parts import Emulator
from tools.stack.warm_functions import SharedLayers

FUNCTION = """
import importlib.util, os, pathlib, time
import shared_by_all as version


def handler(event, context):
    here = pathlib.Path(event["here"])
    (here / context.aws_request_id).touch()
    until = time.monotonic() + 20
    while len(list(here.iterdir())) < event["calls"]:  # so each call needs a process of its own
        assert time.monotonic() < until, "the other calls did not begin"
        time.sleep(0.01)
    others = [name for name in ("boto3", "pytest") if importlib.util.find_spec(name)]
    return [os.getpid(), os.path.realpath(version.__file__), others]
"""


def make_layer(path: Path, content: str) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("python/meet/version.py", content)
    return path


def test_processes_that_start_together_share_one_unpacked_layer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = make_layer(tmp_path / "layer_0.zip", "one")
    unpacked = []
    extract = zipfile.ZipFile.extractall

    def extract_and_count(zipped: zipfile.ZipFile, target: Path) -> None:
        unpacked.append(target)
        extract(zipped, target)

    monkeypatch.setattr(zipfile.ZipFile, "extractall", extract_and_count)
    layers = SharedLayers(tmp_path / "layers")

    def start(number: int) -> str:
        target = tmp_path / f"process-{number}"
        target.mkdir()
        layers.link(archive, target)
        return (target / "python" / "meet" / "version.py").read_text()

    with ThreadPoolExecutor(8) as processes:
        assert set(processes.map(start, range(8))) == {"one"}
    assert len(unpacked) == 1


def test_of_many_layers_the_latest_stay_unpacked(tmp_path: Path) -> None:
    layers = SharedLayers(tmp_path / "layers")
    for number in range(6):
        target = tmp_path / f"process-{number}"
        target.mkdir()
        layers.link(make_layer(tmp_path / "layer_0.zip", str(number)), target)
        assert (target / "python" / "meet" / "version.py").read_text() == str(number)
    assert len(list((tmp_path / "layers").iterdir())) == 3


def zipped(name: str, content: str) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as files:
        files.writestr(name, content)
    return archive.getvalue()


def test_the_emulators_processes_share_the_layer_also_after_a_restart(
    emulator: Emulator, tmp_path: Path
) -> None:
    def functions() -> Any:
        return aws_session().client("lambda", endpoint_url=emulator.site.aws_endpoint_url)

    layer = functions().publish_layer_version(
        LayerName="layer", Content={"ZipFile": zipped("python/shared_by_all.py", "")}
    )
    functions().create_function(
        FunctionName="four",
        Runtime="python3.13",
        Role="arn:aws:iam::000000000000:role/none",
        Handler="app.handler",
        Code={"ZipFile": zipped("app.py", FUNCTION)},
        Layers=[layer["LayerVersionArn"]],
        Timeout=30,
    )
    functions().get_waiter("function_active_v2").wait(
        FunctionName="four", WaiterConfig={"Delay": 1}
    )

    def call_at_once(calls: int) -> list[Any]:
        here = tmp_path / f"{calls} calls"
        here.mkdir()
        payload = json.dumps({"here": str(here), "calls": calls})

        def call(client: Any) -> Any:
            answer = client.invoke(FunctionName="four", Payload=payload)
            result = json.loads(answer["Payload"].read())
            assert "FunctionError" not in answer, result
            return result

        with ThreadPoolExecutor(calls) as callers:
            return list(callers.map(call, [functions() for _ in range(calls)]))

    answers = call_at_once(4)
    assert len({process for process, _, _ in answers}) == 4
    (shared,) = {Path(file) for _, file, _ in answers}
    assert shared.is_relative_to(emulator.site.directory / "layers")
    assert not any(others for _, _, others in answers), "as in Lambda, there is the layer alone"

    unpacked_at = shared.stat().st_ctime_ns
    emulator.stop()
    emulator.start()
    ((_, file, _),) = call_at_once(1)
    assert Path(file) == shared
    assert shared.stat().st_ctime_ns == unpacked_at
