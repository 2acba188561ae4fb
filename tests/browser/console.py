"""Somebody who is at the console."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import boto3
from playwright.sync_api import Browser, Locator, expect

from meet import clock, dynamodb
from meet.clock import Milliseconds
from meet.recordings.items import TRASH
from meet.recordings.model import new_id
from tests.browser.visitors import Visitor, visitor
from tests.live import Client

LOADED_MS = 15_000


def console_url(api: Client, page: str = "") -> str:
    return f"{api.stack.origin}/meet/console{page}"


def log_in(somebody: Visitor, api: Client, password: str = "") -> None:
    """Enter the name, unless it is there, and a password: the right one if none is given."""
    name = somebody.page.get_by_label("Name", exact=True).last
    expect(name).to_be_visible(timeout=LOADED_MS)
    name.fill(api.stack.admin_username)
    secret = somebody.page.get_by_label("Password", exact=True)
    secret.fill(password or api.stack.admin_password)
    somebody.button("Log in").click()


@contextmanager
def admin(
    browser: Browser, api: Client, page: str = "#/rooms", **options: Any
) -> Iterator[Visitor]:
    """Open a window at a page of the console, logged in."""
    with visitor(browser, "admin", **options) as somebody:
        somebody.open(console_url(api, page))
        log_in(somebody, api)
        expect(somebody.button("Log out")).to_be_visible(timeout=LOADED_MS)
        yield somebody


def shows(somebody: Visitor, heading: str) -> Locator:
    """Wait for a page, by its heading."""
    found = somebody.page.get_by_role("heading", level=1, name=heading)
    expect(found).to_be_visible(timeout=LOADED_MS)
    return found


def row(somebody: Visitor, text: str) -> Locator:
    """Find what a list says about something."""
    return somebody.page.locator("tbody tr", has_text=text)


def is_clean(somebody: Visitor) -> None:
    """Nothing was refused by the page's policy, nothing failed, and nobody else was asked."""
    bad = ("Content Security Policy", "pageerror")
    assert not [line for line in somebody.said if any(each in line for each in bad)]
    hosts = {urlsplit(request.url).hostname for request in somebody.requests}
    assert hosts <= {"localhost", "127.0.0.1"}


def sees_the_reference(somebody: Visitor, api: Client) -> None:
    """Wait until the page of the API shows all its operations."""
    paths = api.call("GET", "/openapi.json", key=None).body["paths"].values()
    count = sum(len(path) for path in paths)
    expect(somebody.page.locator(".operation")).to_have_count(count, timeout=LOADED_MS)


def failed_recording(
    api: Client,
    room_name: str,
    error: str,
    started: int | None = None,
    deleted: int | None = None,
    restorable_until: int = 0,
    **evidence: Any,
) -> str:
    """Write a recording that failed, as the functions would; return its id.

    One that was deleted is in the trash. Evidence is what else its item holds.
    """
    moment = Milliseconds(started or clock.now())
    name = new_id(moment)
    shard = dynamodb.shard_of(name)
    table = boto3.resource(
        "dynamodb",
        endpoint_url=api.stack.aws_endpoint_url,
        region_name=api.stack.region,
        aws_access_key_id="test",
        aws_secret_access_key="test",
    ).Table(str(api.stack.recordings_table))
    table.put_item(
        Item={
            "recordingId": name,
            "roomName": room_name,
            "status": "FAILED",
            "createdAt": moment,
            "indexShard": shard,
            "statusShard": f"FAILED#{shard}",
            "listKey": dynamodb.list_key(moment, name),
            "error": error,
            **({"startedAt": started} if started else {}),
            **(_in_trash(deleted, restorable_until, shard) if deleted else {}),
            **evidence,
        }
    )
    return name


def _in_trash(deleted: int, until: int, shard: object) -> dict[str, Any]:
    where = {"statusShard": f"{TRASH}#{shard}", "sweepAt": until}
    return {"deletedAt": deleted, "trashUntil": until, "deletions": 1, **where}
