"""Where the story is told, and how what happens is shown."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from mailgateway.demo.post_office import Delivered, PostOffice
from mailgateway.store.engine import Store
from mailgateway.store.incoming import quarantine
from mailgateway.store.tickets.listed import listed
from mailgateway.store.tickets.shown import TicketSheet

_MOST_LINES = 16


@dataclass(frozen=True, slots=True)
class Stage:
    """Where the story is told: the mail servers, the gateway's store, the folder of its configuration."""

    post: PostOffice
    store: Store
    folder: Path
    console: Console

    def said(self, *words: str) -> str:
        """Return what a command of the gateway says, as a visitor would see it on this terminal."""
        ran = subprocess.run(
            [sys.executable, "-m", "mailgateway", "-c", str(self.folder / "gateway.yaml"), *words],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=True,
            env={**os.environ, "COLUMNS": str(self.console.width), "PYTHONIOENCODING": "utf-8"},
        )
        return ran.stdout


def show_command(stage: Stage, *words: str) -> None:
    """Run a command of the gateway and show what was typed and what it says."""
    stage.console.print(Text(f"$ mailgateway {' '.join(words)}", style="bold"))
    stage.console.print(Text(stage.said(*words)))


def title(stage: Stage, number: str, text: str) -> None:
    """Begin an act."""
    stage.console.print()
    stage.console.rule(f"[bold]{number} · {text}", align="left")


def show_ticket(stage: Stage, sheet: TicketSheet) -> None:
    """Show the head of a ticket."""
    ticket = sheet.ticket
    table = Table(show_header=False, box=None, padding=(0, 2))
    for name, value in (
        ("Ticket", f"#{ticket.number}"),
        ("Subject", ticket.subject),
        ("Requester", f"{ticket.requester.name} <{ticket.requester.address}>"),
        ("Group", ticket.group),
        ("Priority", ticket.priority.value),
        ("Tags", ", ".join(ticket.tags)),
        ("Files", ", ".join(file.filename for file in sheet.articles[0].article.attachments)),
    ):
        table.add_row(Text(name, style="dim"), Text(value))
    stage.console.print(Panel(table, title="It is a ticket", border_style="cyan"))


def show_trace(stage: Stage, sheet: TicketSheet) -> None:
    """Show by which rules a ticket was routed."""
    table = Table("", "rule", "line", "why", box=None, padding=(0, 2), header_style="dim")
    for step in sheet.trace["steps"]:
        mark = Text("✓", style="green") if step["result"] else Text("·", style="dim")
        table.add_row(mark, *(Text(str(step[key])) for key in ("rule", "line", "why")))
    stage.console.print(Panel(table, title="Why it went there: the routing trace, kept with the ticket"))


def show_letter(stage: Stage, delivered: Delivered, title: str) -> None:
    """Show a letter that reached somebody."""
    mail = delivered.mail
    sender = f"{mail.sender.name} <{mail.sender.address}>" if mail.sender else ""
    head = f"From:    {sender}\nTo:      {delivered.recipient}\nSubject: {mail.subject}\n\n"
    lines = [line for line in mail.text.strip().splitlines() if not line.startswith("##-")]
    shown = "\n".join(lines[:_MOST_LINES]).strip() + (" …" if len(lines) > _MOST_LINES else "")
    text = Text(head, style="dim") + Text(shown, style="default")
    stage.console.print(Panel(text, title=title, border_style="yellow"))


def show_history(stage: Stage, sheet: TicketSheet) -> None:
    """Show what happened to a ticket."""
    table = Table("when", "who", "what", box=None, padding=(0, 2), header_style="dim")
    for event in sheet.events:
        detail = ", ".join(
            f"{key} {value}" for key, value in event.detail.items() if key in ("before", "after", "kind")
        )
        table.add_row(Text(f"{event.at:%H:%M:%S}"), Text(event.actor), Text(f"{event.what} {detail}"))
    stage.console.print(Panel(table, title=f"The history of #{sheet.ticket.number}: {sheet.ticket.status.value}"))


def show_tickets(stage: Stage) -> None:
    """Show every ticket, and what is in quarantine."""
    with stage.store.reading() as tx:
        lines = listed(tx, limit=20)
        aside = quarantine.listed(tx, limit=20)
    table = Table("ticket", "subject", "requester", "group", "status", box=None, padding=(0, 2), header_style="dim")
    for line in lines:
        cells = (f"#{line.number}", line.subject, line.requester.address, line.group, line.status.value)
        table.add_row(*(Text(cell) for cell in cells))
    for entry in aside:
        table.add_row("-", Text(entry.subject or "(none)"), Text(entry.sender), "quarantine", Text(entry.error))
    stage.console.print(table)
