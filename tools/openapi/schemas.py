"""The schemas of the code: which are in the document, and what they cannot say themselves."""

from typing import Any

from meet.clock import Milliseconds
from meet.participants.schemas import MAX_NAME, MAX_NAME_BYTES, TokenView
from meet.recordings.media import MAX_DELETES
from meet.recordings.schemas import DeletionView, LinkView, RecordingView
from meet.rooms.model import Role
from meet.rooms.schemas import MAX_LIFETIME_YEARS, RoomView
from meet.types import WireModel

PREFERENCES = ("chatPreferences", "recordingPreferences", "virtualBackgroundPreferences")

NOT_BLANK = {"minLength": 1, "pattern": r"\S"}

NAME = "OpenVidu-k3v9x0q2m7t1c8z"
CREATED, EXPIRES = Milliseconds(1_861_920_000_000), Milliseconds(1_893_456_000_000)
SECRETS = {role: f"{role}-secret" for role in Role}

RECORDING_ID = "rec_01KX3QZ8V5T7M2N4P6R9S0W1Y3"

VIEWS: dict[str, type[WireModel]] = {
    "OpenViduMeetRoom": RoomView,
    "OpenViduMeetRecording": RecordingView,
    "ParticipantToken": TokenView,
    "RecordingDeletion": DeletionView,
    "RecordingLink": LinkView,
}
"""What is answered, by its name in the document."""

WITH_FIELDS = ("OpenViduMeetRoom", "OpenViduMeetRecording")
"""Views of which a caller may ask for some properties only."""

RENAMED = {
    "NotDeleted": "RecordingNotDeleted",
    "RoomOptions": "OpenViduMeetRoomOptions",
    "TokenRequest": "ParticipantTokenRequest",
}
"""Names in the code -> names in the document, where they differ."""

_ROOM = {
    "roomName": {"description": "The prefix and 15 random characters.", "examples": [NAME]},
    "creationDate": {
        "description": "When the room was made, in milliseconds since the Unix epoch.",
        "examples": [CREATED],
    },
    "expirationDate": {
        "description": (
            "When the room closes and everybody has to leave, in milliseconds since the Unix epoch."
        ),
        "examples": [EXPIRES],
    },
    "roomNamePrefix": {
        "description": "What was left of the wished prefix; may be empty.",
        "examples": ["OpenVidu"],
    },
    "preferences": {"description": "What the room allows; complete."},
    "maxParticipants": {
        "description": "How many people may be in the room at once; absent if there is no limit.",
        "minimum": 1,
        "maximum": 10_000,
        "examples": [10],
    },
    **{
        f"{role}URL": {
            "description": f"The link to join as {role}. Whoever has it may enter.",
            "format": "uri",
            "examples": [f"http://localhost:6080/meet/{NAME}/?secret={SECRETS[role]}"],
        }
        for role in Role
    },
}

_RECORDING = {
    "id": {"description": "Identifies the recording.", "examples": [RECORDING_ID]},
    "roomName": {"description": "The room that was recorded.", "examples": [NAME]},
    "outputMode": {"description": "All participants in one picture.", "examples": ["COMPOSED"]},
    "status": {
        "description": (
            "How far the recording has come. It never goes back; READY and FAILED are the end."
        ),
        "examples": ["READY"],
    },
    "filename": {"description": "The name of the file.", "examples": [f"{RECORDING_ID}.mp4"]},
    "startedAt": {
        "description": "When recording began, in milliseconds since the Unix epoch.",
        "examples": [CREATED],
    },
    "endedAt": {
        "description": "When recording ended, in milliseconds since the Unix epoch.",
        "examples": [CREATED + 60_000],
    },
    "duration": {"description": "In seconds.", "minimum": 0, "examples": [60]},
    "size": {"description": "In bytes.", "minimum": 0, "examples": [7_340_032]},
    "error": {"description": "Why there is no file; only with FAILED."},
}

OF_EVERY_ROOM = [name for name in _ROOM if name != "maxParticipants"]
OF_EVERY_RECORDING = ["id", "roomName", "outputMode", "status", "filename"]
"""Properties that are never absent, unless by `fields`."""

