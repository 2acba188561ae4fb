"""Share links in DynamoDB: conditional writes, and views that are counted once."""

import secrets
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from meet import dynamodb
from meet.actors import Actor
from meet.clock import Milliseconds
from meet.recordings.errors import LinkNotFound, LinkUsedUp
from meet.recordings.items import key_of as key_of_recording
from meet.recordings.lifecycle import Status
from meet.recordings.link_items import (
    LINK,
    key_of,
    link_from,
    link_values,
    partition_of,
    view_item,
    view_values,
)
from meet.recordings.links import LINK_ID, MOST_LINKS, VIEW, ShareLink
from meet.recordings.model import ID, Recording

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_VIEW_BYTES = 8
_UNCOUNTED = "uncountedView"
"""The token of a view whose link does not count it yet; a view that is counted has none."""
_DELETED_AT_ONCE = 500
"""Items: five times the links that a recording may have."""


@dataclass(frozen=True)
class LinkRepository:
    """Stores and finds the share links of recordings, and who is watching."""

    client: "DynamoDBClient"
    table: str
    recordings: str
    """The table of the recordings."""

    def add(self, recording: Recording, link: ShareLink, *, by: Actor) -> bool:
        """Store a link; False if its recording cannot be watched any longer, or is being deleted.

        Also if others were made since it was read, and there may be too many of them. The
        recording counts its links, by which a deletion knows that there are some.
        """
        change = dynamodb.Change()
        change.add("linksMade", 1)
        none_made = change.is_new("linksMade")
        as_many = change.is_at_most("linksMade", max(recording.links_made, MOST_LINKS - 1))
        can_be_watched = (
            f"({none_made} OR {as_many})",
            change.is_one_of("status", [Status.READY]),
            change.is_new("trashUntil"),
            change.is_new("deletingSince"),
        )
        noted = {
            "TableName": self.recordings,
            "Key": key_of_recording(recording.id),
            "ConditionExpression": " AND ".join(can_be_watched),
            **change.arguments(),
        }
        put = {
            "TableName": self.table,
            "Item": dynamodb.to_item(link_values(recording.id, link, by)),
        }
        return dynamodb.transact(self.client, {"Update": noted}, {"Put": put})

    def all(self, recording_id: str) -> list[ShareLink]:
        """Return the links of a recording, newest first."""
        found = map(link_from, self._query(recording_id, LINK))
        return sorted(found, key=lambda each: (-each.created_at, each.id))

    def seen_by(
        self, recording_id: str, link_id: str, viewer: str
    ) -> tuple[ShareLink, Milliseconds | None]:
        """Return a link, and until when the view of this viewer lasts, None if there is none.

        A view does not last before it is counted. Raises LinkNotFound.
        """
        _check_ids(recording_id, link_id)
        view = view_item(link_id, viewer)
        keys = [key_of(recording_id, item) for item in (LINK + link_id, view)]
        read = dynamodb.get_many(self.client, table=self.table, keys=keys)
        found = {str(values["item"]): values for values in read}
        if LINK + link_id not in found:
            raise LinkNotFound
        link, seen = link_from(found[LINK + link_id]), found.get(view, {})
        uncounted = seen.get(_UNCOUNTED)
        if uncounted is not None:
            # No other view follows the last one that the link allows, so this one stays its last.
            is_last = link.is_used_up and found[LINK + link_id].get("lastView") == uncounted
            return link, dynamodb.moment(seen, "until") if is_last else None
        return link, dynamodb.moment(seen, "until")

    def delete(self, recording_id: str, link_id: str) -> None:
        """Delete a link; raises LinkNotFound."""
        _check_ids(recording_id, link_id)
        try:
            self.client.delete_item(
                TableName=self.table,
                Key=key_of(recording_id, LINK + link_id),
                ConditionExpression="attribute_exists(meetingId)",
            )
        except self.client.exceptions.ConditionalCheckFailedException as error:
            raise LinkNotFound from error

    def count_view(
        self, recording_id: str, link: ShareLink, viewer: str, *, now: Milliseconds
    ) -> None:
        """Begin a view and count it, unless another request of the viewer has just done so.

        Raises LinkUsedUp, or LinkNotFound if the link was deleted meanwhile. Three writes, since
        the transactions of many viewers at once would make each other fail: the view is stored as
        not counted, counted on the link, and stored as counted. If this stops in between, the
        viewer's next request counts the same view.
        """
        item = view_item(link.id, viewer)
        view = self._begin_view(recording_id, item, now)
        if view is None:
            return
        try:
            self.client.update_item(
                TableName=self.table,
                Key=key_of(recording_id, LINK + link.id),
                UpdateExpression="SET lastViewedAt = :now, lastView = :view ADD #views :one",
                ConditionExpression="attribute_exists(meetingId) "
                "AND (attribute_not_exists(lastView) OR lastView <> :view) "
                "AND (attribute_not_exists(maxViews) OR #views < maxViews)",
                ExpressionAttributeNames={"#views": "views"},
                ExpressionAttributeValues=dynamodb.to_item({":now": now, ":view": view, ":one": 1}),
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except self.client.exceptions.ConditionalCheckFailedException as error:
            left: Any = error.response.get("Item")
            if not left or dynamodb.from_item(left).get("lastView") != view:
                self._discard_view(recording_id, item, view)
                raise (LinkUsedUp if left else LinkNotFound) from error
            # It was counted by an earlier attempt, or by another request.
        self.prolong_view(recording_id, link.id, viewer, now=now)  # which stores it as counted

    def _begin_view(self, recording_id: str, item: str, now: Milliseconds) -> str | None:
        """Store a view that is not counted yet, unless there is one; return the token to count.

        None if there is one that is counted.
        """
        values = view_values(recording_id, item, Milliseconds(now + VIEW))
        view = secrets.token_hex(_VIEW_BYTES)  # by which a write that is sent again is known
        try:
            self.client.put_item(
                TableName=self.table,
                Item=dynamodb.to_item(values | {_UNCOUNTED: view}),
                ConditionExpression="attribute_not_exists(meetingId) OR #until <= :now "
                f"OR {_UNCOUNTED} = :view",
                ExpressionAttributeNames={"#until": "until"},
                ExpressionAttributeValues=dynamodb.to_item({":now": now, ":view": view}),
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except self.client.exceptions.ConditionalCheckFailedException as error:
            stored: Any = error.response.get("Item", {})
            begun: str | None = dynamodb.from_item(stored).get(_UNCOUNTED)
            return begun
        return view

    def _discard_view(self, recording_id: str, item: str, view: str) -> None:
        """Delete a view that the link does not allow, unless it was counted meanwhile."""
        with suppress(self.client.exceptions.ConditionalCheckFailedException):
            self.client.delete_item(
                TableName=self.table,
                Key=key_of(recording_id, item),
                ConditionExpression=f"{_UNCOUNTED} = :view",
                ExpressionAttributeValues=dynamodb.to_item({":view": view}),
            )

    def prolong_view(
        self, recording_id: str, link_id: str, viewer: str, *, now: Milliseconds
    ) -> None:
        """Let a view that goes on last longer, unless it was deleted with its recording."""
        values = view_values(recording_id, view_item(link_id, viewer), Milliseconds(now + VIEW))
        with suppress(self.client.exceptions.ConditionalCheckFailedException):
            self.client.put_item(
                TableName=self.table,
                Item=dynamodb.to_item(values),
                ConditionExpression="attribute_exists(meetingId)",
            )

    def delete_all(self, recording_id: str) -> None:
        """Delete the links of a recording which is deleted for good, and their views.

        Links come first. Of a recording that thousands watch, the last views are left: each is over
        within half an hour, and deleted by DynamoDB then.
        """
        found = self._query(recording_id, "", most=_DELETED_AT_ONCE)
        keys = [key_of(recording_id, each["item"]) for each in found]
        dynamodb.delete_many(self.client, table=self.table, keys=keys)

    def _query(
        self, recording_id: str, begins: str, *, most: int | None = None
    ) -> list[dict[str, Any]]:
        return dynamodb.items_under(
            self.client,
            table=self.table,
            names=("meetingId", "item"),
            partition=partition_of(recording_id),
            begins=begins,
            most=most,
        )


def _check_ids(recording_id: str, link_id: str) -> None:
    """Raise LinkNotFound for what cannot be an id: DynamoDB refuses overlong keys."""
    if ID.fullmatch(recording_id) is None or LINK_ID.fullmatch(link_id) is None:
        raise LinkNotFound
