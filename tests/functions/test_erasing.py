"""The commands of docs/operations.md that erase a participant's name do so."""

import json
import re
import shlex
from typing import Any

import boto3

from meet.clock import MINUTE
from tests.functions.test_meetings import Hall, hall  # noqa: F401 - a fixture
from tools import ROOT

_CHAPTER = re.compile(
    r"^## Erase a participant's name\n.*?^```\n(.*?)^```\n", re.DOTALL | re.MULTILINE
)


def commands() -> list[list[str]]:
    """Return the commands of the chapter, in words."""
    found = _CHAPTER.search((ROOT / "docs" / "operations.md").read_text())
    assert found
    lines = found[1].replace("\\\n", " ").replace("\n  ", " ").splitlines()
    return [shlex.split(line) for line in lines if line.strip()]


def run(words: list[str], **known: str) -> Any:
    """Do what the command line of AWS does with a command, its placeholders replaced."""
    assert words[:2] == ["aws", "dynamodb"]
    options = dict(zip(words[3::2], words[4::2], strict=True))
    query, _ = options.pop("--query", None), options.pop("--output", None)
    arguments: dict[str, Any] = {}
    for option, value in options.items():
        name = "".join(part.title() for part in option[2:].split("-"))
        is_json = value.startswith("{")
        text = value
        for placeholder, replacement in known.items():
            inside = json.dumps(replacement)[1:-1] if is_json else replacement
            text = text.replace(f"<{placeholder.replace('_', ' ')}>", inside)
        assert "<" not in text, text
        arguments[name] = json.loads(text) if is_json else text
    answer = getattr(boto3.client("dynamodb"), words[2].replace("-", "_"))(**arguments)
    for name in query.split(".") if query else ():
        answer = answer[name]
    return answer


def stored(hall: Hall) -> str:  # noqa: F811
    """Return the log and the meeting, as they are stored."""
    log = boto3.client("dynamodb").query(
        TableName="EventsTable",
        KeyConditionExpression="#log = :events",
        ExpressionAttributeNames={"#log": "log"},
        ExpressionAttributeValues={":events": {"S": "events"}},
    )
    return json.dumps([log["Items"], hall.stored()])


def test_the_documented_commands_erase_a_name_and_nothing_else(hall: Hall) -> None:  # noqa: F811
    for number, person in enumerate(("Ada", "Bob")):
        for report in ("participant_joined", "participant_left"):
            assert hall.tell(report, person, info={"sid": f"PA_{number}"}) == 200
    before = hall.events()
    hall.clock.advance(MINUTE)
    curl, get_event, put_event, put_session = commands()
    tables = {"EventsTable": "EventsTable", "MeetingsTable": "MeetingsTable"}

    path = curl[2].removeprefix("$API").replace("<room>", hall.room)
    assert 'select(.data.participantName == "<name>")' in " ".join(curl)
    found = hall.call("GET", path).body["events"]
    of_ada = [each for each in found if each["data"]["participantName"] == "Ada"]
    assert [each["type"] for each in of_ada] == ["participant.joined", "participant.left"]
    for each in of_ada:
        where = {**tables, "position": str(each["position"])}
        body = run(get_event, **where)
        assert json.loads(body) == each
        run(put_event, **where, the_same_JSON_with_other_names=body.replace("Ada", "erased"))
        session = {name: each["data"][name] for name in ("meetingId", "sessionId")}
        run(put_session, **tables, **session)

    assert "Ada" not in stored(hall)
    assert "Bob" in stored(hall)
    after = hall.events()
    assert json.dumps(after) == json.dumps(before).replace("Ada", "erased"), "and no event more"
