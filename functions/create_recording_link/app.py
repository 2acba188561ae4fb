"""POST /recordings/{recordingId}/links: share a recording."""

from http import HTTPStatus

from meet import bearers, wiring
from meet.answers import Success, answers
from meet.errors import InvalidRequest
from meet.http import actor_of, create_api, entrypoint, json_reply, origin
from meet.parameters import IdempotencyKey, RecordingId
from meet.powertools import Response
from meet.recordings.errors import RecordingNotFound, RecordingNotReady, TooManyLinks
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
    TooManyLinks,
    InvalidRequest(("expiresAt", "Required")),
)
def create_recording_link(
    recording_id: RecordingId, request: NewShareLink, idempotency_key: IdempotencyKey = None
) -> Response[str]:
    """Make a link to a page that plays this recording for anyone who has it.

    The link is shown only here. It ends when it expires, is viewed too often or is deleted.
    """
    key = wiring.token_key(idempotency_key)

    def create() -> dict[str, object]:
        draft, by = request.to_draft(), actor_of(api)
        link = wiring.recording_sharing().share(recording_id, draft, by=by, key=key)
        return ShareLinkView.of(link).to_json()  # answers are kept without the token

    view = wiring.once(api, "createRecordingLink", idempotency_key, create, about=recording_id)
    # Behind the #, so that browsers send it in no request for the page and in no Referer.
    page = f"{origin(api)}/meet/watch/{recording_id}#"
    shown = bearers.with_url(view, "linkId", before=page, key=key)
    return json_reply(shown, HTTPStatus.CREATED)


handler = entrypoint(api)
