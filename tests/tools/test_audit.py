"""What checkov finds is explained in the templates, and what is explained is found."""

from typing import Any

import pytest

from tools.deploy.audit import explained, judge
from tools.template import load_template


def report(*checks: str) -> dict[str, Any]:
    failed = [{"check_id": each, "check_name": "Do", "resource": "It"} for each in checks]
    return {"results": {"failed_checks": failed}}


def test_a_finding_needs_a_reason_and_a_reason_a_finding() -> None:
    assert judge(report("A", "A"), {"A": "why"}) == []
    assert judge(report("A", "B"), {"A": "why"}) == ["B Do: It"]
    assert judge(report("A"), {"A": "why", "C": "why"}) == ["C is explained and not found any more"]


@pytest.mark.parametrize("name", ["template.yaml", "monitoring.yaml"])
def test_every_reason_is_a_sentence(name: str) -> None:
    reasons = explained(load_template(name))
    assert reasons
    assert all(reason.endswith(".") for reason in reasons.values())
