"""The emulator alone, without a deployment."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tools import ports
from tools.stack.parts import Parts


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    stack = Parts(tmp_path)
    stack.use_ports({"api": ports.pick(), "aws": ports.pick()})
    (tmp_path / "deployed.json").write_text("{}")
    stack.start_emulator()
    yield stack
    stack.stop_all()
