"""The schemas of the code that are in the document, by their names there."""

from meet.events.schemas import EventList
from meet.participants.schemas import TokenView
from meet.recordings.schemas import DeletionView, LinkView, RecordingView
from meet.rooms.schemas import RoomPreferences, RoomView
from meet.types import WireModel
from meet.webhooks.schemas import (
    AttemptView,
    DeliveryView,
    NewWebhookView,
    ReplayView,
    SecretView,
    WebhookList,
    WebhookView,
)

NOT_BLANK = {"minLength": 1, "pattern": r"\S"}

PREFERENCES = [str(field.alias) for field in RoomPreferences.model_fields.values()]

VIEWS: dict[str, type[WireModel]] = {
    "OpenViduMeetRoom": RoomView,
    "OpenViduMeetRecording": RecordingView,
    "ParticipantToken": TokenView,
    "RecordingDeletion": DeletionView,
    "RecordingLink": LinkView,
    "Events": EventList,
    "Webhook": WebhookView,
    "NewWebhookWithSecret": NewWebhookView,
    "Webhooks": WebhookList,
    "WebhookAttempt": AttemptView,
    "WebhookSecret": SecretView,
    "WebhookDelivery": DeliveryView,
    "WebhookReplay": ReplayView,
}
"""What is answered, by its name in the document."""

WITH_FIELDS = ("OpenViduMeetRoom", "OpenViduMeetRecording")
"""Views of which a caller may ask for some properties only."""

RENAMED = {
    "ActorView": "Actor",
    "EventView": "Event",
    "NotDeleted": "RecordingNotDeleted",
    "RoomOptions": "OpenViduMeetRoomOptions",
    "Format": "WebhookFormat",
    "ReplayRequest": "WebhookReplayRequest",
    "Rotation": "WebhookSecretRotation",
    "TokenRequest": "ParticipantTokenRequest",
    "WebhookView": "Webhook",
}
"""Names in the code -> names in the document, where they differ."""


def always(view: type[WireModel]) -> list[str]:
    """Return the properties that are never absent, unless by `fields`."""
    return [str(each.alias) for each in view.model_fields.values() if each.default is not None]
