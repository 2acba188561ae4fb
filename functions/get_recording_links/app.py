"""GET /recordings/{recordingId}/links: list a recording's share links."""

from typing import Any

from meet import wiring
from meet.answers import answers
from meet.http import create_api, entrypoint
from meet.parameters import RecordingId
from meet.recordings.errors import RecordingNotFound
from meet.recordings.link_schemas import ShareLinksView, ShareLinkView

api = create_api()


@api.get(
    "/api/v1/recordings/<recording_id>/links",
    summary="Get the share links of an OpenVidu Meet recording",
    response_description="The links, newest first",
    tags=["OpenVidu Meet - Recordings"],
)
@answers(ShareLinksView, RecordingNotFound)
def get_recording_links(recording_id: RecordingId) -> dict[str, Any]:
    """List the share links of a recording, with their views but without their URLs.

    One that has expired is listed for a day. There are 100 at most.
    """
    found = wiring.recording_sharing().all(recording_id)
    return ShareLinksView(links=[ShareLinkView.of(each) for each in found]).to_json()


handler = entrypoint(api)
