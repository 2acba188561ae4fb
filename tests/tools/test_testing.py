"""`make test` without arguments."""

import pytest

from tools import ROOT, testing
from tools.build import pages


def test_every_part_has_tests_and_together_they_have_all() -> None:
    in_memory, others = testing.parts(2).values()
    given = {each for each in in_memory if each.startswith("tests/")}
    left_out = {each.removeprefix("--ignore=") for each in others if each.startswith("--ignore=")}
    assert given == left_out
    assert all((ROOT / each).exists() for each in given)
    assert others[-1] == "tests"


@pytest.mark.parametrize(
    ("ends", "status"), [([0, 0], 0), ([1, 0], 1), ([0, 1], 1), ([5, 0], 5), ([2, 1], 2)]
)
def test_a_part_that_fails_stops_no_other_and_fails_the_run(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    ends: list[int],
    status: int,
) -> None:
    left = list(ends)
    monkeypatch.setattr(testing, "_pytest", lambda arguments: left.pop(0))
    monkeypatch.setattr(pages, "make", lambda: None)
    assert testing.main() == status
    assert left == []
    assert capsys.readouterr().out.count("FAILED") == sum(end != 0 for end in ends)
