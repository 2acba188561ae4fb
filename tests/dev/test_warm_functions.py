"""A layer is unpacked once, whoever needs it."""

import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dev.warm_functions import SharedLayers


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
