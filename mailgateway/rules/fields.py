"""What of a mail a rule can ask about: one function each, giving every value that the field has."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from mailgateway.mail.model import Address
from mailgateway.mail.wire.addresses import read_addresses
from mailgateway.rules.language import language_of
from mailgateway.rules.measures import Sort
from mailgateway.rules.schema import Event, Question, TicketState

HEADER = "header."
"""Begins the fields that stand for any header field of the mail, such as `header.X-Priority`."""

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
RESULTS = ("pass", "fail", "softfail", "neutral", "none", "policy", "temperror", "permerror")
"""What a server can find of a mail (RFC 8601 section 2.7)."""

Value = str | float
Read = Callable[[Question], tuple[Value, ...]]

_DELIVERED = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To")
_MOST_DELIVERED = 20


@dataclass(frozen=True, slots=True)
class Field:
    """How a field is read, what its values are, and whether it can have several."""

    read: Read
    sort: Sort = Sort.TEXT
    is_single: bool = True


def subject(question: Question) -> tuple[str, ...]:
    """The subject, decoded."""
    return (question.mail.subject,)


def body(question: Question) -> tuple[str, ...]:
    """The best plain text of the whole body, quoted history included."""
    return (question.mail.text,)


def reply(question: Question) -> tuple[str, ...]:
    """What the writer wrote: the text without quoted history and signature."""
    return (question.reply,)


def sender(question: Question) -> tuple[str, ...]:
    """The address of the writer."""
    return _addresses((question.mail.sender,) if question.mail.sender else ())


def sender_name(question: Question) -> tuple[str, ...]:
    """The name that the writer has beside the address."""
    return (question.mail.sender.name,) if question.mail.sender else ()


def sender_domain(question: Question) -> tuple[str, ...]:
    """The part of the writer's address behind the @."""
    return (question.mail.sender.domain,) if question.mail.sender else ()


def to(question: Question) -> tuple[str, ...]:
    """The addresses of the To field."""
    return _addresses(question.mail.to)


def cc(question: Question) -> tuple[str, ...]:
    """The addresses of the Cc field."""
    return _addresses(question.mail.cc)


def recipient(question: Question) -> tuple[str, ...]:
    """Every address that the mail names as written to: To, Cc, and where it was delivered."""
    return tuple(dict.fromkeys((*to(question), *cc(question), *delivered_to(question))))


def reply_to(question: Question) -> tuple[str, ...]:
    """The addresses that answers shall go to, where the mail says so."""
    return _addresses(question.mail.reply_to)


def delivered_to(question: Question) -> tuple[str, ...]:
    """The addresses that mail servers noted on delivery (Delivered-To, X-Original-To, Envelope-To)."""
    noted = [value for name in _DELIVERED for value in question.mail.headers.all(name)]
    return tuple(
        dict.fromkeys(one.address for value in noted[:_MOST_DELIVERED] for one in read_addresses(value, most=1))
    )


def mailbox(question: Question) -> tuple[str, ...]:
    """The name of the mailbox that the mail arrived in."""
    return (question.mailbox,)


def kind(question: Question) -> tuple[str, ...]:
    """What kind of mail it is: normal, auto_reply, bounce and so on."""
    return (question.kind.value,)


def language(question: Question) -> tuple[str, ...]:
    """The language of the new text and the subject, as a code such as en; nothing where it is not certain."""
    return (written_in(question),)


def written_in(question: Question) -> str:
    """Return the code of the language of a mail, "" where it is not certain."""
    return language_of(f"{question.mail.subject}\n{question.reply or question.mail.text}")


def size(question: Question) -> tuple[float, ...]:
    """How large the whole mail is."""
    return (question.size,)


def attachment_name(question: Question) -> tuple[str, ...]:
    """The file name of every attachment."""
    return tuple(attachment.filename for attachment in question.mail.attachments)


def attachment_type(question: Question) -> tuple[str, ...]:
    """The media type of every attachment, such as application/pdf."""
    return tuple(attachment.content_type for attachment in question.mail.attachments)


def attachment_size(question: Question) -> tuple[float, ...]:
    """The size of every attachment."""
    return tuple(attachment.size for attachment in question.mail.attachments)


def attachment_count(question: Question) -> tuple[float, ...]:
    """How many attachments there are; pictures inside the text are not counted."""
    return (sum(not attachment.inline for attachment in question.mail.attachments),)


def is_follow_up(question: Question) -> tuple[str, ...]:
    """Whether the mail joins a ticket that is there."""
    return (_truth(holds=question.event is Event.FOLLOW_UP),)


def received_weekday(question: Question) -> tuple[str, ...]:
    """The day of the week on which the mail arrived: monday to sunday."""
    return (WEEKDAYS[question.received_at.weekday()],) if question.received_at else ()


def received_time(question: Question) -> tuple[float, ...]:
    """The time of the day at which the mail arrived."""
    return (question.received_at.hour * 60 + question.received_at.minute,) if question.received_at else ()


def received_calendar(question: Question) -> tuple[str, ...]:
    """The name of every calendar within whose business hours the mail arrived."""
    return question.calendars


def requester_known(question: Question) -> tuple[str, ...]:
    """Whether the writer had a ticket before."""
    return () if question.requester.known is None else (_truth(holds=question.requester.known),)


def requester_open_tickets(question: Question) -> tuple[float, ...]:
    """How many tickets of the writer are neither solved nor closed."""
    return () if question.requester.open_tickets is None else (question.requester.open_tickets,)


