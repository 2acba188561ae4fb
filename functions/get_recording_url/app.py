"""GET /recordings/{recordingId}/url: a link to the stream that needs no API key."""

from typing import Any

from meet import wiring
from meet.http import create_api, entrypoint, origin
from meet.recordings.schemas import LinkView
from meet.types import PathSegment

api = create_api()


@api.get("/api/v1/recordings/<recording_id>/url")
def get_recording_url(recording_id: PathSegment) -> dict[str, Any]:
    """Return a link for this recording alone; it expires, and deleting the recording ends it."""
    link = wiring.recording_delivery().stream_link(recording_id, origin=origin(api))
    return LinkView.of(link).to_json()


handler = entrypoint(api)
