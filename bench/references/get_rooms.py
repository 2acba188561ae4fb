"""GET /rooms as FastAPI, Mangum and boto3's resource usually do it."""

import os
import time
from typing import Any

import boto3
from fastapi import FastAPI, Query, Request
from get_room import Room  # type: ignore[import-not-found]
from mangum import Mangum

app = FastAPI()
rooms: Any = boto3.resource("dynamodb").Table(os.environ["ROOMS_TABLE"])


@app.get("/api/v1/rooms", response_model_exclude_none=True)
def get_rooms(request: Request, max_items: int = Query(100, alias="maxItems")) -> list[Room]:
    """Show rooms."""
    items = rooms.scan(Limit=max_items)["Items"]
    shown = []
    for item in items:
        if "closedAt" in item or item["expirationDate"] <= time.time() * 1000:
            continue
        base = f"{request.base_url}{item['roomName']}/?secret="
        links = {f"{role}Url": base + secret for role, secret in item["secrets"].items()}
        shown.append(Room.model_validate(item | links))
    return shown


handler = Mangum(app, lifespan="off")
