"""A notice and its rendered words -> the letter: ids, mark, reply address, envelope, attachments. Adds no own word."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from mailgateway.desk.customers.links import unsubscribe_link
from mailgateway.desk.letters.brand import Brand
from mailgateway.desk.model import StoredFile
from mailgateway.desk.plan import Audience, Notice, NoticeKind
from mailgateway.desk.policy import Policy
from mailgateway.mail.model import Address, Attachment, Letter
from mailgateway.mail.outgoing.compose import Outgoing, compose
from mailgateway.mail.outgoing.fields import addr_spec
from mailgateway.mail.outgoing.tokens import letter_id, letter_mark, reply_address
from mailgateway.mail.outgoing.verp import verp_address
from mailgateway.mail.written.subjects import with_tag

_BODY = re.compile(r"<body\b[^>]{0,1000}>", re.IGNORECASE)
_HIDDEN = "display:none;max-height:0;overflow:hidden;mso-hide:all;font-size:1px;line-height:1px;color:transparent;"
_WITH_FILES = (
    NoticeKind.REPLY,
    NoticeKind.PROBLEM_NEWS,
    NoticeKind.AGENT_NOTIFICATION,
    NoticeKind.AGENT_FOLLOW_UP,
    NoticeKind.FORWARDED,
    NoticeKind.REPORT,
    NoticeKind.QUARANTINE_RECEIPT,
    NoticeKind.CUSTOMER_REPORT,
)


@dataclass(frozen=True, slots=True)
class Rendered:
    """The words of a notice. `defects` says, a line each, which templates failed before one succeeded.

    Where nothing `is_personal`, the words are the same for every reader of the notice.
    """

    subject: str
    text: str
    html: str | None
    defects: tuple[str, ...] = ()
    is_personal: bool = True


def with_brand(notice: Notice, policy: Policy) -> Notice:
    """Return a customer's notice with the `brand` of the mailbox that it comes from."""
    if notice.audience is not Audience.CUSTOMER:
        return notice
    box = notice.ticket.mailbox if notice.ticket is not None else _mailbox_at(notice.sender.key, policy)
    return replace(notice, values={**notice.values, "brand": policy.mailbox(box).brand})


def _mailbox_at(address: str, policy: Policy) -> str:
    return next((box.name for box in policy.mailboxes if address in box.addresses), "")


def with_number(notice: Notice, number: int) -> Notice:
    """Return the notice with its ticket's number, which is known only once the ticket is stored."""
    if notice.ticket is None or notice.ticket.number:
        return notice
    return replace(notice, ticket=replace(notice.ticket, number=number))


def dedupe_key(notice: Notice, occasion: str) -> str:
    """Name the letter by what caused it, what it is and who gets it: the same work done again gives the same name."""
    return f"{occasion}/{notice.kind.value}/{notice.recipient.key}"


def once_a_day(notice: Notice, now: datetime) -> str:
    """Return the occasion of a refusal, which is the same for an address, a reason and a day (UTC); "" for others."""
    if notice.kind is not NoticeKind.REJECTED:
        return ""
    return f"refused-{now:%Y-%m-%d}-{notice.sender.key}-{notice.values.get('reason', '')}"


def files_of(notice: Notice) -> tuple[StoredFile, ...]:
    """Return the attachments that go along with the notice: not those whose time is over."""
    files = notice.article.attachments if notice.article and notice.kind in _WITH_FILES else ()
    return tuple(file for file in files if file.sha256)


def write_letter(
    notice: Notice,
    rendered: Rendered,
    number: int | None,
    occasion: str,
    now: datetime,
    policy: Policy,
    files: Mapping[str, bytes],
) -> Letter:
    """Return the finished mail. `files` holds the contents of `files_of(notice)` by their SHA-256.

    The envelope sender is a support address for every letter, automatic ones too. RFC 3834 section 3.3 allows it where
    that address answers no machine, as ours never does; with <> the bounces would not come back to us. It is the plain
    one unless `verp` says otherwise: providers that let an account send as itself only (Microsoft 365 among them)
    refuse detailed addresses, and <>.
    """
    key = policy.reply_keys[0]
    mark = letter_mark(key, number) if number and notice.ticket else ""
    message_id = letter_id(key, dedupe_key(notice, occasion), policy.domain)
    content = compose(
        Outgoing(
            message_id=message_id,
            date=now,
            sender=notice.sender,
            recipient=notice.recipient,
            reply_to=_reply_to(notice, number, key),
            subject=with_tag(rendered.subject, number, policy.conversation.tags) if number else rendered.subject,
            text=_marked_text(rendered.text, mark),
            html=_marked_html(rendered.html, mark),
            automatic=notice.automatic.value,
            marks=policy.domain,
            user_agent=policy.user_agent,
            in_reply_to=notice.in_reply_to,
            references=notice.references,
            unsubscribe=unsubscribe_link(notice),
            attachments=(*_logo(notice, rendered), *(_attached(one, files[one.sha256]) for one in files_of(notice))),
        )
    )
    envelope_from = verp_address(notice.sender.address, message_id) if policy.verp else notice.sender.address
    return Letter(message_id, envelope_from, addr_spec(notice.recipient.address), content)


def _marked_text(text: str, mark: str) -> str:
    """Put the mark under the text, above the signature: mail programs leave signatures out of what they quote."""
    if not mark:
        return text
    body, found, signature = text.rpartition("\n-- \n")
    return f"{body}\n{mark}\n\n-- \n{signature}" if found else f"{text.rstrip()}\n\n{mark}\n"


def _marked_html(html: str | None, mark: str) -> str | None:
    """Put the mark at the beginning of the page, where nobody sees it."""
    if html is None or not mark:
        return html
    hidden = f'<div style="{_HIDDEN}">{mark}</div>'
    found = _BODY.search(html)
    return f"{html[: found.end()]}{hidden}{html[found.end() :]}" if found else hidden + html


def _reply_to(notice: Notice, number: int | None, key: bytes) -> Address:
    """Return where answers go: to the ticket, signed for the addressee, or plainly to the support address.

    A mail that has no ticket is answered to who wrote it.
    """
    plain = notice.answers_to or notice.sender
    if not number or not notice.bound_to:
        return plain
    return Address(plain.name, reply_address(plain.address, key, number, notice.bound_to))


def _logo(notice: Notice, rendered: Rendered) -> tuple[Attachment, ...]:
    """Return the logo where the HTML shows it: only then it goes along."""
    brand = notice.values.get("brand")
    logo = brand.logo if isinstance(brand, Brand) else None
    cid = logo.file.content_id if logo is not None else None
    return (logo.file,) if logo is not None and cid and f"cid:{cid}" in (rendered.html or "") else ()


def _attached(stored: StoredFile, content: bytes) -> Attachment:
    return Attachment(stored.filename, stored.content_type, content, stored.inline, stored.content_id)
