"""Participants on the wire."""

from typing import Annotated

from pydantic import AfterValidator, Field

from meet.types import ChosenName, Text, View, WireModel, broken_rule

MAX_NAME = 128


def _not_blank(text: str) -> str:
    if not text.strip():
        raise broken_rule("Must not be blank")
    return text


class TokenRequest(WireModel):
    """Body of POST /participants/token."""

    room_name: Text
    participant_name: Annotated[ChosenName, Field(max_length=MAX_NAME)]
    secret: Text


class TokenView(View):
    """What a participant needs to join."""

    token: str = Field(description="LiveKit access token.")
    participant_name: str = Field(description="The identity in the meeting; this can be kicked.")
    role: str
    livekit_url: str = Field(description="The LiveKit server to connect to.")


RoomNameQuery = Annotated[str, AfterValidator(_not_blank)]
