"""The story: a mail becomes a ticket, an agent answers, the customer is told; then the stage is the visitor's."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from mailgateway import app
from mailgateway.config.example import write_example
from mailgateway.demo import letters
from mailgateway.demo.post_office import PASSWORD, USER, Delivered, PostOffice
from mailgateway.errors import GatewayError
from mailgateway.store import quarantine, tickets
from mailgateway.store.engine import Store
from mailgateway.store.ticket_list import listed
from mailgateway.store.tickets import TicketSheet

_PATIENCE = 30.0
_MOST_LINES = 16
_GATEWAY = """\
# The demonstration's own configuration; groups.yaml and routing.yaml are the shipped examples.
domain: example.com
database: sqlite:///{folder}/mailgateway.db
blobs: file://{folder}/blobs
admin: postmaster@example.com
mailboxes:
  - name: support
    address: support@example.com
    aliases: [help@example.com]
    display: Example service desk
    imap: {{host: 127.0.0.1, port: {imap_port}, tls: none, username: {user}, password: {{file: {folder}/password}}}}
    settle: {{processed: "move:Processed", quarantined: "move:Quarantine"}}
    default: {{group: first-line, type: incident, priority: normal, language: en}}
smtp: {{host: 127.0.0.1, port: {smtp_port}, tls: none}}
# A visitor does not want to wait for a minute.
notifications: {{gather: 0}}
files: {{groups: groups.yaml, rules: routing.yaml}}
"""


@dataclass(frozen=True, slots=True)
class Stage:
    """Where the story is told: the mail servers, the gateway's store, the folder of its configuration."""

    post: PostOffice
    store: Store
    folder: Path
    console: Console


def run(*, once: bool) -> int:
    """Tell the story; stay up for the visitor's own mails unless `once`. Returns the exit code."""
    console = Console(highlight=False, width=min(Console().width, 100))
    with TemporaryDirectory(prefix="mailgateway-demo-") as name, PostOffice(_is_support) as post:
        folder = Path(name)
        _configure(folder, post)
        store = app.open_gateway(folder / "gateway.yaml").store
        with _daemon(folder):
            stage = Stage(post, store, folder, console)
            try:
                _tell(stage)
            except TimeoutError as late:
                console.print(f"[red]The story stopped: {late}.[/] The daemon's log:")
                console.print(Text((folder / "log").read_text()[-4000:]))
                return 1
            if not once:
                _invite(stage)
        store.close()
    return 0


def _is_support(address: str) -> bool:
    local, _, domain = address.casefold().rpartition("@")
    return domain == "example.com" and local.partition("+")[0] in ("support", "help")


def _configure(folder: Path, post: PostOffice) -> None:
    write_example(folder)
    (folder / "password").write_text(PASSWORD)
    text = _GATEWAY.format(folder=folder, imap_port=post.imap_port, smtp_port=post.smtp_port, user=USER)
    (folder / "gateway.yaml").write_text(text)


@contextmanager
def _daemon(folder: Path) -> Iterator[None]:
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "mailgateway", "-c", str(folder / "gateway.yaml"), "run"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=log,
            start_new_session=True,
        )
        try:
            yield
        finally:
            process.terminate()
            process.wait(_PATIENCE)


def _tell(stage: Stage) -> None:
    _title(stage, "1", "Carla writes to support@example.com")
    raw = letters.first_mail()
    stage.post.write(raw)
    receipt = stage.post.wait_for("carla@customer.example")
    sheet = _sheet(stage, 0)
    _show_ticket(stage, sheet)
    _show_trace(stage, sheet)
    _show_letter(stage, receipt, "She is acknowledged at once")

    _title(stage, "2", "Bob answers the notification in his own mail client")
    notice = stage.post.wait_for("bob@example.com")
    _show_letter(stage, notice, "What Bob was sent")
    stage.post.write(letters.answer(notice, letters.BOB, "Hello Carla,\n\nI have changed the drum. Better now?\n\nBob"))
    answer = stage.post.wait_for("carla@customer.example", 2)
    _show_letter(stage, answer, "What reaches Carla: his words and name, no private address")
    _show_letter(stage, stage.post.wait_for("bob@example.com", 2), "What Bob gets back: who got it, and what changed")

    _title(stage, "3", "Carla answers back, and Bob closes the matter with one line")
    stage.post.write(letters.answer(answer, letters.CARLA, "Perfect, thank you!"))
    follow_up = stage.post.wait_for("bob@example.com", 3)
    _show_letter(stage, follow_up, "Bob is told")
    stage.post.write(letters.answer(follow_up, letters.BOB, "#solved"))
    _show_letter(stage, stage.post.wait_for("carla@customer.example", 3), "The status mail")
    _show_history(stage, _sheet(stage, sheet.ticket.number))

    _title(stage, "4", "Meanwhile, other mail arrives")
    for what, other in letters.more_mails():
        stage.console.print(f"   [bold]>[/] {what}")
        stage.post.write(other)
    stage.post.wait_for("jan@klient.example")
    _wait_for_quarantine(stage)
    _show_tickets(stage)
    stage.console.print(
        "The newsletter and the out-of-office reply were filed, and nobody answered them; what is no mail at all waits"
        " in quarantine for a person, and held nothing up.\n"
    )


