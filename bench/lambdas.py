"""Puts functions into processes that resemble Lambda's: its layer, its runtime, its environment."""

import marshal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from bench.answers import Sample
from tools import ROOT
from tools.build.environment import version_of
from tools.build.layer import Platform, aws, build_layer, copy_functions, locked_group
from tools.uv import unpack

REFERENCES = Path(__file__).parent / "references"
_INVOKE = Path(__file__).with_name("invoke.py")


@dataclass(frozen=True)
class Code:
    """A module with a handler, and the search path of its imports."""

    module: str
    path: tuple[Path, ...]


@dataclass(frozen=True)
class Place:
    """A directory with the files that Lambda would have."""

    python: str
    directory: Path

    @property
    def version(self) -> str:
        """Of Python."""
        return ".".join(map(str, version_of(self.python)))

    def ours(self, function: str, *, compiled: bool = True) -> Code:
        """Return one of our functions, as it is deployed."""
        layer = self.directory / ("layer" if compiled else "uncompiled")
        return Code("app", (self.directory / "functions" / function, layer / "python"))

    def reference(self, name: str) -> Code:
        """Return a program of bench/references, compiled as ours is, with the whole boto3."""
        return Code(name, (REFERENCES, self.directory / "references"))

    def run(self, what: str, code: Code, sample: Sample, *, invocations: int = 0) -> list[float]:
        """Return the measurements of invoke.py in a fresh process, in CPU seconds."""
        self._invoke(what, code, sample, invocations=invocations)
        seconds: list[float] = marshal.loads(self._result.read_bytes())
        return seconds

    def importtime(self, code: Code, sample: Sample) -> str:
        """Return the output of `-X importtime` for a cold start."""
        return self._invoke("cold", code, sample, "-X", "importtime")

    @property
    def _result(self) -> Path:
        return self.directory / "result"

    def _invoke(
        self, what: str, code: Code, sample: Sample, *options: str, invocations: int = 0
    ) -> str:
        """Run invoke.py, and return its standard error."""
        spec = self.directory / "spec"
        path = [str(folder) for folder in code.path]
        packed = sample.pack() | {"module": code.module, "path": path, "invocations": invocations}
        spec.write_bytes(marshal.dumps(packed))
        flags = ("-I", "-S", "-B", *options)
        command = [self.python, *flags, str(_INVOKE), str(spec), what, str(self._result)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"{code.module} for {sample.function}: {done.stderr[-2000:]}")
        return done.stderr


@contextmanager
def place() -> Iterator[Place]:
    """Build everything for this machine, and keep it while the block runs."""
    compiler = aws().compiler or sys.executable
    plain = Platform(f"bench-{Path(compiler).name}", ("--python", compiler))
    compiled = replace(plain, name=f"{plain.name}-compiled", compiler=compiler)
    with tempfile.TemporaryDirectory(prefix="meet-bench-") as name:
        directory = Path(name)
        build_layer(directory / "layer", compiled)
        build_layer(directory / "uncompiled", plain)
        copy_functions(ROOT / "functions", directory / "functions")
        references = directory / "references"
        unpack(locked_group("bench"), references, plain.uv_options)
        mode = ("--invalidation-mode", "unchecked-hash")
        subprocess.run([compiler, "-m", "compileall", "-q", *mode, references], check=True)
        yield Place(compiler, directory)
