"""The layer brings all that the functions import, and they import no more than they need."""

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib.metadata import Distribution, distributions
from pathlib import Path

import pytest

from tools import ROOT
from tools.memory_aws import ENVIRONMENT
from tools.template import functions

PACKAGE = ROOT / "layers/meet/meet"
BROUGHT_ALONG = {
    "botocore": "boto3",
    "protobuf": "livekit-protocol",
    "pydantic-core": "pydantic",
    "urllib3": "botocore",
}
"""Imported, and required by what is declared, which has to choose the version: pydantic works
with one version of its core, LiveKit's messages with one generation of protobuf."""

OPTIONAL = {"awscrt", "certifi", "cryptography", "pyopenssl"}
"""What botocore and PyJWT use where it is there, and here it is: other tools bring it."""

WITHOUT_LIVEKIT = (
    *("authorize", "create_room", "get_room", "get_rooms", "update_room", "web"),
    *("get_recording", "get_recordings", "get_recording_stream", "get_recording_url"),
    *(
        "get_recording_download",
        "get_recording_timeline",
        "hold_recording",
        "release_recording",
        "restore_recording",
    ),
    *("create_recording_link", "get_recording_links", "delete_recording_link"),
    *("open_recording_link", "get_recording_link_stream"),
    *("delete_recording", "delete_multiple_recordings", "recording_uploaded"),
    "faststart_recording",
    *("create_webhook", "get_webhooks", "get_webhook", "update_webhook", "delete_webhook"),
    *("test_webhook", "rotate_webhook_secret", "get_webhook_deliveries", "replay_webhook"),
    *("dispatch_events", "deliver_webhook", "sweep_webhooks"),
)
LIVEKIT = {"livekit", "google.protobuf", "jwt"}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def required(lines: Iterator[str]) -> set[str]:
    """Return the names in requirements; those for an extra are left out."""
    wanted = [line.partition("#")[0].strip() for line in lines]
    return {
        normal(re.match(r"[\w.-]+", line)[0])  # type: ignore[index]
        for line in wanted
        if line and "extra ==" not in line
    }


DECLARED = required(iter((ROOT / "layers/meet/requirements.txt").read_text().splitlines()))


@cache
def installed() -> dict[str, Distribution]:
    return {normal(each.metadata["Name"]): each for each in distributions()}


@cache
def owners() -> dict[str, set[str]]:
    """Return file -> the distributions that bring it, relative to site-packages."""
    found: dict[str, set[str]] = {}
    for name, distribution in installed().items():
        for file in distribution.files or []:
            found.setdefault(file.as_posix(), set()).add(name)
    return found


@cache
def owners_of_compiled() -> dict[str, set[str]]:
    """Return compiled module -> the distributions that bring it, for whatever machine."""
    found: dict[str, set[str]] = {}
    for file, names in owners().items():
        if module := re.fullmatch(r"([^.]+)\.[\w-]+\.(so|pyd)", file):
            found.setdefault(module[1], set()).update(names)
    return found


def is_third_party(module: str) -> bool:
    return module.partition(".")[0] not in {*sys.stdlib_module_names, "meet", "__future__"}


@cache
def distributions_of(module: str) -> set[str]:
    """Return the distribution of a module, or of the module that a name is imported from."""
    path = module.replace(".", "/")
    while path:
        files = (f"{path}.py", f"{path}/__init__.py", f"{path}/__init__.pyi")
        found = set().union(*(owners().get(file, set()) for file in files))
        found |= owners_of_compiled().get(path, set())
        if found:
            return found
        path = path.rpartition("/")[0]
    return set()


def imports(source: Path) -> Iterator[str]:
    """Yield what a file imports when it runs, at its top or inside its functions."""
    tree = ast.parse(source.read_text())
    only_types = {
        id(child)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for statement in node.body
        for child in ast.walk(statement)
    }
    for node in ast.walk(tree):
        if id(node) in only_types:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{source}: imports are absolute"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def own_file(module: str) -> Path | None:
    """Return the file of a module of ours, or of the one that a name is imported from."""
    parts = module.split(".")[1:]
    for end in (len(parts), len(parts) - 1):
        base = PACKAGE.joinpath(*parts[:end])
        for file in (base.with_suffix(".py"), base / "__init__.py"):
            if file.exists():
                return file
    return None


@cache
def reachable() -> dict[str, set[str]]:
    """Return the modules that the functions can import, and the files that import them."""
    found: dict[str, set[str]] = {}
    ahead = [ROOT / "functions" / name / "app.py" for name in functions()]
    seen: set[Path] = set()
    while ahead:
        file = ahead.pop()
        if file in seen:
            continue
        seen.add(file)
        for module in imports(file):
            found.setdefault(module, set()).add(str(file.relative_to(ROOT)))
            if module.partition(".")[0] == "meet":
                target = own_file(module)
                assert target, f"{file}: no {module}"
                ahead.append(target)
    return found


def test_whatever_a_function_can_come_to_import_is_declared_or_brought_along() -> None:
    allowed = DECLARED | BROUGHT_ALONG.keys()
    for module, files in reachable().items():
        if is_third_party(module):
            brought_by = distributions_of(module)
            assert brought_by, f"nobody brings {module}, imported by {sorted(files)}"
            assert brought_by & allowed, f"{module} of {brought_by}, imported by {sorted(files)}"


def test_what_is_brought_along_is_required_by_what_is_declared() -> None:
    imported = {each for module in reachable() for each in distributions_of(module)}
    for name, by in BROUGHT_ALONG.items():
        assert by in DECLARED | BROUGHT_ALONG.keys()
        assert name in required(iter(installed()[by].requires or []))
        assert name in imported
        assert name not in DECLARED


