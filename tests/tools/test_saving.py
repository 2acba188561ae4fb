"""Saving happens behind the requests, and everything is on disk in the end."""

import asyncio
import threading

import pytest

from tools.stack.saving import Saver, may_change


@pytest.mark.parametrize(
    ("method", "target", "changes"),
    [
        ("POST", "DynamoDB_20120810.PutItem", True),
        ("POST", "DynamoDB_20120810.BatchWriteItem", True),
        ("POST", "DynamoDB_20120810.TransactWriteItems", True),
        ("POST", "secretsmanager.PutSecretValue", True),
        ("POST", "DynamoDB_20120810.BatchGetItem", False),
        ("POST", "DynamoDB_20120810.Query", False),
        ("POST", "secretsmanager.GetSecretValue", False),
        ("PUT", "", True),
        ("DELETE", "", True),
        ("GET", "", False),
        ("HEAD", "", False),
    ],
)
def test_what_only_reads_causes_no_save(method: str, target: str, changes: bool) -> None:
    headers = {b"x-amz-target": target.encode()} if target else {}
    assert may_change(method, headers) is changes


def test_many_changes_are_one_save_and_one_during_a_save_is_another() -> None:
    saves: list[str] = []
    entered, go_on = threading.Event(), threading.Event()

    def save() -> None:
        saves.append("data")
        entered.set()
        go_on.wait(10)

    async def scenario() -> None:
        saver = Saver(save, lambda: None, delay_seconds=0.01)
        saver.start()
        for _ in range(100):
            saver.changed()
        assert await asyncio.to_thread(entered.wait, 10)
        saver.changed()  # the save under way may have missed it
        entered.clear()
        go_on.set()
        assert await asyncio.to_thread(entered.wait, 10)
        await saver.stop()

    asyncio.run(scenario())
    assert saves == ["data", "data"]


def test_when_it_has_stopped_nothing_is_being_saved() -> None:
    entered, go_on, ended = threading.Event(), threading.Event(), threading.Event()

    def save() -> None:
        entered.set()
        go_on.wait(10)
        ended.set()

    async def scenario() -> None:
        saver = Saver(save, lambda: None, delay_seconds=0)
        saver.start()
        saver.changed()
        assert await asyncio.to_thread(entered.wait, 10)
        stopping = asyncio.create_task(saver.stop())
        await asyncio.sleep(0)
        assert not stopping.done()
        go_on.set()
        await stopping
        assert ended.is_set()

    asyncio.run(scenario())
