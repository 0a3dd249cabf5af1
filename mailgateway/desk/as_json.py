"""Tickets, articles and events as plain JSON values: the same on the command line, over HTTP and to webhooks."""

from datetime import UTC, datetime

from mailgateway.desk.events import Event
from mailgateway.desk.model import Article, Offer, StoredFile, Ticket
from mailgateway.mail.model import Address


def instant(at: datetime | None) -> str | None:
    """Return an instant in ISO 8601, in UTC."""
    return None if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def person(one: Address) -> dict[str, str]:
    """Return somebody as name and address."""
    return {"name": one.name, "address": one.address}


def ticket_head(ticket: Ticket) -> dict[str, object]:
    """Return the head of a ticket: all of it but its articles, events and trace."""
    return {
        "number": ticket.number,
        "subject": ticket.subject,
        "status": ticket.status.value,
        "type": ticket.type.value,
        "priority": ticket.priority.value,
        "group": ticket.group,
        "assignee": ticket.assignee,
        "organisation": ticket.organisation,
        "ci": ticket.ci,
        "requester": person(ticket.requester),
        "participants": [person(one) for one in ticket.participants],
        "tags": list(ticket.tags),
        "language": ticket.language,
        "created_at": instant(ticket.created_at),
        "updated_at": instant(ticket.updated_at),
        "fields": dict(ticket.fields),
        "watchers": list(ticket.watchers),
        "held": [{"agent": one.agent, "article": one.article, "at": instant(one.at)} for one in ticket.held],
        "offered": offer_object(ticket.offer),
        "mailbox": ticket.mailbox,
        "snoozed_until": instant(ticket.snoozed_until),
    }


def article_meta(number: int, article: Article) -> dict[str, object]:
    """Return an article without its words."""
    return {
        "id": number,
        "at": instant(article.at),
        "from": person(article.sender),
        "kind": article.kind.value,
        "direction": article.direction.value,
        "attachments": [_file(stored) for stored in article.attachments],
        "message_id": article.message_id,
    }


def event_object(event: Event) -> dict[str, object]:
    """Return an event by itself: its number, when, whose ticket, who, what; no words of articles are in it."""
    return {
        "id": event.id,
        "at": instant(event.at),
        "ticket": event.ticket,
        "actor": event.actor,
        "what": event.what,
        "detail": dict(event.detail),
    }


def offer_object(offer: Offer | None) -> dict[str, object] | None:
    """Return by which group a ticket is offered, since and until when; None where it is not.

    While the time for accepting stands still, it is paused.
    """
    if offer is None:
        return None
    return {
        "by": offer.giver,
        "at": instant(offer.at),
        "accept_by": instant(offer.accept_by),
        "paused": offer.is_paused,
    }


def _file(stored: StoredFile) -> dict[str, object]:
    return {
        "filename": stored.filename,
        "content_type": stored.content_type,
        "size": stored.size,
        "sha256": stored.sha256,
        "inline": stored.inline,
        "content_id": stored.content_id,
        "refused": stored.refused,
    }
