"""The sentences that say why a recording FAILED."""

import pytest

from meet.recordings import reasons
from tools import ROOT

SENTENCES = {
    name: value
    for name, value in vars(reasons).items()
    if name.isupper() and not name.startswith("_") and isinstance(value, str)
}


@pytest.mark.parametrize("sentence", [*SENTENCES.values()], ids=[*SENTENCES])
def test_the_runbook_says_what_to_do_about_each(sentence: str) -> None:
    assert f"\n| {sentence} | " in (ROOT / "docs" / "operations.md").read_text()


def test_none_is_left_out() -> None:
    assert len(SENTENCES) > 10
    assert all(value.endswith(".") for value in SENTENCES.values())
