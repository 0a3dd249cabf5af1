"""A notice -> subject, text and HTML, in the language of its reader. A broken template never loses a mail."""

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from zoneinfo import ZoneInfo

from mailgateway.desk.agents.commands import COMMANDS
from mailgateway.desk.answers.knowledge import Answer
from mailgateway.desk.letters.letter import Rendered
from mailgateway.desk.letters.receipts import NOTHING_CHANGED
from mailgateway.desk.model import Article, Direction
from mailgateway.desk.plan import Audience, Notice, NoticeKind
from mailgateway.mail.outgoing.lighter import LeftOut, Word
from mailgateway.mail.written.subjects import bare
from mailgateway.render.branding import shown_brand
from mailgateway.render.environment import Templates
from mailgateway.render.faults import place_of
from mailgateway.render.reader import Reader
from mailgateway.render.wording import Phrases, Wording

VALUES: dict[NoticeKind, dict[str, object]] = {
    NoticeKind.ACKNOWLEDGEMENT: {
        "answer": None,
        "follows": 0,
        "passed_on": False,
        "expected_by": None,
        "used_up": False,
        "majors": (),
    },
    NoticeKind.REPLY: {"news": ""},
    NoticeKind.STATUS_CHANGED: {"before": "", "news": "", "handed": False},
    NoticeKind.AGENT_NOTIFICATION: {
        "by": "",
        "declined_for": "",
        "rules": "",
        "answers": (),
        "used_up": None,
        "about": "",
        "beside": (),
        "problem": 0,
        "down": "",
        "commands": COMMANDS,
    },
    NoticeKind.RATED: {"rating": ""},
    NoticeKind.ADDED: {"yours": False},
    NoticeKind.REMINDER: {},
    NoticeKind.ESCALATION: {"target": "", "share": 0, "due_at": None, "is_over": False},
    NoticeKind.AGENT_REMINDER: {},
    NoticeKind.AGENT_RECEIPT: {"sent": (), "noted": False, "changed": NOTHING_CHANGED, "meanwhile": ()},
    NoticeKind.AGENT_FOLLOW_UP: {"by": "", "commands": COMMANDS},
    NoticeKind.MERGED: {"before": 0},
    NoticeKind.PROBLEM_NEWS: {"solved": False, "news": ""},
    NoticeKind.TO_AND_FRO: {"groups": "", "times": 0},
    NoticeKind.NOT_ACCEPTED: {"giver": "", "since": None, "accept_by": None},
    NoticeKind.OFFER_ACCEPTED: {"giver": "", "accepted_for": "", "by": ""},
    NoticeKind.PROBLEM_SUGGESTION: {"alike": (), "more": 0},
    NoticeKind.REJECTED: {"reason": "", "too_large": 0, "subject": ""},
    NoticeKind.FORWARDED: {"subject": ""},
    NoticeKind.ANSWER_HELD: {"meanwhile": (), "reminds": False, "held": 0},
    NoticeKind.COMMANDS_REFUSED: {"problems": (), "commands": COMMANDS, "original": ""},
    NoticeKind.UNDELIVERED: {"address": "", "reason": "", "closed": True},
    NoticeKind.FILES_LEFT_OUT: {"address": "", "files": ()},
    NoticeKind.ALARM: {"title": "", "lines": ()},
    NoticeKind.QUARANTINE_DIGEST: {"mails": (), "others": 0, "is_new": True, "numbers": ""},
    NoticeKind.QUARANTINE_RECEIPT: {"lines": (), "problems": (), "helps": False},
    NoticeKind.REPORT: {"figures": None, "charts": ()},
    NoticeKind.CUSTOMER_REPORT: {"figures": None, "charts": (), "organisation": ""},
    NoticeKind.DIGEST: {"overview": None, "addresses": {}},
}
"""The names each notice's templates have beside the common ones, with what they are where the notice says nothing."""

LEFT_OUT = ("left_out.jinja", "left_out.html")
FALLBACK = "en"
ENDINGS = ("subject", "txt", "html")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8}){0,3}\Z")
_LONGEST_SUBJECT = 250


