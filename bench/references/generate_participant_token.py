"""POST /participants/token as FastAPI, Mangum, boto3's resource and livekit-api usually do it."""

import json
import os
import time
from datetime import timedelta
from hmac import compare_digest
from secrets import token_hex
from typing import Any

import boto3
from fastapi import FastAPI, HTTPException
from livekit.api import AccessToken, ListParticipantsRequest, LiveKitAPI, VideoGrants
from mangum import Mangum
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

app = FastAPI()
rooms: Any = boto3.resource("dynamodb").Table(os.environ["ROOMS_TABLE"])
secrets = boto3.client("secretsmanager")


class Model(BaseModel):
    """Camel case on the wire."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


class TokenRequest(Model):
    """A request to join a room."""

    room_name: str
    participant_name: str = Field(min_length=1, max_length=128)
    secret: str


class TokenResponse(Model):
    """What a participant needs to join."""

    token: str
    participant_name: str
    role: str
    livekit_url: str


@app.post("/api/v1/participants/token")
async def generate_participant_token(wanted: TokenRequest) -> TokenResponse:
    """Return a token to a caller who knows a secret of the room."""
    item = rooms.get_item(Key={"roomName": wanted.room_name}, ConsistentRead=True).get("Item")
    if item is None or "closedAt" in item or item["expirationDate"] <= time.time() * 1000:
        raise HTTPException(404, "Room not found")
    roles = [r for r, s in item["secrets"].items() if compare_digest(s, wanted.secret)]
    if not roles:
        raise HTTPException(403, "Invalid secret")
    stored = secrets.get_secret_value(SecretId=os.environ["LIVEKIT_SECRET"])
    key = json.loads(stored["SecretString"])
    url = os.environ["LIVEKIT_URL"]
    if "maxParticipants" in item:
        async with LiveKitAPI(url, key["apiKey"], key["apiSecret"]) as livekit:
            listed = await livekit.room.list_participants(
                ListParticipantsRequest(room=wanted.room_name)
            )
        if len(listed.participants) >= item["maxParticipants"]:
            raise HTTPException(409, "The room is full")
    token = (
        AccessToken(key["apiKey"], key["apiSecret"])
        .with_identity(f"{wanted.participant_name}_{token_hex(3)}")
        .with_name(wanted.participant_name)
        .with_metadata(json.dumps({"role": roles[0]}))
        .with_grants(VideoGrants(room_join=True, room=wanted.room_name))
        .with_ttl(timedelta(hours=1))
    )
    return TokenResponse(
        token=token.to_jwt(),
        participant_name=wanted.participant_name,
        role=roles[0],
        livekit_url=url,
    )


handler = Mangum(app, lifespan="off")
