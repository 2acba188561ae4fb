"""POST /recordings: start recording a room."""

from typing import Any

from meet import wiring
from meet.http import (
    IdempotencyKey,
    actor_of,
    caller_of,
    create_api,
    entrypoint,
    keep_to_own_room,
    logger,
)
from meet.recordings.schemas import RecordingRequest, RecordingView

api = create_api()


@api.post(
    "/api/v1/recordings",
    summary="Create a new OpenVidu Meet recording",
    response_description="The new recording",
    tags=["OpenVidu Meet - Recordings"],
)
def create_recording(
    request: RecordingRequest, idempotency_key: IdempotencyKey = None
) -> dict[str, Any]:
    """Start recording a room that somebody publishes in, and answer before the recording has begun.

    A room has one recording at a time.
    """
    logger.append_keys(room=request.room_name)
    keep_to_own_room(api, request.room_name)

    def start() -> dict[str, Any]:
        recording = wiring.recording_control().start(request.room_name, by=actor_of(api))
        logger.append_keys(recording=recording.id)
        return RecordingView.of(recording).to_json()

    return wiring.once(
        "createRecording",
        idempotency_key,
        api.current_event.json_body,
        start,
        caller=caller_of(api),
        context=api.lambda_context,
    )


handler = entrypoint(api)
