"""Checks and interprets egress requests."""

import datetime
import posixpath
import re
from dataclasses import dataclass, field, replace
from typing import Any

from livekit.protocol.egress import (
    EgressInfo,
    EgressStatus,
    EncodedFileType,
    EncodingOptionsPreset,
)
from livekit.protocol.models import AudioCodec, VideoCodec

from tools.recorder.encoder import Format
from tools.recorder.psrpc import Refused
from tools.recorder.upload import Credentials, Target

MEGABIT = 1_000_000
_Preset = EncodingOptionsPreset
_PRESETS = {
    _Preset.H264_720P_30: (1280, 720, 30, 3 * MEGABIT),
    _Preset.H264_720P_60: (1280, 720, 60, int(4.5 * MEGABIT)),
    _Preset.H264_1080P_30: (1920, 1080, 30, int(4.5 * MEGABIT)),
    _Preset.H264_1080P_60: (1920, 1080, 60, 6 * MEGABIT),
    _Preset.PORTRAIT_H264_720P_30: (720, 1280, 30, 3 * MEGABIT),
    _Preset.PORTRAIT_H264_720P_60: (720, 1280, 60, int(4.5 * MEGABIT)),
    _Preset.PORTRAIT_H264_1080P_30: (1080, 1920, 30, int(4.5 * MEGABIT)),
    _Preset.PORTRAIT_H264_1080P_60: (1080, 1920, 60, 6 * MEGABIT),
}
MAX_FPS = 30
"""Above this two cores have no capacity left for the rest of the stack."""
_H264 = (
    VideoCodec.DEFAULT_VC,
    VideoCodec.H264_BASELINE,
    VideoCodec.H264_MAIN,
    VideoCodec.H264_HIGH,
)
_SECRETS = {
    "access_key": "{access_key}",
    "secret": "{secret}",
    "session_token": "{session_token}",
    "assume_role_external_id": "{external_id}",
}


@dataclass(frozen=True, slots=True)
class Job:
    """One egress that was accepted."""

    info: EgressInfo
    form: Format
    target: Target
    manifest: bool
    credentials: Credentials = field(repr=False)
    url: str = ""
    token: str = field(default="", repr=False)


def accept(request: Any, now: int, own_key: Credentials | None = None) -> Job:
    """Turn a rpc.StartEgressRequest into a job, `now` in nanoseconds; raises psrpc's Refused.

    `own_key` is the key with which the worker assumes roles, instead of its environment's.
    """
    if not re.fullmatch(r"[A-Za-z0-9_]{1,64}", request.egress_id):
        raise _invalid("egress_id")
    kind = request.WhichOneof("request")
    if kind != "room_composite":
        raise Refused("unimplemented", f"this local worker records rooms, not {kind}")
    composite = request.room_composite
    if not composite.room_name:
        raise _invalid("room_name")
    if composite.custom_base_url:
        raise Refused("unimplemented", "this local worker has no browser for custom_base_url")
    if composite.audio_only and composite.video_only:
        raise _invalid("audio_only and video_only")
    output = _output(composite)
    key = file_key(output.filepath, composite.room_name, request.room_id, now)
    return Job(
        info=_starting(request, key, now),
        form=_format(composite),
        target=Target(
            bucket=output.s3.bucket,
            key=key,
            region=output.s3.region,
            endpoint=output.s3.endpoint,
            force_path_style=output.s3.force_path_style,
            metadata=dict(output.s3.metadata),
            tagging=output.s3.tagging,
            content_disposition=output.s3.content_disposition,
        ),
        manifest=not output.disable_manifest,
        credentials=_credentials(output.s3, own_key),
        url=request.ws_url,
        token=request.token,
    )


def _credentials(s3: Any, own_key: Credentials | None) -> Credentials:
    """Return the credentials of the upload; raises Refused."""
    if not s3.assume_role_arn:
        return Credentials(s3.access_key, s3.secret, s3.session_token)
    if own_key is None:
        text = "S3 upload using AssumeRole is disabled for this account"
        raise Refused("permission_denied", text)
    return replace(own_key, role=s3.assume_role_arn, external_id=s3.assume_role_external_id)


