"""POST /recordings: start recording a room."""

from typing import Any

from meet import wiring
from meet.http import IdempotencyKey, create_api, entrypoint, keep_to_own_room
from meet.recordings.schemas import RecordingRequest, RecordingView

api = create_api()


@api.post("/api/v1/recordings")
def create_recording(
    request: RecordingRequest, idempotency_key: IdempotencyKey = None
) -> dict[str, Any]:
    """Start recording a room that somebody publishes in."""
    keep_to_own_room(api, request.room_name)

    def start() -> dict[str, Any]:
        return RecordingView.of(wiring.recording_control().start(request.room_name)).to_json()

    if idempotency_key is None:
        return start()
    body = api.current_event.json_body
    return wiring.once("createRecording", idempotency_key, body, start, api.lambda_context)


handler = entrypoint(api)
