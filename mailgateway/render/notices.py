"""A notice -> subject, text and HTML, in the language of its reader. A broken template never loses a mail."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from mailgateway.desk.letter import Rendered
from mailgateway.desk.model import Article, Direction
from mailgateway.desk.orders import COMMANDS
from mailgateway.desk.plan import Audience, Notice, NoticeKind
from mailgateway.render.environment import Templates
from mailgateway.render.faults import place_of
from mailgateway.render.words import bare

VALUES: dict[NoticeKind, dict[str, object]] = {
    NoticeKind.ACKNOWLEDGEMENT: {},
    NoticeKind.REPLY: {},
    NoticeKind.STATUS_CHANGED: {"before": ""},
    NoticeKind.AGENT_NOTIFICATION: {"by": "", "rules": "", "commands": COMMANDS},
    NoticeKind.AGENT_FOLLOW_UP: {"by": "", "commands": COMMANDS},
    NoticeKind.REJECTED: {"reason": "", "subject": ""},
    NoticeKind.COMMANDS_REFUSED: {"problems": (), "commands": COMMANDS, "original": ""},
    NoticeKind.ALARM: {"title": "", "lines": ()},
}
"""The names each notice's templates have beside the common ones, with what they are where the notice says nothing."""

FALLBACK = "en"
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8}){0,3}\Z")
_LONGEST_SUBJECT = 250


class Renderer:
    """Writes notices by templates called `<language>/<notice>.subject`, `.txt` and `.html`.

    `own` is the operator's folder, where there is one: what it holds goes before `shipped`. Files that change are
    read anew. May be used by several threads.
    """

    def __init__(self, own: Path | None, shipped: Path) -> None:
        self._sources = (Templates(shipped),) if own is None else (Templates(own, shipped), Templates(shipped))

    def render(self, notice: Notice) -> Rendered:
        """Return the words of the notice. Where a template fails the next best one is taken, and `defects` says why."""
        defects: list[str] = []
        for templates, language in self._choices(notice):
            try:
                return replace(rendered(templates, language, notice), defects=tuple(dict.fromkeys(defects)))
            except Exception as error:  # noqa: BLE001 - a template is the operator's program: anything can happen in it
                defects.append(str(place_of(error, f"{language}/{notice.kind.value}")))
        return _plain(notice, tuple(dict.fromkeys(defects)))

    def _choices(self, notice: Notice) -> Iterator[tuple[Templates, str]]:
        for language in languages(notice.language):
            for templates in self._sources:
                if templates.offers(f"{language}/{notice.kind.value}.txt"):
                    yield templates, language


def languages(wanted: str) -> tuple[str, ...]:
    """Return the languages to try, best first: pl-PL gives pl-pl, pl, en."""
    tag = wanted.strip().replace("_", "-").casefold()
    known = tag if is_language(tag) else FALLBACK
    return tuple(dict.fromkeys((known, known.partition("-")[0], FALLBACK)))


def is_language(name: str) -> bool:
    """Tell whether a folder of this name holds the templates of a language: a tag of RFC 5646 in lower case."""
    return _LANGUAGE.match(name) is not None


def rendered(templates: Templates, language: str, notice: Notice) -> Rendered:
    """Render a notice by the templates of this very language; raises whatever they do."""
    name = f"{language}/{notice.kind.value}"
    context = _context(notice, language)
    subject = " ".join(templates.produce(f"{name}.subject", context).split())[:_LONGEST_SUBJECT]
    context["mail_subject"] = subject
    text = templates.produce(f"{name}.txt", context).strip("\n") + "\n"
    html = templates.produce(f"{name}.html", context) if templates.offers(f"{name}.html") else None
    return Rendered(subject, text, html)


def _context(notice: Notice, language: str) -> dict[str, object]:
    return {
        **VALUES[notice.kind],
        **notice.values,
        "notice": notice.kind.value,
        "language": language,
        "recipient": notice.recipient,
        "sender": notice.sender,
        "ticket": notice.ticket,
        "article": _fit_for(notice),
    }


def _fit_for(notice: Notice) -> Article | None:
    """Return the article without what a customer must not see of an agent's mail: address, quotations, HTML."""
    article = notice.article
    if article is None or notice.audience is not Audience.CUSTOMER or article.direction is not Direction.OUT:
        return article
    return replace(article, sender=notice.sender, full_text="", html=None, message_id=None)


def _plain(notice: Notice, defects: tuple[str, ...]) -> Rendered:
    """Write the mail without any template, since none would do: bare, but whoever waits for it gets it."""
    ticket = notice.ticket
    subject = f"[#{ticket.number}] {bare(ticket.subject)}" if ticket else str(notice.values.get("title", "mailgateway"))
    told = [f"{name}: {value}" for name, value in notice.values.items() if value and isinstance(value, str)]
    text = "\n\n".join(part for part in (notice.article.text if notice.article else "", *told) if part)
    return Rendered(" ".join(subject.split())[:_LONGEST_SUBJECT], text or subject, None, defects)
