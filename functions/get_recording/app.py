"""GET /recordings/{recordingId}: show a recording."""

from typing import Any

from meet import wiring
from meet.http import create_api, entrypoint
from meet.recordings.schemas import RecordingView
from meet.types import PathSegment

api = create_api()


@api.get(
    "/api/v1/recordings/<recording_id>",
    summary="Get details of an OpenVidu Meet recording",
    response_description="The recording",
    tags=["OpenVidu Meet - Recordings"],
)
def get_recording(recording_id: PathSegment, fields: str | None = None) -> dict[str, Any]:
    """Show a recording, or the properties of it that `fields` names."""
    recording = wiring.recording_repository().get(recording_id)
    return RecordingView.of(recording).to_json(fields)


handler = entrypoint(api)
