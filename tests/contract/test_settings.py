"""The functions' environment is what meet.settings says, and nothing else reads it."""

import ast
from pathlib import Path

import pytest

from meet.settings import Settings, Variable, settings
from tools import ROOT
from tools.template import functions, load_template

SOURCES = [*(ROOT / "layers/meet/meet").rglob("*.py"), *(ROOT / "functions").glob("*/*.py")]
OF_THE_RUNTIME = {
    *("AWS_ACCESS_KEY_ID", "AWS_REGION", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"),
}
OF_SDKS = {"AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL_SECRETS_MANAGER"}
"""Where the services are, for a local stack: every SDK of AWS reads these."""
OF_POWERTOOLS = {"POWERTOOLS_SERVICE_NAME"}

VARIABLES = {each.name for each in vars(Settings).values() if isinstance(each, Variable)}


def names(path: Path) -> set[str]:
    """Return every name, attribute and import in a file."""
    nodes = list(ast.walk(ast.parse(path.read_text())))
    return {getattr(node, part, "") for node in nodes for part in ("id", "attr", "name")}


def test_only_settings_reads_the_environment() -> None:
    readers = [path for path in SOURCES if {"environ", "environb", "getenv"} & names(path)]
    assert readers == [ROOT / "layers/meet/meet/settings.py"]


def test_the_settings_are_what_the_template_gives_the_functions() -> None:
    everywhere = load_template()["Globals"]["Function"]["Environment"]["Variables"]
    given = {*everywhere}
    for function in functions().values():
        given |= {*function.get("Environment", {}).get("Variables", {})}
    assert given - OF_POWERTOOLS == VARIABLES - OF_THE_RUNTIME - OF_SDKS


def test_a_setting_is_read_when_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JOIN_TOKEN_MINUTES", "5")
    assert settings.join_lifetime == 300_000
    monkeypatch.setenv("JOIN_TOKEN_MINUTES", "6")
    assert settings.join_lifetime == 360_000


def test_a_setting_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ROOMS_TABLE", raising=False)
    with pytest.raises(KeyError, match="ROOMS_TABLE"):
        assert settings.rooms_table
