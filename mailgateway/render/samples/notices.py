"""Sample notices of every kind: what `check` renders templates with, and what pictures of them show."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from mailgateway.desk.agents.commands import COMMANDS
from mailgateway.desk.answers.knowledge import Answer
from mailgateway.desk.customers.organisations import Unit
from mailgateway.desk.letters.receipts import NOTHING_CHANGED
from mailgateway.desk.model import (
    Article,
    ArticleKind,
    Beside,
    Direction,
    Offer,
    Priority,
    Status,
    StoredFile,
    Ticket,
    TicketType,
)
from mailgateway.desk.plan import Audience, Automatic, Notice, NoticeKind
from mailgateway.desk.problems.announcing import Banner
from mailgateway.desk.problems.likeness import Matter
from mailgateway.mail.model import Address
from mailgateway.mail.outgoing.lighter import LeftOut
from mailgateway.render.markdown import as_html, as_text
from mailgateway.render.samples.brand import BRAND, PICTURE, SIGNATURE
from mailgateway.render.samples.digest import ADDRESSES, OF_GROUP, OWN
from mailgateway.render.samples.quarantine import DIGEST, RECEIPTS
from mailgateway.render.samples.report import CHARTS, EMPTY, REPORT

_AT = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
_DESK = Address("Service desk", "support@example.com")
_JAN = Address("Jan Nowak", "jan.nowak@example.org")
_ANNA = Address("Anna Kowalska", "anna@example.com")
_NAMELESS = Address("", "x@example.org")

_ASKED = """\
Hello,

the printer on the second floor has stopped printing. The display shows
error E-105 and the manual says to call you:

    https://printers.example.net/manuals/e-105?lang=en

We print delivery notes on it, so it is rather urgent.

Best regards
Jan Nowak"""
_ANSWERED = """\
Hello Mr Nowak,

E-105 means that the fuser unit is worn out. A colleague will be with you
at 10:30 and change it. Until then you can use the printer "Ground floor".

Kind regards
Anna Kowalska"""
_WITH_PICTURE = """\
Hello Mr Nowak,

this is the lever that has to be down:

[front flap.png]

If it is, and the display still shows E-105, we change the fuser unit.

Kind regards
Anna Kowalska"""
_FILES = (
    StoredFile("error E-105.jpg", "image/jpeg", 482_113, "0" * 64),
    StoredFile("delivery notes.pdf", "application/pdf", 1_734_002, "1" * 64),
)
_REFUSED = StoredFile("driver.exe", "application/x-msdownload", 2_210_816, "", refused="type .exe")
FILES = (LeftOut("service manual.pdf", 31_402_113), LeftOut("drawings.zip", 12_055_870))
"""Files that were too large for a letter."""
_MAIL = (StoredFile("mail.eml", "message/rfc822", 48_113, "2" * 64),)
_TONER = """\
1. Open the front flap and pull the old cartridge out.
2. Push the new one in until it clicks, and close the flap.

