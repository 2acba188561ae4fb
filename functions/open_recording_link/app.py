"""POST /recordings/{recordingId}/links/{linkId}/open: what a share link shows."""

from typing import Annotated, Any

from meet import wiring
from meet.answers import answers
from meet.http import address_of, create_api, entrypoint, origin
from meet.parameters import RecordingId
from meet.powertools import Body
from meet.recordings.errors import (
    LinkExpired,
    LinkNotFound,
    LinkUsedUp,
    RecordingNotFound,
    RecordingNotReady,
)
from meet.recordings.link_schemas import LinkId, LinkToken, SharedRecordingView

api = create_api()


@api.post(
    "/api/v1/recordings/<recording_id>/links/<link_id>/open",
    summary="Open a share link of an OpenVidu Meet recording",
    response_description="The recording, and a link to its stream",
    tags=["Internal API - Recordings"],
)
@answers(
    SharedRecordingView,
    LinkNotFound,
    RecordingNotFound,
    RecordingNotReady,
    LinkExpired,
    LinkUsedUp,
)
def open_recording_link(
    recording_id: RecordingId, link_id: LinkId, request: Annotated[LinkToken, Body()]
) -> dict[str, Any]:
    """Say what the link shows, and where it is played. The page of the link calls this.

    It counts no view: the first bytes of the stream do.
    """
    opened = wiring.shared_playback().open(
        recording_id, link_id, request.token, address=address_of(api)
    )
    path = f"/meet/api/v1/recordings/{recording_id}/links/{link_id}/stream"
    url = f"{origin(api)}{path}?{opened.query}"
    view = SharedRecordingView.of(
        opened.recording, opened.link, stream_url=url, stream_expires_at=opened.pass_expires_at
    )
    return view.to_json()


handler = entrypoint(api)
