"""Examples of whole bodies, put together from those of their properties."""

from typing import Any

from pydantic import BaseModel

from meet.clock import Milliseconds
from meet.events.schemas import EventView
from meet.recordings.schemas import RecordingView
from meet.rooms.schemas import RoomOptions, RoomView
from tools.openapi.schemas import always


def example(model: type[BaseModel]) -> dict[str, Any]:
    """Return a body of this model; properties without an example are absent."""
    shown: dict[str, Any] = {}
    for field in model.model_fields.values():
        kind = field.annotation
        if field.examples:
            shown[str(field.alias)] = field.examples[0]
        elif isinstance(kind, type) and issubclass(kind, BaseModel):
            shown[str(field.alias)] = example(kind)
    return shown


OPTIONS = example(RoomOptions)
ROOM = example(RoomView)
READY = example(RecordingView)
STARTING = {name: READY[name] for name in always(RecordingView)} | {"status": "STARTING"}

EVENT = example(EventView) | {"data": READY}

NAME = str(ROOM["roomName"])
EXPIRES = Milliseconds(ROOM["expirationDate"])
RECORDING_ID = str(READY["id"])