SCHEMAS: dict[str, dict[str, Any]] = {
    "OpenViduMeetRoomOptions": {
        "description": "A room to be.",
        "properties": {
            "expirationDate": {
                "description": (
                    "When the room closes, in milliseconds since the Unix epoch: a whole number, "
                    f"later than now, at most {MAX_LIFETIME_YEARS} years ahead."
                ),
                "multipleOf": 1,
                "examples": [EXPIRES],
            },
            "roomNamePrefix": {
                "description": (
                    "What the room's name begins with. Letters lose their accents; white space "
                    "becomes a hyphen; everything but ASCII letters, digits and hyphens is dropped."
                ),
                "examples": ["OpenVidu"],
            },
            "maxParticipants": {
                "description": (
                    "How many people may be in the room at once. Absent or null: no limit."
                ),
                "examples": [10],
            },
            "preferences": {"description": "What the room allows; what is missing is enabled."},
        },
    },
    "RoomPreferences": {
        "description": "What a room allows.",
        "properties": {
            "chatPreferences": {"description": "The chat of the room."},
            "recordingPreferences": {"description": "The recording of the room."},
            "virtualBackgroundPreferences": {"description": "Virtual backgrounds in the room."},
        },
    },
    "ChatPreferences": {"properties": {"enabled": {"examples": [True]}}},
    "RecordingPreferences": {"properties": {"enabled": {"examples": [True]}}},
    "VirtualBackgroundPreferences": {"properties": {"enabled": {"examples": [True]}}},
    "OpenViduMeetRoom": {
        "description": "A room; with `fields`, only the properties that were asked for.",
        "properties": _ROOM,
    },
    "OpenViduMeetRecording": {
        "description": (
            "A recording; what is not known yet is absent. With `fields`, only the properties "
            "that were asked for."
        ),
        "properties": _RECORDING,
    },
    "RecordingRequest": {
        "description": "What to record.",
        "properties": {"roomName": {"description": "The room to record.", "examples": [NAME]}},
    },
    "RecordingIds": {
        "description": "Which recordings.",
        "properties": {
            "recordingIds": {
                "description": f"Their ids, at most {MAX_DELETES} different ones.",
                "examples": [[RECORDING_ID]],
            }
        },
    },
    "RecordingDeletion": {
        "description": "What became of several recordings.",
        "properties": {
            "deleted": {"description": "The ids of those that are gone."},
            "notDeleted": {"description": "Those that are still there, or never were."},
        },
    },
    "RecordingNotDeleted": {
        "description": "A recording that was not deleted.",
        "properties": {
            "recordingId": {"description": "Its id, as it was sent."},
            "error": {"description": "One sentence on why.", "examples": ["Recording not found"]},
        },
    },
    "RecordingLink": {
        "description": "A link to a recording.",
        "properties": {
            "url": {"description": "Plays the recording, with no API key.", "format": "uri"},
            "expiresAt": {
                "description": "Until when it works, in milliseconds since the Unix epoch.",
                "examples": [CREATED],
            },
        },
    },
    "ParticipantTokenRequest": {
        "description": "Who wants to join which room, and the secret of the link.",
        "properties": {
            "roomName": {"description": "The room to join.", "examples": [NAME]},
            "participantName": {
                "description": (
                    f"The name that others see: 1 to {MAX_NAME} characters, at most "
                    f"{MAX_NAME_BYTES} bytes in UTF-8, some of them visible, none a control or "
                    "format character, and neither `.` nor `..`. Kept in Unicode's form NFC."
                ),
                "examples": ["Alice"],
                "minLength": 1,
                "pattern": r"^(?!\.{1,2}$)[\s\S]*\S[\s\S]*$",
            },
            "secret": {
                "description": "The `secret` in a join link; it decides the role.",
                "examples": ["publisher-secret"],
            },
            "previousToken": {
                "description": (
                    "An earlier token of the same participant for this room, expired or not. The "
                    "new one then has the same identity, so that joining with it replaces the "
                    "earlier connection. Ignored if it is not valid, or if the participant was "
                    "removed."
                ),
            },
        },
    },
    "ParticipantToken": {
        "description": "What a browser needs to join.",
        "properties": {
            "token": {"description": "The LiveKit access token."},
            "apiToken": {
                "description": (
                    "For a moderator: opens the operations of this room, as `Authorization: "
                    "Bearer`. It lasts 6 hours, and ends with the room or the moderator's removal."
                ),
            },
            "participantName": {
                "description": "The name that others see. Several participants may share one.",
                "examples": ["Alice"],
            },
            "participantIdentity": {
                "description": (
                    "The identity in the meeting: the name, `_` and 6 random characters. Unique, "
                    "so it is the one to disconnect a participant by."
                ),
                "examples": ["Alice_k2j9x0"],
            },
            "role": {
                "description": "What the secret stands for.",
                "enum": [role.value for role in Role],
            },
            "livekitUrl": {
                "description": "The LiveKit server to connect to.",
                "format": "uri",
                "examples": ["wss://livekit.example.com"],
            },
        },
    },
}
"""What is laid over the schemas that the code gives."""
