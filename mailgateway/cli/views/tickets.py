"""Tickets as sheets for the eyes."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.rule import Rule
from rich.text import Text

from mailgateway.cli.lines import clean, clean_text
from mailgateway.cli.views import levels
from mailgateway.cli.views.happened import in_words
from mailgateway.cli.views.tables import moment
from mailgateway.desk.files.said import why
from mailgateway.desk.model import ArticleKind, Direction, Ticket
from mailgateway.store.tickets.shown import FiledArticle, TicketSheet

_MOST_LINKS = 20
_HEADS = {
    (ArticleKind.PUBLIC, Direction.IN): ("←", "cyan"),
    (ArticleKind.PUBLIC, Direction.OUT): ("→", "green"),
    (ArticleKind.NOTE, Direction.IN): ("note", "yellow"),
    (ArticleKind.AUTO, Direction.IN): ("machine", "dim"),
}

_HELD = ("held", "magenta")


def show_sheet(sheet: TicketSheet, now: datetime, *, is_vip: bool, about: str) -> None:
    """Put a ticket on the terminal; `is_vip`: its requester matters more; `about` names what it is about."""
    console = Console(highlight=False, markup=False, emoji=False)
    console.print(Text(clean(f"#{sheet.ticket.number}  {sheet.ticket.subject}"), style="bold"))
    facts = _facts(sheet.ticket, now, is_vip=is_vip, about=about) | levels.facts(sheet.ticket, now)
    for label, value in facts.items():
        if value:
            console.print(Text(f"{label:<13}", style="dim") + Text(clean(value)))
    if sheet.major is not None:
        said = (
            f"since {moment(sheet.major.since)}, for {sheet.major.only_for}: {' / '.join(sheet.major.texts.values())}"
        )
        console.print(Text(f"{'Major':<13}", style="dim") + Text(clean(said), style="bold red"))
    _show_links(console, sheet)
    for one in sheet.beside:
        line = f"#{one.number}  {one.subject} ({one.status.replace('_', ' ')})"
        console.print(Text(f"{'Same thing':<13}", style="dim") + Text(clean(line)))
    for filed in sheet.articles:
        _show_article(console, filed, sheet.ticket)
    _show_events(console, sheet)
    _show_trace(console, sheet.trace)


def _facts(ticket: Ticket, now: datetime, *, is_vip: bool, about: str) -> dict[str, str]:
    sleeps = ticket.snoozed_until is not None and ticket.snoozed_until > now
    return {
        "Status": f"{ticket.status.replace('_', ' ')}, {ticket.priority} {ticket.type}",
        "Group": f"{ticket.group}, assigned to {ticket.assignee or 'nobody'}",
        "Offered": _offered(ticket),
        "Snoozed": f"until {moment(ticket.snoozed_until)}" if ticket.snoozed_until and sleeps else "",
        "Requester": f"{ticket.requester.shown}{', VIP' if is_vip else ''}",
        "Organisation": ticket.organisation or "",
        "Participants": ", ".join(person.shown for person in ticket.participants),
        "About": about,
        "Watchers": ", ".join(ticket.watchers),
        "Tags": " ".join(ticket.tags),
        "Fields": ", ".join(f"{name}={value}" for name, value in ticket.fields.items()),
        "Policy": levels.policy_of(ticket),
        "Held": ", ".join(
            f"answer of {one.agent}, article {one.article}, since {moment(one.at)}" for one in ticket.held
        ),
        "Opened": f"{moment(ticket.created_at)} in mailbox {ticket.mailbox}; changed {moment(ticket.updated_at)}",
    }


def _offered(ticket: Ticket) -> str:
    offer = ticket.offer
    if offer is None:
        return ""
    until = f", to be accepted by {moment(offer.accept_by)}" if offer.accept_by else ""
    if offer.is_paused and offer.left is not None:
        until = f", to be accepted; paused, with {levels.hours(offer.left)} left"
    return f"by {offer.giver}, since {moment(offer.at)}{until}"


def _show_links(console: Console, sheet: TicketSheet) -> None:
    told = Counter[str]()
    for link in sheet.links:
        told[link.relation] += 1
        if told[link.relation] <= _MOST_LINKS:
            line = f"#{link.number}  {link.subject} ({link.status.replace('_', ' ')})"
            label = link.relation.replace("_", " ").capitalize()
            console.print(Text(f"{label:<13}", style="dim") + Text(clean(line)))
    for relation, many in told.items():
        if many > _MOST_LINKS:
            console.print(Text(f"{'':<13}and {many - _MOST_LINKS} more: {relation.replace('_', ' ')}", style="dim"))


def _show_article(console: Console, filed: FiledArticle, ticket: Ticket) -> None:
    article = filed.article
    sign, style = (
        _HELD
        if filed.id in {one.article for one in ticket.held}
        else _HEADS.get((article.kind, article.direction), (article.kind.value, ""))
    )
    where = "" if filed.ticket == ticket.number else f"  in #{filed.ticket}"
    title = f"{sign} {article.sender.shown}  {moment(article.at)}{where}"
    console.print(Rule(Text(clean(title, 76), style=style), align="left", style="dim"))
    console.print(Text(clean_text(article.text) or "(no text)"))
    for stored in article.attachments:
        gone = f": not kept, {why(stored.refused)}" if stored.refused else ""
        line = f"📎 {stored.filename} ({stored.content_type}, {stored.size} bytes){gone}"
        console.print(Text(clean(line), style="yellow" if gone else "dim"))


def _show_events(console: Console, sheet: TicketSheet) -> None:
    if sheet.events:
        console.print(Rule(Text("what happened"), align="left", style="dim"))
    for event in sheet.events:
        console.print(Text(clean(f"{moment(event.at)}  {event.actor}: {in_words(event)}", 300), style="dim"))


def _show_trace(console: Console, trace: Mapping[str, Any]) -> None:
    steps = trace.get("steps")
    if not isinstance(steps, list) or not steps:
        return
    console.print(Rule(Text("why it is here"), align="left", style="dim"))
    for step in steps:
        sign, style = ("✓", "green") if step.get("result") else ("·", "dim")
        console.print(Text(clean(f"{sign} {step.get('rule')}: {step.get('why')}", 300), style=style))
    told = [f"{trace['left_out']} rules more were passed over"] if trace.get("left_out") else []
    told += [f"rules {trace['version']}"] if trace.get("version") else []
    if told:
        console.print(Text(clean("; ".join(told)), style="dim"))
