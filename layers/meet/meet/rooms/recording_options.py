"""The part of request bodies that says what recordings contain."""

from functools import partial
from typing import Annotated, Any

from pydantic import (
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
)

from meet.livekit.recorder import Encoding, Layout
from meet.rooms.model import AutoStart, RecordingPlan
from meet.types import Boolean, WireModel, broken_rule, one_of

LAYOUTS, ENCODINGS, AUTO_STARTS = (tuple(map(str, each)) for each in (Layout, Encoding, AutoStart))

ALayout = Annotated[
    Layout,
    BeforeValidator(partial(one_of, LAYOUTS, LAYOUTS)),
    WithJsonSchema({"type": "string", "enum": list(LAYOUTS)}),
]
AnEncoding = Annotated[
    Encoding,
    BeforeValidator(partial(one_of, ENCODINGS, ENCODINGS)),
    WithJsonSchema({"type": "string", "enum": list(ENCODINGS)}),
]
AnAutoStart = Annotated[
    AutoStart,
    BeforeValidator(partial(one_of, AUTO_STARTS, AUTO_STARTS)),
    WithJsonSchema({"type": "string", "enum": list(AUTO_STARTS)}),
]


_SOUND_WITH_A_PICTURE: Any = {
    "required": ["audioOnly", "encoding"],
    "properties": {"audioOnly": {"const": True}, "encoding": {"type": "string"}},
}


class CompositionOptions(WireModel):
    """What a recording contains."""

    model_config = ConfigDict(json_schema_extra={"not": _SOUND_WITH_A_PICTURE})

    layout: ALayout | None = Field(
        None,
        description="How the participants are arranged: in a grid, the speaker large and the "
        "others in a strip, or the speaker alone. A shared screen is large in each of them. "
        f"{Layout.GRID} if nothing else is set.",
        examples=[Layout.SPEAKER],
    )
    encoding: AnEncoding | None = Field(
        None,
        description="Height and frame rate of the picture. "
        f"{Encoding.H264_720P_30} if nothing else is set.",
        examples=[Encoding.H264_1080P_30],
    )
    audio_only: Boolean | None = Field(
        None,
        description="Whether only sound is recorded. Not together with `encoding`.",
        examples=[False],
    )

    @field_validator("audio_only")
    @classmethod
    def _no_picture_has_no_encoding(cls, audio_only: bool | None, info: ValidationInfo) -> object:
        if audio_only and info.data.get("encoding") is not None:
            raise broken_rule("Must not be true together with an encoding")
        return audio_only

    def to_plan(self) -> RecordingPlan:
        """Return the options that are set."""
        return RecordingPlan(self.layout, self.encoding, self.audio_only)
