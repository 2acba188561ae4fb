"""One endpoint that hangs among 20 keeps the other 19 waiting for less than 2 seconds."""

import heapq
from collections.abc import Callable
from functools import partial
from importlib import import_module
from itertools import count
from typing import Any

import pytest

from meet.clock import Milliseconds
from meet.webhooks.model import Secrets, Webhook
from meet.webhooks.outcome import Outcome, Problem
from meet.webhooks.repository import WebhookRepository
from meet.webhooks.sending import Sender
from tests.fakes import Clock
from tests.functions.aws_calls import AwsCalls
from tests.functions.gateway import CONTEXT, Call
from tests.functions.post import BATCH, Post
from tools.template import functions

ENDPOINTS = 20
EVENTS = 15
ANSWERS_IN = 50
"""Milliseconds."""


def concurrency() -> dict[str, int]:
    """Return how often SQS runs the function at the same time, by queue."""
    events = functions()["deliver_webhook"]["Events"].values()
    properties = [each["Properties"] for each in events]
    return {
        each["Queue"]["GetAtt"].partition(".")[0]: each["ScalingConfig"]["MaximumConcurrency"]
        for each in properties
    }


class Timetable:
    """Runs the function as often at once as SQS does, in simulated time.

    An attempt takes the time that its endpoint takes, its batch as long as the slowest of it, and
    what it finds out about an endpoint is known to the others only when it ends.
    """

    def __init__(self, post: Post, monkeypatch: pytest.MonkeyPatch, hanging: set[str]) -> None:
        self.post, self.hanging = post, hanging
        self.arrivals: list[float] = []
        self.busy = 0
        self.later: list[tuple[int, int, Callable[[], None]]] = []
        self.numbers = count()
        monkeypatch.setattr(Sender, "send", self.send)
        mark = WebhookRepository.mark_slow

        def marked_in_time(repository: WebhookRepository, webhook_id: str, **named: Any) -> None:
            self.at(self.post.clock() + self.busy, lambda: mark(repository, webhook_id, **named))

        monkeypatch.setattr(WebhookRepository, "mark_slow", marked_in_time)

    def at(self, moment: int, act: Callable[[], None]) -> None:
        heapq.heappush(self.later, (moment, next(self.numbers), act))

    def send(
        self,
        webhook: Webhook,
        signing: Secrets,
        event_id: str,
        body: bytes,
        *,
        now: int,
        patience: float,
    ) -> Outcome:
        if webhook.url in self.hanging:
            self.busy = max(self.busy, int(patience * 1000))
            return Outcome(patience, problem=Problem.SILENT)
        self.busy = max(self.busy, ANSWERS_IN)
        self.arrivals.append(self.post.clock() + ANSWERS_IN)
        return Outcome(ANSWERS_IN / 1000, 204)

    def run(self) -> list[float]:
        """Deliver what is queued; return the seconds after which each attempt succeeded."""
        began, free = self.post.clock(), concurrency()
        handler = import_module("functions.deliver_webhook.app").handler

        def give_back(queue: str) -> None:
            free[queue] += 1

        while self.post.waiting or self.later:
            while self.later and self.later[0][0] <= self.post.clock():
                heapq.heappop(self.later)[2]()
            batches = self.take(free)
            for queue, records in batches:
                self.busy = 0
                self.post.collect(partial(handler, {"Records": records}, CONTEXT))
                self.at(self.post.clock() + self.busy + 1, partial(give_back, queue))
            if not batches:
                moments = [each[0] for each in self.later] + [m[0] for m in self.post.waiting]
                ahead = [each for each in moments if each > self.post.clock()]
                if ahead:
                    self.post.clock.wait_until(Milliseconds(min(ahead)))
            if self.post.clock() > began + 60_000:
                break
        return sorted((each - began) / 1000 for each in self.arrivals)

    def take(self, free: dict[str, int]) -> list[tuple[str, list[dict[str, str]]]]:
        """Take batches of what is due, as far as the function may run once more."""
        batches = []
        for queue in list(free):
            due = [m for m in self.post.waiting if m[2] == queue and m[0] <= self.post.clock()]
            while due and free[queue]:
                batch, due = due[:BATCH], due[BATCH:]
                free[queue] -= 1
                for message in batch:
                    self.post.waiting.remove(message)
                batches.append((queue, [{"messageId": str(m[1]), "body": m[3]} for m in batch]))
        heapq.heapify(self.post.waiting)
        return batches


def delays(post: Post, monkeypatch: pytest.MonkeyPatch, hanging: set[str]) -> list[float]:
    with monkeypatch.context() as patched:
        timetable = Timetable(post, patched, hanging)
        post.log(EVENTS)
        found = timetable.run()
    post.waiting.clear()
    return found


def at(share: float, values: list[float]) -> float:
    return values[int(len(values) * share)]


def test_the_others_wait_less_than_2_seconds_for_one_that_hangs(
    call: Call, still_clock: Clock, aws_calls: AwsCalls, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = Post(call, still_clock, aws_calls)
    urls = [f"https://example.com/{number}" for number in range(ENDPOINTS)]
    for url in urls:
        post.register(url)
    without = delays(post, monkeypatch, set())
    assert len(without) == EVENTS * ENDPOINTS
    with_one = delays(post, monkeypatch, {urls[7]})
    assert len(with_one) == EVENTS * (ENDPOINTS - 1)
    assert at(0.95, with_one) - at(0.95, without) < 2
    assert with_one[-1] - without[-1] < 2, "even for the last of them"


def test_the_queues_together_take_no_more_than_half_of_a_new_account() -> None:
    assert sum(concurrency().values()) == 5
