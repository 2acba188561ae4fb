"""POST /recordings: start recording a room."""

from typing import Any

from meet import wiring
from meet.answers import Success, answers
from meet.errors import MediaServerUnavailable, OtherRoom, RoomNotFound
from meet.http import actor_of, create_api, entrypoint, keep_to_own_room, logger
from meet.parameters import IdempotencyKey
from meet.recordings.errors import (
    AlreadyRecording,
    NobodyPublishing,
    OptionsRefused,
    RecordingDisabled,
)
from meet.recordings.schemas import STARTING, RecordingRequest, RecordingView

api = create_api()


@api.post(
    "/api/v1/recordings",
    summary="Create a new OpenVidu Meet recording",
    response_description="The new recording",
    tags=["OpenVidu Meet - Recordings"],
)
@answers(
    Success(RecordingView, example=STARTING),
    RecordingDisabled,
    OtherRoom,
    RoomNotFound,
    AlreadyRecording,
    NobodyPublishing,
    OptionsRefused,
    MediaServerUnavailable,
)
def create_recording(
    request: RecordingRequest, idempotency_key: IdempotencyKey = None
) -> dict[str, Any]:
    """Start recording a room in which someone publishes; the answer does not wait for the recorder.

    A room has at most one recording at a time.
    """
    logger.append_keys(room=request.room_name)
    keep_to_own_room(api, request.room_name)

    def start() -> dict[str, Any]:
        recording = wiring.recording_control().start(
            request.room_name, by=actor_of(api), wished=request.to_plan()
        )
        logger.append_keys(recording=recording.id)
        return RecordingView.of(recording).to_json()

    return wiring.once(api, "createRecording", idempotency_key, start)


handler = entrypoint(api)
