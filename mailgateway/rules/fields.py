"""What of a mail a rule can ask about: one function each, giving every value that the field has."""

from collections.abc import Callable
from dataclasses import dataclass

from mailgateway.mail.model import Address
from mailgateway.rules.schema import Question

HEADER = "header."
"""Begins the fields that stand for any header field of the mail, such as `header.X-Priority`."""

Read = Callable[[Question], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Field:
    """How a field is read, and whether its values are addresses."""

    read: Read
    is_address: bool = False


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


def to(question: Question) -> tuple[str, ...]:
    """The addresses of the To field."""
    return _addresses(question.mail.to)


def cc(question: Question) -> tuple[str, ...]:
    """The addresses of the Cc field."""
    return _addresses(question.mail.cc)


def attachment_name(question: Question) -> tuple[str, ...]:
    """The file name of every attachment."""
    return tuple(attachment.filename for attachment in question.mail.attachments)


def mailbox(question: Question) -> tuple[str, ...]:
    """The name of the mailbox that the mail arrived in."""
    return (question.mailbox,)


def kind(question: Question) -> tuple[str, ...]:
    """What kind of mail it is: normal, auto_reply, bounce and so on."""
    return (question.kind.value,)


def header(name: str) -> Read:
    """Every value of one header field, topmost first."""
    return lambda question: question.mail.headers.all(name)


FIELDS: dict[str, Field] = {
    "subject": Field(subject),
    "body": Field(body),
    "reply": Field(reply),
    "from": Field(sender, is_address=True),
    "to": Field(to, is_address=True),
    "cc": Field(cc, is_address=True),
    "attachment.name": Field(attachment_name),
    "mailbox": Field(mailbox),
    "kind": Field(kind),
}


def find_field(name: str) -> Field | None:
    """Return the field called `name`, None where there is none."""
    if name.startswith(HEADER):
        header_name = name.removeprefix(HEADER)
        return Field(header(header_name)) if _is_header_name(header_name) else None
    return FIELDS.get(name)


def _addresses(people: tuple[Address, ...]) -> tuple[str, ...]:
    return tuple(person.address for person in people)


def _is_header_name(name: str) -> bool:
    """RFC 5322 section 3.6.8: printable ASCII without colon."""
    return bool(name) and all("!" <= char <= "~" and char != ":" for char in name)
