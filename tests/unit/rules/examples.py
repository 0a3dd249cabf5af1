"""Short ways to write rules and mails."""

from datetime import UTC, datetime, timedelta

from mailgateway.mail.model import Address, Attachment, Headers, Kind, Mail
from mailgateway.rules.compile import compile_rules
from mailgateway.rules.evaluate import evaluate
from mailgateway.rules.schema import Question, Requester, Routing, Ruleset, TicketState
from mailgateway.rules.vocabulary import Vocabulary

WORDS = Vocabulary(
    groups=("first-line", "hardware"),
    agents=("anna", "bob"),
    mailboxes=("support", "sales"),
    types=("incident", "request"),
    priorities=("low", "normal", "high"),
    statuses=("new", "open", "pending", "solved"),
)


def problems(document: object) -> list[str]:
    """Return what is wrong with a document, without places."""
    return [finding.problem for finding in compile_rules(document, lambda _: (1, 1), "routing.yaml", WORDS).findings]


def problems_of(when: object) -> list[str]:
    """Return what is wrong with a condition."""
    return problems({"rules": [{"when": when, "then": {"group": "hardware"}}]})


def ruleset(*rules: dict[str, object]) -> Ruleset:
    """Compile rules that are right."""
    compiled = compile_rules({"rules": list(rules)}, _line_of_rule, "routing.yaml", WORDS)
    assert compiled.findings == ()
    return compiled.ruleset


def _line_of_rule(path: tuple[str | int, ...]) -> tuple[int, int]:
    return (int(path[1]) + 1, 1) if len(path) > 1 else (1, 1)


MAIL = Mail(
    subject="The Printer is broken",
    sender=Address("Jan Nowak", "jan@sub.customer.example"),
    to=(Address("", "support@example.com"), Address("", "boss@customer.example")),
    cc=(Address("", "copy@other.example"),),
    reply_to=(Address("", "answers@customer.example"),),
    headers=Headers((("X-Site", "HQ"), ("X-Site", "Lab"), ("X-Empty", ""), ("Delivered-To", "help@example.com"))),
    text="Dear all,\nit smells of Smoke.\n> old text",
    attachments=(Attachment("photo.JPG", "image/jpeg", b""), Attachment("log.txt", "text/plain", b"")),
)
MONDAY = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
TICKET = TicketState(
    status="solved",
    group="hardware",
    assignee="anna",
    priority="high",
    type="incident",
    language="en",
    created_at=MONDAY - timedelta(days=3),
    updated_at=MONDAY - timedelta(hours=5),
    tags=("printer", "floor-3"),
    status_since=MONDAY - timedelta(days=2),
    organisation="acme",
    ci="web-1",
)
QUESTION = Question(
    MAIL,
    Kind.NORMAL,
    "support",
    "it smells of Smoke.",
    size=2_500_000,
    received_at=MONDAY,
    ticket=TICKET,
    requester=Requester(known=True, open_tickets=3, organisation="acme", contract="gold", is_vip=True),
    authentication={"dmarc": "pass", "spf": "softfail", "dkim": "none"},
    calendars=("office",),
)


def ask(when: object, question: Question = QUESTION) -> Routing:
    """Ask one rule with this condition."""
    return evaluate(ruleset({"name": "it", "when": when, "then": {"group": "hardware"}}), question)


def holds(field: str, operator: str, operand: object, question: Question = QUESTION) -> bool:
    """Tell whether a single test holds."""
    return bool(ask({"field": field, operator: operand}, question).matched)
