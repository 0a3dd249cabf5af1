"""`#command` lines at the top of an agent's mail -> orders, and what cannot be understood of them."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TypeVar

from mailgateway.desk.agents.command_lines import DECLINE, MARKERS, take_apart
from mailgateway.desk.agents.misread import MOST_SHOWN, MisreadError, hint, member, shown
from mailgateway.desk.agents.orders import LONGEST_CI, LONGEST_TAG, Decision, Orders
from mailgateway.desk.agents.policy import ReplyTo
from mailgateway.desk.customers.correcting import against_requester, read_language, read_person, read_subject
from mailgateway.desk.customers.counting import MOST_MINUTES, read_minutes
from mailgateway.desk.handovers.answer import read_answer
from mailgateway.desk.model import Priority, Status, TicketType
from mailgateway.desk.policy import Policy
from mailgateway.desk.problems.declaration import Declaration, declared, limited, with_news
from mailgateway.desk.timed.snooze import SHOWN, read_snooze
from mailgateway.mail.wire.addresses import read_addresses
from mailgateway.rules.nearest import instead, nearest

MOST_COMMANDS = 30

_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class Reading:
    """Orders as read from a mail, with what could not be understood, one line each."""

    orders: Orders
    problems: tuple[str, ...] = ()


_SHORT_STATUS = {
    "solved": Status.SOLVED,
    "pending": Status.PENDING,
    "open": Status.OPEN,
    "hold": Status.ON_HOLD,
    "close": Status.CLOSED,
}

_NUMBER = re.compile(r"#?(\d{1,12})[.!]?", re.ASCII)
_ABOUT_TICKETS = frozenset({"merge", "problem"})
_MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class _Desk:
    """Who gives the orders, by name, and whom and what they can name in them."""

    author: str
    policy: Policy


def read_orders(text: str, author: str, policy: Policy, *, inside: bool = False) -> Reading:
    """Read the `#word value` lines of an agent's text; `author` is the agent's name.

    With `inside` the text is an internal note unless a line `#reply` says otherwise. Empty lines between commands
    change nothing: mailers put them there. Whatever looks like a command and is none is a problem, never text: it was
    not meant for the requester. So is a line below the text that would be a command at the top.
    """
    written = take_apart(text, inside=inside)
    commands = written.commands
    orders, problems = Orders(), []
    for word, value in commands[:MOST_COMMANDS]:
        try:
            orders = _obey(orders, word, value, _Desk(author, policy))
        except MisreadError as misread:
            problems.append(str(misread))
    if len(commands) > MOST_COMMANDS:
        problems.append(f"there are {len(commands)} commands; one mail may have {MOST_COMMANDS}")
    problems += _astray(written.astray, _Desk(author, policy))
    if written.is_note:
        orders = replace(orders, note=True, text=written.note)
    else:
        orders = replace(orders, text=written.public, beside=written.note)
    return Reading(orders, tuple(dict.fromkeys(problems)))


def _astray(lines: tuple[tuple[str, str], ...], desk: _Desk) -> Iterator[str]:
    """Say which lines in the midst of a text were to be commands: those that can be carried out as they stand there."""
    for word, value in lines[:MOST_COMMANDS]:
        if word == "help" and value:
            continue
        try:
            _obey(Orders(), word, value, desk)
        except MisreadError:
            continue
        line = shown(f"{word} {value}".strip())
        yield f"#{line} stands below your text: commands stand on the first lines, before it"


def tickets_named(text: str) -> tuple[int, ...]:
    """Return the other tickets that the commands at the top of a text speak of, a few at most."""
    commands = take_apart(text).commands
    named = [_NUMBER.fullmatch(value) for word, value in commands[:MOST_COMMANDS] if word in _ABOUT_TICKETS]
    return tuple(dict.fromkeys(int(number[1]) for number in named if number))[:_MOST_NAMED]


def _obey(orders: Orders, word: str, value: str, desk: _Desk) -> Orders:
    if word in _SHORT_STATUS:
        if value.strip(".!"):
            raise MisreadError(f"#{word} stands alone in its line; write the text for the requester below it")
        return replace(orders, status=_SHORT_STATUS[word])
    if word not in _WORDS:
        near = nearest(word[:MOST_SHOWN], [*sorted(MARKERS), *_WORDS, *_SHORT_STATUS])
        raise MisreadError(f"#{shown(word)} is not a command" + (f"; did you mean #{near}?" if near else ""))
    return _WORDS[word](orders, value, desk)


def _reply_to(to: ReplyTo) -> Callable[[Orders, str, _Desk], Orders]:
    def obey(orders: Orders, value: str, _desk: _Desk) -> Orders:
        if value.strip(".!"):
            raise MisreadError("#only and #all stand alone in their line; write the text for the requester below it")
        return replace(orders, reply_to=to)

    return obey


def _status(orders: Orders, value: str, _desk: _Desk) -> Orders:
    return replace(orders, status=member("status", re.sub(r"[\s-]+", "_", value), Status))


def _priority(orders: Orders, value: str, _desk: _Desk) -> Orders:
    return replace(orders, priority=member("priority", value, Priority))


def _type(orders: Orders, value: str, _desk: _Desk) -> Orders:
    return replace(orders, type=member("type", value, TicketType))


def _assign(orders: Orders, value: str, desk: _Desk) -> Orders:
    if value.casefold() == "none":
        return replace(orders, assign="")
    directory = desk.policy.directory
    agent = directory.agent(desk.author if value.casefold() == "me" else value)
    if agent is None:
        near = hint(value, "there are", [known.name for known in directory.agents])
        raise MisreadError(f"#assign {shown(value)}: no agent has that name; {near}")
    return replace(orders, assign=agent.name)


def _group(orders: Orders, value: str, desk: _Desk) -> Orders:
    directory = desk.policy.directory
    group = directory.group(value)
    if group is None:
        near = hint(value, "there are", [known.name for known in directory.groups])
        raise MisreadError(f"#group {shown(value)}: no group has that name; {near}")
    return replace(orders, group=group.name)


def _tag(orders: Orders, value: str, _desk: _Desk) -> Orders:
    words = value.casefold().replace(",", " ").split()
    add = tuple(word for word in words if not word.startswith("-"))
    remove = tuple(word[1:] for word in words if word.startswith("-") and word != "-")
    if not add and not remove:
        raise MisreadError("#tag needs tags: #tag printer -paper")
    if any(len(tag) > LONGEST_TAG for tag in (*add, *remove)):
        raise MisreadError(f"#tag: a tag has at most {LONGEST_TAG} characters")
    return replace(orders, add_tags=(*orders.add_tags, *add), remove_tags=(*orders.remove_tags, *remove))


def _cc(orders: Orders, value: str, desk: _Desk) -> Orders:
    people = read_addresses(value)
    if not people or not all(person.is_whole for person in people):
        raise MisreadError(f"#cc {shown(value)}: this is no address")
    for person in people:
        if desk.policy.is_internal(person.address):
            raise MisreadError(f"#cc {shown(person.address)}: this is the desk's own; who takes part is a customer")
    return replace(orders, participants=(*orders.participants, *people))


def _subject(orders: Orders, value: str, desk: _Desk) -> Orders:
    return replace(orders, subject=_read("subject", value, lambda: read_subject(value, desk.policy.conversation.tags)))


def _requester(orders: Orders, value: str, desk: _Desk) -> Orders:
    person = _read("requester", value, lambda: read_person(value))
    if against := against_requester(person, desk.policy):
        raise MisreadError(f"#requester {shown(person.address)}: {against}")
    return replace(orders, requester=person)


def _language(orders: Orders, value: str, desk: _Desk) -> Orders:
    return replace(orders, language=_read("language", value, lambda: read_language(value, desk.policy.languages)))


def _read(word: str, value: str, read: Callable[[], _Value]) -> _Value:
    try:
        return read()
    except ValueError as error:
        raise MisreadError(f"#{word} {shown(value)}: {error}") from None


def _snooze(orders: Orders, value: str, _desk: _Desk) -> Orders:
    wanted = read_snooze(value)
    if wanted is None:
        raise MisreadError(f"#snooze {shown(value)}: should be {SHOWN}")
    return replace(orders, snooze=wanted)


def _merge(orders: Orders, value: str, _desk: _Desk) -> Orders:
    return replace(orders, merge=_ticket_number("merge", value))


def _problem(orders: Orders, value: str, _desk: _Desk) -> Orders:
    if value.casefold() == "new":
        return replace(orders, type=TicketType.PROBLEM, collect=True)
    return replace(orders, problem=0 if value.casefold() == "none" else _ticket_number("problem", value))


def _major(orders: Orders, value: str, desk: _Desk) -> Orders:
    return _declared(orders, lambda so_far: declared(so_far, value, desk.policy.languages))


def _major_for(orders: Orders, value: str, desk: _Desk) -> Orders:
    rules = [rule.name for rule in desk.policy.ruleset.rules]
    return _declared(orders, lambda so_far: limited(so_far, value, rules))


def _major_news(orders: Orders, value: str, _desk: _Desk) -> Orders:
    return _declared(orders, lambda so_far: with_news(so_far, value))


def _declared(orders: Orders, more: Callable[[Declaration], Declaration]) -> Orders:
    try:
        return replace(orders, major=more(orders.major or Declaration()))
    except ValueError as error:
        raise MisreadError(str(error)) from None


def _ci(orders: Orders, value: str, desk: _Desk) -> Orders:
    if value.casefold() == "none":
        return replace(orders, ci="")
    known = desk.policy.assets
    if not value or len(value) > LONGEST_CI or (known.all and known.named(value) is None):
        near = instead(value, [name for one in known.all for name in (one.name, *one.aliases)])
        raise MisreadError(f"#ci {shown(value)}: no configuration item has that name; {near}")
    return replace(orders, ci=known.spelled(value))


def _ticket_number(word: str, value: str) -> int:
    number = _NUMBER.fullmatch(value)
    if number is None:
        raise MisreadError(f"#{word} {shown(value)}: needs the number of a ticket: #{word} 10001")
    return int(number[1])


def _answer(orders: Orders, value: str, desk: _Desk) -> Orders:
    library = desk.policy.library
    name = library.spelled(value)
    if name is None:
        raise MisreadError(f"#answer {shown(value)}: no answer has that name; {instead(value, library.names)}")
    return replace(orders, answers=tuple(dict.fromkeys((*orders.answers, name))))


def _time(orders: Orders, value: str, _desk: _Desk) -> Orders:
    minutes = read_minutes(value)
    if minutes is None or orders.minutes + minutes > MOST_MINUTES:
        raise MisreadError(f"#time {shown(value)}: write how long, at most a day: #time 45m, or #time 1h 30m")
    return replace(orders, minutes=orders.minutes + minutes)


def _decide(decision: Decision) -> Callable[[Orders, str, _Desk], Orders]:
    def obey(orders: Orders, value: str, _desk: _Desk) -> Orders:
        if value.strip(".!"):
            raise MisreadError(f"#{decision} stands alone in its line")
        if orders.decision not in (None, decision):
            raise MisreadError("#send and #drop: write one of the two")
        return replace(orders, decision=decision)

    return obey


def _offer(word: str) -> Callable[[Orders, str, _Desk], Orders]:
    return lambda orders, value, _: replace(orders, offer=read_answer(word, value, orders.offer))


def _help(orders: Orders, _value: str, _desk: _Desk) -> Orders:
    return replace(orders, help=True)


_WORDS: dict[str, Callable[[Orders, str, _Desk], Orders]] = {
    "only": _reply_to(ReplyTo.REQUESTER),
    "all": _reply_to(ReplyTo.ALL),
    "status": _status,
    "assign": _assign,
    "group": _group,
    "priority": _priority,
    "type": _type,
    "tag": _tag,
    "cc": _cc,
    "subject": _subject,
    "requester": _requester,
    "language": _language,
    "snooze": _snooze,
    "merge": _merge,
    "answer": _answer,
    "problem": _problem,
    "major": _major,
    "major-for": _major_for,
    "major-news": _major_news,
    "ci": _ci,
    "time": _time,
    "send": _decide(Decision.SEND),
    "drop": _decide(Decision.DROP),
    "accept": _offer("accept"),
    DECLINE: _offer(DECLINE),
    "help": _help,
}
