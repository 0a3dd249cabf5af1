"""A mail as the core decides about it, and what of it becomes part of a ticket: the article, its files, its people."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from mailgateway.desk.facts import Facts, ThreadKeys
from mailgateway.desk.model import Article, ArticleKind, Direction, StoredFile, Ticket
from mailgateway.desk.plan import Change, RecordEvent
from mailgateway.desk.policy import Policy
from mailgateway.mail.model import Address, Attachment, Mail, Reply, Verdict

MOST_PARTICIPANTS = 50


@dataclass(frozen=True, slots=True)
class Incoming:
    """A mail as the stages before left it.

    `too_large` is its octets where only its header block was fetched, else 0; `released` tells that a person took it
    out of quarantine and wants it filed, `as_is` that they want a ticket of it whatever is odd about it;
    `decided_by` is who did, `set_aside_for` what it had been there for. `sha256` and `size` are those of its bytes as
    they are kept. `backfill`: it is old mail, filed in silence. `held` are mails of the spool, by their entries there,
    that this one decides about.
    """

    mail: Mail
    reply: Reply
    verdict: Verdict
    keys: ThreadKeys
    mailbox: str
    too_large: int = 0
    released: bool = False
    sha256: str = ""
    size: int = 0
    as_is: bool = False
    backfill: bool = False
    decided_by: str = ""
    set_aside_for: str = ""
    held: Mapping[int, "Incoming"] = field(default_factory=dict)


def article_of(incoming: Incoming, author: Address, facts: Facts, flags: tuple[str, ...] = ()) -> Article:
    """Return the entry that the ticket gets; a machine's mail is marked as kept for the record only."""
    mail = incoming.mail
    return Article(
        kind=ArticleKind.AUTO if incoming.verdict.is_machine else ArticleKind.PUBLIC,
        direction=Direction.IN,
        sender=author,
        at=facts.now,
        text=incoming.reply.text,
        full_text=mail.text,
        html=mail.html,
        message_id=mail.message_id,
        mail_kind=incoming.verdict.kind.value,
        attachments=files_of(mail),
        flags=(*flags, *(("message_id_reused",) if facts.earlier is not None else ())),
    )


def files_of(mail: Mail) -> tuple[StoredFile, ...]:
    """Describe the attachments of a mail."""
    return tuple(stored(attachment) for attachment in mail.attachments)


def stored(attachment: Attachment) -> StoredFile:
    """Describe an attachment as it will lie in the blob store; one that is refused is a name and a reason."""
    return StoredFile(
        attachment.filename,
        attachment.content_type,
        attachment.size,
        "" if attachment.refused else attachment.sha256,
        attachment.inline,
        attachment.content_id,
        attachment.refused,
    )


def newcomers(people: tuple[Address, ...], ticket: Ticket, policy: Policy) -> tuple[Address, ...]:
    """Return who of these people is no part of the desk and does not take part yet, as many as there is room for."""
    found: dict[str, Address] = {}
    for person in people:
        is_customer = "@" in person.address and not policy.is_internal(person.address)
        if is_customer and not ticket.has_participant(person.address):
            found.setdefault(person.key, person)
    room = max(0, MOST_PARTICIPANTS - len(ticket.participants))
    return tuple(found.values())[:room]


def message_id_reused(facts: Facts) -> tuple[Change, ...]:
    """Record that another mail came with the same Message-ID before, where one did."""
    if facts.earlier is None:
        return ()
    return (RecordEvent("message_id_reused", {"spool_entry": str(facts.earlier.spool_id)}),)
