"""POST /recordings/{recordingId}/restore: undo deleting a recording."""

from typing import Any

from meet import wiring
from meet.answers import answers
from meet.http import actor_of, create_api, entrypoint
from meet.parameters import RecordingId
from meet.recordings.errors import RecordingBeingDeleted, RecordingNotFound
from meet.recordings.schemas import RecordingView

api = create_api()


@api.post(
    "/api/v1/recordings/<recording_id>/restore",
    summary="Restore a deleted OpenVidu Meet recording",
    response_description="The recording, which can be played again",
    tags=["OpenVidu Meet - Recordings"],
)
@answers(RecordingView, RecordingNotFound, RecordingBeingDeleted)
def restore_recording(recording_id: RecordingId) -> dict[str, Any]:
    """Undo the deletion of a recording, within the days that the deployment allows for it.

    One that is not deleted stays as it is.
    """
    recording = wiring.recording_custody().restore(recording_id, by=actor_of(api))
    return RecordingView.of(recording).to_json()


handler = entrypoint(api)
