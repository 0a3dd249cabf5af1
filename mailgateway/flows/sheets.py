"""Tickets as JSON objects: the same on the command line and over HTTP."""

from collections.abc import Mapping
from datetime import datetime

from mailgateway.desk.as_json import article_meta, instant, offer_object, person, ticket_head
from mailgateway.desk.customers.organisations import Organisations
from mailgateway.desk.events import Event
from mailgateway.desk.levels.clock_sheet import service_level
from mailgateway.desk.model import Beside
from mailgateway.desk.problems.major import Major
from mailgateway.store.tickets.links import LinkedTicket
from mailgateway.store.tickets.listed import TicketLine
from mailgateway.store.tickets.shown import FiledArticle, TicketSheet


def line_object(line: TicketLine, known: Organisations) -> dict[str, object]:
    """Return the object of `tickets list --json`; the organisations know who matters more."""
    return {
        "number": line.number,
        "subject": line.subject,
        "status": line.status,
        "type": line.type,
        "priority": line.priority,
        "group": line.group,
        "assignee": line.assignee,
        "requester": person(line.requester),
        "tags": list(line.tags),
        "created_at": instant(line.created_at),
        "updated_at": instant(line.updated_at),
        "organisation": line.organisation,
        "ci": line.ci,
        "due_at": instant(line.due_at),
        "major": line.is_major,
        "offered": offer_object(line.offer),
        "snoozed_until": instant(line.snoozed_until),
        "vip": known.is_vip(line.requester.address),
    }


def sheet_object(sheet: TicketSheet, now: datetime, known: Organisations) -> dict[str, object]:
    """Return the object of `tickets show --json`; the organisations know who matters more."""
    return {
        **ticket_head(sheet.ticket),
        "vip": known.is_vip(sheet.ticket.requester.address),
        "service_level": service_level(sheet.ticket, now),
        "articles": [_article(filed) for filed in sheet.articles],
        "events": [_event(event) for event in sheet.events],
        "trace": dict(sheet.trace),
        "links": [_link(link) for link in sheet.links],
        "beside": [_beside(one) for one in sheet.beside],
        "major": major_object(sheet.major) if sheet.major else None,
    }


def major_object(major: Major) -> dict[str, object]:
    """Return a major incident as an object."""
    return {
        "problem": major.problem,
        "texts": dict(major.texts),
        "since": instant(major.since),
        "only_for": major.only_for,
        "news_at": instant(major.news_at),
    }


def _link(link: LinkedTicket) -> dict[str, object]:
    return {"kind": link.relation, "ticket": link.number, "subject": link.subject, "status": link.status}


def _beside(one: Beside) -> dict[str, object]:
    return {"ticket": one.number, "subject": one.subject, "status": one.status}


def _article(filed: FiledArticle) -> dict[str, object]:
    article = filed.article
    meta = article_meta(filed.id, article)
    return {**meta, "ticket": filed.ticket, "text": article.text, "html": article.html}


def _event(event: Event) -> dict[str, object]:
    return {"at": instant(event.at), "actor": event.actor, "what": event.what, **_detail(event)}


def _detail(event: Event) -> Mapping[str, object]:
    return {key: value for key, value in event.detail.items() if key not in ("at", "actor", "what")}
