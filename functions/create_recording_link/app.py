"""POST /recordings/{recordingId}/links: share a recording."""

from http import HTTPStatus

from aws_lambda_powertools.event_handler import Response

from meet import wiring
from meet.answers import Success, answers
from meet.errors import InvalidRequest
from meet.http import actor_of, create_api, entrypoint, json_reply, origin
from meet.parameters import RecordingId
from meet.recordings.errors import RecordingNotFound, RecordingNotReady
from meet.recordings.link_schemas import NewShareLink, ShareLinkView

api = create_api()


@api.post(
    "/api/v1/recordings/<recording_id>/links",
    summary="Share an OpenVidu Meet recording",
    response_description="The new link",
    tags=["OpenVidu Meet - Recordings"],
)
@answers(
    Success(ShareLinkView, HTTPStatus.CREATED, "The new link"),
    RecordingNotFound,
    RecordingNotReady,
    InvalidRequest(("expiresAt", "Required")),
)
def create_recording_link(recording_id: RecordingId, request: NewShareLink) -> Response[str]:
    """Make a link to a page that plays this recording for anyone who has it.

    The link is shown only here. It ends when it expires, is viewed too often or is deleted.
    """
    sharing = wiring.recording_sharing()
    link, token = sharing.share(recording_id, request.to_draft(), by=actor_of(api))
    # Behind the #, so that browsers send it in no request for the page and in no Referer.
    url = f"{origin(api)}/meet/watch/{recording_id}#{token}"
    return json_reply(ShareLinkView.of(link, url=url).to_json(), HTTPStatus.CREATED)


handler = entrypoint(api)
