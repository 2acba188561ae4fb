"""Request and response bodies about participants."""

from typing import Annotated

from pydantic import AfterValidator, Field

from meet.types import ChosenName, Text, View, WireModel, broken_rule

MAX_NAME = 128
MAX_NAME_BYTES = 240
"""LiveKit limits an identity, which is the name with a suffix, to 256 bytes."""


def _not_blank(text: str) -> str:
    if not text.strip():
        raise broken_rule("Must not be blank")
    return text


def _fits_an_identity(text: str) -> str:
    if len(text.encode()) > MAX_NAME_BYTES:
        raise broken_rule(f"Must be at most {MAX_NAME_BYTES} bytes in UTF-8")
    return text


ParticipantName = Annotated[
    ChosenName, Field(max_length=MAX_NAME), AfterValidator(_fits_an_identity)
]


class TokenRequest(WireModel):
    """Body of POST /participants/token."""

    room_name: Text
    participant_name: ParticipantName
    secret: Text
    previous_token: Text | None = None


class TokenView(View):
    """What a participant needs to join."""

    token: str = Field(description="LiveKit access token.")
    api_token: str | None = Field(
        None, description="For a moderator: opens the operations of this room."
    )
    participant_name: str = Field(description="The name that others see.")
    participant_identity: str = Field(description="The identity in the meeting, unique.")
    role: str
    livekit_url: str = Field(description="The LiveKit server to connect to.")


RoomNameQuery = Annotated[str, AfterValidator(_not_blank)]