def _invite(stage: Stage) -> None:
    port = stage.post.smtp_port
    stage.console.print(
        Panel(
            f"The desk is open. Send it a mail of your own, to support@example.com at SMTP 127.0.0.1 port {port}:\n\n"
            f"  {sys.executable} -c \"import smtplib; smtplib.SMTP('127.0.0.1', {port}).sendmail(\n"
            "    'me@home.example', ['support@example.com'],\n"
            "    'From: me@home.example\\nSubject: My printer\\n\\nHelp!')\"\n\n"
            "and look at the tickets:\n\n"
            f"  {sys.executable} -m mailgateway -c {stage.folder}/gateway.yaml tickets list\n\n"
            "What the desk sends appears here. Ctrl-C ends it.",
            title="Your turn",
            border_style="green",
        ),
        soft_wrap=True,
    )
    seen = stage.post.count
    try:
        while True:
            for delivered in stage.post.delivered_after(seen, timeout=1.0):
                seen += 1
                _show_letter(stage, delivered, f"To {delivered.recipient}")
    except KeyboardInterrupt:
        stage.console.print("\nClosed.")


def _sheet(stage: Stage, number: int) -> TicketSheet:
    with stage.store.reading() as tx:
        sheet = tickets.shown(tx, number or listed(tx, limit=1)[0].number)
    if sheet is None:
        raise GatewayError(f"ticket {number} is gone")
    return sheet


def _wait_for_quarantine(stage: Stage) -> None:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        with stage.store.reading() as tx:
            if quarantine.listed(tx, limit=1):
                return
        time.sleep(0.1)
    raise TimeoutError("nothing came into quarantine")


def _title(stage: Stage, number: str, text: str) -> None:
    stage.console.print()
    stage.console.rule(f"[bold]{number} · {text}", align="left")


def _show_ticket(stage: Stage, sheet: TicketSheet) -> None:
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


def _show_trace(stage: Stage, sheet: TicketSheet) -> None:
    table = Table("", "rule", "line", "why", box=None, padding=(0, 2), header_style="dim")
    for step in sheet.trace["steps"]:
        mark = Text("✓", style="green") if step["result"] else Text("·", style="dim")
        table.add_row(mark, *(Text(str(step[key])) for key in ("rule", "line", "why")))
    stage.console.print(Panel(table, title="Why it went there: the routing trace, kept with the ticket"))


def _show_letter(stage: Stage, delivered: Delivered, title: str) -> None:
    mail = delivered.mail
    sender = f"{mail.sender.name} <{mail.sender.address}>" if mail.sender else ""
    head = f"From:    {sender}\nTo:      {delivered.recipient}\nSubject: {mail.subject}\n\n"
    lines = [line for line in mail.text.strip().splitlines() if not line.startswith("##-")]
    shown = "\n".join(lines[:_MOST_LINES]).strip() + (" …" if len(lines) > _MOST_LINES else "")
    text = Text(head, style="dim") + Text(shown, style="default")
    stage.console.print(Panel(text, title=title, border_style="yellow"))


def _show_history(stage: Stage, sheet: TicketSheet) -> None:
    table = Table("when", "who", "what", box=None, padding=(0, 2), header_style="dim")
    for event in sheet.events:
        detail = ", ".join(
            f"{key} {value}" for key, value in event.detail.items() if key in ("before", "after", "kind")
        )
        table.add_row(Text(f"{event.at:%H:%M:%S}"), Text(event.actor), Text(f"{event.what} {detail}"))
    stage.console.print(Panel(table, title=f"The history of #{sheet.ticket.number}: {sheet.ticket.status.value}"))


def _show_tickets(stage: Stage) -> None:
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
