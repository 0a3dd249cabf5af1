"""A test of routing.tests.yaml -> the question that the rules are asked."""

from datetime import datetime, timedelta
from pathlib import Path

from mailgateway.config.routing.rule_tests import Existing, Fields, RuleTest, Writer
from mailgateway.desk.policy import MailboxPolicy, Policy
from mailgateway.desk.routing.asking import requester_of
from mailgateway.desk.threads.thread import writer
from mailgateway.desk.threads.trust import results
from mailgateway.mail.machines.classify import OwnMarks, classify
from mailgateway.mail.model import Address as Person
from mailgateway.mail.model import Attachment, Headers, Kind, Mail
from mailgateway.mail.parse import parse
from mailgateway.mail.written.reply import split_reply
from mailgateway.rules.schema import Event, Question, Requester, TicketState

_A_MONDAY = "2026-11-02 09:30"
_NONE = timedelta(0)


class CannotAsk(Exception):
    """A test cannot be asked as it stands; `key` is the entry that is wrong."""

    def __init__(self, key: str, problem: str) -> None:
        """Keep which entry is wrong, and what is wrong with it."""
        super().__init__(problem)
        self.key = key


def question_of(test: RuleTest, policy: Policy) -> Question:
    """Return the question of a test; raises CannotAsk."""
    mailbox = policy.mailbox(test.mailbox or "")
    at = _received(test.received or _A_MONDAY, policy)
    mail, kind, size = _mail_of(test, policy)
    is_timer = test.mail is None and test.file is None
    who = test.requester.address or writer(mail, policy).address
    return Question(
        mail,
        kind,
        mailbox.name,
        split_reply(mail).text,
        event=Event.TIMER if is_timer else Event.NEW if test.ticket is None else Event.FOLLOW_UP,
        size=size,
        received_at=at,
        ticket=None if test.ticket is None else _state(test.ticket, mailbox, at),
        requester=requester_of(who, policy, _counted(test.requester)),
        authentication=results(mail, policy.trusted_authserv),
        calendars=policy.open_calendars(at),
    )


def _received(written: str, policy: Policy) -> datetime:
    try:
        at = datetime.fromisoformat(written)
    except ValueError:
        raise CannotAsk("received", f'{written} is no time: write it as "{_A_MONDAY}"') from None
    return at if at.tzinfo else at.replace(tzinfo=policy.ruleset.timezone)


def _mail_of(test: RuleTest, policy: Policy) -> tuple[Mail, Kind, int]:
    """Return the mail, its kind and its size; a timer has one of which there is but the ticket's subject."""
    if test.file is not None:
        try:
            raw = Path(str(test.file)).read_bytes()
        except OSError as error:
            raise CannotAsk("file", f"the mail cannot be read: {error.strerror}") from None
        mail = parse(raw, policy.reading)
        return mail, classify(mail, OwnMarks(policy.domain, policy.own_addresses)).kind, len(raw)
    if test.mail is not None:
        return _mail(test.mail), test.mail.kind, test.mail.size
    return Mail(subject=test.ticket.subject if test.ticket is not None else ""), Kind.NORMAL, 0


def _mail(fields: Fields) -> Mail:
    return Mail(
        subject=fields.subject,
        sender=Person(fields.name or "", fields.sender) if fields.sender else None,
        to=_people(fields.to),
        cc=_people(fields.cc),
        reply_to=_people(fields.reply_to),
        headers=Headers(tuple(fields.headers.items())),
        text=fields.body,
        attachments=tuple(Attachment(name, "application/octet-stream", b"") for name in fields.attachments),
    )


def _people(addresses: tuple[str, ...]) -> tuple[Person, ...]:
    return tuple(Person("", address) for address in addresses)


def _state(ticket: Existing, mailbox: MailboxPolicy, at: datetime) -> TicketState:
    default = mailbox.default
    return TicketState(
        status=ticket.status.value,
        group=ticket.group or default.group,
        assignee=ticket.assignee,
        priority=(ticket.priority or default.priority).value,
        type=(ticket.type or default.type).value,
        language=ticket.language or default.language,
        created_at=at - ticket.oldest,
        updated_at=at - (ticket.idle or _NONE),
        tags=ticket.tags,
        organisation=ticket.organisation,
        ci=ticket.ci,
        status_since=at - (ticket.status_age or _NONE),
    )


def _counted(requester: Writer) -> Requester:
    """Return what is known of the writer as the database would tell it."""
    return Requester(known=requester.known or requester.open_tickets > 0, open_tickets=requester.open_tickets)