@dataclass(frozen=True, slots=True)
class Shelf:
    """Templates and words of some folders, the first folder going before the next."""

    templates: Templates
    wording: Wording

    def offers(self, language: str, notice: str) -> bool:
        """Tell whether a notice can be written in a language: by templates of its own, or by its words."""
        if self.templates.offers(f"{language}/{notice}.txt"):
            return True
        return self.templates.offers(f"{notice}.txt") and self.wording.speaks(language, notice)

    def chosen(self, language: str, notice: str) -> dict[str, str]:
        """Return the templates to take, by their endings: the language's own, else those that all languages share."""
        speaks = self.wording.speaks(language, notice)
        found: dict[str, str] = {}
        for ending in ENDINGS:
            own, shared = f"{language}/{notice}.{ending}", f"{notice}.{ending}"
            if self.templates.offers(own):
                found[ending] = own
            elif speaks and self.templates.offers(shared):
                found[ending] = shared
        return found


def shelf(*folders: Path) -> Shelf:
    """Return the shelf of these folders."""
    return Shelf(Templates(*folders), Wording(*folders))


class Renderer:
    """Writes notices by templates called `<notice>.subject`, `.txt`, `.html` and the words of `<language>/words.toml`.

    `<language>/<notice>.txt` goes before `<notice>.txt`. `own` is the operator's folder, where there is one: what it
    holds goes before `shipped`, and what its folders `groups/<name>` and `mailboxes/<name>` hold goes before that for
    tickets of theirs, and `rules/<name>` before all where a rule names that template. Files that change are read anew.
    May be used by several threads.
    """

    def __init__(self, own: Path | None, shipped: Path) -> None:
        self._own = own
        self._shipped = shipped
        self._shelves: dict[tuple[Path, ...], Shelf] = {}

    def render(self, notice: Notice) -> Rendered:
        """Return the words of the notice. Where a template fails the next best one is taken, and `defects` says why."""
        defects: list[str] = []
        for chosen, language in self._choices(notice):
            try:
                return replace(rendered(chosen, language, notice), defects=tuple(dict.fromkeys(defects)))
            except Exception as error:  # noqa: BLE001 - a template is the operator's program: anything can happen in it
                defects.append(str(place_of(error, f"{language}/{notice.kind.value}")))
        return _plain(notice, tuple(dict.fromkeys(defects)))

    def left_out(self, language: str, files: Sequence[LeftOut], *, is_internal: bool) -> Word:
        """Return what a letter says of files that were left out of it, in a language or else in English.

        Where the operator's templates or words fail, which `check` tells, the shipped ones say it.
        """
        try:
            return said_of_files(self._shelf(self._folders), language, files, is_internal=is_internal)
        except Exception:  # noqa: BLE001 - a template is the operator's program: anything can happen in it
            return said_of_files(self._shelf((self._shipped,)), language, files, is_internal=is_internal)

    def report_words(self, language: str) -> Phrases:
        """Return the words of reports in a language, or in English where it has none."""
        return spoken_words(self._shelf(self._folders), language, NoticeKind.REPORT.value)

    @property
    def _folders(self) -> tuple[Path, ...]:
        return (*([self._own] if self._own is not None else ()), self._shipped)

    def _choices(self, notice: Notice) -> Iterator[tuple[Shelf, str]]:
        shelves = [self._shelf(folders) for folders in self._sources(notice)]
        for language in languages(notice.language):
            for one in shelves:
                if one.offers(language, notice.kind.value):
                    yield one, language

    def _sources(self, notice: Notice) -> Iterator[tuple[Path, ...]]:
        """Give the folders to try, most special first; what fails there is tried without them."""
        if self._own is not None:
            special = tuple(_special(self._own, notice))
            if special:
                yield (*special, self._own, self._shipped)
            yield self._own, self._shipped
        yield (self._shipped,)

    def _shelf(self, folders: tuple[Path, ...]) -> Shelf:
        if folders not in self._shelves:
            self._shelves[folders] = shelf(*folders)
        return self._shelves[folders]


