"""Export a person's data: JSON that can be read, and the mails as they were, one piece after the other."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from mailgateway.desk.as_json import article_meta, instant, person
from mailgateway.desk.letters.suppression import Reachability
from mailgateway.desk.model import ArticleKind, Direction, StoredFile
from mailgateway.errors import PermanentError
from mailgateway.flows.privacy.find import Found
from mailgateway.mail.content.attachments import safe_name
from mailgateway.store.engine import Store
from mailgateway.store.outgoing import outbox, suppressions
from mailgateway.store.privacy import kept
from mailgateway.store.privacy.traces import parts
from mailgateway.store.service.wishes import rating
from mailgateway.store.tickets.shown import FiledArticle, TicketSheet, shown

WHOLE = "person.json"
"""The last piece: where it is, the export is whole."""

_MARK = "\x1a"


@dataclass(frozen=True, slots=True)
class Piece:
    """A file of the export: its path, of names that every file system takes, and what is in it."""

    path: str
    content: bytes = field(repr=False)


@dataclass(slots=True)
class Export:
    """An export on its way; `missing` says what could not be read."""

    store: Store
    found: Found
    at: datetime
    with_notes: bool = False
    missing: list[str] = field(default_factory=list)

    @property
    def steps(self) -> int:
        """How many tickets, mails and letters there are to export."""
        found = self.found
        return len(found.own) + len(found.shared) + len(found.mails) + len(found.letters)

    def pieces(self) -> Iterator[Piece]:
        """Give the files, the one named WHOLE last. Raises StoreBusy and StoreUnusable."""
        for number in (*self.found.own, *self.found.shared):
            with self.store.reading() as tx:
                sheet, rated = shown(tx, number), rating(tx, number)
            if sheet is not None:
                yield from self._ticket(sheet, rated)
        mails: list[object] = []
        letters: list[object] = []
        yield from self._mails(mails)
        yield from self._letters(letters)
        yield _as_json(WHOLE, {**self._person(), "mails": mails, "letters": letters, "missing": self.missing})

    def _ticket(self, sheet: TicketSheet, rated: str) -> Iterator[Piece]:
        number, is_own = sheet.ticket.number, sheet.ticket.number in self.found.own
        wanted = [one for one in sheet.articles if self._is_for_them(one, is_own=is_own)]
        notes = [one for one in sheet.articles if one.article.kind is ArticleKind.NOTE]
        for one in wanted:
            yield from self._files(one)
        yield _as_json(
            f"tickets/{number}.json",
            {
                **_head(sheet, rated, is_own=is_own),
                "articles": [_article(one) for one in wanted],
                "events": self._events(sheet, is_own=is_own),
                "left_out": {"notes": len(notes), "articles_of_others": len(sheet.articles) - len(wanted) - len(notes)},
            },
        )
        if self.with_notes and is_own and notes:
            yield _as_json(f"notes/{number}.json", {"number": number, "notes": [_article(one) for one in notes]})

    def _is_for_them(self, one: FiledArticle, *, is_own: bool) -> bool:
        """Tell whether they wrote it, or it was an answer to all, or a machine wrote it to their own ticket."""
        article = one.article
        if article.kind is ArticleKind.NOTE:
            return False
        is_answer = article.kind is ArticleKind.PUBLIC and article.direction is Direction.OUT
        is_machines = article.kind is ArticleKind.AUTO and is_own
        return is_answer or is_machines or self.found.person.has(article.sender.address)

    def _files(self, one: FiledArticle) -> Iterator[Piece]:
        for place, stored in enumerate(one.article.attachments, 1):
            if not stored.sha256:
                continue  # it was refused, or its time is over
            path = _path(one, place, stored)
            try:
                yield Piece(path, self.store.blobs.get(stored.sha256))
            except PermanentError as error:
                self.missing.append(f"{path}: {error}")

    def _events(self, sheet: TicketSheet, *, is_own: bool) -> list[object]:
        """Return what happened: to a ticket of theirs all of it, to one of others' what names them."""
        return [
            {"at": instant(one.at), "actor": one.actor, "what": one.what, "detail": dict(one.detail)}
            for one in sheet.events
            if is_own or self._names_them([one.actor, dict(one.detail)])
        ]

    def _names_them(self, value: object) -> bool:
        return bool(self.found.person.out_of(value, _MARK) != value)

    def _mails(self, listed: list[object]) -> Iterator[Piece]:
        for some in parts(self.found.mails):
            with self.store.reading() as tx:
                found = kept.mails(tx, some)
            for mail in found:
                path = f"mails/{mail.id}.eml"
                outcome = mail.disposition.value if mail.disposition else None
                told = {"id": mail.id, "at": instant(mail.received_at), "outcome": outcome, "ticket": mail.ticket}
                listed.append({**told, "file": path if mail.sha256 else None})
                if not mail.sha256:
                    continue  # its time is over
                try:
                    yield Piece(path, self.store.blobs.get(mail.sha256))
                except PermanentError as error:
                    self.missing.append(f"{path}: {error}")

    def _letters(self, listed: list[object]) -> Iterator[Piece]:
        for some in parts(self.found.letters):
            with self.store.reading() as tx:
                found = kept.letters(tx, some)
            for letter in found:
                path = f"letters/{letter.id}.eml"
                told = {"id": letter.id, "ticket": letter.ticket, "template": letter.template, "to": letter.to}
                kept_at = {"state": letter.state.value, "at": instant(letter.created_at)}
                listed.append({**told, **kept_at, "file": path if letter.is_kept else None})
                if not letter.is_kept:
                    continue
                try:
                    with self.store.reading() as tx:
                        content = outbox.letter(tx, letter.id).content
                    yield Piece(path, content)
                except PermanentError as error:
                    self.missing.append(f"{path}: {error}")

    def _person(self) -> dict[str, object]:
        found = self.found
        with self.store.reading() as tx:
            closed = suppressions.known(tx, found.person.addresses)
            wishes = kept.unsubscribed(tx, found.keys)
        return {
            "addresses": sorted(found.person.addresses),
            "names": sorted(found.person.names),
            "at": instant(self.at),
            "counts": found.counts,
            "mails_not_filed_yet": found.waiting,
            "tickets": list(found.own),
            "shared_tickets": list(found.shared),
            "suppressions": [_suppression(one) for one in closed.values()],
            "unsubscriptions": [{"ticket": ticket or None, "at": instant(at)} for ticket, at in wishes],
        }


