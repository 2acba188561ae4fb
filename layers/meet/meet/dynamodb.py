"""DynamoDB's wire format to Python values and back, and its pages to a stream of items."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

AWS_CONFIG = Config(
    connect_timeout=2,
    read_timeout=5,
    retries={"mode": "standard", "total_max_attempts": 3},
)
"""Timeouts in seconds: three tries end well within a function's 29 s behind API Gateway."""

_serializer = TypeSerializer()
_deserializer = TypeDeserializer()


def to_item(values: dict[str, Any]) -> "dict[str, AttributeValueTypeDef]":
    """Return the values as an item; None is left out."""
    return {k: _serializer.serialize(v) for k, v in values.items() if v is not None}


def from_item(item: "dict[str, AttributeValueTypeDef]") -> dict[str, Any]:
    """Return an item's values; numbers come as Decimal."""
    return {k: _deserializer.deserialize(v) for k, v in item.items()}


def query(client: "DynamoDBClient", *, page_size: int, **request: Any) -> Iterator[dict[str, Any]]:
    """Yield a query's items, asking for the next page only when it is needed."""
    while True:
        page = client.query(Limit=page_size, **request)
        yield from map(from_item, page["Items"])
        if "LastEvaluatedKey" not in page:
            return
        request["ExclusiveStartKey"] = page["LastEvaluatedKey"]
