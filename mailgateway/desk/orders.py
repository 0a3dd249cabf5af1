"""What an agent wants done with a ticket, as a value; `#command` lines at the top of a mail are one way to say it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import TypeVar

from mailgateway.desk.model import Directory, Priority, Status, TicketType
from mailgateway.mail.addresses import parse_addresses
from mailgateway.mail.model import Address


@dataclass(frozen=True, slots=True)
class Orders:
    """What shall change; None and empty leave things as they are. `assign` of "" means to nobody.

    `text` goes to the requester and the participants, or becomes an internal note where `note` is true.
    """

    text: str = ""
    note: bool = False
    status: Status | None = None
    assign: str | None = None
    group: str | None = None
    priority: Priority | None = None
    type: TicketType | None = None
    add_tags: tuple[str, ...] = ()
    remove_tags: tuple[str, ...] = ()
    participants: tuple[Address, ...] = ()
    help: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """Orders as read from a mail, with what could not be understood, one line each."""

    orders: Orders
    problems: tuple[str, ...] = ()


COMMANDS: tuple[tuple[str, str], ...] = (
    ("#note [TEXT]", "the rest of the mail becomes an internal note; nothing goes to the requester"),
    ("#status STATUS", "new, open, pending, on_hold, solved or closed"),
    ("#solved #pending #open #hold #close", "the same, short"),
    ("#assign NAME|me|none", "give the ticket to an agent"),
    ("#group NAME", "hand the ticket over to another group"),
    ("#priority P", "low, normal, high or urgent"),
    ("#type T", "incident, complaint, question, request or problem"),
    ("#tag a b -c", "put tags on, take tags off"),
    ("#cc ADDRESS", "let somebody take part in the ticket"),
    ("#help", "this list"),
)

_SHORT_STATUS = {
    "solved": Status.SOLVED,
    "pending": Status.PENDING,
    "open": Status.OPEN,
    "hold": Status.ON_HOLD,
    "close": Status.CLOSED,
}


class _MisreadError(ValueError):
    """A command that cannot be carried out; says why in a line for the agent."""


def read_orders(text: str, author: str, directory: Directory) -> Reading:
    """Read the `#word value` lines at the very top of an agent's text; `author` is the agent's name."""
    orders, problems = Orders(), []
    lines = text.strip().split("\n")
    position = 0
    while position < len(lines) and _is_command(lines[position]):
        word, _, value = lines[position].strip()[1:].partition(" ")
        try:
            orders = _obey(orders, word.casefold(), value.strip(), author, directory)
        except _MisreadError as misread:
            problems.append(str(misread))
        position += 1
    rest = "\n".join(lines[position:]).strip()
    return Reading(replace(orders, text="\n\n".join(part for part in (orders.text, rest) if part)), tuple(problems))


def _is_command(line: str) -> bool:
    word = line.strip()[1:].partition(" ")[0]
    return line.strip().startswith("#") and word.replace("_", "").isalpha()


def _obey(orders: Orders, word: str, value: str, author: str, directory: Directory) -> Orders:
    if word in _SHORT_STATUS:
        return replace(orders, status=_SHORT_STATUS[word])
    if word not in _WORDS:
        near = get_close_matches(word, [*_WORDS, *_SHORT_STATUS], n=1)
        raise _MisreadError(f"#{word} is not a command" + (f"; did you mean #{near[0]}?" if near else ""))
    return _WORDS[word](orders, value, author, directory)


def _note(orders: Orders, value: str, _author: str, _directory: Directory) -> Orders:
    return replace(orders, note=True, text=value)


def _status(orders: Orders, value: str, _author: str, _directory: Directory) -> Orders:
    return replace(orders, status=_member("status", value.replace("-", "_"), Status))


def _priority(orders: Orders, value: str, _author: str, _directory: Directory) -> Orders:
    return replace(orders, priority=_member("priority", value, Priority))


def _type(orders: Orders, value: str, _author: str, _directory: Directory) -> Orders:
    return replace(orders, type=_member("type", value, TicketType))


def _assign(orders: Orders, value: str, author: str, directory: Directory) -> Orders:
    if value.casefold() == "none":
        return replace(orders, assign="")
    agent = directory.agent(author if value.casefold() == "me" else value)
    if agent is None:
        names = ", ".join(known.name for known in directory.agents)
        raise _MisreadError(f"#assign {value}: no agent has that name; there are {names}")
    return replace(orders, assign=agent.name)


def _group(orders: Orders, value: str, _author: str, directory: Directory) -> Orders:
    group = directory.group(value)
    if group is None:
        names = ", ".join(known.name for known in directory.groups)
        raise _MisreadError(f"#group {value}: no group has that name; there are {names}")
    return replace(orders, group=group.name)


def _tag(orders: Orders, value: str, _author: str, _directory: Directory) -> Orders:
    words = value.casefold().split()
    if not words:
        raise _MisreadError("#tag needs tags: #tag printer -paper")
    return replace(
        orders,
        add_tags=(*orders.add_tags, *(word for word in words if not word.startswith("-"))),
        remove_tags=(*orders.remove_tags, *(word[1:] for word in words if word.startswith("-") and word != "-")),
    )


def _cc(orders: Orders, value: str, _author: str, _directory: Directory) -> Orders:
    people = tuple(person for person in parse_addresses(value) if "@" in person.address)
    if not people:
        raise _MisreadError(f"#cc {value}: this is no address")
    return replace(orders, participants=(*orders.participants, *people))


def _help(orders: Orders, _value: str, _author: str, _directory: Directory) -> Orders:
    return replace(orders, help=True)


_WORDS: dict[str, Callable[[Orders, str, str, Directory], Orders]] = {
    "note": _note,
    "status": _status,
    "assign": _assign,
    "group": _group,
    "priority": _priority,
    "type": _type,
    "tag": _tag,
    "cc": _cc,
    "help": _help,
}


Member = TypeVar("Member", Status, Priority, TicketType)


def _member(word: str, value: str, members: type[Member]) -> Member:
    try:
        return members(value.casefold())
    except ValueError:
        allowed = ", ".join(member.value for member in members)
        raise _MisreadError(f"#{word} {value}: should be one of {allowed}") from None
