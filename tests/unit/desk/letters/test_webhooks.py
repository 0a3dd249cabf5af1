"""Webhooks: who hears of what, what they are told, and how it is signed."""

import ast
import base64
import hmac
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

import mailgateway
from mailgateway.desk.events import ARTICLE, WEBHOOK, WORDS, Event, word_for
from mailgateway.desk.letters import webhooks
from mailgateway.desk.letters.webhooks import Include, NumberedArticle, Webhook
from mailgateway.desk.model import Article, ArticleKind, Direction, Priority, Status, Ticket, TicketType
from mailgateway.mail.model import Address

NOW = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
JANE = Address("Jane", "jane@customer.example")
TICKET = Ticket(
    number=10001,
    subject="Help \ud800",
    status=Status.OPEN,
    type=TicketType.INCIDENT,
    priority=Priority.HIGH,
    group="hardware",
    assignee="bob",
    requester=JANE,
    mailbox="support",
    language="en",
    created_at=NOW,
    updated_at=NOW,
    status_since=NOW,
)
ARTICLE_7 = NumberedArticle(7, Article(ArticleKind.PUBLIC, Direction.IN, JANE, NOW, "It burns."))
NOTE = NumberedArticle(8, Article(ArticleKind.NOTE, Direction.IN, JANE, NOW, "She always says so."))


def event(what: str, **detail: object) -> Event:
    """Make an event."""
    return Event(10001, NOW, "anna", what, detail, id=5)


@pytest.mark.parametrize(
    ("kind", "direction", "word"),
    [
        ("public", "in", "received"),
        ("public", "out", "replied"),
        ("note", "in", "noted"),
        ("note", "out", "noted"),
        ("auto", "in", "recorded"),
    ],
)
def test_an_article_is_told_by_who_wrote_it_to_whom(kind: str, direction: str, word: str) -> None:
    """A mail that came, an answer, a note and a machine's mail have words of their own."""
    assert word_for(event(ARTICLE, id=1, kind=kind, direction=direction)) == word
    assert word in WORDS


def test_a_webhook_hears_of_what_it_asks_for() -> None:
    """A list of words, or all; what a rule calls is for those named alone."""
    some, every = Webhook("a", frozenset({"status"})), Webhook("b", None)
    assert webhooks.is_told(some, event("status"))
    assert not webhooks.is_told(some, event("priority"))
    assert webhooks.is_told(every, event("priority"))
    called = event(WEBHOOK, names=["a"])
    assert webhooks.is_told(some, called)
    assert not webhooks.is_told(every, called)


def test_a_webhook_of_a_group_hears_of_its_tickets_alone() -> None:
    """A rule that names it may name it for any ticket."""
    sales = Webhook("a", None, groups=frozenset({"sales"}))
    assert not webhooks.is_about(sales, event("status"), TICKET)
    assert webhooks.is_about(sales, event(WEBHOOK, names=["a"]), TICKET)
    assert webhooks.is_about(sales, event("status"), replace(TICKET, group="sales"))


def test_a_call_tells_event_ticket_and_article_without_its_words() -> None:
    """Half a character in a subject is no obstacle."""
    told = json.loads(
        webhooks.content(Webhook("a"), event(ARTICLE, id=7, kind="public", direction="in"), TICKET, ARTICLE_7)
    )
    assert (told["type"], told["timestamp"], told["version"]) == ("ticket.received", "2026-11-02T12:00:00Z", 1)
    assert told["data"]["event"]["id"] == 5
    assert told["data"]["ticket"]["number"] == 10001
    assert told["data"]["ticket"]["group"] == "hardware"
    assert told["data"]["article"]["id"] == 7
    assert "text" not in told["data"]["article"]
    assert "burns" not in json.dumps(told)


@pytest.mark.parametrize(
    ("include", "article", "text"),
    [
        ({Include.TEXT}, ARTICLE_7, "It burns."),
        ({Include.TEXT}, NOTE, None),
        ({Include.NOTES}, ARTICLE_7, None),
        ({Include.NOTES}, NOTE, "She always says so."),
    ],
)
def test_words_are_told_where_they_are_asked_for(
    include: set[Include], article: NumberedArticle, text: str | None
) -> None:
    """Who asks for text does not get notes."""
    hook = Webhook("a", None, include=frozenset(include))
    told = json.loads(webhooks.content(hook, event(ARTICLE, id=article.id), TICKET, article))
    assert told["data"]["article"].get("text") == text


def test_a_long_text_is_cut() -> None:
    """A call stays bounded."""
    article = NumberedArticle(7, replace(ARTICLE_7.article, text="x" * 200_000))
    hook = Webhook("a", None, include=frozenset({Include.TEXT}))
    told = json.loads(webhooks.content(hook, event(ARTICLE, id=7), TICKET, article))["data"]["article"]
    assert (len(told["text"]), told["is_cut"]) == (webhooks.LONGEST_TEXT, True)


def test_the_signature_is_that_of_standard_webhooks() -> None:
    """The example that the specification's libraries test with."""
    headers = webhooks.signed(
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        datetime.fromtimestamp(1614265330, UTC),
        b'{"test": 2432232314}',
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    )
    assert headers["webhook-timestamp"] == "1614265330"
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("secret", ["any text", "whsec_no base64!"])
def test_any_other_secret_is_the_key(secret: str) -> None:
    """Admins may take what the other side gives them."""
    proof = hmac.digest(secret.encode(), b"m." + str(int(NOW.timestamp())).encode() + b".{}", "sha256")
    signature = webhooks.signed("m", NOW, b"{}", secret)["webhook-signature"]
    assert signature == f"v1,{base64.b64encode(proof).decode()}"


def test_every_event_in_the_code_has_a_word() -> None:
    """Whoever lets something new happen to a ticket says what it means, so that webhooks can ask for it."""
    tellers = ("RecordEvent", "ticket.tell", "ticket.tell_both")
    written = {
        node.value
        for path in Path(mailgateway.__file__).parent.rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(call, ast.Call) and ast.unparse(call.func) in tellers
        for node in call.args[:2]
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert written - {ARTICLE, WEBHOOK} <= set(WORDS)
