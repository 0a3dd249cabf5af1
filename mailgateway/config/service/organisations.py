"""What organisations.yaml may say: who the customers are, and what was agreed with each."""

from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import Field, PlainSerializer, PlainValidator, WithJsonSchema

from mailgateway.config.reading.document import Document
from mailgateway.config.reading.kinds import Address, Domain, Language, Line, Strict, Truth, Word, wrong
from mailgateway.config.service.working_hours import TimeZone
from mailgateway.desk.customers.organisations import (
    Allowance,
    Contract,
    Organisation,
    Organisations,
    Per,
    Person,
    Unit,
    WhenUsedUp,
    organisations,
)
from mailgateway.rules.text import described

FLAT = "flat"
_MOST = 1_000_000
_PERIODS = tuple(per.value for per in Per)


def _plan(written: object) -> Allowance | None:
    if isinstance(written, Allowance | None) or written == FLAT:
        return written if isinstance(written, Allowance) else None
    example = "{tickets: 50, per: month} or {hours: 10, per: quarter}"
    if not isinstance(written, dict):
        wrong(f"a plan is flat, {example}, not {described(written)}")
    units = [unit for unit in Unit if unit.value in written]
    if len(units) != 1 or set(written) != {units[0].value, "per"}:
        wrong(f"a plan counts one thing for a time: write {example}, or flat")
    return Allowance(_amount(written[units[0].value], units[0]), units[0], _per(written["per"]))


def _amount(written: object, unit: Unit) -> float:
    is_number = isinstance(written, int | float) and not isinstance(written, bool)
    if not is_number or not 0 < float(str(written)) <= _MOST or (unit is Unit.TICKETS and not isinstance(written, int)):
        what = "a whole number of tickets" if unit is Unit.TICKETS else "a number of hours"
        wrong(f"{unit.value}: takes {what} from 1 to {_MOST}, not {described(written)}")
    return float(str(written))


def _per(written: object) -> Per:
    if not isinstance(written, str) or written not in _PERIODS:
        wrong(f"per: is one of {', '.join(_PERIODS)}, not {described(written)}")
    return Per(written)


def _spoken_plan(allowance: Allowance | None) -> object:
    return FLAT if allowance is None else {allowance.unit.value: allowance.amount, "per": allowance.per.value}


_COUNTED: list[dict[str, Any]] = [
    {
        "type": "object",
        "properties": {unit.value: {"type": kind, "minimum": least, "maximum": _MOST}, "per": {"enum": list(_PERIODS)}},
        "required": [unit.value, "per"],
        "additionalProperties": False,
    }
    for unit, kind, least in ((Unit.TICKETS, "integer", 1), (Unit.HOURS, "number", 0))
]
_Plan = Annotated[
    Allowance | None,
    PlainValidator(_plan),
    PlainSerializer(_spoken_plan),
    WithJsonSchema({"anyOf": [{"const": FLAT}, *_COUNTED]}),
]


class ContractEntry(Strict):
    """What was agreed with an organisation."""

    name: Word = Field(description="what rules and reports call it, such as gold; several organisations may share it")
    service_level: Word | None = Field(default=None, description="a policy of service_levels.yaml")
    support_hours: Word | None = Field(
        default=None, description="a calendar of service_levels.yaml, in which the time of its service level is counted"
    )
    plan: _Plan = Field(
        default=None, description="flat, or what it has room for: {tickets: 50, per: month}, {hours: 10, per: quarter}"
    )
    when_used_up: WhenUsedUp = Field(
        default=WhenUsedUp.ACCEPT,
        description="accept: take new matters in and mark them; reply: tell the requester too",
    )


class PersonEntry(Strict):
    """Somebody who writes from several addresses, or who is to be known by name."""

    address: Address = Field(description="their main address")
    aliases: tuple[Address, ...] = Field(default=(), description="other addresses of the same person")
    name: Line | None = Field(default=None, description="their name")
    vip: Truth = Field(default=False, description="whether they matter more; rules ask with requester.vip")


class OrganisationEntry(Strict):
    """A customer of the desk."""

    name: Word = Field(description="what rules, tickets and reports call it")
    display: Line | None = Field(default=None, description="its name for people; by default the name")
    domains: tuple[Domain, ...] = Field(
        default=(), description="whoever writes from these, or below them, belongs to it"
    )
    addresses: tuple[Address, ...] = Field(default=(), description="single addresses that belong to it")
    language: Language | None = Field(default=None, description="the language of the mails to it, such as en or pl")
    timezone: TimeZone | None = Field(default=None, description="its time zone, such as Europe/Warsaw")
    vips: tuple[Address, ...] = Field(default=(), description="addresses of its people who matter more")
    people: tuple[PersonEntry, ...] = Field(default=(), description="people with several addresses, or a name")
    contract: ContractEntry | None = Field(default=None, description="what was agreed with it")
    report_to: tuple[Address, ...] = Field(default=(), description="who gets the reports that are made for it")


class OrganisationsFile(Strict):
    """The organisations whose people write to the desk."""

    organisations: tuple[OrganisationEntry, ...] = Field(description="the organisations, in any order")


def contracts_in(document: Document | None) -> tuple[str, ...] | None:
    """Return the names of all contracts, however wrong the rest of the file is; None where there are none."""
    data = document.data if document is not None else None
    listed = data.get("organisations") if isinstance(data, dict) else None
    agreed = [entry.get("contract") for entry in listed if isinstance(entry, dict)] if isinstance(listed, list) else []
    names = (one.get("name") for one in agreed if isinstance(one, dict))
    return tuple(dict.fromkeys(name for name in names if isinstance(name, str))) or None


def as_organisations(file: OrganisationsFile) -> Organisations:
    """Return the organisations as the desk knows them."""
    return organisations(_organisation(entry) for entry in file.organisations)


def _organisation(entry: OrganisationEntry) -> Organisation:
    return Organisation(
        name=entry.name,
        display=entry.display or entry.name,
        domains=entry.domains,
        addresses=entry.addresses,
        language=entry.language or "",
        timezone=ZoneInfo(entry.timezone) if entry.timezone is not None else None,
        vips=entry.vips,
        people=tuple(Person(one.address, one.aliases, one.name or "", one.vip) for one in entry.people),
        contract=_contract(entry.contract) if entry.contract is not None else None,
        contacts=entry.report_to,
    )


def _contract(entry: ContractEntry) -> Contract:
    return Contract(entry.name, entry.service_level or "", entry.support_hours or "", entry.plan, entry.when_used_up)
