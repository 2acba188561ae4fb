"""What outlives a stack, as an import wants it."""

import json
from typing import Any

from tools import ROOT
from tools.deploy.kept import template

IDENTIFIERS = {"AWS::DynamoDB::Table": "TableName", "AWS::S3::Bucket": "BucketName"}


def test_it_is_the_tables_and_the_bucket_with_what_they_refer_to() -> None:
    kept = template()
    assert kept["Resources"].keys() == {
        "RoomsTable",
        "RecordingsTable",
        "MeetingsTable",
        "EventsTable",
        "WebhooksTable",
        "RecordingsBucket",
    }
    known = kept["Parameters"].keys() | {"AWS::NoValue"}
    for kind, name in references(kept):
        assert name in (kept["Conditions"] if kind == "Fn::If" else known)
    assert len(json.dumps(template())) < 51_200, "a template that is sent has no more bytes"


def test_the_docs_import_each_of_them_by_its_name() -> None:
    docs = (ROOT / "docs" / "deploy.md").read_text()
    imported = {
        each["LogicalResourceId"]: (each["ResourceType"], list(each["ResourceIdentifier"]))
        for each in json.loads(docs.partition("--resources-to-import '")[2].partition("'")[0])
    }
    assert imported == {
        name: (body["Type"], [IDENTIFIERS[body["Type"]]])
        for name, body in template()["Resources"].items()
    }


def references(value: Any) -> list[tuple[str, str]]:
    if isinstance(value, list):
        return [found for each in value for found in references(each)]
    if not isinstance(value, dict):
        return []
    found = [(kind, value[kind]) for kind in ("Ref",) if kind in value]
    found += [("Fn::If", value["Fn::If"][0])] if "Fn::If" in value else []
    return found + [one for each in value.values() for one in references(each)]
