"""Builds the layer: the package meet and its dependencies, for AWS or for this machine."""

import hashlib
import os
import platform
import shutil
import subprocess
import sys
import time
import zipfile
from dataclasses import dataclass
from pathlib import Path

from tools import ROOT, locks, uv
from tools.build.environment import version_of
from tools.build.sdk import SERVICES, keep_only_our_services

CACHE = ROOT / ".local" / "layers"
PACKAGE = ROOT / "layers" / "meet" / "meet"
AWS_LAYER = ROOT / ".aws-sam" / "layer"
MAX_ZIPPED = 12_000_000
"""Bytes that a cold start has to load."""

_NOT_SOURCE = shutil.ignore_patterns("__pycache__", "*.pyc", "py.typed")
_DEAD_WEIGHT = ("*.pyi", "py.typed", "test", "tests", "testdata")
_OF_THE_INSTALLATION = ("RECORD", "INSTALLER", "REQUESTED", "WHEEL", "direct_url.json")
"""Files about the installation of a wheel, which are not read in Lambda."""
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The oldest date that a zip file can have."""


@dataclass(frozen=True)
class Platform:
    """The platform of a layer: uv options that select wheels, and the Python that compiles."""

    name: str
    uv_options: tuple[str, ...]
    compiler: str | None = None


def this_machine() -> Platform:
    """Return the platform of the local stack, whose functions run in this very Python."""
    name = f"{sys.platform}-{platform.machine()}-{sys.version_info[0]}.{sys.version_info[1]}"
    # Without bytecode each process of a function would compile its imports, for about a second.
    return Platform(f"{name}-compiled", ("--python", sys.executable), sys.executable)


def _python_313() -> str | None:
    """Return an installed Python 3.13, else one that uv downloads; None if it cannot."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    home = ROOT / ".local" / "python"
    here = ["python3.13", *sorted(pyenv.glob("versions/3.13*/bin/python3.13"))]
    if found := next((str(each) for each in here if version_of(str(each)) == (3, 13)), None):
        return found
    try:
        uv.run("python", "install", "--quiet", "--install-dir", home, "3.13")
    except uv.BuildFailed:
        return None
    return str(next(home.glob("cpython-3.13*/bin/python3.13")))


def aws() -> Platform:
    """Return Lambda's platform, as template.yaml has it: arm64, Python 3.13."""
    compiler = _python_313()
    target = ("--python-platform", "aarch64-manylinux2014", "--python-version", "3.13")
    return Platform(
        "aws-arm64-3.13" + ("-compiled" if compiler else ""),
        (*target, "--only-binary", ":all:"),
        compiler,
    )


def requirements() -> str:
    """Return the locked run-time dependencies with their hashes, without type stubs."""
    listed = ("--no-dev", "--no-emit-project", "--no-emit-package", "types-protobuf")
    return uv.run("export", "--frozen", "--quiet", "--no-header", *listed)


def locked_group(name: str) -> str:
    """Return the locked packages of one dependency group with their hashes."""
    return uv.run("export", "--frozen", "--quiet", "--only-group", name, "--no-header")


def _strip(folder: Path) -> None:
    """Remove files that no function reads, and files that differ from one unpacking to the next."""
    shutil.rmtree(folder / "bin", ignore_errors=True)
    (folder / ".lock").unlink(missing_ok=True)
    for pattern in _DEAD_WEIGHT:
        for found in list(folder.rglob(pattern)):
            shutil.rmtree(found) if found.is_dir() else found.unlink()
    for information in folder.glob("*.dist-info"):
        for name in _OF_THE_INSTALLATION:
            (information / name).unlink(missing_ok=True)


def _compile(folder: Path, compiler: str, root: Path) -> None:
    # /opt is read-only and unpacking changes times: only unchecked bytecode stays valid.
    mode = ("--invalidation-mode", "unchecked-hash", "-s", str(root), "-p", "/opt/python")
    subprocess.run(
        [compiler, "-m", "compileall", "-q", *mode, str(folder)],
        env={**os.environ, "PYTHONHASHSEED": "0"},  # sets have an order in bytecode
        check=True,
    )


def dependencies(locked: str, where: Platform) -> Path:
    """Return a folder with the dependencies, unpacked once per lock, platform and selection."""
    selection = (SERVICES, _DEAD_WEIGHT, _OF_THE_INSTALLATION)
    digest = hashlib.sha256(f"{where.name}\n{selection}\n{locked}".encode()).hexdigest()[:16]
    folder = CACHE / f"{where.name}-{digest}"
    with locks.alone("layer"):
        if not folder.exists():
            uv.unpack(locked, folder, where.uv_options)
            _strip(folder)
            keep_only_our_services(folder)
            if where.compiler:
                _compile(folder, where.compiler, folder)
    return folder


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # another file system
        shutil.copy2(source, target)


def build_layer(target: Path, where: Platform) -> Path:
    """Build the layer into target, and return its zip file; raises uv.BuildFailed."""
    ready = dependencies(requirements(), where)
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(ready, target / "python", copy_function=_link)
    package = target / "python" / PACKAGE.name
    shutil.copytree(PACKAGE, package, ignore=_NOT_SOURCE, copy_function=shutil.copyfile)
    if where.compiler:
        _compile(package, where.compiler, target / "python")
    return _zip(target)


def _zip(folder: Path) -> Path:
    """Zip a folder beside it; the same files give the same bytes."""
    zipped = folder.with_name(f"{folder.name}.zip")
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for file in sorted(path for path in folder.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(file.relative_to(folder).as_posix(), _EPOCH)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, file.read_bytes(), zipfile.ZIP_DEFLATED, 9)
    return zipped


def copy_functions(source: Path, target: Path) -> None:
    """Replace target by the functions' sources."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target, ignore=_NOT_SOURCE, copy_function=shutil.copyfile)


def main() -> None:
    """Build the layer for AWS, and remove bytecode that sam would upload with the functions."""
    began = time.monotonic()
    where = aws()
    zipped = build_layer(AWS_LAYER, where)
    for stale in (ROOT / "functions").rglob("__pycache__"):
        shutil.rmtree(stale)
    unpacked = sum(file.stat().st_size for file in AWS_LAYER.rglob("*") if file.is_file())
    size = zipped.stat().st_size
    print(f"{zipped.relative_to(ROOT)} for {where.name}, {time.monotonic() - began:.1f} s")
    print(f"  {size / 1e6:.1f} MB, unpacked {unpacked / 1e6:.1f} MB")
    print(f"  SHA-256 {hashlib.sha256(zipped.read_bytes()).hexdigest()}")
    if where.compiler is None:
        print("  No Python 3.13 here, so no bytecode: imports take twice as long in a cold start.")
    if size > MAX_ZIPPED:
        raise uv.BuildFailed(f"The layer is larger than {MAX_ZIPPED / 1e6:.0f} MB.")


if __name__ == "__main__":
    try:
        main()
    except uv.BuildFailed as reason:
        sys.exit(str(reason))
