"""PUT /recordings/{recordingId}: stop a recording."""

from meet import wiring
from meet.answers import answers
from meet.http import actor_of, create_api, entrypoint, no_content, room_of_caller
from meet.parameters import RecordingId
from meet.powertools import Response
from meet.recordings.errors import RecordingFinished, RecordingNotFound

api = create_api()


@api.put(
    "/api/v1/recordings/<recording_id>",
    summary="Stop an OpenVidu Meet recording",
    response_description="The recording is stopping",
    tags=["OpenVidu Meet - Recordings"],
)
@answers(None, RecordingNotFound, RecordingFinished)
def stop_recording(recording_id: RecordingId) -> Response[str]:
    """Stop a recording, also one that is just starting.

    Stopping it again before it has stopped changes nothing.
    """
    wiring.recording_control().stop(recording_id, by=actor_of(api), within=room_of_caller(api))
    return no_content()


handler = entrypoint(api)
