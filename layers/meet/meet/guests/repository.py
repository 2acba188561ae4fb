"""Invitations and bans in DynamoDB."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from meet import dynamodb
from meet.actors import Actor
from meet.clock import Milliseconds
from meet.guests.errors import BanNotFound, InvitationNotFound, NameInvited
from meet.guests.items import (
    BAN,
    INVITATION,
    ban_from,
    ban_values,
    invitation_from,
    invitation_item,
    invitation_values,
    key_of,
    partition_of,
)
from meet.guests.model import Ban, Invitation

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_KEPT = 50
"""Latest sessions of an invitation that are remembered, so that none is counted twice."""


@dataclass(frozen=True)
class GuestRepository:
    """Stores and finds the invitations and bans of rooms."""

    client: "DynamoDBClient"
    table: str

    def add_invitations(
        self, room_name: str, invitations: Sequence[Invitation], *, now: Milliseconds, by: Actor
    ) -> None:
        """Store up to 100 invitations, all or none; raises NameInvited."""
        puts = [
            {
                "Put": {
                    "TableName": self.table,
                    "Item": dynamodb.to_item(invitation_values(room_name, each, by)),
                    "ConditionExpression": "attribute_not_exists(meetingId) "
                    "OR attribute_exists(revokedAt) OR expiresAt <= :now",
                    "ExpressionAttributeValues": dynamodb.to_item({":now": now}),
                }
            }
            for each in invitations
        ]
        if not dynamodb.transact(self.client, *puts):
            raise NameInvited

    def invitation(self, room_name: str, invitation_id: str) -> Invitation:
        """Return an invitation; raises InvitationNotFound."""
        found = self.client.get_item(
            TableName=self.table,
            Key=key_of(room_name, invitation_item(invitation_id)),
            ConsistentRead=True,
        )
        values = dynamodb.from_item(found.get("Item", {}))
        if values.get("id") != invitation_id:  # there is none, or a later one with this name
            raise InvitationNotFound
        return invitation_from(values)

    def invitations(self, room_name: str) -> list[Invitation]:
        """Return the invitations of a room, newest first."""
        found = map(invitation_from, self._query(room_name, INVITATION))
        return sorted(found, key=lambda each: (-each.created_at, each.id))

    def revoke(self, room_name: str, invitation_id: str, *, now: Milliseconds, by: Actor) -> None:
        """Revoke an invitation; raises InvitationNotFound. A revoked one stays as it is."""
        change = dynamodb.Change()
        change.set_once("revokedAt", now)
        change.set("by", by.to_json())
        try:
            self._update_invitation(room_name, invitation_id, change)
        except self.client.exceptions.ConditionalCheckFailedException as error:
            raise InvitationNotFound from error

    def joined(self, room_name: str, invitation_id: str, session_id: str, at: Milliseconds) -> None:
        """Count a session of an invitation, once however often it is reported."""
        session = f"{at} {session_id}"
        key = key_of(room_name, invitation_item(invitation_id))
        try:
            updated = self.client.update_item(
                TableName=self.table,
                Key=key,
                UpdateExpression="SET lastJoinAt = :at ADD joins :one, counted :session",
                ConditionExpression="id = :id AND NOT contains(counted, :text)",
                ExpressionAttributeValues=dynamodb.to_item(
                    {
                        ":at": at,
                        ":one": 1,
                        ":session": {session},
                        ":text": session,
                        ":id": invitation_id,
                    }
                ),
                ReturnValues="ALL_NEW",
            )
        except self.client.exceptions.ConditionalCheckFailedException:
            return  # it is counted already, or the invitation was replaced
        sessions = dynamodb.from_item(updated["Attributes"])["counted"]
        if len(sessions) > _KEPT:
            oldest = sorted(sessions, key=lambda each: int(each.partition(" ")[0]))[:-_KEPT]
            self.client.update_item(
                TableName=self.table,
                Key=key,
                UpdateExpression="DELETE counted :oldest",
                ConditionExpression="attribute_exists(meetingId)",
                ExpressionAttributeValues=dynamodb.to_item({":oldest": set(oldest)}),
            )

    def add_ban(self, room_name: str, ban: Ban, *, by: Actor) -> None:
        """Store a ban, in place of an earlier one of the same participant."""
        puts = [
            {"Put": {"TableName": self.table, "Item": dynamodb.to_item(values)}}
            for values in ban_values(room_name, ban, by)
        ]
        dynamodb.transact(self.client, *puts)

    def bans(self, room_name: str) -> list[Ban]:
        """Return the bans of a room, newest first."""
        found = {each.id: each for each in map(ban_from, self._query(room_name, BAN))}
        return sorted(found.values(), key=lambda each: (-each.at, each.id))

    def delete_ban(self, room_name: str, ban_id: str) -> None:
        """Delete a ban; raises BanNotFound."""
        items = [each["item"] for each in self._query(room_name, BAN) if each["id"] == ban_id]
        if not items:
            raise BanNotFound
        for item in items:
            self.client.delete_item(
                TableName=self.table,
                Key=key_of(room_name, item),
                ConditionExpression="id = :id OR attribute_not_exists(meetingId)",
                ExpressionAttributeValues=dynamodb.to_item({":id": ban_id}),
            )

    def existing(self, room_name: str, items: Iterable[str]) -> dict[str, dict[str, Any]]:
        """Return those of these items of a room that exist, by their sort keys."""
        keys = [key_of(room_name, item) for item in dict.fromkeys(items)]
        found = dynamodb.get_many(self.client, table=self.table, keys=keys)
        return {str(values["item"]): values for values in found}

    def delete_all(self, room_name: str) -> None:
        """Delete everything that belongs to a room which is over."""
        keys = [key_of(room_name, each["item"]) for each in self._query(room_name, "")]
        dynamodb.delete_many(self.client, table=self.table, keys=keys)

    def _query(self, room_name: str, begins: str) -> list[dict[str, Any]]:
        return dynamodb.items_under(
            self.client,
            table=self.table,
            names=("meetingId", "item"),
            partition=partition_of(room_name),
            begins=begins,
        )

    def _update_invitation(
        self, room_name: str, invitation_id: str, change: dynamodb.Change
    ) -> None:
        condition = change.is_one_of("id", [invitation_id])
        self.client.update_item(
            TableName=self.table,
            Key=key_of(room_name, invitation_item(invitation_id)),
            ConditionExpression=condition,
            **change.arguments(),
        )
