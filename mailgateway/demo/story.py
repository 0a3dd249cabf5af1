"""The story: a mail becomes a ticket, an agent answers, a promise runs out; then the stage is the visitor's."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.panel import Panel
from rich.text import Text

from mailgateway import app, clock
from mailgateway.config.example import write_example
from mailgateway.demo import letters
from mailgateway.demo.post_office import PASSWORD, USER, Delivered, PostOffice
from mailgateway.demo.stage import (
    Stage,
    show_command,
    show_history,
    show_letter,
    show_ticket,
    show_tickets,
    show_trace,
    title,
)
from mailgateway.errors import GatewayError
from mailgateway.store.incoming import quarantine
from mailgateway.store.tickets import shown as tickets
from mailgateway.store.tickets.listed import listed
from mailgateway.store.tickets.shown import TicketSheet

_PATIENCE = 30.0
_LONG_PATIENCE = 60.0
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
files: {{groups: groups.yaml, rules: routing.yaml, service_levels: service_levels.yaml}}
"""
_LEVELS = """\
calendars:
  - {name: always}
policies:
  - name: quick
    calendar: always
    targets:
      - {priority: urgent, first_response: 1m}
    escalations:
      - {at: 100%, notify: lead}
"""


def run(*, once: bool, page: Path | None = None) -> int:
    """Tell the story; stay up for the visitor's own mails unless `once`. Returns the exit code.

    The report is written to `page`, and stays; else it lies in the folder of the demonstration while that stays up.
    """
    console = Console(highlight=False, width=min(Console().width, 100))
    with TemporaryDirectory(prefix="mailgateway-demo-") as name, PostOffice(_is_support) as post:
        folder = Path(name)
        _configure(folder, post)
        store = app.open_gateway(folder / "gateway.yaml").store
        with _daemon(folder) as hurry:
            stage = Stage(post, store, folder, console)
            try:
                _tell(stage)
                _escalate(stage, hurry)
                _report(stage, page if once or page is not None else folder / "report.html")
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
    (folder / "service_levels.yaml").write_text(_LEVELS)
    text = _GATEWAY.format(folder=folder, imap_port=post.imap_port, smtp_port=post.smtp_port, user=USER)
    (folder / "gateway.yaml").write_text(text)


@contextmanager
def _daemon(folder: Path) -> Iterator[Callable[[], None]]:
    """Run the daemon; gives what hurries its clock."""
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "mailgateway.demo.daemon", str(folder / "gateway.yaml")],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=log,
            start_new_session=True,
        )
        try:
            yield lambda: process.send_signal(signal.SIGUSR1)
        finally:
            process.terminate()
            process.wait(_PATIENCE)


def _tell(stage: Stage) -> None:
    title(stage, "1", "Carla writes to support@example.com")
    raw = letters.first_mail()
    stage.post.write(raw)
    receipt = stage.post.wait_for("carla@customer.example")
    sheet = _sheet(stage, 0)
    show_ticket(stage, sheet)
    show_trace(stage, sheet)
    show_letter(stage, receipt, "She is acknowledged at once")

    title(stage, "2", "Bob answers the notification in his own mail client")
    notice = stage.post.wait_for("bob@example.com")
    show_letter(stage, notice, "What Bob was sent")
    stage.post.write(letters.answer(notice, letters.BOB, "Hello Carla,\n\nI have changed the drum. Better now?\n\nBob"))
    answer = stage.post.wait_for("carla@customer.example", 2)
    show_letter(stage, answer, "What reaches Carla: his words and name, no private address")
    show_letter(stage, stage.post.wait_for("bob@example.com", 2), "What Bob gets back: who got it, and what changed")

    title(stage, "3", "Carla answers back, and Bob closes the matter with one line")
    stage.post.write(letters.answer(answer, letters.CARLA, "Perfect, thank you!"))
    follow_up = stage.post.wait_for("bob@example.com", 3)
    show_letter(stage, follow_up, "Bob is told")
    stage.post.write(letters.answer(follow_up, letters.BOB, "#solved"))
    show_letter(stage, stage.post.wait_for("carla@customer.example", 3), "The status mail")
    show_history(stage, _sheet(stage, sheet.ticket.number))

    title(stage, "4", "Meanwhile, other mail arrives")
    for what, other in letters.more_mails():
        stage.console.print(f"   [bold]>[/] {what}")
        stage.post.write(other)
    stage.post.wait_for("jan@klient.example")
    _wait_for_quarantine(stage)
    show_tickets(stage)
    stage.console.print(
        "The newsletter and the out-of-office reply were filed, and nobody answered them; what is no mail at all waits"
        " in quarantine for a person, and held nothing up.\n"
    )


def _escalate(stage: Stage, hurry: Callable[[], None]) -> None:
    title(stage, "5", "A promise runs out, and somebody hears of it")
    stage.console.print(
        "Urgent matters are promised a first answer within a minute, round the clock. Eve writes, and nobody answers."
        " From here on the desk's clock runs twenty times as fast, so that you need not wait.\n"
    )
    stage.post.write(letters.urgent_mail())
    stage.post.wait_for("eve@shop.example")
    hurry()
    escalation = _escalation(stage)
    show_letter(stage, escalation, "What Anna gets, who leads the group")
    show_command(stage, "tickets", "show", str(_sheet(stage, 0).ticket.number), "--explain-levels")


def _escalation(stage: Stage) -> Delivered:
    """Wait for the mail to the group's lead that the time is over."""
    count = 0
    while True:
        count += 1
        letter = stage.post.wait_for("anna@example.com", count, timeout=_LONG_PATIENCE)
        if "till 4" in letter.mail.subject and "is overdue" in letter.mail.text:
            return letter


def _report(stage: Stage, page: Path | None) -> None:
    title(stage, "6", "What it all comes to: the report")
    days = "--from", f"{clock.now() - timedelta(days=6):%Y-%m-%d}"
    show_command(stage, "report", *days)
    if page is None:
        stage.console.print("With --report FILE the demonstration leaves it as a page with charts.\n")
        return
    page.write_text(stage.said("report", *days, "--format", "html"), encoding="utf-8")
    stage.console.print(Text.assemble("The same with charts, for a browser or a mail client: ", (str(page), "bold")))
    stage.console.print()


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
                show_letter(stage, delivered, f"To {delivered.recipient}")
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
