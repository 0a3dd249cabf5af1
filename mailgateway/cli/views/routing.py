"""What rules made of a mail or a ticket, for the eyes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.text import Text

from mailgateway.cli.lines import clean
from mailgateway.cli.views.tables import moment
from mailgateway.desk.model import Ticket
from mailgateway.desk.timed.timers import Outlook

_WITH_DEFAULT = ("group", "type", "priority", "language")
_BY_RULE_ALONE = ("no_acknowledgement", "discard", "quarantine", "reject")


def show(heading: str, explained: dict[str, Any], *, is_new: bool) -> None:
    """Show every rule with what decided it, and what the ticket gets, from which rule."""
    console = _console()
    console.print(Text(clean(heading), style="bold"))
    _steps(console, explained, {})
    _final(console, explained, is_new=is_new)


def show_timers(ticket: Ticket, at: datetime, explained: dict[str, Any], waiting: Sequence[Outlook]) -> None:
    """Show what timer rules make of a ticket now, when each comes due, and which had their effect."""
    console = _console()
    state = f"{ticket.status}, {ticket.priority}, {ticket.group}"
    console.print(Text(clean(f"#{ticket.number} {ticket.subject} ({state}) at {moment(at)}"), style="bold"))
    if not waiting:
        console.print(Text("  no rule has on: timer"))
        return
    _steps(console, explained, {one.rule.name: _comes(one, at) for one in waiting})
    fired = {one.rule.name for one in waiting if one.fired}
    if set(explained["matched"]) - fired:
        _final(console, explained, is_new=False)


def _comes(one: Outlook, at: datetime) -> str:
    if one.fired:
        return "it has fired, and does again when the ticket waits anew"
    if one.due_at is None:
        return "not as the ticket is"
    return f"due since {moment(one.due_at)}" if one.due_at <= at else f"due {moment(one.due_at)}, if nothing changes"


def _steps(console: Console, explained: dict[str, Any], comes: dict[str, str]) -> None:
    if not explained["steps"]:
        console.print(Text("  no rule is asked here", style="dim"))
    for step in explained["steps"]:
        sign, style = ("✓", "green") if step["result"] else ("·", "dim")
        console.print(Text(clean(f"  {sign} {step['rule']} (line {step['line']}): {step['why']}"), style=style))
        if step["rule"] in comes:
            console.print(Text(f"      {comes[step['rule']]}"))


def _final(console: Console, explained: dict[str, Any], *, is_new: bool) -> None:
    """Show what rules decided; of a new ticket also what the mailbox's default did."""
    final, actions = explained["final"], explained["actions"]
    shown = [name for name in final if name in actions or (is_new and name in _WITH_DEFAULT)]
    if not shown:
        console.print(Text("  nothing changes"))
    width = max((len(name) for name in shown), default=0)
    for name in shown:
        decided = actions.get(name)
        by = f"rule {decided['rule']}" if decided else "the mailbox's default"
        value = _truth(final[name]) if name in _BY_RULE_ALONE else _spoken(final[name])
        console.print(Text(clean(f"  {name:<{width}}  {value}")) + Text(clean(f"  ({by})"), style="dim"))


def _truth(rule: str) -> str:
    return "yes" if rule else "no"


def _spoken(value: object) -> str:
    match value:
        case dict():
            return " ".join(f"{name}={text}" for name, text in value.items())
        case list():
            return " ".join(map(str, value))
        case None | "":
            return "none"
        case _:
            return str(value)


def _console() -> Console:
    return Console(highlight=False, markup=False, emoji=False, soft_wrap=True)
