"""Request and response bodies about those who wait."""

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field

from meet.lobby.model import Decision, Waiting
from meet.lobby.service import Turn
from meet.participants.views import GlanceView
from meet.powertools import Path
from meet.rooms.model import Role
from meet.types import PathSegment, View, WireModel, broken_rule, expected

_SINCE = 1_861_963_202_000
_ID = f"{_SINCE:015d}-3f0a9c51d27e4b86a1c0f5d2e7b93480"

WaitingId = Annotated[
    PathSegment, Path(description="Whom it is about: the `id` in the list of those who wait.")
]


def _decision(value: object) -> object:
    if not isinstance(value, str):
        raise expected("string", value)
    if value not in tuple(Decision):
        raise broken_rule(f"Must be one of {', '.join(Decision)}")
    return value


class DecisionRequest(WireModel, title="WaitingDecision"):
    """What is decided about those who wait."""

    decision: Annotated[Literal["admit", "deny"], BeforeValidator(_decision)] = Field(
        description="Whether they get a token when they ask next, or are told that they were not "
        "admitted.",
        examples=["admit"],
    )


class WaitingView(View, title="WaitingParticipant"):
    """Somebody who waits to be admitted to a room."""

    id: str = Field(description="Names them when a decision is sent.", examples=[_ID])
    participant_name: str = Field(description="The name that others would see.", examples=["Alice"])
    role: Role = Field(description="The role that they would have.", examples=["publisher"])
    since: int = Field(
        description="When they asked first, in milliseconds since the Unix epoch.",
        examples=[_SINCE],
    )
    decision: Literal["admit", "deny"] | None = Field(
        None, description="What was decided; absent while they wait.", examples=["admit"]
    )

    @classmethod
    def of(cls, waiting: Waiting) -> Self:
        """Return the view of somebody who waits."""
        return cls(
            id=waiting.id,
            participant_name=waiting.name,
            role=waiting.role,
            since=waiting.since,
            decision=waiting.decision and waiting.decision.value,
        )


class WaitingList(View, title="WaitingParticipants"):
    """Those who wait to be admitted."""

    waiting: list[WaitingView] = Field(description="At most 500, those who wait longest first.")


class DecisionsView(View, title="WaitingDecisions"):
    """What was decided about everybody who waited."""

    decision: Decision = Field(description="What was decided.", examples=["admit"])
    participants: int = Field(description="How many it concerns; may be 0.", examples=[3])


class TurnView(View, title="ParticipantWaiting"):
    """The room has a lobby, and the caller has to wait there for a moderator."""

    status: Literal["waiting", "lobby"] = Field(
        description="`waiting`: ask again with the ticket. `lobby`: the room has a lobby, and "
        "nobody was told of the caller, who asked with `wait` false.",
        examples=["waiting"],
    )
    ticket: str | None = Field(
        None,
        description="To ask again with; valid for 30 minutes, and a secret of the caller's.",
        examples=[f"OpenVidu-k3v9x0q2m7t1c8z.{_SINCE:015d}.ticket-secret"],
    )
    poll_after: int | None = Field(
        None, description="The seconds after which to ask again.", examples=[2]
    )
    participant_name: str | None = Field(
        None, description="The name to join with, before waiting.", examples=["Alice"]
    )
    role: Literal["moderator", "publisher", "viewer"] | None = Field(
        None, description="The role to join with, before waiting.", examples=["publisher"]
    )

    meeting: GlanceView | None = Field(
        None, description="With `wait` false: the meeting that is going on, if there is one."
    )

    @classmethod
    def of(cls, turn: Turn, meeting: GlanceView | None = None) -> Self:
        """Return the view of a caller's turn."""
        status: Literal["waiting", "lobby"] = "lobby" if turn.ticket is None else "waiting"
        return cls(
            status=status,
            ticket=turn.ticket,
            poll_after=turn.poll_after,
            participant_name=turn.applicant and turn.applicant.name,
            role=turn.applicant and turn.applicant.role.value,
            meeting=meeting,
        )
