"""A small service desk and the mails that reach it, as literals with sensible defaults."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

from mailgateway.desk.facts import Candidate, Course, Earlier, Facts
from mailgateway.desk.incoming import Incoming
from mailgateway.desk.model import Agent, Directory, Group, Priority, Status, Ticket, TicketType
from mailgateway.desk.plan import Change, NameBy, Notice, RecordEvent
from mailgateway.desk.policy import Defaults, MailboxPolicy, Policy
from mailgateway.desk.threads.naming import keys
from mailgateway.mail.model import Address, Bounce, Headers, Kind, Mail, Reply, Verdict
from mailgateway.mail.outgoing.tokens import reply_address
from mailgateway.rules.schema import Ruleset

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
KEY, OLD_KEY = b"k" * 32, b"o" * 32
SUPPORT = "support@example.com"
CARLA = Address("Carla Costa", "carla@customer.example")
DAVE = Address("Dave", "dave@customer.example")
MALLORY = Address("Mallory", "mallory@evil.example")
ANNA = Agent("anna", "Anna Kowalska", "anna@example.com")
BOB = Agent("bob", "Bob Stone", "bob@example.com", aliases=("bob@home.example",))
FROM_ANNA = Address("Anna Kowalska", ANNA.address)
FROM_BOB = Address("Bob", BOB.address)
FIRST_LINE = Group("first-line", "Service desk", ("anna", "bob"), lead="anna")
HARDWARE = Group("hardware", "Hardware", ("bob",), address="hardware-team@example.com")
MAILBOX = MailboxPolicy("support", SUPPORT, "Example support", Defaults("first-line"), aliases=("help@example.com",))
DMARC_PASS = ("Authentication-Results", "mx.example.com; dmarc=pass header.from=example.com")
NORMAL = Verdict(Kind.NORMAL)
BOUNCE = Verdict(
    Kind.BOUNCE,
    ("delivery report",),
    answerable=False,
    bounce=Bounce("gone@customer.example", "5.1.1", "failed", "550 no such user" + "!" * 1000, "ours@example.com"),
    about="ours@example.com",
)
AUTO_REPLY = Verdict(Kind.AUTO_REPLY, ("Auto-Submitted: auto-replied",), answerable=False)


def make_policy(**changes: Any) -> Policy:
    """Return the desk: two agents, two groups, one mailbox with an alias."""
    policy = Policy(
        domain="example.com",
        admin="postmaster@example.com",
        mailboxes=(MAILBOX,),
        directory=Directory((ANNA, BOB), (FIRST_LINE, HARDWARE)),
        ruleset=Ruleset(),
        reply_keys=(KEY, OLD_KEY),
        trusted_authserv=("mx.example.com",),
    )
    return replace(policy, **changes)


def make_ticket(number: int = 7, **changes: Any) -> Ticket:
    """Return an open ticket of Carla's that nobody has."""
    ticket = Ticket(
        number=number,
        subject="Printer",
        status=Status.OPEN,
        type=TicketType.INCIDENT,
        priority=Priority.NORMAL,
        group="first-line",
        assignee=None,
        requester=CARLA,
        mailbox="support",
        language="en",
        created_at=NOW,
        updated_at=NOW,
        status_since=NOW,
    )
    return replace(ticket, **changes)


def make_mail(text: str = "It is broken.", *, headers: tuple[tuple[str, str], ...] = (), **changes: Any) -> Mail:
    """Return a mail from Carla to the support address."""
    mail = Mail(
        subject="Printer",
        sender=CARLA,
        to=(Address("", SUPPORT),),
        date=NOW,
        message_id="mail-1@customer.example",
        headers=Headers(headers),
        text=text,
    )
    mail = replace(mail, **changes)
    return _with_from(mail) if mail.sender is not None and "From" not in mail.headers else mail


def _with_from(mail: Mail) -> Mail:
    sender = mail.sender.address if mail.sender else ""
    return replace(mail, headers=Headers((*mail.headers.fields, ("From", f"<{sender}>"))))


def make_candidate(ticket: Ticket | None = None, **changes: Any) -> Candidate:
    """Return a ticket as the database found it for a mail."""
    return replace(Candidate(ticket or make_ticket(), public_ids=("first@customer.example",)), **changes)


def make_facts(
    *candidates: Candidate, earlier: Earlier | None = None, automatic_mails: Mapping[str, int] | None = None
) -> Facts:
    """Return what is known of a mail; nothing happened to a ticket since an agent saw it."""
    return Facts(NOW, "mail-1", candidates, earlier, automatic_mails or {}, course=Course())


def make_incoming(mail: Mail | None = None, verdict: Verdict = NORMAL, **changes: Any) -> Incoming:
    """Return a mail as the stages before the decision leave it; nothing in it is quoted."""
    mail = mail or make_mail()
    found = keys(mail, verdict, make_policy(), "support")
    return replace(Incoming(mail, Reply(mail.text, quoted=False), verdict, found, "support"), **changes)


def token(bound_to: str, number: int = 7, key: bytes = KEY) -> Address:
    """Return the reply address of a ticket, signed for somebody."""
    return Address("", reply_address(SUPPORT, key, number, bound_to))


def kinds(changes: tuple[Change, ...]) -> list[str]:
    """Name the changes of a plan by their kind, but for how the mail found its ticket and the next one will."""
    return [type(change).__name__ for change in changes if not _is_about_threads(change)]


def _is_about_threads(change: Change) -> bool:
    return isinstance(change, NameBy) or (isinstance(change, RecordEvent) and change.what == "joined")


def spelled_out(notice: Notice) -> str:
    """Return every value that a notice carries, in lower case, to look for what must not be there."""
    return repr(asdict(notice)).casefold()
