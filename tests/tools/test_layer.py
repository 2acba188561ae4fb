"""The layer: what is built once, and what each time."""

import dataclasses
import hashlib
import sys
import zipfile
from pathlib import Path

import pytest

from tools import uv
from tools.build import layer
from tools.stack import deployment

HERE = layer.Platform("here", ())


@pytest.fixture
def unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Return the folders that wheels were unpacked into, of a repository in a temporary place."""
    folders: list[Path] = []

    def unpack(_requirements: str, target: Path, _options: tuple[str, ...]) -> None:
        folders.append(target)
        (target / "bin").mkdir(parents=True)
        (target / "dependency.py").touch()

    package = tmp_path / "layers" / "meet" / "meet"
    (package / "__pycache__").mkdir(parents=True)
    (package / "rooms.py").write_text("first = 1")
    function = tmp_path / "functions" / "create_room"
    function.mkdir(parents=True)
    (function / "app.py").touch()
    (tmp_path / "template.yaml").touch()
    (tmp_path / "monitoring.yaml").touch()
    for module in (layer, deployment):
        monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(layer, "PACKAGE", package)
    monkeypatch.setattr(layer, "CACHE", tmp_path / "cache")
    monkeypatch.setattr(layer, "requirements", lambda: "dependency==1")
    monkeypatch.setattr(uv, "unpack", unpack)
    return folders


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_a_layer_holds_dependencies_and_package_and_no_bytecode_of_this_machine(
    tmp_path: Path, unpacked: list[Path]
) -> None:
    (layer.PACKAGE / "__pycache__" / "rooms.cpython-311.pyc").touch()
    layer.build_layer(tmp_path / "layer", HERE)
    assert files(tmp_path / "layer") == {"python/dependency.py", "python/meet/rooms.py"}
    assert len(unpacked) == 1


def test_two_builds_for_aws_in_other_folders_are_the_same_to_the_byte(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    where, built = layer.aws(), []
    for place in ("one", "another place"):
        monkeypatch.setattr(layer, "CACHE", tmp_path / place / "cache")
        built.append(layer.build_layer(tmp_path / place / "layer", where))
    first, second = (hashlib.sha256(zipped.read_bytes()).hexdigest() for zipped in built)
    assert first == second
    assert built[0].stat().st_size < layer.MAX_ZIPPED
    with zipfile.ZipFile(built[0]) as archive:
        names = archive.namelist()
    assert "python/meet/http.py" in names
    assert "python/pydantic_core/_pydantic_core.cpython-313-aarch64-linux-gnu.so" in names
    parts = {part for name in names for part in Path(name).parts}
    assert not parts & {"tests", "testdata", "RECORD", "INSTALLER"}
    assert not [name for name in names if name.endswith((".pyi", ".typed"))]


def test_bytecode_for_aws_is_never_checked_and_says_where_it_will_be(
    tmp_path: Path, unpacked: list[Path]
) -> None:
    where = dataclasses.replace(HERE, compiler=sys.executable)
    layer.build_layer(tmp_path / "layer", where)
    (compiled,) = (tmp_path / "layer" / "python" / "meet").rglob("*.pyc")
    content = compiled.read_bytes()
    assert int.from_bytes(content[4:8], "little") == 0b01  # PEP 552: by hash, unchecked
    assert b"/opt/python/meet/rooms.py" in content
    assert str(tmp_path).encode() not in content


def test_a_layer_that_grew_too_large_is_refused(
    tmp_path: Path, unpacked: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layer, "AWS_LAYER", tmp_path / "layer")
    monkeypatch.setattr(layer, "aws", lambda: HERE)
    layer.main()
    monkeypatch.setattr(layer, "MAX_ZIPPED", 100)
    with pytest.raises(uv.BuildFailed, match="larger"):
        layer.main()


def test_without_python_313_the_build_says_what_that_costs(
    tmp_path: Path,
    unpacked: list[Path],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(layer, "AWS_LAYER", tmp_path / "layer")
    monkeypatch.setattr(layer, "version_of", lambda _: (3, 12))
    monkeypatch.setattr(uv, "run", refuse)
    layer.main()
    assert "no bytecode" in capsys.readouterr().out


def refuse(*_: object) -> str:
    raise uv.BuildFailed("no network")


def test_dependencies_are_unpacked_once_and_the_package_copied_each_time(
    tmp_path: Path, unpacked: list[Path]
) -> None:
    layer.build_layer(tmp_path / "layer", HERE)
    (layer.PACKAGE / "rooms.py").write_text("second")
    layer.build_layer(tmp_path / "layer", HERE)
    assert (tmp_path / "layer" / "python" / "meet" / "rooms.py").read_text() == "second"
    assert len(unpacked) == 1


def test_another_lock_or_platform_has_its_own_dependencies(unpacked: list[Path]) -> None:
    one = layer.dependencies("dependency==1", HERE)
    assert layer.dependencies("dependency==2", HERE) != one
    assert layer.dependencies("dependency==1", layer.Platform("there", ())) != one
    assert len(unpacked) == 3


def test_other_services_of_aws_have_their_own_dependencies(
    unpacked: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = layer.dependencies("dependency==1", HERE)
    monkeypatch.setattr(layer, "SERVICES", ("s3",))
    assert layer.dependencies("dependency==1", HERE) != before
    assert len(unpacked) == 2


@pytest.mark.usefixtures("unpacked")
def test_a_deployment_is_the_same_until_something_in_it_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    function = tmp_path / "functions" / "create_room"
    seen = [deployment.digest({"LiveKitUrl": ""})]

    (function / "__pycache__").mkdir()
    (function / "__pycache__" / "app.cpython-311.pyc").touch()
    (layer.PACKAGE / "rooms.py").touch()
    assert deployment.digest({"LiveKitUrl": ""}) == seen[0]

    (function / "app.py").write_text("changed")
    seen.append(deployment.digest({"LiveKitUrl": ""}))
    (layer.PACKAGE / "rooms.py").write_text("changed")
    seen.append(deployment.digest({"LiveKitUrl": ""}))
    (tmp_path / "template.yaml").write_text("changed")
    seen.append(deployment.digest({"LiveKitUrl": ""}))
    monkeypatch.setattr(layer, "requirements", lambda: "dependency==2")
    seen.append(deployment.digest({"LiveKitUrl": ""}))
    seen.append(deployment.digest({"LiveKitUrl": "ws://127.0.0.1:7880"}))
    assert len(set(seen)) == len(seen)