def _head(sheet: TicketSheet, rated: str, *, is_own: bool) -> dict[str, object]:
    ticket = sheet.ticket
    own = {
        "requester": person(ticket.requester),
        "organisation": ticket.organisation,
        "ci": ticket.ci,
        "fields": dict(ticket.fields),
        "rating": rated or None,
        "trace": dict(sheet.trace),
    }
    return {
        "number": ticket.number,
        "role": "requester" if is_own else "participant",
        "subject": ticket.subject,
        "status": ticket.status.value,
        "type": ticket.type.value,
        "priority": ticket.priority.value,
        "language": ticket.language,
        "tags": list(ticket.tags),
        "created_at": instant(ticket.created_at),
        "updated_at": instant(ticket.updated_at),
        **(own if is_own else {}),
    }


def _article(one: FiledArticle) -> dict[str, object]:
    is_note = one.article.kind is ArticleKind.NOTE
    files = [
        {
            "filename": stored.filename,
            "content_type": stored.content_type,
            "size": stored.size,
            "file": None if is_note or not stored.sha256 else _path(one, place, stored),
        }
        for place, stored in enumerate(one.article.attachments, 1)
    ]
    meta = article_meta(one.id, one.article)
    return {**meta, "text": one.article.full_text, "html": one.article.html, "attachments": files}


def _path(one: FiledArticle, place: int, stored: StoredFile) -> str:
    return f"attachments/{one.ticket}/{one.id}-{place}-{safe_name(stored.filename) or 'file'}"


def _suppression(one: Reachability) -> dict[str, object]:
    return {"address": one.address, "since": instant(one.since), "until": instant(one.until), "reason": one.reason}


def _as_json(path: str, value: Mapping[str, object]) -> Piece:
    return Piece(path, json.dumps(value, ensure_ascii=True, indent=2).encode() + b"\n")
