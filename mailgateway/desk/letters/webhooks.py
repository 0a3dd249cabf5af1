"""Webhooks: who hears of what, what they are told, and the signature that proves who tells it.

Content and headers follow the Standard Webhooks specification (version 1), so that its libraries verify them.
"""

import base64
import binascii
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from mailgateway.desk.as_json import article_meta, instant, ticket_head
from mailgateway.desk.events import ARTICLE, WEBHOOK, Event, word_for
from mailgateway.desk.model import Article, ArticleKind, Ticket

VERSION = 1
"""Of the content: raised when a key changes its meaning or goes away, not when one is added."""

LONGEST_TEXT = 100_000
_SECRET_PREFIX = "whsec_"


class Include(StrEnum):
    """Words of people that a webhook may be told: of articles everybody may see, and of internal notes."""

    TEXT = "text"
    NOTES = "notes"


@dataclass(frozen=True, slots=True)
class Webhook:
    """Who wants to hear of what: `events` are words (None: every one), `groups` whose tickets (empty: all)."""

    name: str
    events: frozenset[str] | None = frozenset()
    groups: frozenset[str] = frozenset()
    include: frozenset[Include] = frozenset()


@dataclass(frozen=True, slots=True)
class NumberedArticle:
    """An article with the number by which its event speaks of it."""

    id: int
    article: Article


def is_told(webhook: Webhook, event: Event) -> bool:
    """Tell whether a webhook hears of an event, wherever its ticket is; those that rules call are named in it."""
    if event.what == WEBHOOK:
        return webhook.name in event.detail.get("names", ())
    return webhook.events is None or word_for(event) in webhook.events


def is_about(webhook: Webhook, event: Event, ticket: Ticket) -> bool:
    """Tell whether the ticket is one of those that a webhook hears of; a rule may name any."""
    return not webhook.groups or event.what == WEBHOOK or ticket.group in webhook.groups


def content(webhook: Webhook, event: Event, ticket: Ticket, article: NumberedArticle | None) -> bytes:
    """Return what a webhook is told: the event, the ticket as it is after it, the article without its text.

    The text of an article is in it where the webhook asks for it, that of an internal note where it asks for notes.
    """
    told = {
        "id": event.id,
        "at": instant(event.at),
        "actor": event.actor,
        "what": event.what,
        "detail": dict(event.detail),
    }
    data: dict[str, object] = {"event": told, "ticket": ticket_head(ticket), "article": None}
    if article is not None:
        data["article"] = {**article_meta(article.id, article.article), **_text(webhook, article.article)}
    return _whole(f"ticket.{word_for(event)}", event.at, data)


def article_of(event: Event) -> int | None:
    """Return the number of the article that an event tells of."""
    number = event.detail.get("id") if event.what == ARTICLE else None
    return number if isinstance(number, int) else None


def trial(webhook: str, at: datetime) -> bytes:
    """Return what a webhook is told to see whether it listens."""
    return _whole("test", at, {"webhook": webhook})


def signed(message_id: str, at: datetime, body: bytes, secret: str) -> Mapping[str, str]:
    """Return the headers of a call made now: its id, the same however often it is made, its time, its signature.

    The signature is the HMAC-SHA256 of id, time in seconds since 1970 and body, joined by dots. A secret that begins
    with whsec_ is the base64 of the key; any other is the key.
    """
    seconds = str(int(at.timestamp()))
    proof = hmac.new(_key(secret), b".".join((message_id.encode(), seconds.encode(), body)), sha256).digest()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": seconds,
        "webhook-signature": f"v1,{base64.b64encode(proof).decode()}",
    }


def _key(secret: str) -> bytes:
    if secret.startswith(_SECRET_PREFIX):
        try:
            return base64.b64decode(secret.removeprefix(_SECRET_PREFIX), validate=True)
        except binascii.Error:
            pass
    return secret.encode()


def _text(webhook: Webhook, article: Article) -> dict[str, object]:
    wanted = Include.NOTES if article.kind is ArticleKind.NOTE else Include.TEXT
    if wanted not in webhook.include:
        return {}
    return {"text": article.text[:LONGEST_TEXT], "is_cut": len(article.text) > LONGEST_TEXT}


def _whole(kind: str, at: datetime, data: Mapping[str, object]) -> bytes:
    whole = {"type": kind, "timestamp": instant(at), "version": VERSION, "data": data}
    # ASCII: half a character, as mails may hold, is no UTF-8
    return json.dumps(whole, separators=(",", ":")).encode("ascii")
