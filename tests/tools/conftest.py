"""The emulator alone, without a deployment."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tools import ports
from tools.processes import Processes
from tools.stack.parts import Emulator, Site


@pytest.fixture
def emulator(tmp_path: Path) -> Iterator[Emulator]:
    processes = Processes(tmp_path / "processes.json", tmp_path / "log")
    emulator = Emulator(Site(tmp_path, processes, {"api": ports.pick(), "aws": ports.pick()}))
    (tmp_path / "deployed.json").write_text("{}")
    emulator.start()
    yield emulator
    emulator.stop()
