"""Which events an endpoint wants."""

from meet.events.model import EventType, StoredEvent
from meet.webhooks import openvidu
from meet.webhooks.model import Definition, Format

WILDCARD = ".*"


def wants(definition: Definition, event: StoredEvent) -> bool:
    """True if an endpoint is to be sent an event."""
    if definition.room_name is not None and event.room_name != definition.room_name:
        return False
    if not event.room_name.startswith(definition.room_name_prefix or ""):
        return False
    if definition.format is Format.OPENVIDU:
        name = openvidu.name_of(event.type)
        return name is not None and (not definition.types or name in definition.types)
    return not definition.types or any(_matches(each, event.type) for each in definition.types)


def can_express(format: Format, type: EventType) -> bool:  # noqa: A002 - the contract's names
    """True if events of a type can be sent in a format."""
    return format is Format.STANDARD or openvidu.name_of(type) is not None


def _matches(name: str, type: EventType) -> bool:  # noqa: A002
    group = name.removesuffix(WILDCARD)
    return name == type or (group != name and type.startswith(f"{group}."))
