"""GET /rooms as FastAPI, Mangum and boto3's resource usually do it."""

import base64
import itertools
import os
import time
from typing import Any

import boto3
from boto3.dynamodb.conditions import Key
from fastapi import FastAPI, Query, Request, Response
from get_room import Room  # type: ignore[import-not-found]
from mangum import Mangum

app = FastAPI()
SHARDS = ("0", "1", "2", "3")
rooms: Any = boto3.resource("dynamodb").Table(os.environ["ROOMS_TABLE"])


def newest(shard: str, limit: int) -> list[Any]:
    """Return the newest rooms of a partition of the index."""
    found = rooms.query(
        IndexName="newestFirst",
        KeyConditionExpression=Key("indexShard").eq(shard),
        Limit=limit // len(SHARDS) + 8,
    )
    return list(found["Items"])


@app.get("/api/v1/rooms", response_model_exclude_none=True)
def get_rooms(
    request: Request, response: Response, max_items: int = Query(100, alias="maxItems")
) -> list[Room]:
    """Show rooms, newest first."""
    pages = [newest(shard, max_items) for shard in SHARDS]
    items = sorted(itertools.chain(*pages), key=lambda item: item["listKey"])
    if len(items) > max_items:
        after = base64.urlsafe_b64encode(items[max_items - 1]["listKey"].encode()).decode()
        url = request.url.include_query_params(nextPageToken=after)
        response.headers["Link"] = f'<{url}>; rel="next"'
    shown = []
    for item in items[:max_items]:
        if "closedAt" in item or item["expirationDate"] <= time.time() * 1000:
            continue
        base = f"{request.base_url}{item['roomName']}/?secret="
        links = {f"{role}Url": base + secret for role, secret in item["secrets"].items()}
        shown.append(Room.model_validate(item | links))
    return shown


handler = Mangum(app, lifespan="off")
