"""Who takes part: customers in companies, agents in groups, and what is peculiar about how each of them writes."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

CUSTOMERS, AGENTS, COMPANIES = 50, 8, 12
SECRET = "zq0"
"""Every word that may never leave the desk begins with this, and goes on up to another q.

No id or signature of ours looks like it: these are in base 32, which has no 0.
"""


class Responder(StrEnum):
    """What a mailbox writes by itself when its owner is away."""

    NONE = "none"
    MARKED = "marked as RFC 3834 asks"
    SUBJECT_ALONE = "known by its subject alone"
    BARE = "marks nothing, and answers every single mail"


class Way(StrEnum):
    """What is left of a letter's traces when somebody answers it."""

    NORMAL = "answers the reply address, with References"
    PLUS_DROPPED = "the detail of the reply address is gone, References are there"
    TAG_ALONE = "only the number in the subject is left"
    MARK_ALONE = "only the quotation is left: other subject, no References, plain address"
    RELAYED = "a relay gave the letter another Message-ID; the quotation is left"
    SUBJECT_CHANGED = "another subject, but the reply address"
    THREAD_INDEX_ALONE = "only Thread-Index is left"
    SAME_SUBJECT = "only the person and the subject are left"
    REDIRECTED = "through a mailbox that redirects, which is all that names the reply address"
    ALIAS = "from another address of theirs, to the reply address"
    ALIAS_PLUS_DROPPED = "from another address of theirs, with References alone"


@dataclass(frozen=True, slots=True)
class Customer:
    """A person outside. `style` is how their mail program lays an answer out; `ways` what it does to traces."""

    name: str
    address: str
    alias: str
    company: int
    style: str
    ways: tuple[Way, ...]
    responder: Responder
    exchange: bool
    signature: str


@dataclass(frozen=True, slots=True)
class Agent:
    """Somebody who works on tickets. The address and the signature hold a secret each: no customer may see them."""

    name: str
    display: str
    address: str
    group: str
    style: str
    responder: Responder
    signature: str


@dataclass(frozen=True, slots=True)
class Cast:
    """All of them, with their companies' colleagues at hand."""

    customers: tuple[Customer, ...]
    agents: tuple[Agent, ...]
    by_address: dict[str, Customer | Agent] = field(default_factory=dict)

    def colleague(self, of: Customer, chance: random.Random) -> Customer:
        """Return somebody else of the same company."""
        others = [one for one in self.customers if one.company == of.company and one is not of]
        return chance.choice(others)


_FIRST = ("Carla", "Jan", "Ola", "Émile", "Søren", "Zofia", "Grégoire", "Małgorzata", "Bob", "Jürgen", "Иван", "Łukasz")
_LAST = ("Nowak", "Smith", "O'Brien", "Müller", "Dupont", "Kowalska", "Петров", "Jensen", "García", "van Dijk")
CUSTOMER_STYLES = (
    "top", "top", "bottom", "inline", "outlook-block", "mobile", "html:gmail", "html:gmail-sig", "html:outlook-desktop",
    "html:owa", "html:outlook-ios", "html:apple", "html:ios", "html:thunderbird", "html:yahoo", "html:samsung",
)  # fmt: skip
AGENT_STYLES = (
    "top", "html:gmail-sig", "html:outlook-desktop", "html:apple", "mobile", "outlook-block", "bottom", "html:owa",
)  # fmt: skip
GROUPS = ("first-line", "hardware", "accounts")
_WAYS: tuple[tuple[Way, ...], ...] = (
    (Way.NORMAL,),
    (Way.NORMAL, Way.SUBJECT_CHANGED),
    (Way.PLUS_DROPPED,),
    (Way.NORMAL, Way.TAG_ALONE),
    (Way.NORMAL, Way.MARK_ALONE),
    (Way.RELAYED,),
    (Way.NORMAL, Way.ALIAS, Way.ALIAS_PLUS_DROPPED),
    (Way.THREAD_INDEX_ALONE, Way.NORMAL),
    (Way.SAME_SUBJECT, Way.NORMAL),
    (Way.REDIRECTED, Way.NORMAL),
)
_RESPONDERS = (*[Responder.NONE] * 7, Responder.MARKED, Responder.SUBJECT_ALONE)


def cast(chance: random.Random) -> Cast:
    """Make everybody."""
    customers = tuple(_customer(number, chance) for number in range(CUSTOMERS))
    agents = tuple(_agent(number, chance) for number in range(AGENTS))
    known: dict[str, Customer | Agent] = {}
    for one in customers:
        known[one.address] = known[one.alias] = one
    known.update((one.address, one) for one in agents)
    return Cast(customers, agents, known)


def _customer(number: int, chance: random.Random) -> Customer:
    name = f"{chance.choice(_FIRST)} {chance.choice(_LAST)}"
    ways = _WAYS[number % len(_WAYS)]
    return Customer(
        name=name,
        address=f"person{number}@company{number % COMPANIES}.example",
        alias=f"person{number}@home{number}.example",
        company=number % COMPANIES,
        style=chance.choice(_styles_that_quote_whole(ways)),
        ways=ways,
        responder=Responder.BARE if number in (7, 31) else chance.choice(_RESPONDERS),
        exchange=Way.THREAD_INDEX_ALONE in ways,
        signature=f"{name}\n+48 22 {number:03} 00 00",
    )


def _styles_that_quote_whole(ways: Sequence[Way]) -> tuple[str, ...]:
    """Return the styles for somebody of whose letters nothing but the quotation may be left."""
    needs_all = {Way.MARK_ALONE, Way.RELAYED} & set(ways)
    return tuple(one for one in CUSTOMER_STYLES if one != "inline") if needs_all else CUSTOMER_STYLES


def _agent(number: int, chance: random.Random) -> Agent:
    first = ("anna", "bob", "celia", "dan", "eva", "finn", "gosia", "hugo")[number]
    return Agent(
        name=first,
        display=f"{first.title()} {chance.choice(_LAST[:3])}",
        address=f"{SECRET}{number}agentq@example.com",
        group=GROUPS[0] if number < 4 else GROUPS[1 + number % 2],
        style=AGENT_STYLES[number],
        responder=Responder.MARKED if number == 2 else Responder.SUBJECT_ALONE if number == 5 else Responder.NONE,
        signature=f"{first.title()}, ext. {SECRET}{number}phoneq",
    )
