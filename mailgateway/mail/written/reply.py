"""Mail -> Reply: what the writer wrote, the quoted history and the signature off. When in doubt nothing is cut.

Lines come from the HTML where its structure says what is quoted, else from the plain text. Answers between quoted
lines are kept with the lines they answer; a forwarded mail is content and is kept whole.
"""

import re
from collections.abc import Mapping
from dataclasses import replace

from mailgateway.mail.content.marks import Mark, has_structure
from mailgateway.mail.content.text import Line, html_lines, joined
from mailgateway.mail.model import Mail, Reply
from mailgateway.mail.outgoing.tokens import without_marks
from mailgateway.mail.written.quotes import (
    attribution,
    header_block,
    is_forward,
    is_forward_subject,
    is_marker,
    is_rule,
    is_separator,
    notes_block,
)
from mailgateway.mail.written.signature import without_signature

_MOST_LINES = 5_000
_QUOTE_SIGNS = re.compile(r"^[ \t]?((?:>[ \t]?)+)")


def split_reply(mail: Mail, pictures: Mapping[str, str] | None = None) -> Reply:
    """Return what the writer of a mail wrote, and whether anything earlier was quoted and cut.

    `pictures` are names of files by their Content-ID: `[name]` stands where the HTML shows one.
    """
    lines, rest = _lines(mail, pictures or {})
    own, forwarded, quoted = _separate(lines, forwards=is_forward_subject(mail.subject))
    kept = [*own, *([Line("")] if own and forwarded else []), *forwarded]
    if not quoted:
        kept += rest
    return Reply(joined(kept).strip(), quoted, joined(forwarded).strip())


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
    signs = _QUOTE_SIGNS.match(text)
    if not signs:
        return Line(text)
    return Line(text[signs.end() :], signs[1].count(">"))


def _unmarked(line: Line) -> Line:
    left = without_marks(line.text)
    return line if left == line.text else replace(line, text=left)


def _separate(lines: list[Line], *, forwards: bool) -> tuple[list[Line], list[Line], bool]:
    """Split lines into the writer's own, a forwarded mail behind them, and whether history was cut."""
    lines, quoted = _above_marker(lines)
    for place, line in enumerate(lines):
        forwarded = line.depth == 0 and (line.mark is Mark.FORWARD or is_forward(line.text))
        history = not forwarded and _history_at(lines, place)
        if forwarded or (history and (forwards or not any(_is_word(above) for above in lines[:place]))):
            own, cut = _own(lines[:place])
            return own, lines[place:], cut or quoted
        if history:
            return _own(_without_rules(lines[:place]))[0], [], True
    own, cut = _own(lines)
    return own, [], cut or quoted


def _above_marker(lines: list[Line]) -> tuple[list[Line], bool]:
    """Cut at our marker, and what introduces the quotation it stands in.

    Who wrote nothing above it may have written below: where the client marks what it quotes, that is what is left.
    """
    place = next((number for number, line in enumerate(lines) if is_marker(line.text)), -1)
    if place < 0:
        return lines, False
    above = _without_introduction(lines, place)
    if lines[place].depth and not any(_is_word(line) for line in above):
        return lines[_end_of_quote(lines, place) :], True
    return above, True


def _without_introduction(lines: list[Line], place: int) -> list[Line]:
    """Return the lines above a place, without the quoted ones and the attribution right above it."""
    above = lines[:place]
    while above and (not above[-1].text.strip() or above[-1].depth):
        above.pop()
    for back in range(1, min(6, len(above)) + 1):
        if attribution(lines, len(above) - back) >= back:
            return above[: len(above) - back]
    return above


def _history_at(lines: list[Line], place: int) -> bool:
    """Tell whether the history begins at a line and reaches to the end: by mark, separator or header block."""
    line = lines[place]
    if line.depth or not line.text.strip():
        return False
    if line.mark is Mark.HISTORY or is_separator(line.text) or header_block(lines, place):
        return True
    if "@" in line.text and notes_block(lines, place):
        return True
    following = range(place + 1, min(place + 4, len(lines)))
    return is_rule(line.text) and any(header_block(lines, after) for after in following)


