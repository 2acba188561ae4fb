"""Examples of whole bodies, put together from those of their properties."""

from typing import Any, get_args, get_origin

from pydantic import BaseModel

from meet.clock import Milliseconds
from meet.recordings.schemas import RecordingView
from meet.rooms.views import RoomView


def example(model: type[BaseModel]) -> dict[str, Any]:
    """Return a body of this model; properties without an example are absent."""
    shown: dict[str, Any] = {}
    for field in model.model_fields.values():
        name, kind = str(field.alias), field.annotation
        if field.examples:
            shown[name] = field.examples[0]
        elif isinstance(kind, type) and issubclass(kind, BaseModel):
            shown[name] = example(kind)
        elif get_origin(kind) is list:
            shown[name] = [example(each) for each in get_args(kind) if _is_model(each)]
    return shown


def _is_model(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


NAME = str(example(RoomView)["roomName"])
EXPIRES = Milliseconds(example(RoomView)["expirationDate"])
RECORDING_ID = str(example(RecordingView)["id"])
