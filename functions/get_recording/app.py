"""GET /recordings/{recordingId}: show a recording."""

from typing import Any

from meet import wiring
from meet.answers import answers
from meet.http import create_api, entrypoint
from meet.parameters import Fields, RecordingId
from meet.recordings.errors import RecordingNotFound
from meet.recordings.schemas import RecordingView

api = create_api()


@api.get(
    "/api/v1/recordings/<recording_id>",
    summary="Get details of an OpenVidu Meet recording",
    response_description="The recording",
    tags=["OpenVidu Meet - Recordings"],
)
@answers(RecordingView, RecordingNotFound)
def get_recording(recording_id: RecordingId, fields: Fields = None) -> dict[str, Any]:
    """Show a recording, or the properties of it that `fields` names."""
    recording = wiring.recording_repository().get(recording_id)
    return RecordingView.of(recording).to_json(fields)


handler = entrypoint(api)
