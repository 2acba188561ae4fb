"""The layer: what is built once, and what each time."""

from pathlib import Path

import pytest

from dev import build, deployment

HERE = build.Platform("here", ())


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
    (package / "rooms.py").write_text("first")
    function = tmp_path / "functions" / "create_room"
    function.mkdir(parents=True)
    (function / "app.py").touch()
    (tmp_path / "template.yaml").touch()
    (tmp_path / "monitoring.yaml").touch()
    monkeypatch.setattr(build, "ROOT", tmp_path)
    monkeypatch.setattr(build, "PACKAGE", package)
    monkeypatch.setattr(build, "CACHE", tmp_path / "cache")
    monkeypatch.setattr(build, "requirements", lambda: "dependency==1")
    monkeypatch.setattr(build, "unpack", unpack)
    return folders


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_a_layer_holds_dependencies_and_package_and_no_bytecode_of_this_machine(
    tmp_path: Path, unpacked: list[Path]
) -> None:
    (build.PACKAGE / "__pycache__" / "rooms.cpython-311.pyc").touch()
    build.build_layer(tmp_path / "layer", HERE)
    assert files(tmp_path / "layer") == {"python/dependency.py", "python/meet/rooms.py"}
    assert len(unpacked) == 1


def test_dependencies_are_unpacked_once_and_the_package_copied_each_time(
    tmp_path: Path, unpacked: list[Path]
) -> None:
    build.build_layer(tmp_path / "layer", HERE)
    (build.PACKAGE / "rooms.py").write_text("second")
    build.build_layer(tmp_path / "layer", HERE)
    assert (tmp_path / "layer" / "python" / "meet" / "rooms.py").read_text() == "second"
    assert len(unpacked) == 1


def test_another_lock_or_platform_has_its_own_dependencies(unpacked: list[Path]) -> None:
    one = build.dependencies("dependency==1", HERE)
    assert build.dependencies("dependency==2", HERE) != one
    assert build.dependencies("dependency==1", build.Platform("there", ())) != one
    assert len(unpacked) == 3


@pytest.mark.usefixtures("unpacked")
def test_a_deployment_is_the_same_until_something_in_it_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    function = tmp_path / "functions" / "create_room"
    seen = [deployment.digest({"LiveKitUrl": ""})]

    (function / "__pycache__").mkdir()
    (function / "__pycache__" / "app.cpython-311.pyc").touch()
    (build.PACKAGE / "rooms.py").touch()
    assert deployment.digest({"LiveKitUrl": ""}) == seen[0]

    (function / "app.py").write_text("changed")
    seen.append(deployment.digest({"LiveKitUrl": ""}))
    (build.PACKAGE / "rooms.py").write_text("changed")
    seen.append(deployment.digest({"LiveKitUrl": ""}))
    (tmp_path / "template.yaml").write_text("changed")
    seen.append(deployment.digest({"LiveKitUrl": ""}))
    monkeypatch.setattr(build, "requirements", lambda: "dependency==2")
    seen.append(deployment.digest({"LiveKitUrl": ""}))
    seen.append(deployment.digest({"LiveKitUrl": "ws://127.0.0.1:7880"}))
    assert len(set(seen)) == len(seen)
