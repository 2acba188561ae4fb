"""One version of each tool everywhere, pinned actions, and no picture without a reader."""

import json
import re
import tomllib
from itertools import pairwise
from typing import Any

import pytest
import yaml

from tests.documents import PICTURES, shown_pictures
from tools import ROOT
from tools.build.environment import SUPPORTED, UV_VERSION

WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
CHECKS = ROOT / ".github/workflows/checks.yml"


RELEASED = {"0.1.0": 20}
"""How many entries each release has in the changelog."""


def workflow(path: Any) -> dict[str, Any]:
    read: dict[str, Any] = yaml.load(path.read_text(), yaml.BaseLoader)
    return read


def test_the_hooks_are_of_the_versions_that_make_check_runs() -> None:
    packages = tomllib.loads((ROOT / "uv.lock").read_text())["package"]
    version = {each["name"]: each["version"] for each in packages}
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
    assert {each["repo"].rpartition("/")[2]: each["rev"] for each in hooks} == {
        "ruff-pre-commit": f"v{version['ruff']}",
        "codespell": f"v{version['codespell']}",
        "uv-pre-commit": UV_VERSION,
    }


def test_every_supported_python_passes_both_commands() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    supported = [".".join(map(str, each)) for each in SUPPORTED]
    job = workflow(CHECKS)["jobs"]["checks"]
    assert job["strategy"]["matrix"]["python"] == supported
    assert project["requires-python"] == f">={supported[0]},<3.{SUPPORTED[-1][1] + 1}"
    commands = [step["run"] for step in job["steps"] if "run" in step]
    assert commands[-2:] == ["make check", "make test"]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_reads_only_and_ends_in_time(path: Any) -> None:
    whole = workflow(path)
    assert whole["permissions"] == {"contents": "read"}
    assert "concurrency" in whole
    for job in whole["jobs"].values():
        assert "permissions" not in job
        assert int(job["timeout-minutes"]) <= 60


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_an_action_is_pinned_to_a_commit_and_says_its_version(path: Any) -> None:
    used = re.findall(r"uses: (.*)", path.read_text())
    assert used
    for each in used:
        assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", each)


def test_the_documents_show_every_picture_that_is_kept_and_no_other() -> None:
    assert {each.name for each in PICTURES.iterdir()} == shown_pictures()


def test_the_newest_release_of_the_changelog_is_the_version_everywhere() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    heads = re.findall(r"^## (.*)$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    unreleased, *released = heads
    assert unreleased == "Unreleased"
    found = [re.fullmatch(r"(\d+\.\d+\.\d+) - (\d{4}-\d\d-\d\d)", each) for each in released]
    assert all(found)
    dates = [each[2] for each in found if each]
    assert all(newer >= older for newer, older in pairwise(dates))
    assert released[0].startswith(f"{version} - ")
    for name in ("package.json", "package-lock.json"):
        assert json.loads((ROOT / "web" / name).read_text())["version"] == version


def test_a_release_gets_no_entry_afterwards() -> None:
    # Git puts the entry of a branch that is older than the release into the release's list.
    sections = re.split(r"^## ", (ROOT / "CHANGELOG.md").read_text(), flags=re.MULTILINE)[2:]
    found = {each.split()[0]: len(re.findall("^- ", each, re.MULTILINE)) for each in sections}
    assert found == RELEASED, "Move it under Unreleased."


def test_no_test_undoes_what_its_fixtures_have_set() -> None:
    """The clock that stands still is set by the same monkeypatch as what a test sets itself."""
    undo = re.compile(r"\bmonkeypatch\.undo\(")
    files = [path for path in (ROOT / "tests").rglob("*.py") if undo.search(path.read_text())]
    assert files == [], "use monkeypatch.context()"
