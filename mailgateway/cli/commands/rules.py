"""`mailgateway rules`: are the rules right, and why does a mail go where it goes?"""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from mailgateway.cli.apps import group
from mailgateway.cli.commands.backtest import backtest
from mailgateway.cli.invocation import invocation
from mailgateway.cli.lines import clean, complain, say, say_json
from mailgateway.cli.options import AsJson
from mailgateway.clock import now
from mailgateway.config.load import load
from mailgateway.config.policy import policy as policy_of
from mailgateway.desk.asking import requester_of
from mailgateway.desk.policy import MailboxPolicy, Policy
from mailgateway.desk.route import route
from mailgateway.desk.thread import writer
from mailgateway.desk.trust import results
from mailgateway.mail.classify import OwnMarks, classify
from mailgateway.mail.model import Mail
from mailgateway.mail.parse import looks_like_mail, parse
from mailgateway.mail.reply import split_reply
from mailgateway.rules.schema import Question

_WITH_DEFAULT = ("group", "type", "priority", "language")

app = group("Check the routing rules, and see what they make of a mail.")
app.command()(backtest)


@app.command()
def check(ctx: typer.Context) -> None:
    """Check the routing rules, and what they name."""
    settings = load(invocation(ctx).config)
    rules = settings.ruleset.rules
    rules_files = {str(file) for file in settings.rules_files}
    doubtful = [one for one in settings.warnings if one.file in rules_files]
    for warning in doubtful:
        complain(str(warning))
    if doubtful:
        raise typer.Exit(1)
    say(f"fine: {len(rules)} rule{'' if len(rules) == 1 else 's'}")


@app.command()
def explain(
    ctx: typer.Context,
    files: Annotated[list[Path], typer.Argument(metavar="FILE", help="Mails.")],
    *,
    mailbox: Annotated[
        str | None,
        typer.Option("--mailbox", metavar="NAME", help="Where they arrive; else the mailbox they are written to."),
    ] = None,
    as_objects: AsJson = False,
) -> None:
    """Show why a mail goes where it goes. Which rules match, which condition decided, what a new ticket gets."""
    policy = policy_of(load(invocation(ctx).config), ())
    if mailbox is not None and mailbox not in [known.name for known in policy.mailboxes]:
        names = ", ".join(known.name for known in policy.mailboxes)
        complain(f"no mailbox is called {mailbox}; there are: {names}")
        raise typer.Exit(2)
    mails = [(file, _read(file)) for file in files]
    all_well = True
    for file, raw in mails:
        problem = looks_like_mail(raw)
        if problem is not None:
            complain(f"{file}: {problem}")
            all_well = False
            continue
        explained = _explained(parse(raw, policy.reading), len(raw), policy, mailbox)
        if as_objects:
            say_json({"file": str(file), **explained})
        else:
            _show(file, explained)
    if not all_well:
        raise typer.Exit(1)


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        complain(f"{file}: cannot be read: {error.strerror}")
        raise typer.Exit(2) from None


def _explained(mail: Mail, size: int, policy: Policy, mailbox: str | None) -> dict[str, Any]:
    chosen = policy.mailbox(mailbox) if mailbox is not None else _addressed(mail, policy)
    verdict = classify(mail, OwnMarks(policy.domain, policy.own_addresses))
    received = mail.date or now()
    question = Question(
        mail,
        verdict.kind,
        chosen.name,
        split_reply(mail).text,
        size=size,
        received_at=received,
        requester=requester_of(writer(mail, policy).address, policy),
        authentication=results(mail, policy.trusted_authserv),
        calendars=policy.open_calendars(received),
    )
    return route(policy, question, every_step=True).trace


def _addressed(mail: Mail, policy: Policy) -> MailboxPolicy:
    """Return the mailbox that a mail is written to, the first one where it names none."""
    named = {person.key for person in (*mail.to, *mail.cc)}
    return next((one for one in policy.mailboxes if one.addresses & named), policy.mailboxes[0])


def _show(file: Path, explained: dict[str, Any]) -> None:
    console = Console(highlight=False, markup=False, emoji=False)
    console.print(Text(clean(str(file)), style="bold"))
    for step in explained["steps"]:
        sign, style = ("✓", "green") if step["result"] else ("·", "dim")
        console.print(Text(clean(f"  {sign} {step['rule']} (line {step['line']}): {step['why']}"), style=style))
    for name, value in explained["final"].items():
        decided = explained["actions"].get(name)
        if decided or name in _WITH_DEFAULT:
            by = f"rule {decided['rule']}" if decided else "the mailbox's default"
            shown = value if isinstance(value, str) else _joined(value)
            console.print(Text(clean(f"  {name:<10} {shown}")) + Text(clean(f"  ({by})"), style="dim"))


def _joined(value: list[str] | dict[str, str]) -> str:
    return " ".join(f"{name}={text}" for name, text in value.items()) if isinstance(value, dict) else " ".join(value)