There are pictures at <https://printers.example.net/toner>."""
_LINKS = {
    wish: f"support+t10234-{wish}.abcdefghij2345abcdef@example.com" for wish in ("good", "ok", "bad", "stop", "never")
}
_MEANWHILE = [
    ("Jan Nowak", _AT + timedelta(minutes=9), False, "It prints again, but with stripes."),
    ("Bob Stone", _AT + timedelta(minutes=14), True, "Hello Mr Nowak, please leave it off, I am on my way."),
]
_VALUES: dict[NoticeKind, dict[str, object]] = {
    NoticeKind.STATUS_CHANGED: {"before": "open", "news": "solved", "links": _LINKS},
    NoticeKind.REMINDER: {"links": _LINKS},
    NoticeKind.RATED: {"rating": "good"},
    NoticeKind.ADDED: {"links": {"leave": "support+t10234-leave.abcdefghij2345abcdefghij@example.com"}},
    NoticeKind.ESCALATION: {"target": "first_response", "share": 80, "due_at": _AT + timedelta(hours=4)},
    NoticeKind.ACKNOWLEDGEMENT: {
        "expected_by": _AT + timedelta(hours=4),
        "majors": (Banner("The print server does not answer. We are working on it.", _AT, _AT + timedelta(hours=2)),),
        "answer": Answer(
            name="toner",
            language="en",
            title="Change the toner of a printer",
            source=_TONER,
            for_customers=True,
            text=as_text(_TONER),
            html=as_html(_TONER),
        ),
    },
    NoticeKind.AGENT_NOTIFICATION: {
        "by": "",
        "rules": "printers",
        "answers": [("toner", "Change the toner of a printer"), ("paper-jam", "Clear a paper jam")],
        "problem": 10230,
        "down": "#10230 Print server does not answer",
        "about": "printer-2 (Printer, Room 3.12)",
        "beside": (Beside(10231, "Paper jam in tray 2", Status.OPEN),),
    },
    NoticeKind.MERGED: {"before": 10237},
    NoticeKind.TO_AND_FRO: {"groups": "first-line ↔ hardware", "times": 3},
    NoticeKind.NOT_ACCEPTED: {"giver": "first-line", "since": _AT, "accept_by": _AT + timedelta(hours=2)},
    NoticeKind.OFFER_ACCEPTED: {"giver": "first-line", "accepted_for": "hardware", "by": "Bob Stone"},
    NoticeKind.PROBLEM_SUGGESTION: {
        "alike": (
            Matter(10232, "Printer 2nd floor stopped printing", "Maria Lis", "hardware", "printer-2"),
            Matter(10229, "printer does not print any more", "tom@example.org", "hardware", "printer-2"),
        ),
        "more": 4,
    },
    NoticeKind.AGENT_RECEIPT: {
        "sent": ["Jan Nowak <jan.nowak@example.org>"],
        "noted": True,
        "changed": {**NOTHING_CHANGED, "status": "solved", "tags": "+fuser", "held": "sent", "offer": "accepted"},
        "meanwhile": _MEANWHILE,
    },
    NoticeKind.ANSWER_HELD: {"meanwhile": _MEANWHILE, "reminds": False},
    NoticeKind.REJECTED: {"too_large": 31_400_000, "subject": "Scans of March"},
    NoticeKind.FORWARDED: {"subject": "Offer for toner cartridges"},
    NoticeKind.COMMANDS_REFUSED: {
        "problems": ["#prioritiy is not a command; did you mean #priority?", "#assign eva: no agent has that name"],
        "commands": COMMANDS,
        "original": "#prioritiy high\n#assign eva\n\nHello Mr Nowak,\nwe are on our way.",
    },
    NoticeKind.UNDELIVERED: {
        "address": "jan.nowak@example.org",
        "reason": "5.1.1 smtp; 550 5.1.1 <jan.nowak@example.org>: user unknown",
    },
    NoticeKind.FILES_LEFT_OUT: {"address": "jan.nowak@example.org", "files": FILES},
    NoticeKind.ALARM: {
        "title": "no mail could be fetched for 15 minutes",
        "lines": ["support: imap.example.com refuses the connection", "last good fetch at 08:15 UTC"],
    },
    NoticeKind.QUARANTINE_DIGEST: DIGEST,
    NoticeKind.QUARANTINE_RECEIPT: RECEIPTS[0],
}
_AUDIENCES = {
    NoticeKind.ESCALATION: Audience.AGENT,
    NoticeKind.PROBLEM_SUGGESTION: Audience.AGENT,
    NoticeKind.TO_AND_FRO: Audience.AGENT,
    NoticeKind.NOT_ACCEPTED: Audience.AGENT,
    NoticeKind.OFFER_ACCEPTED: Audience.AGENT,
    NoticeKind.AGENT_NOTIFICATION: Audience.AGENT,
    NoticeKind.AGENT_FOLLOW_UP: Audience.AGENT,
    NoticeKind.AGENT_REMINDER: Audience.AGENT,
    NoticeKind.AGENT_RECEIPT: Audience.AGENT,
    NoticeKind.ANSWER_HELD: Audience.AGENT,
    NoticeKind.COMMANDS_REFUSED: Audience.AGENT,
    NoticeKind.UNDELIVERED: Audience.AGENT,
    NoticeKind.FILES_LEFT_OUT: Audience.AGENT,
    NoticeKind.ALARM: Audience.ADMIN,
    NoticeKind.QUARANTINE_DIGEST: Audience.ADMIN,
    NoticeKind.QUARANTINE_RECEIPT: Audience.ADMIN,
    NoticeKind.REPORT: Audience.MANAGEMENT,
    NoticeKind.DIGEST: Audience.MANAGEMENT,
}
_ALWAYS_FULL: dict[NoticeKind, tuple[dict[str, object], dict[str, object]]] = {
    NoticeKind.REPORT: ({"figures": REPORT, "charts": CHARTS}, {"figures": EMPTY}),
    NoticeKind.CUSTOMER_REPORT: (
        {"figures": REPORT.for_customer(), "charts": CHARTS, "organisation": "ACME Corporation"},
        {"figures": EMPTY.for_customer(), "organisation": "ACME Corporation"},
    ),
    NoticeKind.DIGEST: ({"overview": OWN, "addresses": ADDRESSES}, {"overview": OF_GROUP}),
}
"""What notices say that are nothing without it: in full, and scanty."""
_USED_UP = {"organisation": "acme", "contract": "gold", "used": "52", "amount": "50", "per": "month"}
_MORE: dict[NoticeKind, tuple[dict[str, object], ...]] = {
    NoticeKind.ADDED: ({"yours": True, "links": _LINKS},),
    NoticeKind.ANSWER_HELD: ({"reminds": True},),
    NoticeKind.UNDELIVERED: ({**_VALUES[NoticeKind.UNDELIVERED], "closed": False},),
    NoticeKind.QUARANTINE_DIGEST: ({**DIGEST, "is_new": False},),
    NoticeKind.QUARANTINE_RECEIPT: RECEIPTS[1:],
}
_SAY_OFFERED = (NoticeKind.AGENT_NOTIFICATION, NoticeKind.AGENT_FOLLOW_UP)
_WITHOUT_TICKET = (
    NoticeKind.REJECTED,
    NoticeKind.ALARM,
    NoticeKind.QUARANTINE_DIGEST,
    NoticeKind.QUARANTINE_RECEIPT,
    NoticeKind.REPORT,
    NoticeKind.CUSTOMER_REPORT,
    NoticeKind.DIGEST,
)


