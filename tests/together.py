"""Tests in several processes: what all of them did is known to those that look at it.

With `pytest -n` each worker runs some of the tests. Those that look at what the others did, by the
fixture `whole_run`, are run by the process that started the workers, once these have ended.
"""

import pickle
import signal
from collections.abc import Generator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.expressions import Asked
from tests.permissions import Ledger
from tools.processes import die_with_parent

FIGURES = "figures"
"""The property under which a test records what is printed at the end: workers print nothing."""
_DID = "did"


@dataclass
class Done:
    """What tests did so far, in this process and in workers that have ended."""

    ledger: Ledger = field(default_factory=Ledger)
    asked: Asked = field(default_factory=Asked)
    files: set[Path] = field(default_factory=set)
    """Those whose tests were to run."""
    put_off: list[str] = field(default_factory=list)
    """Tests that look at the whole."""

    def add(self, other: "Done") -> None:
        """Take in what a worker did."""
        for function, needs in other.ledger.needed.items():
            self.ledger.needed[function] |= needs
        for engine, questions in other.asked.by_engine.items():
            self.asked.by_engine[engine] = questions | self.asked.by_engine[engine]
        self.files |= other.files
        self.put_off = other.put_off  # each worker has collected the same


class Together:
    """Hooks of pytest and xdist."""

    def __init__(self, config: pytest.Config) -> None:
        self.done = Done()
        self._config = config
        self._is_worker = hasattr(config, "workerinput")
        end_with_parent = die_with_parent(signal.SIGKILL)
        if self._is_worker and end_with_parent:
            end_with_parent()  # a worker would finish its test first

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Run last what looks at everything that the other tests did."""
        self.done.files |= {item.path for item in items}
        items.sort(key=lambda item: item.get_closest_marker("last") is not None)
        if self._is_worker:
            wait = [each for each in items if "whole_run" in getattr(each, "fixturenames", ())]
            self.done.put_off = [f"{each.path}::{each.nodeid.partition('::')[2]}" for each in wait]
            items[:] = [each for each in items if each not in wait]

    def pytest_sessionfinish(self) -> None:
        if self._is_worker:
            self._config.workeroutput[_DID] = pickle.dumps(self.done)  # type: ignore[attr-defined]

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Take in what an ended worker did; one that crashed has not told it."""
        if did := getattr(node, "workeroutput", {}).get(_DID):
            self.done.add(pickle.loads(did))

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        for report in (each for reports in terminalreporter.stats.values() for each in reports):
            if getattr(report, "when", "") == "call":
                for name, text in report.user_properties:
                    if name == FIGURES:
                        terminalreporter.write_line(f"\n{text}")

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Generator[None, object, object]:
        result = yield
        if self.done.put_off and not self._is_worker:
            others = session.testscollected
            items = session.perform_collect(self.done.put_off)
            session.testscollected = others + len(items)
            for item in items:
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
        return result
