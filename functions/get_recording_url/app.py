"""GET /recordings/{recordingId}/url: a link to the stream that needs no API key."""

from typing import Any

from meet import wiring
from meet.answers import answers
from meet.http import create_api, entrypoint, origin
from meet.parameters import RecordingId
from meet.recordings.errors import RecordingNotFound, RecordingNotReady
from meet.recordings.schemas import LinkView

api = create_api()


@api.get(
    "/api/v1/recordings/<recording_id>/url",
    summary="Get a link that plays an OpenVidu Meet recording",
    response_description="The link",
    tags=["OpenVidu Meet - Recordings"],
)
@answers(LinkView, RecordingNotFound, RecordingNotReady)
def get_recording_url(recording_id: RecordingId) -> dict[str, Any]:
    """Return a link to the stream of this recording, for players that cannot send an API key.

    Anyone with the link can watch, until it expires or the recording is deleted.
    """
    link = wiring.recording_delivery().stream_link(recording_id, origin=origin(api))
    return LinkView.of(link).to_json()


handler = entrypoint(api)
