"""`mailgateway erase`: a person goes, the figures stay."""

from typing import Annotated

import typer

from mailgateway.cli.apps import single
from mailgateway.cli.lines import complain, say, say_json, wrong_usage
from mailgateway.cli.opened import opened
from mailgateway.cli.orders import unix_user
from mailgateway.cli.typed.addresses import address
from mailgateway.cli.typed.options import AsJson
from mailgateway.cli.views.tables import Column, moment, show_table
from mailgateway.cli.whom import WORDS, look_for, say_counts
from mailgateway.desk.as_json import instant
from mailgateway.desk.policy import Policy
from mailgateway.flows.privacy.erase import erase as erased
from mailgateway.flows.privacy.find import Found
from mailgateway.store.privacy import erasures
from mailgateway.store.privacy.erasures import Erasure

app = single()

_COLUMNS = (
    Column("Id", 5, is_number=True),
    Column("Begun", 16),
    Column("Ended", 16),
    Column("By", 12),
    Column("What", 0),
)


@app.command()
def erase(
    ctx: typer.Context,
    addresses: Annotated[
        list[str] | None, typer.Argument(metavar="[ADDRESS]...", help="The addresses of one person.")
    ] = None,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do it; without, it is only shown what would go.")] = False,
    list_: Annotated[bool, typer.Option("--list", help="Show the erasures that were made, newest first.")] = False,
    as_object: AsJson = False,
) -> None:
    """Erase a person from tickets, mails and letters. Shows what would go, and does it with --yes."""
    if bool(addresses) == list_:
        raise wrong_usage("name the addresses of a person, or ask for --list")
    with opened(ctx) as gateway:
        if not addresses:
            with gateway.store.reading() as tx:
                _show_list(erasures.listed(tx, 0), as_objects=as_object)
            return
        _refuse_agents(addresses, gateway.policy)
        found = look_for(gateway, addresses)
        done = erased(gateway.desk, found, unix_user()) if yes and not found.is_nothing else None
    _show(found, done, as_object=as_object)
    if done and found.waiting:
        complain(f"{found.waiting} of their mails are not filed yet: run this again when they are")
        raise typer.Exit(1)


def _refuse_agents(addresses: list[str], policy: Policy) -> None:
    """Refuse who works here: their answers belong to the tickets of others."""
    for one in addresses:
        agent = policy.directory.agent_at(address(one))
        if agent is not None:
            raise wrong_usage(f"{one} is the address of agent {agent.name}: take them out of groups.yaml first")


def _show(found: Found, done: Erasure | None, *, as_object: bool) -> None:
    counts = dict(done.counts) if done else found.counts
    if as_object:
        say_json(
            {
                "addresses": sorted(found.person.addresses),
                "erasure": done.id if done else None,
                "counts": counts,
                "tickets": list(found.own),
                "shared_tickets": list(found.shared),
                "open_tickets": list(found.open_tickets),
                "mails_not_filed_yet": found.waiting,
            }
        )
        return
    if found.is_nothing:
        say("Nothing is kept about them.")
        return
    say(f"Erasure {done.id}. Gone, or emptied:" if done else "Would go, or be emptied:")
    say_counts(counts)
    if found.open_tickets:
        numbers = ", ".join(f"#{number}" for number in found.open_tickets)
        say(
            f"Open tickets among theirs: {numbers}. They stay open, and nobody {'is' if done else 'would be'} answered."
        )
    if not done:
        say("Nothing has been changed. To do it, say --yes.")


def _show_list(found: tuple[Erasure, ...], *, as_objects: bool) -> None:
    if as_objects:
        for one in found:
            say_json(
                {
                    "id": one.id,
                    "by": one.by,
                    "begun_at": instant(one.begun_at),
                    "ended_at": instant(one.ended_at),
                    "counts": dict(one.counts),
                }
            )
        return
    rows = ((one.id, moment(one.begun_at), moment(one.ended_at) or "cut off", one.by, _summed(one)) for one in found)
    show_table(_COLUMNS, rows, "Nobody was erased.")


def _summed(one: Erasure) -> str:
    return ", ".join(f"{one.counts[name]} {words}" for name, words in WORDS.items() if one.counts.get(name))
