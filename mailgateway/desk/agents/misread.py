"""What is said of a command that cannot be read."""

from typing import TypeVar

from mailgateway.desk.model import Priority, Status, TicketType
from mailgateway.rules.nearest import nearest

MOST_SHOWN = 60

Member = TypeVar("Member", Status, Priority, TicketType)


class MisreadError(ValueError):
    """A command that cannot be carried out; says why in a line for the agent."""


def member(word: str, value: str, members: type[Member]) -> Member:
    """Return the value that a command names; raises MisreadError where there is no such one."""
    try:
        return members(value.casefold())
    except ValueError:
        known = hint(value, "should be one of", [one.value for one in members])
        raise MisreadError(f"#{word} {shown(value)}: {known}") from None


def hint(value: str, otherwise: str, known: list[str]) -> str:
    """Name the known word that was probably meant, or all of them."""
    near = nearest(value[:MOST_SHOWN], known)
    return f'did you mean "{near}"?' if near is not None else f"{otherwise} {', '.join(known)}"


def shown(value: str) -> str:
    """Return what was written, in short."""
    return value if len(value) <= MOST_SHOWN else f"{value[:MOST_SHOWN]}…"