def file_key(path: str, room_name: str, room_id: str, now: int) -> str:
    """Fill in the placeholders of a file path as LiveKit does; `now` in nanoseconds."""
    moment = datetime.datetime.fromtimestamp(now / 1e9, datetime.UTC)
    time = moment.strftime("%Y-%m-%dT%H%M%S")
    for placeholder, value in (
        ("{room_name}", room_name),
        ("{room_id}", room_id),
        ("{time}", time),
        ("{utc}", moment.strftime("%Y%m%d%H%M%S%f")[:-3]),
    ):
        path = path.replace(placeholder, value)
    if not path or path.endswith("/"):
        path += f"{room_name}-{time}"
    path = posixpath.normpath(f"/{path}").lstrip("/")
    return path if path.endswith(".mp4") else f"{path}.mp4"


def _output(composite: Any) -> Any:
    """Return the only file output; raises Refused."""
    deprecated = composite.WhichOneof("output")
    if (
        composite.stream_outputs
        or composite.segment_outputs
        or composite.image_outputs
        or deprecated not in {None, "file"}
    ):
        raise Refused("unimplemented", "this local worker writes one file, nothing else")
    outputs = [*composite.file_outputs, *([composite.file] if deprecated else [])]
    if len(outputs) != 1:
        raise _invalid("output")
    output = outputs[0]
    if output.file_type not in {EncodedFileType.DEFAULT_FILETYPE, EncodedFileType.MP4}:
        raise Refused("unimplemented", "this local worker writes only MP4")
    if output.WhichOneof("output") not in {None, "s3"}:
        raise Refused("unimplemented", "this local worker uploads only to S3")
    if not output.s3.bucket:
        raise _invalid("s3.bucket")
    if output.s3.HasField("proxy"):
        raise Refused("unimplemented", "this local worker uploads without a proxy")
    return output


def _format(composite: Any) -> Format:
    width, height, fps, bitrate = _PRESETS[_Preset.H264_720P_30]
    audio_bitrate, keyframe_interval = 128_000, 2.0
    options = composite.WhichOneof("options")
    if options == "preset":
        if composite.preset not in _PRESETS:
            raise _invalid("preset")
        width, height, fps, bitrate = _PRESETS[composite.preset]
    elif options == "advanced":
        advanced = composite.advanced
        if advanced.video_codec not in _H264 or advanced.audio_codec not in {
            AudioCodec.DEFAULT_AC,
            AudioCodec.AAC,
        }:
            raise Refused("unimplemented", "this local worker encodes only H.264 and AAC")
        width, height = advanced.width or width, advanced.height or height
        fps = advanced.framerate or fps
        bitrate = advanced.video_bitrate * 1000 or bitrate
        audio_bitrate = advanced.audio_bitrate * 1000 or audio_bitrate
        keyframe_interval = advanced.key_frame_interval or keyframe_interval
    if not (16 <= width <= 3840 and 16 <= height <= 3840 and 1 <= fps <= 120):
        raise _invalid("advanced")
    return Format(
        width=width & ~1,
        height=height & ~1,
        fps=min(fps, MAX_FPS),
        video_bitrate=bitrate,
        audio_bitrate=audio_bitrate,
        keyframe_interval=keyframe_interval,
        video=not composite.audio_only,
        audio=not composite.video_only,
        layout=composite.layout.removesuffix("-light").removesuffix("-dark") or "grid",
    )


def _starting(request: Any, key: str, now: int) -> EgressInfo:
    composite = request.room_composite
    info = EgressInfo(
        egress_id=request.egress_id,
        room_id=request.room_id,
        room_name=composite.room_name,
        status=EgressStatus.EGRESS_STARTING,
        started_at=now,
        updated_at=now,
    )
    info.room_composite.CopyFrom(composite)
    redact(info)
    info.file.filename = key
    info.file_results.add(filename=key)
    return info


def redact(info: EgressInfo) -> None:
    """Replace credentials in the request by placeholders: LiveKit shows it to all callers."""
    composite = info.room_composite
    outputs = list(composite.file_outputs)
    if composite.WhichOneof("output") == "file":
        outputs.append(composite.file)
    for output in outputs:
        if output.WhichOneof("output") != "s3":
            continue
        for name, placeholder in _SECRETS.items():
            if getattr(output.s3, name):
                setattr(output.s3, name, placeholder)


def _invalid(name: str) -> Refused:
    return Refused("invalid_argument", f"request has missing or invalid field: {name}")
