"""GET and HEAD /recordings/{recordingId}/stream: play a recording, whole or in part."""

from http import HTTPStatus

from meet import wiring
from meet.answers import answers
from meet.http import JSON, base64_reply, create_api, entrypoint, json_reply
from meet.negotiation import prefers
from meet.powertools import APIGatewayRestResolver, Response
from meet.recordings.errors import (
    InvalidRangeHeader,
    RangeNotSatisfiable,
    RecordingNotFound,
    RecordingNotReady,
)
from meet.recordings.media import MEDIA_TYPE
from meet.recordings.schemas import LinkView
from meet.recordings.stream import VERSION, StreamRequest
from meet.types import decode_segment

api: APIGatewayRestResolver = create_api(validate=False)  # Powertools would reject the bytes


@api.route(
    "/api/v1/recordings/<recording_id>/stream",
    method=["GET", "HEAD"],
    summary="Stream an OpenVidu Meet recording",
    response_description="The whole recording; or a link to it, for clients that prefer JSON",
    tags=["Internal API - Recordings"],
)
@answers(InvalidRangeHeader, RecordingNotFound, RecordingNotReady, RangeNotSatisfiable(size=0))
def get_recording_stream(recording_id: str) -> Response[str]:
    """Send the requested bytes, at most 4 MiB, or a link to the file."""
    event, delivery = api.current_event, wiring.recording_delivery()
    query = event.query_string_parameters
    recording_id = decode_segment(recording_id)
    if prefers(event.headers.get("Accept"), JSON, usual=MEDIA_TYPE):
        is_download = query.get("download") == "true"
        link = delivery.file_link(recording_id, is_download=is_download)
        return json_reply(LinkView.of(link).to_json(), HTTPStatus.OK)
    request = StreamRequest.of(event.http_method, event.headers, version=query.get(VERSION))
    answer = delivery.stream(recording_id, request)
    return base64_reply(answer.status, answer.headers, answer.base64)


handler = entrypoint(api, json_body=False)
