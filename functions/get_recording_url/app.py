"""GET /recordings/{recordingId}/url: a link to the stream that needs no API key."""

from typing import Any

from meet import clock, wiring
from meet.clock import Milliseconds
from meet.errors import RecordingNotReady
from meet.http import create_api, entrypoint, origin
from meet.recordings import playback
from meet.recordings.lifecycle import Status
from meet.recordings.schemas import LinkView
from meet.types import PathSegment

api = create_api()


@api.get(
    "/api/v1/recordings/<recording_id>/url",
    summary="Get a link that plays an OpenVidu Meet recording",
    response_description="The link",
    tags=["OpenVidu Meet - Recordings"],
)
def get_recording_url(recording_id: PathSegment) -> dict[str, Any]:
    """Give a link to the stream of this recording alone, for players that can send no API key.

    Anyone who has it may watch, until it expires or the recording is deleted.
    """
    recording = wiring.recording_repository().get(recording_id)
    if recording.status is not Status.READY:
        raise RecordingNotReady
    expires_at = Milliseconds(clock.now() + playback.LIFETIME)
    token = playback.sign(recording.id, expires_at=expires_at, key=wiring.playback_key())
    path = f"/meet/api/v1/recordings/{recording.id}/stream"
    url = f"{origin(api)}{path}?{playback.PARAMETER}={token}"
    return LinkView(url=url, expires_at=expires_at).to_json()


handler = entrypoint(api)
