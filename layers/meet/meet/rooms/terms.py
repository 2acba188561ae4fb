"""The part of request bodies that says who may join a room, when, and what its owner notes."""

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from meet.clock import Milliseconds
from meet.rooms.model import Lobby, Role, Terms
from meet.types import (
    Boolean,
    Integer,
    Text,
    Timestamp,
    WireModel,
    broken_rule,
    expected,
    one_of,
)

MAX_DURATION_MINUTES = 1440
MAX_METADATA = 50
MAX_METADATA_KEY = 40
MAX_METADATA_VALUE = 500
_LATEST = 10**15 - 1
"""The last moment that a list key could hold: far enough, and safe to store."""

WAITING_ROLES = (Role.PUBLISHER, Role.VIEWER)
STATUSES = ("open", "closed")
SHOWN_STATUSES = (*STATUSES, "active_meeting")


def not_null(kind: str) -> BeforeValidator:
    """Return the validator of a property that may be absent, but not null."""

    def check(value: object) -> object:
        if value is None:
            raise expected(kind, value)
        return value

    return BeforeValidator(check)


def _metadata(value: object) -> object:
    if not isinstance(value, dict):
        raise expected("object", value)
    if len(value) > MAX_METADATA:
        raise broken_rule(f"Must have at most {MAX_METADATA} properties")
    for name in value:
        if not 1 <= len(name) <= MAX_METADATA_KEY:
            raise broken_rule(f"Names of properties must have 1 to {MAX_METADATA_KEY} characters")
        try:
            name.encode()
        except UnicodeEncodeError as error:
            raise broken_rule("Names of properties must be valid Unicode") from error
    return value


def _list(value: object) -> object:
    if not isinstance(value, list):
        raise expected("array", value)
    return value


def _each_once(roles: list[Role]) -> list[Role]:
    return [role for role in Role if role in roles]


Status = Annotated[
    str | None,
    BeforeValidator(partial(one_of, SHOWN_STATUSES, STATUSES)),
    WithJsonSchema({"type": "string", "enum": list(STATUSES)}),
]
"""`active_meeting`, which answers contain, says nothing about what is wished."""

WaitingRole = Annotated[
    Role,
    BeforeValidator(partial(one_of, WAITING_ROLES, WAITING_ROLES)),
    WithJsonSchema({"type": "string", "enum": list(WAITING_ROLES)}),
]

Metadata = Annotated[
    dict[str, Annotated[Text, Field(max_length=MAX_METADATA_VALUE)]],
    BeforeValidator(_metadata),
    WithJsonSchema(
        {
            "type": "object",
            "maxProperties": MAX_METADATA,
            "propertyNames": {"minLength": 1, "maxLength": MAX_METADATA_KEY},
            "additionalProperties": {"type": "string", "maxLength": MAX_METADATA_VALUE},
        }
    ),
]


Moment = Annotated[
    Timestamp,
    Field(ge=0, le=_LATEST),
    WithJsonSchema({"type": "number", "multipleOf": 1, "minimum": 0, "maximum": _LATEST}),
]


class LinkOptions(WireModel):
    """A join link of a room."""

    enabled: Boolean = Field(True, description="Whether one can join with it.", examples=[False])


class LinksOptions(WireModel):
    """The join links of a room."""

    moderator: LinkOptions = LinkOptions()
    publisher: LinkOptions = LinkOptions()
    viewer: LinkOptions = LinkOptions()

    def disabled(self) -> list[Role]:
        """Return the roles whose links are disabled."""
        return [role for role in Role if not getattr(self, role).enabled]


class LobbyOptions(WireModel):
    """Where participants wait until a moderator admits them."""

    enabled: Boolean = Field(False, description="Whether there is a lobby.", examples=[True])
    roles: Annotated[
        list[WaitingRole],
        BeforeValidator(_list),
        Field(min_length=1),
        AfterValidator(_each_once),
    ] = Field(list(WAITING_ROLES), description="Who waits in it.", examples=[["viewer"]])
    open_without_moderator: Boolean = Field(
        False,
        description="Whether nobody waits while no moderator is there.",
        examples=[False],
    )


class RoomTerms(WireModel):
    """Who may join a room, when, and what its owner notes about it."""

    starts_at: Moment | None = Field(
        None,
        description="Before this moment, in milliseconds since the Unix epoch, only moderators "
        "join. Null: there is none.",
        examples=[1_893_400_000_000],
    )
    max_duration_minutes: Annotated[Integer, Field(ge=1, le=MAX_DURATION_MINUTES)] | None = Field(
        None, description="How long a meeting may last. Null: as long as the room.", examples=[90]
    )
    metadata: Metadata = Field(
        default_factory=dict,
        description="Your own notes about the room. An update replaces them as a whole.",
        examples=[{"course": "algebra-1"}],
    )
    status: Annotated[Status, not_null("string")] = Field(
        None,
        description="`closed`: nobody new may join, and those inside stay.",
        examples=["open"],
    )
    links: LinksOptions = Field(LinksOptions(), description="Which links one can join with.")
    lobby: LobbyOptions = Field(LobbyOptions(), description="Who waits to be admitted.")

    def to_terms(self) -> Terms:
        """Return the terms of a new room."""
        return Terms(
            starts_at=None if self.starts_at is None else Milliseconds(self.starts_at),
            max_duration_minutes=self.max_duration_minutes,
            metadata=self.metadata,
            is_closed=self.status == "closed",
            lobby=Lobby(
                enabled=self.lobby.enabled,
                roles=tuple(self.lobby.roles),
                open_without_moderator=self.lobby.open_without_moderator,
            ),
        )

    def term_changes(self) -> dict[str, Any]:
        """Return the properties in the body by their dotted paths."""
        named: dict[str, Any] = self.model_dump(by_alias=True, exclude_unset=True)
        if named.get("status") not in STATUSES:
            named.pop("status", None)
        nested = ("links", "lobby")
        return {
            path: value
            for name in TERMS
            if name in named
            for path, value in (
                _leaves(named[name], name) if name in nested else {name: named[name]}
            ).items()
        }


TERMS = tuple(str(field.alias) for field in RoomTerms.model_fields.values())


def _leaves(value: Any, path: str) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        return {path: value}
    return {
        p: v for name, child in value.items() for p, v in _leaves(child, f"{path}.{name}").items()
    }