def requester_organisation(question: Question) -> tuple[str, ...]:
    """The organisation that the writer belongs to, by its name."""
    return (question.requester.organisation,)


def requester_contract(question: Question) -> tuple[str, ...]:
    """The contract of the writer's organisation, by its name."""
    return (question.requester.contract,)


def requester_vip(question: Question) -> tuple[str, ...]:
    """Whether the writer is one who matters more."""
    return (_truth(holds=question.requester.is_vip),)


def header(name: str) -> Read:
    """Every value of one header field, topmost first."""
    return lambda question: question.mail.headers.all(name)


def _authenticated(method: str) -> Read:
    def read(question: Question) -> tuple[str, ...]:
        return (question.authentication.get(method, ""),)

    read.__doc__ = f"What a trusted server of yours found of {method.upper()}: pass, fail and so on."
    return read


def _of_ticket(name: str, meaning: str) -> Read:
    def read(question: Question) -> tuple[str, ...]:
        value = getattr(question.ticket, name) if question.ticket else ()
        return value if isinstance(value, tuple) else (value or "",)

    read.__doc__ = meaning
    return read


def _age_of(since: Callable[[TicketState], datetime | None], meaning: str) -> Read:
    def read(question: Question) -> tuple[float, ...]:
        start = since(question.ticket) if question.ticket is not None else None
        if start is None or question.received_at is None:
            return ()
        return (max(0.0, (question.received_at - start).total_seconds()),)

    read.__doc__ = meaning
    return read


FIELDS: dict[str, Field] = {
    "subject": Field(subject),
    "body": Field(body),
    "reply": Field(reply),
    "from": Field(sender, Sort.ADDRESS),
    "from.name": Field(sender_name),
    "from.domain": Field(sender_domain),
    "to": Field(to, Sort.ADDRESS, is_single=False),
    "cc": Field(cc, Sort.ADDRESS, is_single=False),
    "recipient": Field(recipient, Sort.ADDRESS, is_single=False),
    "reply_to": Field(reply_to, Sort.ADDRESS, is_single=False),
    "delivered_to": Field(delivered_to, Sort.ADDRESS, is_single=False),
    "mailbox": Field(mailbox),
    "kind": Field(kind),
    "language": Field(language),
    "size": Field(size, Sort.SIZE),
    "attachment.name": Field(attachment_name, is_single=False),
    "attachment.type": Field(attachment_type, is_single=False),
    "attachment.size": Field(attachment_size, Sort.SIZE, is_single=False),
    "attachment.count": Field(attachment_count, Sort.COUNT),
    "received.weekday": Field(received_weekday),
    "received.time": Field(received_time, Sort.CLOCK),
    "received.calendar": Field(received_calendar, is_single=False),
    "is_follow_up": Field(is_follow_up, Sort.TRUTH),
    "requester.known": Field(requester_known, Sort.TRUTH),
    "requester.open_tickets": Field(requester_open_tickets, Sort.COUNT),
    "requester.organisation": Field(requester_organisation),
    "requester.contract": Field(requester_contract),
    "requester.vip": Field(requester_vip, Sort.TRUTH),
    "auth.spf": Field(_authenticated("spf")),
    "auth.dkim": Field(_authenticated("dkim")),
    "auth.dmarc": Field(_authenticated("dmarc")),
    "ticket.status": Field(_of_ticket("status", "The status of the ticket that the mail joins.")),
    "ticket.group": Field(_of_ticket("group", "The group of the ticket that the mail joins.")),
    "ticket.assignee": Field(_of_ticket("assignee", "The agent who has the ticket that the mail joins.")),
    "ticket.priority": Field(_of_ticket("priority", "The priority of the ticket that the mail joins.")),
    "ticket.type": Field(_of_ticket("type", "The type of the ticket that the mail joins.")),
    "ticket.language": Field(_of_ticket("language", "The language in which the customer is written to.")),
    "ticket.organisation": Field(_of_ticket("organisation", "The organisation that the ticket counts for.")),
    "ticket.ci": Field(_of_ticket("ci", "The configuration item that the ticket is about.")),
    "ticket.tags": Field(_of_ticket("tags", "Every tag of the ticket that the mail joins."), is_single=False),
    "ticket.age": Field(_age_of(lambda ticket: ticket.created_at, "How long the ticket is open."), Sort.DURATION),
    "ticket.status_age": Field(
        _age_of(lambda ticket: ticket.status_since, "How long the ticket has its status."), Sort.DURATION
    ),
    "ticket.idle": Field(
        _age_of(lambda ticket: ticket.updated_at, "How long nothing has happened to the ticket."), Sort.DURATION
    ),
}


def find_field(name: str) -> Field | None:
    """Return the field called `name`, None where there is none."""
    if name.startswith(HEADER):
        header_name = name.removeprefix(HEADER)
        return Field(header(header_name), is_single=False) if _is_header_name(header_name) else None
    return FIELDS.get(name)


def _addresses(people: tuple[Address, ...]) -> tuple[str, ...]:
    return tuple(person.address for person in people)


def _truth(*, holds: bool) -> str:
    return "true" if holds else "false"


def _is_header_name(name: str) -> bool:
    """RFC 5322 section 3.6.8: printable ASCII without colon."""
    return bool(name) and all("!" <= char <= "~" and char != ":" for char in name)