def _special(own: Path, notice: Notice) -> Iterator[Path]:
    """Give the folders for the template that a rule names, and for the group and the mailbox, where there are such."""
    ticket = notice.ticket
    about = (("groups", ticket.group), ("mailboxes", ticket.mailbox)) if ticket is not None else ()
    for folder, name in (("rules", notice.template), *about):
        special = own / folder / name
        # names come from the configuration; one that is no file name is nobody's folder
        if name and Path(name).name == name and os.path.isdir(special):  # noqa: PTH112 - False where we may not look
            yield special


def spoken_words(chosen: Shelf, language: str, name: str) -> Phrases:
    """Return the words of a notice in a language, or in the nearest that has some."""
    spoken = next((known for known in languages(language) if chosen.offers(known, name)), FALLBACK)
    return chosen.wording.phrases(languages(spoken), name)


def said_of_files(chosen: Shelf, language: str, files: Sequence[LeftOut], *, is_internal: bool) -> Word:
    """Write what a letter says of files that were left out of it; raises whatever the templates do."""
    phrases = spoken_words(chosen, language, NoticeKind.FILES_LEFT_OUT.value)
    context = {"phrases": phrases, "language": phrases.language, "files": files, "is_internal": is_internal}
    return Word(*(chosen.templates.produce(name, context) for name in LEFT_OUT))


def languages(wanted: str) -> tuple[str, ...]:
    """Return the languages to try, best first: pl-PL gives pl-pl, pl, en."""
    tag = wanted.strip().replace("_", "-").casefold()
    known = tag if is_language(tag) else FALLBACK
    return tuple(dict.fromkeys((known, known.partition("-")[0], FALLBACK)))


def is_language(name: str) -> bool:
    """Tell whether a folder of this name holds the templates of a language: a tag of RFC 5646 in lower case."""
    return _LANGUAGE.match(name) is not None


def rendered(chosen: Shelf, language: str, notice: Notice) -> Rendered:
    """Render a notice in this very language; raises whatever its templates do."""
    name = notice.kind.value
    templates = chosen.chosen(language, name)
    reader = Reader(notice.recipient)
    context = _context(notice, language, chosen.wording.phrases(languages(language), name), reader)
    produce = chosen.templates.produce
    subject = " ".join(produce(templates.get("subject", f"{language}/{name}.subject"), context).split())
    subject = subject[:_LONGEST_SUBJECT]
    context["mail_subject"] = subject
    text = produce(templates.get("txt", f"{language}/{name}.txt"), context).strip("\n") + "\n"
    html = produce(templates["html"], context) if "html" in templates else None
    return Rendered(subject, text, html, is_personal=reader.was_asked_for)


def _context(notice: Notice, language: str, phrases: Phrases, reader: Reader) -> dict[str, object]:
    return {
        "links": {},
        "signature": "",
        **VALUES[notice.kind],
        **notice.values,
        "notice": notice.kind.value,
        "language": language,
        "timezone": _timezone(notice.values.get("timezone")),
        "phrases": phrases,
        "recipient": reader,
        "sender": notice.sender,
        "ticket": notice.ticket,
        "article": _fit_for(notice),
        "brand": shown_brand(notice.values.get("brand"), language),
    }


def _timezone(name: object) -> ZoneInfo:
    """Return the time zone in which a notice tells of time; UTC where its name is not known here."""
    try:
        return ZoneInfo(str(name or "UTC"))
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")


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
    values = ((name, value) for name, value in notice.values.items() if name != "signature")
    told = [f"{name}: {value}" for name, value in values if value and isinstance(value, str)]
    answer = notice.values.get("answer")
    said = (notice.article.text if notice.article else "", answer.text if isinstance(answer, Answer) else "", *told)
    text = "\n\n".join(part for part in said if part)
    return Rendered(" ".join(subject.split())[:_LONGEST_SUBJECT], text or subject, None, defects)
