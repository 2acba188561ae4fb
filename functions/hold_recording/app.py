"""PUT /recordings/{recordingId}/hold: keep a recording from being deleted."""

from typing import Any

from meet import wiring
from meet.answers import answers
from meet.http import actor_of, create_api, entrypoint
from meet.parameters import RecordingId
from meet.recordings.errors import RecordingBeingDeleted, RecordingNotFound
from meet.recordings.schemas import HoldRequest, RecordingView

api = create_api()


@api.put(
    "/api/v1/recordings/<recording_id>/hold",
    summary="Keep an OpenVidu Meet recording from being deleted",
    response_description="The held recording",
    tags=["OpenVidu Meet - Recordings"],
)
@answers(RecordingView, RecordingNotFound, RecordingBeingDeleted)
def hold_recording(recording_id: RecordingId, request: HoldRequest) -> dict[str, Any]:
    """Hold a recording: until the hold is lifted, neither a request nor its age deletes it.

    Repeated, it replaces the reason.
    """
    recording = wiring.recording_custody().hold(recording_id, request.reason, by=actor_of(api))
    return RecordingView.of(recording).to_json()


handler = entrypoint(api)
