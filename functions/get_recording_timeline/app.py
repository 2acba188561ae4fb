"""GET /recordings/{recordingId}/timeline: what happened to a recording, and how that is known."""

from typing import Any

from meet import wiring
from meet.answers import answers
from meet.http import create_api, entrypoint
from meet.parameters import RecordingId
from meet.recordings.errors import RecordingNotFound
from meet.recordings.timeline_views import TimelineView

api = create_api()


@api.get(
    "/api/v1/recordings/<recording_id>/timeline",
    summary="Get the timeline of an OpenVidu Meet recording",
    response_description="What is known about it, oldest first",
    tags=["OpenVidu Meet - Recordings"],
)
@answers(TimelineView, RecordingNotFound)
def get_recording_timeline(recording_id: RecordingId) -> dict[str, Any]:
    """Show what happened to a recording, also to one that was deleted and can be restored.

    It answers who stopped a recording, why it failed, and when its file came.
    """
    entries = wiring.recording_repository().timeline(recording_id)
    return TimelineView.of(entries).to_json()


handler = entrypoint(api)
