"""What the admin wants done with mails in quarantine, as `#command` lines at the top of an answer say it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from mailgateway.desk.agents.command_lines import command_of
from mailgateway.desk.quarantine.decision import Order
from mailgateway.rules.nearest import nearest

MOST_ENTRIES = 200
"""So many mails may one answer name; a digest has fewer."""

_SHOW, _HELP, _ALL = "show", "help", "all"
_WORDS = (*(order.value for order in Order), _SHOW, _HELP)
_NUMBER = re.compile(r"#?([1-9]\d{0,17})", re.ASCII)
_BETWEEN = re.compile(r"[\s,;]+")
_MOST_SHOWN = 60


@dataclass(slots=True)
class QuarantineOrders:
    """What to do with which entries; `rest` is for all of the digest that are not named. `problems` are a line each.

    `shown` are to be sent as they came, and so is all of the digest where `shows_all`.
    """

    named: dict[int, Order] = field(default_factory=dict)
    rest: Order | None = None
    shown: list[int] = field(default_factory=list)
    shows_all: bool = False
    help: bool = False
    problems: list[str] = field(default_factory=list)

    @property
    def are_none(self) -> bool:
        """Tell whether nothing was ordered."""
        return not (self.named or self.rest or self.shown or self.shows_all)


def read_orders(text: str) -> QuarantineOrders:
    """Read the commands at the top of an answer; what is written below them is nobody's order.

    A whole order that stands below other text is a problem: it was meant, and would be forgotten.
    """
    orders = QuarantineOrders()
    at_top = True
    for line in text.split("\n"):
        command = command_of(line)
        if command is None:
            at_top = at_top and not line.strip()
        elif at_top:
            _obey(orders, *command)
        elif _is_whole(*command):
            orders.problems.append(f"#{command[0]} {_shown(command[1])}: stands below other text; put it at the top")
    if len({*orders.named, *orders.shown}) > MOST_ENTRIES:
        orders.problems.append(f"one mail may name {MOST_ENTRIES} entries; send the others with another")
    orders.problems = list(dict.fromkeys(orders.problems))
    return orders


def named(text: str) -> tuple[int, ...]:
    """Return the entries that the commands at the top of a text name, so many as one mail may."""
    orders = read_orders(text)
    return tuple(dict.fromkeys((*orders.named, *orders.shown)))[:MOST_ENTRIES]


def _obey(orders: QuarantineOrders, word: str, value: str) -> None:
    if word not in _WORDS:
        near = nearest(word[:_MOST_SHOWN], _WORDS)
        orders.problems.append(f"#{_shown(word)} is not a command" + (f"; did you mean #{near}?" if near else ""))
        return
    if word == _HELP:
        orders.help = True
        return
    numbers = _numbers(value)
    if numbers is None:
        example = f"#{word} 17 18, or #{word} all"
        orders.problems.append(f"{f'#{word} {_shown(value)}'.rstrip()}: needs the numbers of mails: {example}")
    elif word == _SHOW:
        orders.shown += numbers
        orders.shows_all = orders.shows_all or not numbers
    else:
        orders.problems += _decide(orders, Order(word), numbers)


def _decide(orders: QuarantineOrders, order: Order, numbers: tuple[int, ...]) -> Iterator[str]:
    """Note an order; give what stands against it: another one for the same mails."""
    if not numbers:
        if orders.rest not in (None, order):
            yield f"#{orders.rest} all, #{order} all: all mails can have one order"
        orders.rest = order
    for number in numbers:
        before = orders.named.setdefault(number, order)
        if before is not order:
            yield f"#{before} {number}, #{order} {number}: a mail can have one order"


def _numbers(value: str) -> tuple[int, ...] | None:
    """Return the numbers that a command names, none for `all`; None where it names something else."""
    words = [word for word in _BETWEEN.split(value.strip(" .!")) if word]
    if [word.casefold() for word in words] == [_ALL]:
        return ()
    found = [_NUMBER.fullmatch(word) for word in words]
    return tuple(int(number[1]) for number in found if number) if found and all(found) else None


def _is_whole(word: str, value: str) -> bool:
    return word in _WORDS and word != _HELP and _numbers(value) is not None


def _shown(value: str) -> str:
    return value if len(value) <= _MOST_SHOWN else f"{value[:_MOST_SHOWN]}…"
