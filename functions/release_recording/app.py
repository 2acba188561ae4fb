"""DELETE /recordings/{recordingId}/hold: let a recording be deleted again."""

from meet import wiring
from meet.answers import answers
from meet.http import actor_of, create_api, entrypoint, no_content
from meet.parameters import RecordingId
from meet.powertools import Response
from meet.recordings.errors import RecordingNotFound

api = create_api()


@api.delete(
    "/api/v1/recordings/<recording_id>/hold",
    summary="Lift the hold of an OpenVidu Meet recording",
    response_description="The recording is not held, or is not held any longer",
    tags=["OpenVidu Meet - Recordings"],
)
@answers(None, RecordingNotFound)
def release_recording(recording_id: RecordingId) -> Response[str]:
    """Lift the hold; a recording whose expiration date has passed by then is deleted."""
    wiring.recording_custody().release(recording_id, by=actor_of(api))
    return no_content()


handler = entrypoint(api)
