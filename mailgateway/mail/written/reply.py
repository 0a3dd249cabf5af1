"""Mail -> Reply: what the writer wrote, the quoted history and the signature off. When in doubt nothing is cut.

Lines come from the HTML where its structure says what is quoted, else from the plain text. Answers between quoted
lines are kept with the lines they answer; a forwarded mail is content and is kept whole.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from mailgateway.mail.content.marks import Mark, has_structure
from mailgateway.mail.content.text import Line, html_lines, joined
from mailgateway.mail.model import Mail, Reply
from mailgateway.mail.outgoing.tokens import without_marks
from mailgateway.mail.written.blocks import header_block, notes_block
from mailgateway.mail.written.quotations import end_of_quote, is_word, own_words, set_apart
from mailgateway.mail.written.quotes import (
    attribution,
    is_forward,
    is_forward_subject,
    is_framed,
    is_marker,
    is_rule,
    is_separator,
)
from mailgateway.mail.written.subjects import is_answer, normalised

_MOST_LINES = 5_000
_QUOTE_SIGNS = re.compile(r"^[ \t]?((?:>[ \t]?)+)")


@dataclass(frozen=True, slots=True)
class _Setting:
    """What is known of a mail before its words are read."""

    subject: str
    forwards: bool
    answers: bool
    """It says that there was a mail before it; another one has no history, whatever it looks like."""


def split_reply(mail: Mail, pictures: Mapping[str, str] | None = None) -> Reply:
    """Return what the writer of a mail wrote, and whether anything earlier was quoted and cut.

    `pictures` are names of files by their Content-ID: `[name]` stands where the HTML shows one.
    """
    lines, rest = _lines(mail, pictures or {})
    own, forwarded, quoted = _separate(lines, _setting(mail))
    kept = [*own, *([Line("")] if own and forwarded else []), *forwarded]
    if not quoted:
        kept += rest
    return Reply(joined(kept).strip(), quoted, joined(forwarded).strip())


def _setting(mail: Mail) -> _Setting:
    with_detail = any("+" in one.address for one in (*mail.to, *mail.cc))  # as our letters ask answers to be sent
    answers = bool(mail.in_reply_to or mail.references) or with_detail or is_answer(mail.subject)
    return _Setting(normalised(mail.subject), is_forward_subject(mail.subject), answers)


def _lines(mail: Mail, pictures: Mapping[str, str]) -> tuple[list[Line], list[Line]]:
    """Return the lines of the body, from the form of it that knows most about its structure, and what is beyond them.

    No more are looked at than people write; the rest of a plain text stays in one piece.
    """
    if mail.html_source and (pictures or not mail.text or has_structure(mail.html_source)):
        lines = [_unmarked(line) for line in html_lines(mail.html_source, pictures)]
        return lines[:_MOST_LINES], lines[_MOST_LINES:]
    texts = mail.text.split("\n", _MOST_LINES)
    return [_plain_line(text) for text in texts[:_MOST_LINES]], [Line(text) for text in texts[_MOST_LINES:]]


def _plain_line(text: str) -> Line:
    text = without_marks(text)
    if text[:4] == ">>> " and text.endswith(" >>>"):
        return Line(text, mark=Mark.HISTORY)  # so GroupWise introduces a history that it does not mark
    signs = _QUOTE_SIGNS.match(text)
    if not signs:
        return Line(text)
    return Line(text[signs.end() :], signs[1].count(">"))


def _unmarked(line: Line) -> Line:
    left = without_marks(line.text)
    return line if left == line.text else replace(line, text=left)


def _separate(lines: list[Line], setting: _Setting) -> tuple[list[Line], list[Line], bool]:
    """Split lines into the writer's own, a forwarded mail behind them, and whether history was cut."""
    lines, quoted = _without_marked(lines)
    for place, line in enumerate(lines):
        forwarded = line.depth == 0 and (line.mark is Mark.FORWARD or is_forward(line.text))
        history = not forwarded and _history_at(lines, place, setting)
        if not (forwarded or history):
            continue
        behind = [] if forwarded or setting.forwards else _behind(lines, place)
        if forwarded or setting.forwards or not any(map(is_word, [*lines[:place], *behind])):
            own, cut = own_words(lines[:place], answers=setting.answers)
            return own, lines[place:], cut or quoted
        return own_words([*_without_rules(lines[:place]), *behind], answers=setting.answers)[0], [], True
    own, cut = own_words(lines, answers=setting.answers)
    return own, [], cut or quoted


def _without_marked(lines: list[Line]) -> tuple[list[Line], bool]:
    """Cut what our marker begins, and what introduces the quotation it stands in.

    Many write below: where the client marks what it quotes, or where its quotation ends, what comes behind is kept.
    """
    place = next((number for number, line in enumerate(lines) if is_marker(line.text)), -1)
    if place < 0:
        return lines, False
    above, end = _without_introduction(lines, place), end_of_quote(lines, place)
    if not lines[place].depth:
        return [*above, *_behind(lines, place)], True
    if not any(map(is_word, above)):
        return lines[end:], True
    return [*above, *(set_apart(lines, end) if end > place + 1 else [])], True


def _behind(lines: list[Line], place: int) -> list[Line]:
    """Return what stands behind the element in which the client put the history that begins at a line."""
    end = next((n for n in range(place + 1, len(lines)) if lines[n].mark is Mark.BEHIND), len(lines))
    return lines[end:]


def _without_introduction(lines: list[Line], place: int) -> list[Line]:
    """Return the lines above a place, without the quoted ones and the attribution right above it."""
    above = lines[:place]
    while above and (not above[-1].text.strip() or above[-1].depth):
        above.pop()
    for back in range(1, min(6, len(above)) + 1):
        if attribution(lines, len(above) - back) >= back:
            return above[: len(above) - back]
    return above


def _history_at(lines: list[Line], place: int, setting: _Setting) -> bool:
    """Tell whether the history begins at a line and reaches to the end: by mark, separator or header block."""
    line = lines[place]
    if line.depth or not line.text.strip():
        return False
    if line.mark is Mark.HISTORY:
        return True
    if not setting.answers:
        return False
    if is_separator(line.text) or header_block(lines, place, setting.subject):
        return True
    if "@" in line.text and notes_block(lines, place):
        return True
    following = range(place + 1, min(place + 4, len(lines)))
    return is_rule(line.text) and any(header_block(lines, after, setting.subject) for after in following)


def _without_rules(lines: list[Line]) -> list[Line]:
    """Return lines without what the client drew under them, above the history."""
    end = len(lines)
    while end and (not lines[end - 1].text.strip() or (not lines[end - 1].depth and _is_drawn(lines[end - 1].text))):
        end -= 1
    return lines[:end]


def _is_drawn(text: str) -> bool:
    return is_rule(text) or is_framed(text)
