"""`mailgateway rules explain`: why does a mail go where it goes, and what do timers make of a ticket?"""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from mailgateway.cli.invocation import invocation
from mailgateway.cli.lines import complain, say_json, wrong_usage
from mailgateway.cli.typed.names import no_ticket, unknown
from mailgateway.cli.typed.options import AsJson
from mailgateway.cli.views.routing import show, show_timers
from mailgateway.clock import now
from mailgateway.config.load import load
from mailgateway.config.policy import policy as policy_of
from mailgateway.config.settings import Settings
from mailgateway.desk.as_json import instant
from mailgateway.desk.model import Ticket
from mailgateway.desk.policy import MailboxPolicy, Policy
from mailgateway.desk.routing.asking import requester_of, state_of
from mailgateway.desk.routing.outcome import outcome
from mailgateway.desk.threads.thread import writer
from mailgateway.desk.threads.trust import results
from mailgateway.desk.timed.timers import Outlook, outlook, question_at
from mailgateway.mail.machines.classify import OwnMarks, classify
from mailgateway.mail.model import Mail
from mailgateway.mail.parse import looks_like_mail, parse
from mailgateway.mail.written.reply import split_reply
from mailgateway.rules.schema import NOBODY_LOOKED, Event, Question, Requester
from mailgateway.store.engine import NoDatabaseYet, Store, Transaction, open_store
from mailgateway.store.service.workload import known_requester
from mailgateway.store.tickets import attention
from mailgateway.store.tickets.heads import read_heads


def explain(
    ctx: typer.Context,
    files: Annotated[list[Path] | None, typer.Argument(metavar="[FILE]...", help="Mails.")] = None,
    *,
    ticket: Annotated[
        int | None,
        typer.Option(
            "--ticket",
            metavar="NUMBER",
            min=1,
            help="The ticket that they join; without mails, what timers make of it.",
        ),
    ] = None,
    mailbox: Annotated[
        str | None,
        typer.Option("--mailbox", metavar="NAME", help="Where they arrive; else the mailbox they are written to."),
    ] = None,
    as_objects: AsJson = False,
) -> None:
    """Show why a mail goes where it goes. Which rules match, which condition decided, what the ticket gets."""
    settings = load(invocation(ctx).config)
    policy = policy_of(settings, ())
    if not files and ticket is None:
        raise wrong_usage("name mails (FILE), or a ticket (--ticket NUMBER) to see what timers make of it")
    if mailbox is not None and mailbox not in [known.name for known in policy.mailboxes]:
        raise unknown("--mailbox", mailbox, [known.name for known in policy.mailboxes])
    mails = [(file, _read(file)) for file in files or ()]
    with _database(settings, policy, is_needed=ticket is not None) as tx:
        found = _ticket(tx, ticket) if tx is not None and ticket is not None else None
        if not mails and found is not None and tx is not None:
            _explain_timers(found, policy, tx, as_objects=as_objects)
        asked = _Asked(policy, mailbox, found, tx, as_objects)
        wrong = [file for file, raw in mails if not _explain(file, raw, asked)]
    if wrong:
        raise typer.Exit(1)


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise wrong_usage(f"{file}: cannot be read: {error.strerror}") from None


@contextmanager
def _database(settings: Settings, policy: Policy, *, is_needed: bool) -> Iterator[Transaction | None]:
    """Give a look into the database where a rule or the command asks for it; None where there need not be one."""
    if not is_needed and not _counts(policy):
        yield None
        return
    store: Store | None = None
    try:
        store = open_store(settings.database_url(), settings.blobs_at(), makes=False)
    except NoDatabaseYet:
        if is_needed:
            raise
    try:
        with nullcontext() if store is None else store.reading() as tx:
            yield tx
    finally:
        if store is not None:
            store.close()


def _counts(policy: Policy) -> bool:
    return policy.ruleset.asks_for("requester.known") or policy.ruleset.asks_for("requester.open_tickets")


def _ticket(tx: Transaction, number: int) -> Ticket:
    found = read_heads(tx, [number]).get(number)
    if found is None:
        raise no_ticket(number)
    return found


def _requester(address: str, policy: Policy, tx: Transaction | None) -> Requester:
    counted = NOBODY_LOOKED
    if tx is not None and _counts(policy):
        counted = known_requester(tx, policy.organisations.addresses_of(address))
    return requester_of(address, policy, counted)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What mails are explained by: `ticket` is the one that they join, `tx` looks into the database if one is there."""

    policy: Policy
    mailbox: str | None
    ticket: Ticket | None
    tx: Transaction | None
    as_objects: bool


def _explain(file: Path, raw: bytes, asked: _Asked) -> bool:
    """Show what rules make of a file; False where it is no mail."""
    problem = looks_like_mail(raw)
    if problem is not None:
        complain(f"{file}: {problem}")
        return False
    question = _question(parse(raw, asked.policy.reading), len(raw), asked)
    explained = outcome(asked.policy, question)
    if asked.as_objects:
        joins = {} if asked.ticket is None else {"ticket": asked.ticket.number}
        say_json({"file": str(file), **explained, **joins})
    else:
        joined = "" if asked.ticket is None else f", joins #{asked.ticket.number}"
        heading = f"{file}: {question.kind.value} mail in {question.mailbox}{joined}"
        show(heading, explained, is_new=asked.ticket is None)
    return True


def _question(mail: Mail, size: int, asked: _Asked) -> Question:
    policy, ticket = asked.policy, asked.ticket
    mailbox = policy.mailbox(asked.mailbox) if asked.mailbox is not None else _addressed(mail, policy)
    received = (mail.date if ticket is None else None) or now()
    return Question(
        mail,
        classify(mail, OwnMarks(policy.domain, policy.own_addresses)).kind,
        mailbox.name,
        split_reply(mail).text,
        event=Event.NEW if ticket is None else Event.FOLLOW_UP,
        size=size,
        received_at=received,
        ticket=None if ticket is None else state_of(ticket),
        requester=_requester(writer(mail, policy).address, policy, asked.tx),
        authentication=results(mail, policy.trusted_authserv),
        calendars=policy.open_calendars(received),
    )


def _addressed(mail: Mail, policy: Policy) -> MailboxPolicy:
    """Return the mailbox that a mail is written to, the first one where it names none."""
    named = {person.key for person in (*mail.to, *mail.cc)}
    return next((one for one in policy.mailboxes if one.addresses & named), policy.mailboxes[0])


def _explain_timers(ticket: Ticket, policy: Policy, tx: Transaction, *, as_objects: bool) -> None:
    at = now()
    requester = _requester(ticket.requester.address, policy, tx)
    explained = outcome(policy, question_at(ticket, at, policy, requester))
    waiting = outlook(ticket, attention.fired(tx, ticket.number), policy)
    if as_objects:
        say_json({"file": None, **explained, "ticket": ticket.number, "timers": [_timer(one) for one in waiting]})
        return
    show_timers(ticket, at, explained, waiting)


def _timer(one: Outlook) -> dict[str, Any]:
    return {"rule": one.rule.name, "line": one.rule.line, "due_at": instant(one.due_at), "fired": one.fired}
