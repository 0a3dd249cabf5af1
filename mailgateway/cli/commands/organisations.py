"""`mailgateway organisations`: the customers, and how much of their contracts they have used."""

from typing import Annotated

import typer

from mailgateway import clock
from mailgateway.cli.apps import group
from mailgateway.cli.lines import clean, say, say_json
from mailgateway.cli.opened import opened
from mailgateway.cli.typed.names import unknown
from mailgateway.cli.typed.options import AsJson
from mailgateway.cli.views.tables import Column, show_table
from mailgateway.desk.as_json import instant
from mailgateway.desk.customers.allowance import Period, Use
from mailgateway.desk.customers.organisations import Organisation
from mailgateway.flows.contracts import uses

app = group("Your customers, and how much of their contracts is used.")

_COLUMNS = (
    Column("Name", 16),
    Column("For people", 0),
    Column("Contract", 12),
    Column("Plan", 22),
    Column("Used", 14, is_number=True),
)
_Used = tuple[Use, Period] | None


@app.command("list")
def list_(ctx: typer.Context, *, as_objects: AsJson = False) -> None:
    """List organisations by name, with what they used of their contracts in the current period."""
    with opened(ctx) as gateway, gateway.store.reading() as tx:
        every = sorted(gateway.policy.organisations.all, key=lambda one: one.name.casefold())
        counted = uses(tx, every, clock.now(), gateway.policy)
    if as_objects:
        for one in every:
            say_json(_as_json(one, counted.get(one.name)))
        return
    rows = ((one.name, one.display, _contract(one), _plan(one), _used(counted.get(one.name))) for one in every)
    show_table(_COLUMNS, rows, "There are no organisations: files.organisations in gateway.yaml names them.")


@app.command()
def show(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The organisation's name.")],
    *,
    as_object: AsJson = False,
) -> None:
    """Show an organisation. Who belongs to it, what was agreed with it, and how much of that is used."""
    with opened(ctx) as gateway, gateway.store.reading() as tx:
        known = gateway.policy.organisations
        found = known.named(name)
        if found is None:
            raise unknown("NAME", name, [one.name for one in known.all])
        used = uses(tx, [found], clock.now(), gateway.policy).get(found.name)
    if as_object:
        say_json(_as_json(found, used))
        return
    for label, value in _facts(found, used).items():
        if value:
            say(clean(f"{label:<14}{value}", 500))


def _facts(one: Organisation, used: _Used) -> dict[str, str]:
    contract = one.contract
    people = (f"{person.name or person.address} ({', '.join(person.addresses)})" for person in one.people)
    return {
        "Name": one.name if one.display == one.name else f"{one.name}, {one.display}",
        "Domains": ", ".join(one.domains),
        "Addresses": ", ".join(one.addresses),
        "People": "; ".join(people),
        "VIPs": ", ".join(one.vips),
        "Language": one.language,
        "Time zone": str(one.timezone or ""),
        "Contract": _contract(one),
        "Plan": _plan(one),
        "Used": _used(used) + (f", until {used[1].ends:%Y-%m-%d}" if used else ""),
        "When used up": contract.when_used_up.value if contract is not None and contract.allowance is not None else "",
        "Service level": contract.service_level if contract is not None else "",
        "Support hours": contract.support_hours if contract is not None else "",
    }


def _contract(one: Organisation) -> str:
    return one.contract.name if one.contract is not None else ""


def _plan(one: Organisation) -> str:
    if one.contract is None:
        return ""
    allowance = one.contract.allowance
    return "flat" if allowance is None else f"{allowance.amount:g} {allowance.unit.value} per {allowance.per.value}"


def _used(used: _Used) -> str:
    return "" if used is None else f"{used[0].used:g} ({used[0].percent} %)"


def _as_json(one: Organisation, used: _Used) -> dict[str, object]:
    return {
        "name": one.name,
        "display": one.display,
        "domains": list(one.domains),
        "addresses": list(one.addresses),
        "people": [{"name": person.name, "addresses": list(person.addresses)} for person in one.people],
        "vips": list(one.vips),
        "language": one.language or None,
        "timezone": str(one.timezone) if one.timezone is not None else None,
        "contract": _contract_as_json(one),
        "usage": _usage_as_json(used),
    }


def _contract_as_json(one: Organisation) -> dict[str, object] | None:
    contract = one.contract
    if contract is None:
        return None
    return {
        "name": contract.name,
        "service_level": contract.service_level or None,
        "support_hours": contract.support_hours or None,
        "plan": _plan(one),
        "when_used_up": contract.when_used_up.value,
    }


def _usage_as_json(used: _Used) -> dict[str, object] | None:
    if used is None:
        return None
    use, current = used
    return {
        "unit": use.allowance.unit.value,
        "used": round(use.used, 2),
        "amount": use.allowance.amount,
        "percent": use.percent,
        "from": instant(current.begins),
        "to": instant(current.ends),
    }
