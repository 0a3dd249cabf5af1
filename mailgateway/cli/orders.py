"""Orders that somebody gives at a shell: carried out on one ticket after the other, and told what came of them."""

import getpass
from collections.abc import Sequence
from pathlib import Path

import typer

from mailgateway import clock
from mailgateway.app import Gateway
from mailgateway.cli.lines import complain, say, say_json
from mailgateway.cli.opened import opened
from mailgateway.cli.typed.attached import attached
from mailgateway.cli.typed.names import unknown
from mailgateway.cli.typed.spelling import spelled
from mailgateway.desk.agents.orders import Orders
from mailgateway.desk.model import Agent
from mailgateway.desk.policy import Policy
from mailgateway.flows.operate import operate
from mailgateway.flows.sheets import line_object
from mailgateway.store.tickets import listed as ticket_list


def give(
    ctx: typer.Context,
    numbers: Sequence[int],
    orders: Orders,
    name: str | None,
    done: str,
    files: Sequence[Path] = (),
    *,
    as_objects: bool,
) -> None:
    """Carry out orders in the name of an agent, or of the service desk, and say how each ticket is then.

    What stands against one ticket is told, and holds up no other; leaves with 1 then. A name that is not known, or a
    file that cannot be read, leaves with 2 before anything is changed.
    """
    attachments = attached(files)
    with opened(ctx) as gateway:
        agent = _agent(name, gateway.policy)
        named = spelled(orders, name, gateway.policy)
        refused = False
        for number in dict.fromkeys(numbers):
            against = operate(gateway.desk, number, named, agent, f"cli-{clock.fresh_id()}", attachments)
            if against:
                complain(against)
                refused = True
            else:
                _tell(gateway, number, done, as_object=as_objects)
    if refused:
        raise typer.Exit(1)


def _tell(gateway: Gateway, number: int, done: str, *, as_object: bool) -> None:
    with gateway.store.reading() as tx:
        (line,) = ticket_list.lines(tx, [number])
    if as_object:
        say_json(line_object(line, gateway.policy.organisations))
        return
    whose = line.assignee or "nobody"
    say(f"{done} Ticket {number}: {line.status}, {line.priority}, group {line.group}, assigned to {whose}.")


def _agent(name: str | None, policy: Policy) -> Agent:
    if name is None:
        return Agent(unix_user(), "Service desk", policy.admin)
    agent = policy.directory.agent(name)
    if agent is None:
        raise unknown("--as", name, [known.name for known in policy.directory.agents])
    return agent


def unix_user() -> str:
    """Return who sits at the shell, by the name of their account."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # an account without a name, as in a container
        return "operator"
