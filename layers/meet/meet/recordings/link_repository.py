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

        Raises LinkNotFound.
        """
        _check_ids(recording_id, link_id)
        view = view_item(link_id, viewer)
        keys = [key_of(recording_id, item) for item in (LINK + link_id, view)]
        read = dynamodb.get_many(self.client, table=self.table, keys=keys)
        found = {str(values["item"]): values for values in read}
        if LINK + link_id not in found:
            raise LinkNotFound
        return link_from(found[LINK + link_id]), dynamodb.moment(found.get(view, {}), "until")

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

        Raises LinkUsedUp, or LinkNotFound if the link was deleted meanwhile. Two writes, since the
        transactions of many viewers at once would make each other fail.
        """
        item = view_item(link.id, viewer)
        until = Milliseconds(now + VIEW)
        view = secrets.token_hex(_VIEW_BYTES)  # by which a write that is sent again is known
        try:
            self.client.put_item(
                TableName=self.table,
                Item=dynamodb.to_item(view_values(recording_id, item, until) | {"view": view}),
                ConditionExpression="attribute_not_exists(meetingId) OR #until <= :now "
                "OR #view = :view",
                ExpressionAttributeNames={"#until": "until", "#view": "view"},
                ExpressionAttributeValues=dynamodb.to_item({":now": now, ":view": view}),
            )
        except self.client.exceptions.ConditionalCheckFailedException:
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
            if left and dynamodb.from_item(left).get("lastView") == view:
                return  # counted by the first of two attempts
            self.client.delete_item(TableName=self.table, Key=key_of(recording_id, item))
            raise (LinkUsedUp if left else LinkNotFound) from error

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
