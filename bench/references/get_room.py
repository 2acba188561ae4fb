"""GET /rooms/{roomName} as FastAPI, Mangum and boto3's resource usually do it."""

import os
import time
from typing import Any

import boto3
from fastapi import FastAPI, HTTPException, Request
from mangum import Mangum
from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

app = FastAPI()
rooms: Any = boto3.resource("dynamodb").Table(os.environ["ROOMS_TABLE"])


class Model(BaseModel):
    """Camel case on the wire."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


class Preference(Model):
    """Something that is on or off."""

    enabled: bool = True


class Preferences(Model):
    """What a room allows."""

    chat_preferences: Preference
    recording_preferences: Preference
    virtual_background_preferences: Preference


class Room(Model):
    """A room as the API shows it."""

    room_name: str
    creation_date: int
    expiration_date: int
    room_name_prefix: str
    preferences: Preferences
    max_participants: int | None = None
    moderator_url: str
    publisher_url: str
    viewer_url: str


@app.get("/api/v1/rooms/{room_name}", response_model_exclude_none=True)
def get_room(room_name: str, request: Request, fields: str | None = None) -> Room:
    """Show a room."""
    item = rooms.get_item(Key={"roomName": room_name}, ConsistentRead=True).get("Item")
    if item is None or "closedAt" in item or item["expirationDate"] <= time.time() * 1000:
        raise HTTPException(404, "Room not found")
    base = f"{request.base_url}{room_name}/?secret="
    links = {f"{role}Url": base + secret for role, secret in item["secrets"].items()}
    return Room.model_validate(item | links)


handler = Mangum(app, lifespan="off")