def test_nothing_is_declared_that_nothing_imports() -> None:
    imported = {each for module in reachable() for each in distributions_of(module)}
    for name in DECLARED:
        assert name in imported, name


def test_no_function_imports_another_one_or_what_is_not_deployed() -> None:
    roots = {module.partition(".")[0] for module in reachable()}
    assert not roots & {"functions", "tests", "tools"}


def closure(names: set[str]) -> set[str]:
    """Return the distributions with all that they require."""
    found: set[str] = set()
    ahead = list(names)
    while ahead:
        name = ahead.pop()
        if name not in found and name in installed():
            found.add(name)
            ahead += required(iter(installed()[name].requires or []))
    return found


_PROGRAM = """
import json, sys
sys.path[:0] = [{folder!r}, {layer!r}]
before = set(sys.modules)
import app
{more}
loaded = {{name: getattr(module, "__file__", None) for name, module in sys.modules.items()}}
print(json.dumps({{name: file for name, file in loaded.items() if name not in before}}))
"""


_BUILDING = """
import os, types
import boto3
from meet import wiring
events = types.SimpleNamespace(register=lambda *_: None)
boto3.client = lambda *_, **__: types.SimpleNamespace(meta=types.SimpleNamespace(events=events))
os.environ.update({environment!r})
for name in {built!r}:
    getattr(wiring, name)()
"""

ASKS = {
    *(
        "access_tokens",
        "api_tokens",
        "console_sessions",
        "console_tokens",
        "once",
        "owner",
    ),
    *("playback_key", "secret", "token_key"),
}
"""Functions of wiring that build nothing, or need more than an environment.

The tokens are for the authorizer only once somebody shows one.
"""


def built_by(function: str) -> list[str]:
    """Return the objects that a function lets wiring build when it runs."""
    source = (ROOT / "functions" / function / "app.py").read_text()
    return sorted(set(re.findall(r"wiring\.(\w+)\(", source)) - ASKS)


@pytest.fixture(scope="module")
def loaded() -> dict[str, dict[str, str | None]]:
    """Return function -> the modules that its import loads, and their files.

    Where no LiveKit is needed, also those that wiring loads for it when it is first called.
    """

    def load(name: str) -> dict[str, str | None]:
        folder, layer = str(ROOT / "functions" / name), str(ROOT / "layers/meet")
        more = _BUILDING.format(environment=ENVIRONMENT, built=built_by(name))
        more = more if name in WITHOUT_LIVEKIT else ""
        program = _PROGRAM.format(folder=folder, layer=layer, more=more)
        # Nothing in the environment: importing needs none of it.
        done = subprocess.run(
            [sys.executable, "-c", program], env={}, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        modules: dict[str, str | None] = json.loads(done.stdout.splitlines()[-1])
        return modules

    names = sorted(functions())
    with ThreadPoolExecutor(4) as pool:
        return dict(zip(names, pool.map(load, names), strict=True))


def test_importing_a_function_loads_nothing_that_the_layer_does_not_hold(
    loaded: dict[str, dict[str, str | None]],
) -> None:
    held = closure(DECLARED | OPTIONAL)
    for function, modules in loaded.items():
        for name, file in modules.items():
            if file and "site-packages" in file:
                path = file.replace("\\", "/").rpartition("site-packages/")[2]
                brought_by = owners().get(path, set())
                assert brought_by & held, f"{function}: {name} of {brought_by}"


def test_no_function_loads_livekits_client_library(
    loaded: dict[str, dict[str, str | None]],
) -> None:
    for function, modules in loaded.items():
        unwanted = {"livekit.api", "livekit.rtc", "aiohttp"} & modules.keys()
        assert not unwanted, f"{function}: {unwanted}"


@pytest.mark.parametrize("function", WITHOUT_LIVEKIT)
def test_a_function_that_does_without_livekit_loads_none_of_it(
    loaded: dict[str, dict[str, str | None]], function: str
) -> None:
    assert not LIVEKIT & loaded[function].keys()


def test_only_the_pages_are_a_web_application(loaded: dict[str, dict[str, str | None]]) -> None:
    for function, modules in loaded.items():
        found = {"starlette", "mangum", "meet.web"} & modules.keys()
        assert found == ({"starlette", "mangum", "meet.web"} if function == "web" else set())


def test_only_the_pages_load_asyncio(loaded: dict[str, dict[str, str | None]]) -> None:
    for function, modules in loaded.items():
        assert ("asyncio.base_events" in modules) == (function == "web"), function


@pytest.mark.parametrize(
    "program",
    [
        """
from aws_lambda_powertools.event_handler import appsync
appsync.asyncio.run(appsync.asyncio.sleep(0, "slept"))
import asyncio.events
assert appsync.asyncio.iscoroutine is asyncio.iscoroutine
""",
        """
with meet.powertools._deferred("asyncio"):
    from asyncio import sleep
import asyncio.events
assert sleep is asyncio.sleep
""",
        """
with meet.powertools._deferred("asyncio"):
    import asyncio
    class Later(asyncio.Future): pass
    import asyncio.events
assert Later.__base__ is asyncio.Future is sys.modules["asyncio"].Future
""",
    ],
    ids=["afterwards", "by a name", "by an attribute"],
)
def test_asyncio_is_there_for_whoever_wants_it_after_all(program: str) -> None:
    program = f"import sys\nimport meet.powertools\nassert 'asyncio' not in sys.modules\n{program}"
    layer = {"PYTHONPATH": str(ROOT / "layers/meet")}
    done = subprocess.run(
        [sys.executable, "-c", program], env=layer, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
