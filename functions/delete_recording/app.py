"""DELETE /recordings/{recordingId}: delete a recording and its file."""

from meet import wiring
from meet.answers import answers
from meet.http import actor_of, create_api, entrypoint, no_content
from meet.parameters import RecordingId
from meet.powertools import Response
from meet.recordings.errors import RecordingHeld, RecordingNotFinished, RecordingNotFound

api = create_api()


@api.delete(
    "/api/v1/recordings/<recording_id>",
    summary="Delete an OpenVidu Meet recording",
    response_description="The recording is deleted",
    tags=["OpenVidu Meet - Recordings"],
)
@answers(None, RecordingNotFound, RecordingNotFinished, RecordingHeld)
def delete_recording(recording_id: RecordingId) -> Response[str]:
    """Delete a finished recording and its file; some deployments let it be restored for days."""
    wiring.recording_deletion().delete(recording_id, by=actor_of(api))
    return no_content()


handler = entrypoint(api)
