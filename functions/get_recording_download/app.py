"""GET and HEAD /recordings/{recordingId}/download: save a recording's file."""

from meet import wiring
from meet.answers import answers
from meet.http import base64_reply, create_api, entrypoint
from meet.powertools import APIGatewayRestResolver, Response
from meet.recordings.errors import (
    InvalidRangeHeader,
    RangeNotSatisfiable,
    RecordingNotFound,
    RecordingNotReady,
)
from meet.recordings.stream import StreamRequest
from meet.types import decode_segment

api: APIGatewayRestResolver = create_api(validate=False)  # Powertools would reject the bytes


@api.route(
    "/api/v1/recordings/<recording_id>/download",
    method=["GET", "HEAD"],
    summary="Download an OpenVidu Meet recording",
    response_description="The whole recording, to be saved under the name of its room and day",
    tags=["OpenVidu Meet - Recordings"],
)
@answers(InvalidRangeHeader, RecordingNotFound, RecordingNotReady, RangeNotSatisfiable(size=0))
def get_recording_download(recording_id: str) -> Response[str]:
    """Send the file, or from 4 MiB on a redirect to it, so that browsers save it."""
    request = StreamRequest.of(api.current_event.http_method, api.current_event.headers)
    answer = wiring.recording_delivery().download(decode_segment(recording_id), request)
    return base64_reply(answer.status, answer.headers, answer.base64)


handler = entrypoint(api, json_body=False)
