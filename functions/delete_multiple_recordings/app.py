"""DELETE /recordings: delete several recordings and their files."""

from http import HTTPStatus

from meet import wiring
from meet.answers import Success, answers
from meet.http import actor_of, create_api, entrypoint, json_reply, no_content
from meet.powertools import Response
from meet.recordings.schemas import DeletionView, IdsQuery, RecordingIds, ids_of

api = create_api()


@api.delete(
    "/api/v1/recordings",
    summary="Delete multiples OpenVidu Meet recordings",
    response_description="All of them are deleted",
    tags=["OpenVidu Meet - Recordings"],
)
@answers(None, Success(DeletionView, meaning="Some of them are not deleted"))
def delete_multiple_recordings(
    body: RecordingIds | None = None,
    recording_ids: IdsQuery = None,
) -> Response[str]:
    """Delete finished recordings and their files.

    The ids come in the body, in `recordingIds` of the query for clients that cannot send a body
    with DELETE, or in both.
    """
    deleted, refused = wiring.recording_deletion().delete_many(
        ids_of(body, recording_ids), by=actor_of(api)
    )
    if not refused:
        return no_content()
    return json_reply(DeletionView.of(deleted, refused).to_json(), HTTPStatus.OK)


handler = entrypoint(api)
