"""POST /rooms as FastAPI, Mangum and boto3's resource usually do it."""

import os
import time
from secrets import token_hex, token_urlsafe
from typing import Any

import boto3
from fastapi import FastAPI, HTTPException, Request
from get_room import Model, Preferences, Room  # type: ignore[import-not-found]
from mangum import Mangum
from pydantic import Field

app = FastAPI()
rooms: Any = boto3.resource("dynamodb").Table(os.environ["ROOMS_TABLE"])
_DAY = 24 * 60 * 60 * 1000
_ON = {"enabled": True}
_DEFAULT = {
    "chatPreferences": _ON,
    "recordingPreferences": _ON,
    "virtualBackgroundPreferences": _ON,
}


class RoomOptions(Model):  # type: ignore[misc]
    """A room to create."""

    expiration_date: int
    room_name_prefix: str = Field("room", max_length=50)
    max_participants: int | None = Field(None, ge=1)
    preferences: Preferences = Field(default_factory=lambda: Preferences.model_validate(_DEFAULT))


@app.post("/api/v1/rooms", response_model_exclude_none=True)
def create_room(wanted: RoomOptions, request: Request) -> Room:
    """Store a room."""
    now = int(time.time() * 1000)
    if wanted.expiration_date <= now:
        raise HTTPException(422, "Expired")
    item = {
        **wanted.model_dump(by_alias=True, exclude_none=True),
        "roomName": f"{wanted.room_name_prefix}-{token_hex(10)}",
        "creationDate": now,
        "secrets": {role: token_urlsafe(24) for role in ("moderator", "publisher", "viewer")},
        "deleteAfter": (wanted.expiration_date + _DAY) // 1000,
    }
    rooms.put_item(Item=item, ConditionExpression="attribute_not_exists(roomName)")
    base = f"{request.base_url}{item['roomName']}/?secret="
    links = {f"{role}Url": base + secret for role, secret in item["secrets"].items()}
    return Room.model_validate(item | links)


handler = Mangum(app, lifespan="off")
