"""One stack a directory."""

import json
import os
from pathlib import Path

import pytest

from tools.stack.ownership import AlreadyRunning, Ownership


def test_a_second_stack_in_a_directory_learns_where_the_first_one_is(tmp_path: Path) -> None:
    first, second = Ownership(tmp_path), Ownership(tmp_path)
    first.take()
    (tmp_path / "stack.json").write_text(json.dumps({"origin": "http://127.0.0.1:6080"}))
    with pytest.raises(AlreadyRunning, match=r"http://127\.0\.0\.1:6080") as refused:
        second.take()
    assert refused.value.pid == os.getpid()
    assert not second.held
    first.release()


def test_a_directory_that_was_released_can_be_taken(tmp_path: Path) -> None:
    first, second = Ownership(tmp_path), Ownership(tmp_path)
    first.take()
    first.release()
    second.take()
    assert second.held
    second.release()


def test_stacks_in_two_directories_do_not_meet(tmp_path: Path) -> None:
    one, other = Ownership(tmp_path / "one"), Ownership(tmp_path / "other")
    one.take()
    other.take()
    one.release()
    other.release()
