"""What happens to answers of agents that are not sent as they came: they are held, and released."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from mailgateway.desk.model import HeldAnswer


class HeldEnd(StrEnum):
    """How an answer ended that was held."""

    SENT = "sent"
    DROPPED = "dropped"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True)
class HoldAnswer:
    """Keep the article that was just added as an agent's answer that waits for their decision.

    `inside` is as in `HeldAnswer`; `not_told` says why the agent could not be asked, "" where they are.
    """

    agent: str
    inside: bool = False
    not_told: str = ""


@dataclass(frozen=True, slots=True)
class HoldOn:
    """Ask the agent of a held answer once more: it waits from now on."""

    held: HeldAnswer
    not_told: str = ""


@dataclass(frozen=True, slots=True)
class ReleaseAnswer:
    """Hold an answer no longer, since it is sent, dropped or replaced."""

    held: HeldAnswer
    end: HeldEnd


HoldChange = HoldAnswer | HoldOn | ReleaseAnswer


def held_after(held: tuple[HeldAnswer, ...], change: HoldChange, at: datetime) -> tuple[HeldAnswer, ...]:
    """Return what is held with a ticket after a change at this time; a new one has no article yet."""
    match change:
        case HoldAnswer(agent, inside):
            return (*held, HeldAnswer(agent, at, inside=inside))
        case HoldOn(asked):
            return tuple(replace(one, at=at) if one == asked else one for one in held)
        case ReleaseAnswer(gone):
            return tuple(one for one in held if one != gone)
