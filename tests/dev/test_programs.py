"""Programs from elsewhere."""

import stat
from pathlib import Path

import pytest

from dev import build, programs


def make_program(path: Path, says: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho {says}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


@pytest.mark.parametrize(
    ("says", "usable"),
    [
        ("go version go1.26.8 linux/amd64", True),
        ("go version go1.24 linux/amd64", True),
        ("go version go1.19.8 linux/amd64", False),
        ("nonsense", False),
    ],
)
def test_a_go_too_old_is_as_good_as_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, says: str, usable: bool
) -> None:
    make_program(tmp_path / "go", f"'{says}'")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    assert (programs._go_on_path() == str(tmp_path / "go")) is usable


def test_a_program_on_path_goes_before_the_one_made_earlier(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(programs, "BIN", tmp_path / "made")
    monkeypatch.setenv("PATH", str(tmp_path / "path"))
    assert programs.find("livekit-server") is None
    make_program(tmp_path / "made" / "livekit-server", "made")
    assert programs.find("livekit-server") == tmp_path / "made" / "livekit-server"
    make_program(tmp_path / "path" / "livekit-server", "path")
    assert programs.find("livekit-server") == tmp_path / "path" / "livekit-server"


def test_a_wheel_that_does_not_exist_is_told_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(_group: str) -> Path:
        raise build.BuildFailed("resolving ...\nno wheels with a matching platform tag")

    monkeypatch.setattr(programs, "unpack", fail)
    with pytest.raises(programs.Unavailable, match=r"matching platform tag.*install Redis"):
        programs.make_redis()