def samples(kind: NoticeKind, language: str) -> Iterator[Notice]:
    """Return a full notice of this kind first, then scanty ones and those that templates tell apart."""
    yield _notice(kind, language, _ticket(Status.SOLVED if kind is NoticeKind.STATUS_CHANGED else Status.NEW))
    yield _notice(kind, language, _bare_ticket(), scanty=True)
    yield from _handed(kind, language)
    if kind is NoticeKind.ACKNOWLEDGEMENT:
        told = _notice(kind, language, _ticket(Status.NEW))
        yield replace(told, article=_page(None), values={"used_up": True})
        yield replace(told, values={"follows": 10_007})
        yield replace(told, article=None, values={"passed_on": True})
    if kind is NoticeKind.STATUS_CHANGED:
        for status in Status:
            yield _notice(kind, language, _ticket(status))
    if kind is NoticeKind.REPLY:
        answer = _notice(kind, language, _ticket(Status.OPEN))
        signed = {**answer.values, "signature": SIGNATURE}
        yield replace(answer, article=_illustrated(answer.article), values=signed)
    if kind is NoticeKind.FORWARDED:
        yield replace(_notice(kind, language, _ticket(Status.NEW)), ticket=None)
    for values in _MORE.get(kind, ()):
        yield replace(_notice(kind, language, _ticket(Status.NEW)), values=values)


def _handed(kind: NoticeKind, language: str) -> Iterator[Notice]:
    """Give the notices by which tickets are handed to those who shall work on them."""
    if kind in _SAY_OFFERED:
        for ticket in _offered():
            yield replace(_notice(kind, language, ticket), values={"by": "Anna Kowalska"})
    if kind is not NoticeKind.AGENT_NOTIFICATION:
        return
    for unit in Unit:
        yield replace(
            _notice(kind, language, _ticket(Status.NEW)), values={"used_up": {**_USED_UP, "unit": unit.value}}
        )
    handed_over = _notice(kind, language, _ticket(Status.OPEN))
    yield replace(handed_over, article=_page(handed_over.ticket), values={"by": "Bob Stone"})
    yield replace(handed_over, values={"by": "Bob Stone", "declined_for": "hardware"})


