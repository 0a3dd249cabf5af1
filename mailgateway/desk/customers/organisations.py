"""The organisations whose people write to the desk, what was agreed with each, and who belongs to which."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from enum import StrEnum

_MOST_LABELS = 12


class Unit(StrEnum):
    """What an allowance is counted in."""

    TICKETS = "tickets"
    HOURS = "hours"


class Per(StrEnum):
    """For how long an allowance is given, by the calendar."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class WhenUsedUp(StrEnum):
    """What becomes of a new matter beyond the allowance: taken in and marked, or the requester is told as well."""

    ACCEPT = "accept"
    REPLY = "reply"


@dataclass(frozen=True, slots=True)
class Allowance:
    """How much support a contract has room for in each period."""

    amount: float
    unit: Unit
    per: Per


@dataclass(frozen=True, slots=True)
class Contract:
    """What was agreed. `service_level` is the name of the policy that holds, `support_hours` that of the calendar in
    which its time is counted, "" where there is none.

    Without an allowance it is flat.
    """

    name: str
    service_level: str = ""
    support_hours: str = ""
    allowance: Allowance | None = None
    when_used_up: WhenUsedUp = WhenUsedUp.ACCEPT


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of an organisation, with every other address that they write from."""

    address: str
    aliases: tuple[str, ...] = ()
    name: str = ""
    is_vip: bool = False

    @property
    def addresses(self) -> tuple[str, ...]:
        """Every address that is theirs, the main one first."""
        return (self.address, *self.aliases)


@dataclass(frozen=True, slots=True)
class Organisation:
    """A customer of the desk. Whoever writes from one of its domains or addresses belongs to it.

    `language` and `timezone` are those of its letters, "" and None where the mailbox decides. `vips` are addresses,
    `contacts` those that get its reports; to be one makes nobody belong to it.
    """

    name: str
    display: str
    domains: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    language: str = ""
    timezone: tzinfo | None = None
    vips: tuple[str, ...] = ()
    people: tuple[Person, ...] = ()
    contract: Contract | None = None
    contacts: tuple[str, ...] = ()

    @property
    def members(self) -> tuple[str, ...]:
        """Every address that is named as belonging to it, beside what its domains hold."""
        return (*self.addresses, *self.vips, *(address for one in self.people for address in one.addresses))


@dataclass(frozen=True, slots=True)
class Organisations:
    """All organisations, found by name, by address or by domain, each at once; make it with `organisations`."""

    all: tuple[Organisation, ...] = ()
    by_name: Mapping[str, Organisation] = field(default_factory=dict, repr=False, compare=False)
    by_address: Mapping[str, Organisation] = field(default_factory=dict, repr=False, compare=False)
    by_domain: Mapping[str, Organisation] = field(default_factory=dict, repr=False, compare=False)
    people: Mapping[str, Person] = field(default_factory=dict, repr=False, compare=False)
    vips: frozenset[str] = field(default=frozenset(), repr=False, compare=False)

    def named(self, name: str | None) -> Organisation | None:
        """Return the organisation called so (by its name or the one for people, in any case)."""
        return self.by_name.get(name.strip().casefold()) if name else None

    def of(self, address: str) -> Organisation | None:
        """Return whose an address is: named outright, or else by the domain or the nearest one above it."""
        key = address.casefold()
        if key in self.by_address:
            return self.by_address[key]
        labels = key.rpartition("@")[2].split(".") if "@" in key else []
        for place in range(max(0, len(labels) - _MOST_LABELS), len(labels)):
            found = self.by_domain.get(".".join(labels[place:]))
            if found is not None:
                return found
        return None

    def person(self, address: str) -> Person | None:
        """Return the person whose main or other address this is, None where nobody's addresses were written down."""
        return self.people.get(address.casefold())

    def addresses_of(self, address: str) -> tuple[str, ...]:
        """Return every address of the person behind one, the main one first, or the address alone."""
        person = self.person(address)
        return person.addresses if person is not None else (address,)

    def is_vip(self, address: str) -> bool:
        """Tell whether an address is somebody's who matters more."""
        return address.casefold() in self.vips


def organisations(known: Iterable[Organisation]) -> Organisations:
    """Return the organisations with their indexes; of two that claim the same, the first has it."""
    every = tuple(known)
    by_name: dict[str, Organisation] = {one.name.casefold(): one for one in every}
    by_address: dict[str, Organisation] = {}
    by_domain: dict[str, Organisation] = {}
    people: dict[str, Person] = {}
    for one in every:
        by_name.setdefault(one.display.casefold(), one)
        for address in one.members:
            by_address.setdefault(address.casefold(), one)
        for domain in one.domains:
            by_domain.setdefault(domain.casefold(), one)
        for person in one.people:
            for address in person.addresses:
                people.setdefault(address.casefold(), person)
    return Organisations(every, by_name, by_address, by_domain, people, _vips(every))


def _vips(every: Iterable[Organisation]) -> frozenset[str]:
    """A VIP is one under every address of theirs, whichever is marked."""
    marked: set[str] = set()
    for one in every:
        named = {address.casefold() for address in one.vips}
        marked |= named
        for person in one.people:
            addresses = {address.casefold() for address in person.addresses}
            if person.is_vip or not named.isdisjoint(addresses):
                marked |= addresses
    return frozenset(marked)
