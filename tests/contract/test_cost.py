"""What is computed of costs: how long calls wait, and what a stack costs that nobody uses."""

from types import ModuleType

import pytest


@pytest.fixture
def bill(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.setenv("POWERTOOLS_LOG_LEVEL", "INFO")  # which importing bench changes
    from bench import bill  # noqa: PLC0415

    return bill


@pytest.mark.parametrize(
    ("call", "times", "waits"),
    [
        ("dynamodb Query RoomsTable, newestFirst", 4, 1),
        ("dynamodb Query RecordingsTable, byStatus", 8, 2),
        ("dynamodb Query WebhooksTable, deliveries", 3, 1),
        ("dynamodb Query MeetingsTable", 2, 2),
        ("dynamodb GetItem RoomsTable", 2, 2),
        ("lambda GetEventSourceMapping", 2, 1),
        ("secretsmanager GetSecretValue ApiKeysSecret", 1, 0),
    ],
)
def test_queries_of_an_index_go_out_together_and_are_waited_for_once(
    bill: ModuleType, call: str, times: int, waits: int
) -> None:
    assert bill.waiting({call: times}) == pytest.approx(waits * bill.AWS_SECONDS)


def test_each_of_them_is_paid_for(bill: ModuleType) -> None:
    lists = bill.of({("get_rooms", bill.DEFAULT_PATH): 1}).lines["DynamoDB"]
    reads = bill.of({("get_room", bill.DEFAULT_PATH): 1}).lines["DynamoDB"]
    assert lists == pytest.approx(4 * reads / 2), "an index is read less consistently"


def test_an_idle_month_has_no_polling_and_one_with_a_webhook_has(bill: ModuleType) -> None:
    from bench import cost  # noqa: PLC0415

    assert not [what for what in cost.idle().lines if "SQS" in what]
    assert cost.polling() == pytest.approx(0.53, abs=0.01)


def test_an_idle_month_costs_at_most_1_usd(bill: ModuleType) -> None:
    from bench import cost  # noqa: PLC0415

    assert cost.idle().total <= 1, cost.idle().rows()
