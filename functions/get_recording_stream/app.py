"""GET and HEAD /recordings/{recordingId}/stream: play a recording, whole or in part."""

from http import HTTPStatus

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response

from meet import wiring
from meet.errors import RecordingNotFound, RecordingNotReady
from meet.http import create_api, entrypoint, json_reply
from meet.recordings.byte_range import MAX_LENGTH, ByteRange
from meet.recordings.lifecycle import Status
from meet.recordings.media import FileLost, Link, MediaStore
from meet.recordings.model import Recording
from meet.recordings.schemas import LinkView
from meet.types import decode_segment

api: APIGatewayRestResolver = create_api(validate=False)  # Powertools would refuse the bytes

_VIDEO = "video/mp4"
_PRIVATE = "private, no-store"


@api.route("/api/v1/recordings/<recording_id>/stream", method=["GET", "HEAD"])
def get_recording_stream(recording_id: str) -> Response[str]:
    """Send the bytes asked for, at most 4 MiB of them, or point to a link to the whole file."""
    recording = wiring.recording_repository().get(decode_segment(recording_id))
    if recording.status is not Status.READY or recording.size is None:
        raise RecordingNotReady
    media, headers = wiring.media_store(), api.current_event.headers
    method = api.current_event.http_method
    if headers.get("Accept", "").partition(";")[0].strip().lower() == "application/json":
        is_download = api.current_event.query_string_parameters.get("download") == "true"
        save_as = recording.filename if is_download else None
        link = _link(media, recording, "GET", save_as=save_as)
        view = LinkView(url=link.url, expires_at=link.expires_at)
        return json_reply(view.to_json(), HTTPStatus.OK)
    wanted = headers.get("Range") if _is_current(headers.get("If-Range"), recording) else None
    part = ByteRange.parse(wanted, size=recording.size)
    if part is None and recording.size > MAX_LENGTH:
        location = _link(media, recording, method).url
        return Response(
            HTTPStatus.TEMPORARY_REDIRECT,
            headers={"Location": location, "Cache-Control": _PRIVATE},
        )
    return _content(media, recording, part, send_body=method == "GET")


def _is_current(validator: str | None, recording: Recording) -> bool:
    """Tell whether If-Range allows a range: only our strong ETag does (RFC 9110, 13.1.5)."""
    return validator is None or validator.strip() == recording.etag


def _content(
    media: MediaStore, recording: Recording, part: ByteRange | None, *, send_body: bool
) -> Response[str]:
    size = recording.size or 0
    headers = {
        "Accept-Ranges": "bytes",
        "Cache-Control": _PRIVATE,
        "Content-Length": str(size if part is None else part.length),
        "ETag": recording.etag or "",
    }
    status = HTTPStatus.OK
    if part is not None:
        status = HTTPStatus.PARTIAL_CONTENT
        headers["Content-Range"] = part.content_range(size)
    if not send_body:
        _look_for(media, recording)
        return Response(status, _VIDEO, "", headers=headers)
    try:
        body = media.read_base64(recording.object_key, part)
    except FileLost as error:
        raise RecordingNotFound from error
    response = Response(status, _VIDEO, body, headers=headers)
    response.base64_encoded = True  # Powertools would, with two more copies in memory
    return response


def _link(
    media: MediaStore, recording: Recording, method: str, *, save_as: str | None = None
) -> Link:
    _look_for(media, recording)  # S3 would tell a player in XML that it is lost
    return media.link(recording.object_key, method=method, save_as=save_as)


def _look_for(media: MediaStore, recording: Recording) -> None:
    if media.find(recording.object_key) is None:
        raise RecordingNotFound


handler = entrypoint(api, json_body=False)