def _notice(kind: NoticeKind, language: str, ticket: Ticket, *, scanty: bool = False) -> Notice:
    audience = _AUDIENCES.get(kind, Audience.CUSTOMER)
    customer = ticket.requester
    return Notice(
        kind=kind,
        audience=audience,
        recipient=customer if audience is Audience.CUSTOMER else _NAMELESS if scanty else _ANNA,
        sender=_sender(kind, scanty=scanty),
        language=language,
        automatic=Automatic.NO if kind is NoticeKind.REPLY else Automatic.GENERATED,
        ticket=None if kind in _WITHOUT_TICKET else ticket,
        article=None if kind in _WITHOUT_TICKET else _article(kind, customer, scanty=scanty),
        values=_values(kind, scanty=scanty),
    )


def _values(kind: NoticeKind, *, scanty: bool) -> Mapping[str, object]:
    brand = {"brand": BRAND} if _AUDIENCES.get(kind, Audience.CUSTOMER) is Audience.CUSTOMER else {}
    if kind in _ALWAYS_FULL:
        full, bare = _ALWAYS_FULL[kind]
        return bare if scanty else {**brand, **full}
    return {} if scanty else {**brand, **_VALUES.get(kind, {})}


def _sender(kind: NoticeKind, *, scanty: bool) -> Address:
    if scanty:
        return Address("", _DESK.address)
    return Address(_ANNA.name, _DESK.address) if kind is NoticeKind.REPLY else _DESK


def _article(kind: NoticeKind, customer: Address, *, scanty: bool) -> Article | None:
    if scanty and kind is NoticeKind.AGENT_NOTIFICATION:
        return None
    is_held = kind is NoticeKind.ANSWER_HELD
    answer = is_held or kind in (NoticeKind.REPLY, NoticeKind.PROBLEM_NEWS)
    return Article(
        kind=ArticleKind.NOTE if is_held else ArticleKind.PUBLIC,
        direction=Direction.OUT if answer and not is_held else Direction.IN,
        sender=_ANNA if answer else customer,
        at=_AT,
        text="" if scanty else _ANSWERED if answer else _ASKED,
        attachments=_MAIL if kind is NoticeKind.FORWARDED else () if scanty or answer else _FILES,
    )


def _illustrated(article: Article | None) -> Article | None:
    if article is None:
        return None
    return replace(article, text=_WITH_PICTURE, attachments=(PICTURE,))


def _page(ticket: Ticket | None) -> Article:
    return Article(
        kind=ArticleKind.PUBLIC,
        direction=Direction.IN,
        sender=ticket.requester if ticket else _NAMELESS,
        at=_AT,
        text="The printer prints stripes.",
        html='<p>The printer prints <b style="color:#b00020">stripes</b>.</p><ul><li>since Monday</li></ul>',
        attachments=(_REFUSED,),
    )


def _ticket(status: Status) -> Ticket:
    return Ticket(
        number=10234,
        subject="Printer on the second floor does not print",
        status=status,
        type=TicketType.INCIDENT,
        priority=Priority.HIGH,
        group="hardware",
        assignee="bob",
        requester=_JAN,
        mailbox="support",
        language="en",
        created_at=_AT,
        updated_at=_AT,
        status_since=_AT,
        tags=("printer", "warehouse"),
        ci="printer-2",
    )


def _offered() -> Iterator[Ticket]:
    for offer in (
        Offer("first-line", _AT, _AT + timedelta(hours=2)),
        Offer("first-line", _AT, None, timedelta(hours=2)),
    ):
        yield replace(_ticket(Status.OPEN), assignee=None, offer=offer)


def _bare_ticket() -> Ticket:
    return Ticket(
        number=1,
        subject="",
        status=Status.OPEN,
        type=TicketType.QUESTION,
        priority=Priority.NORMAL,
        group="first-line",
        assignee=None,
        requester=_NAMELESS,
        mailbox="support",
        language="en",
        created_at=_AT,
        updated_at=_AT,
        status_since=_AT,
    )
