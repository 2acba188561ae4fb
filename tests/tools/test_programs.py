"""Programs from elsewhere."""

import stat
from pathlib import Path

import pytest

from tools import programs, uv


def make_program(path: Path, says: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho {says}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


@pytest.mark.parametrize(
    ("says", "usable"),
    [
        ("go version go1.26.8 linux/amd64", True),
        ("go version go1.27 linux/amd64", True),
        ("go version go1.24.3 linux/amd64", False),
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
    assert programs.find("redis-server") is None
    make_program(tmp_path / "made" / "redis-server", "made")
    assert programs.find("redis-server") == tmp_path / "made" / "redis-server"
    make_program(tmp_path / "path" / "redis-server", "path")
    assert programs.find("redis-server") == tmp_path / "path" / "redis-server"


@pytest.mark.parametrize(
    ("made", "on_path", "used"),
    [
        (None, None, None),
        ("livekit-server version 1.13.5", None, "made"),
        ("livekit-server version 1.9.12", None, None),
        ("nonsense", None, None),
        ("livekit-server version 1.13.5", "livekit-server version 1.8.4", "made"),
        ("livekit-server version 1.13.5", "livekit-server version 1.9.0", "path"),
        (None, "livekit-server version 1.20.0", "path"),
        (None, "livekit-server version 1.8.4", None),
    ],
)
def test_a_livekit_of_another_version_than_ours_is_built_anew(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    made: str | None,
    on_path: str | None,
    used: str | None,
) -> None:
    monkeypatch.setattr(programs, "BIN", tmp_path / "made")
    monkeypatch.setenv("PATH", str(tmp_path / "path"))
    for folder, says in (("made", made), ("path", on_path)):
        if says:
            make_program(tmp_path / folder / "livekit-server", says)
    assert programs.find_livekit() == (tmp_path / used / "livekit-server" if used else None)


def test_a_wheel_that_does_not_exist_is_told_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(_group: str) -> Path:
        raise uv.BuildFailed("resolving ...\nno wheels with a matching platform tag")

    monkeypatch.setattr(programs, "unpack", fail)
    with pytest.raises(programs.Unavailable, match=r"matching platform tag.*install Redis"):
        programs.make_redis()
