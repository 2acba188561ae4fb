"""Choosing fields, and what links begin with."""

from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from meet.clock import Milliseconds
from meet.http import origin
from meet.rooms.model import Preferences, Room
from meet.rooms.views import room_view

ORIGIN = "https://meet.example.com"

ROOM = Room.new(
    "a",
    now=Milliseconds(1),
    expires_at=Milliseconds(2),
    max_participants=None,
    preferences=Preferences(),
)
ALL = room_view(ROOM, origin=ORIGIN)
NAMES = list(ALL)

blanks = st.text(alphabet=" \t", max_size=2)
asked = st.lists(
    st.tuples(blanks, st.sampled_from(NAMES) | st.text(max_size=8), blanks).map("".join),
    max_size=8,
)


def select(fields: str | None) -> dict[str, Any]:
    return room_view(ROOM, origin=ORIGIN, fields=fields)


@given(asked)
def test_fields_is_what_was_named_and_is_there_or_else_all(names: list[str]) -> None:
    chosen = select(",".join(names))
    valid = {name.strip() for name in ",".join(names).split(",")} & ALL.keys()
    assert set(chosen) == (valid or ALL.keys())
    assert all(chosen[name] == ALL[name] for name in chosen)


@given(asked)
def test_the_order_of_the_names_does_not_matter(names: list[str]) -> None:
    assert select(",".join(names)) == select(",".join(reversed(names)))


@pytest.mark.parametrize("fields", [None, "", ",", " , "])
def test_no_fields_are_all_fields(fields: str | None) -> None:
    assert select(fields) == ALL


def test_a_valid_name_without_a_value_is_no_reason_to_show_all() -> None:
    assert select("maxParticipants") == {}


def api(**headers: str) -> Any:
    from aws_lambda_powertools.utilities.data_classes import (  # noqa: PLC0415
        APIGatewayProxyEvent,
    )

    event = APIGatewayProxyEvent({"headers": {n.replace("_", "-"): v for n, v in headers.items()}})
    return cast(Any, SimpleNamespace(current_event=event))


hosts = st.from_regex(r"[a-z0-9]{1,12}(\.[a-z0-9]{1,12}){0,3}(:[0-9]{2,5})?", fullmatch=True)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(host=hosts, scheme=st.sampled_from(["http", "https"]))
def test_links_begin_with_what_the_caller_reached(
    monkeypatch: pytest.MonkeyPatch, host: str, scheme: str
) -> None:
    monkeypatch.delenv("PUBLIC_URL", raising=False)
    assert origin(api(Host=host, X_Forwarded_Proto=scheme)) == f"{scheme}://{host}"
    assert origin(api(host=host, x_forwarded_proto=scheme)) == f"{scheme}://{host}"
    assert origin(api(Host=host)) == f"https://{host}"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(host=hosts, slash=st.sampled_from(["", "/"]))
def test_the_public_url_wins_and_makes_no_double_slash(
    monkeypatch: pytest.MonkeyPatch, host: str, slash: str
) -> None:
    monkeypatch.setenv("PUBLIC_URL", f"https://meet.example.com{slash}")
    assert origin(api(Host=host)) == "https://meet.example.com"
    monkeypatch.setenv("PUBLIC_URL", "")
    assert origin(api(Host=host)) == f"https://{host}"
