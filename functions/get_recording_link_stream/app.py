"""GET /recordings/{recordingId}/links/{linkId}/stream: play a shared recording."""

from meet import wiring
from meet.answers import answers
from meet.http import address_of, base64_reply, create_api, entrypoint
from meet.powertools import APIGatewayRestResolver, Response
from meet.recordings.errors import (
    DownloadNotAllowed,
    InvalidRangeHeader,
    LinkExpired,
    LinkNotFound,
    LinkUsedUp,
    RangeNotSatisfiable,
    RecordingNotFound,
    RecordingNotReady,
)
from meet.recordings.links import PASS
from meet.recordings.stream import VERSION, StreamRequest
from meet.types import decode_segment

api: APIGatewayRestResolver = create_api(validate=False)  # Powertools would reject the bytes


@api.get(
    "/api/v1/recordings/<recording_id>/links/<link_id>/stream",
    summary="Stream a shared OpenVidu Meet recording",
    response_description="The whole recording; or a link to it, for a download",
    tags=["Internal API - Recordings"],
)
@answers(
    InvalidRangeHeader,
    DownloadNotAllowed,
    RecordingNotFound,
    LinkNotFound,
    RecordingNotReady,
    LinkExpired,
    LinkUsedUp,
    RangeNotSatisfiable(size=0),
)
def get_recording_link_stream(recording_id: str, link_id: str) -> Response[str]:
    """Send the requested bytes, at most 4 MiB. The first ones for an address count as a view."""
    event = api.current_event
    query = event.query_string_parameters
    answer = wiring.shared_playback().stream(
        decode_segment(recording_id),
        decode_segment(link_id),
        StreamRequest.of(event.http_method, event.headers, version=query.get(VERSION)),
        player_pass=query.get(PASS, ""),
        address=address_of(api),
        is_download=query.get("download") == "true",
    )
    return base64_reply(answer.status, answer.headers, answer.base64)


handler = entrypoint(api, json_body=False)
