"""DELETE /recordings/{recordingId}/links/{linkId}: revoke a share link."""

from meet import wiring
from meet.answers import answers
from meet.http import create_api, entrypoint, no_content
from meet.parameters import RecordingId
from meet.powertools import Response
from meet.recordings.errors import LinkNotFound, RecordingNotFound
from meet.recordings.link_schemas import LinkId

api = create_api()


@api.delete(
    "/api/v1/recordings/<recording_id>/links/<link_id>",
    summary="Delete a share link of an OpenVidu Meet recording",
    response_description="The link is deleted",
    tags=["OpenVidu Meet - Recordings"],
)
@answers(None, RecordingNotFound, LinkNotFound)
def delete_recording_link(recording_id: RecordingId, link_id: LinkId) -> Response[str]:
    """Delete a share link. From then on it opens nothing, also where it is being watched."""
    wiring.recording_sharing().revoke(recording_id, link_id)
    return no_content()


handler = entrypoint(api)
