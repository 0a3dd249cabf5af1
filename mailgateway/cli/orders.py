"""Orders that somebody gives at a shell: read with the directory's names, carried out, and told what came of them."""

import getpass
from collections.abc import Sequence
from dataclasses import replace

import typer

from mailgateway import clock
from mailgateway.app import Gateway
from mailgateway.cli.lines import complain, say
from mailgateway.cli.names import unknown
from mailgateway.cli.opened import opened
from mailgateway.desk.answers.knowledge import Library
from mailgateway.desk.model import Agent, Directory
from mailgateway.desk.orders import LONGEST_CI, LONGEST_TAG, Orders
from mailgateway.desk.policy import Policy
from mailgateway.desk.problems.assets import Assets
from mailgateway.desk.timed.snooze import SHOWN, Wanted, read_snooze
from mailgateway.flows.operate import operate
from mailgateway.store import tickets


def give(ctx: typer.Context, number: int, orders: Orders, name: str | None, done: str) -> None:
    """Carry out orders on a ticket in the name of an agent, or of the service desk, and say how the ticket is then."""
    with opened(ctx) as gateway:
        agent = _agent(name, gateway.policy)
        named = replace(
            _named(orders, name, gateway.policy.directory), answers=_answers(orders.answers, gateway.policy.library)
        )
        named = replace(named, ci=_ci(orders.ci, gateway.policy.assets))
        against = operate(gateway.desk, number, named, agent, f"cli-{clock.fresh_id()}")
        if against:
            complain(against)
            raise typer.Exit(1)
        _tell(gateway, number, done)


def tags(option: str, words: Sequence[str]) -> tuple[str, ...]:
    """Return tags as tickets have them; leaves with 2 where one is no word, as rules and `#tag` take none."""
    for word in words:
        if "," in word or word.split() != [word] or not word.isprintable() or len(word) > LONGEST_TAG:
            complain(f"{option} {word!r}: a tag is one word of at most {LONGEST_TAG} letters; give {option} for each")
            raise typer.Exit(2)
    return tuple(word.casefold() for word in words)


def snoozing(written: str | None) -> Wanted | None:
    """Return how long or until when a ticket is put aside; leaves with 2 where nothing of the kind is written."""
    wanted = None if written is None else read_snooze(written)
    if written is not None and wanted is None:
        complain(f"--snooze {written!r}: should be {SHOWN}")
        raise typer.Exit(2)
    return wanted


def problem_number(written: str | None) -> int | None:
    """Return the number of a problem, 0 for none of them; leaves with 2 where it is neither."""
    if written is None:
        return None
    if written.casefold() == "none":
        return 0
    if not (written.isascii() and written.isdigit() and 0 < len(written) <= 12 and int(written)):
        complain(f"--problem {written[:60]}: the number of a ticket belongs here, or none")
        raise typer.Exit(2)
    return int(written)


def _tell(gateway: Gateway, number: int, done: str) -> None:
    with gateway.store.reading() as tx:
        sheet = tickets.shown(tx, number)
    if sheet is not None:
        ticket = sheet.ticket
        whose = ticket.assignee or "nobody"
        say(f"{done} Ticket {number}: {ticket.status}, {ticket.priority}, group {ticket.group}, assigned to {whose}.")


def _agent(name: str | None, policy: Policy) -> Agent:
    if name is None:
        return Agent(_unix_user(), "Service desk", policy.admin)
    agent = policy.directory.agent(name)
    if agent is None:
        raise unknown("--as", name, [known.name for known in policy.directory.agents])
    return agent


def _unix_user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # an account without a name, as in a container
        return "operator"


def _named(orders: Orders, name: str | None, directory: Directory) -> Orders:
    """Return the orders with names as the directory writes them; leaves with 2 where it does not know one."""
    if orders.group is not None:
        group = directory.group(orders.group)
        if group is None:
            raise unknown("--group", orders.group, [known.name for known in directory.groups])
        orders = replace(orders, group=group.name)
    if orders.assign is not None:
        orders = replace(orders, assign=_assignee(orders.assign, name, directory))
    return orders


def _ci(wanted: str | None, known: Assets) -> str | None:
    """Return the configuration item as the list writes it, "" for none; leaves with 2 where it is not in the list."""
    if wanted is None or wanted.casefold() == "none":
        return None if wanted is None else ""
    if known.all and known.named(wanted) is None:
        raise unknown("--ci", wanted, [one.name for one in known.all])
    if not wanted.strip() or len(wanted) > LONGEST_CI or not wanted.isprintable():
        complain(f"--ci {wanted[:60]!r}: this is no name")
        raise typer.Exit(2)
    return known.spelled(wanted)


def _answers(wanted: Sequence[str], library: Library) -> tuple[str, ...]:
    """Return the names of answers as their files write them; leaves with 2 where one is not there for customers."""
    names = dict.fromkeys(one.name for one in library.answers if one.for_customers)
    for name in wanted:
        if library.spelled(name) not in names:
            raise unknown("--answer", name, list(names))
    return tuple(found for name in wanted if (found := library.spelled(name)) is not None)


def _assignee(wanted: str, name: str | None, directory: Directory) -> str:
    if wanted.casefold() == "none":
        return ""
    if wanted.casefold() == "me" and name is None:
        complain("--assign me: say who you are with --as NAME")
        raise typer.Exit(2)
    found = directory.agent(name if wanted.casefold() == "me" and name is not None else wanted)
    if found is None:
        raise unknown("--assign", wanted, [*(known.name for known in directory.agents), "me", "none"])
    return found.name