def _without_rules(lines: list[Line]) -> list[Line]:
    """Return lines without what the client drew under them, above the history."""
    end = len(lines)
    while end and (not lines[end - 1].text.strip() or (is_rule(lines[end - 1].text) and not lines[end - 1].depth)):
        end -= 1
    return lines[:end]


def _own(lines: list[Line]) -> tuple[list[Line], bool]:
    """Take attributions and quotations out, but keep quoted lines that are answered below; then the signature."""
    spans = _quotations(lines)
    if not spans:
        return without_signature(lines), False
    last_words = max((n for n, line in enumerate(lines) if _is_word(line) and not _inside(n, spans)), default=-1)
    kept: list[Line] = []
    place = 0
    answered = _answered(lines, spans)
    for number, (start, end) in enumerate(spans):
        kept += lines[place:start]
        if start < last_words and number in answered:
            kept += lines[start:end]
        place = end
    kept += lines[place:]
    return without_signature(kept), True


def _is_word(line: Line) -> bool:
    return bool(line.text.strip()) and line.depth == 0


def _inside(number: int, spans: list[tuple[int, int]]) -> bool:
    return any(start <= number < end for start, end in spans)


def _answered(lines: list[Line], spans: list[tuple[int, int]]) -> set[int]:
    """Return which quotations are answered in between: those before the last when own words stand between two."""
    answered = set()
    for number in range(len(spans) - 1):
        between = lines[spans[number][1] : spans[number + 1][0]]
        if any(_is_word(line) for line in between):
            answered.add(number)
            answered.add(number + 1)
    return answered


def _quotations(lines: list[Line]) -> list[tuple[int, int]]:
    """Find the quoted stretches: (start, end), an attribution in front of one belongs to it."""
    spans: list[tuple[int, int]] = []
    place = 0
    while place < len(lines):
        line = lines[place]
        if line.depth:
            end = _end_of_quote(lines, place)
            spans.append((place, end))
            place = end
        elif line.text.strip() and (count := _attribution_at(lines, place)):
            end = _behind_attribution(lines, place + count)
            if end == len(lines) and not any(_is_word(above) for above in lines[:place]) and not lines[end - 1].depth:
                end = place + count  # nothing of the writer's own would be left: what follows is kept
            spans.append((place, end))
            place = end
        else:
            place += 1
    return spans


def _attribution_at(lines: list[Line], place: int) -> int:
    """Return how many lines the attribution at `place` takes: those that the client marked as one, or what reads so."""
    end = place
    while end < len(lines) and lines[end].mark is Mark.ATTRIBUTION and lines[end].text.strip():
        end += 1
    following = next((line for line in lines[end:] if line.text.strip()), None)
    marked = end > place and following is not None and following.depth > lines[place].depth
    return end - place if marked else attribution(lines, place)


def _end_of_quote(lines: list[Line], start: int) -> int:
    """Return the end of a quoted stretch; blank lines inside it belong to it."""
    end = place = start
    while place < len(lines) and (lines[place].depth or not lines[place].text.strip() or _is_overflow(lines, place)):
        if lines[place].text.strip() or lines[place].depth:
            end = place + 1
        place += 1
    return end


def _is_overflow(lines: list[Line], place: int) -> bool:
    """Tell whether an unquoted line is the end of the long quoted one above it, broken off by a mailer on the way.

    Who is quoted chooses the word at which it breaks: a `#command` between quoted lines is theirs as well.
    """
    above, here = lines[place - 1], lines[place]
    below = lines[place + 1] if place + 1 < len(lines) else None
    if above.depth == 0 or len(above.text) < 60:
        return False
    if below is None or below.depth == 0:
        return below is None and here.text[:1].islower()
    return here.text[:1].islower() or here.text.startswith(("#", "＃"))


def _behind_attribution(lines: list[Line], place: int) -> int:
    """Return the end of what an attribution introduces: quoted lines, or all the rest where none is marked so."""
    following = place
    while following < len(lines) and not lines[following].text.strip():
        following += 1
    if following < len(lines) and lines[following].depth:
        return _end_of_quote(lines, following)
    return len(lines)
