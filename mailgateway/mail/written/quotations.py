"""Quoted stretches among lines: which of them the writer answers or shows, and what is left when the others go."""

from typing import NamedTuple

from mailgateway.mail.content.marks import Mark
from mailgateway.mail.content.text import Line
from mailgateway.mail.written.quotes import attribution, words_before
from mailgateway.mail.written.signature import unsigned, without_signature

_LONG = 60
"""A quoted line of so many characters may have been longer, and broken by a mailer on its way."""
_BREAKS_AT = 72
"""No mailer breaks a line that is shorter."""
_CLOSED = (".", "?", "!", ":", ";")


class _Span(NamedTuple):
    """A quoted stretch, with the attribution in front of it where there is one (`introduced`)."""

    start: int
    end: int
    introduced: bool


def is_word(line: Line) -> bool:
    """Tell whether a line has words that are not quoted."""
    return bool(line.text.strip()) and line.depth == 0


def own_words(lines: list[Line], *, answers: bool) -> tuple[list[Line], bool]:
    """Take attributions, quotations and the signature out, and tell whether something was quoted.

    Quoted lines that are answered below, or that the writer shows, are kept. `answers` tells that the mail has one
    before it: only then an attribution begins a history that is not marked as quoted.
    """
    lines = _parted(lines)
    spans = _quotations(lines, answers=answers)
    if not spans:
        return without_signature(lines), False
    words = _words_outside(lines, spans)
    shown = _shown(lines, spans, words, answers=answers)
    answered = {number for number in _answered(lines, spans) if spans[number].start < max(words, default=-1)}
    kept: list[Line] = []
    place = 0
    for number, span in enumerate(spans):
        kept += lines[place : span.end if number in shown or number in answered else span.start]
        place = span.end
    kept += lines[place:]
    return without_signature(kept), len(shown) < len(spans)


def _parted(lines: list[Line]) -> list[Line]:
    """Return lines with what stands before an attribution on the same line on one of its own."""
    parted: list[Line] = []
    for line in lines:
        if not line.depth and (place := words_before(line.text)):
            parted += [Line(line.text[:place].rstrip()), Line(line.text[place:], mark=line.mark)]
        else:
            parted.append(line)
    return parted


def _words_outside(lines: list[Line], spans: list[_Span]) -> list[int]:
    """Return the places of the lines with words that no quotation holds."""
    places: list[int] = []
    start = 0
    for span in [*spans, _Span(len(lines), len(lines), introduced=False)]:
        places += [number for number in range(start, span.start) if is_word(lines[number])]
        start = span.end
    return places


def _shown(lines: list[Line], spans: list[_Span], words: list[int], *, answers: bool) -> set[int]:
    """Return which stretches look quoted and are what the writer shows: no mail program introduced them.

    Those that own words with a colon lead to; and where the mail has no attribution at all, those between own words
    (commands and their output, a page that is cited), or behind them where the mail answers nothing.
    """
    has_history = any(span.introduced for span in spans)
    signed = len(unsigned(lines[spans[-1].end :])) + spans[-1].end
    first = words[0] if words else len(lines)
    last = max((place for place in words if place < signed), default=-1)
    shown: set[int] = set()
    for number, span in enumerate(spans):
        above = next((place for place in range(span.start - 1, -1, -1) if lines[place].text.strip()), -1)
        leads = above >= 0 and is_word(lines[above]) and lines[above].text.rstrip().endswith((":", "："))
        amid = not has_history and first < span.start and (not answers or span.end <= last)
        if not span.introduced and (leads or amid):
            shown.add(number)
    return shown


def _answered(lines: list[Line], spans: list[_Span]) -> set[int]:
    """Return which quotations are answered in between: those before the last when own words stand between two."""
    answered = set()
    for number in range(len(spans) - 1):
        between = lines[spans[number].end : spans[number + 1].start]
        if any(map(is_word, between)):
            answered.add(number)
            answered.add(number + 1)
    return answered


def _quotations(lines: list[Line], *, answers: bool) -> list[_Span]:
    """Find the quoted stretches; an attribution in front of one belongs to it."""
    spans: list[_Span] = []
    place = 0
    while place < len(lines):
        line = lines[place]
        if line.depth:
            spans.append(_Span(place, end_of_quote(lines, place), introduced=False))
        elif line.text.strip() and (count := _attribution_at(lines, place)):
            end = _behind_attribution(lines, place + count)
            if lines[end - 1].depth or answers:
                if end == len(lines) and not lines[end - 1].depth and not any(map(is_word, lines[:place])):
                    end = place + count  # nothing of the writer's own would be left: what follows is kept
                spans.append(_Span(place, end, introduced=True))
        place = spans[-1].end if spans and spans[-1].end > place else place + 1
    return spans


def _attribution_at(lines: list[Line], place: int) -> int:
    """Return how many lines the attribution at `place` takes: those that the client marked as one, or what reads so."""
    end = place
    while end < len(lines) and lines[end].mark is Mark.ATTRIBUTION and lines[end].text.strip():
        end += 1
    following = next((line for line in lines[end:] if line.text.strip()), None)
    marked = end > place and following is not None and following.depth > lines[place].depth
    return end - place if marked else attribution(lines, place)


def end_of_quote(lines: list[Line], start: int) -> int:
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
    if above.depth == 0 or len(above.text) < _LONG or (below is not None and below.depth == 0):
        return False
    if here.text.startswith(("#", "＃")):
        return below is not None
    width = above.depth + 1 + len(above.text) + 1 + len(here.text.split(" ", 1)[0])
    return here.text[:1].islower() and not above.text.endswith(_CLOSED) and width >= _BREAKS_AT


def set_apart(lines: list[Line], start: int) -> list[Line]:
    """Return what follows a quotation that ends at `start`, where it has words of the writer's own, else nothing.

    Words right below a long quoted line are none of theirs for certain, and must not be when we wrote the line.
    """
    kept: list[Line] = []
    torn = False
    for place in range(start, len(lines)):
        above = lines[place - 1]
        torn = is_word(lines[place]) and (torn or (above.depth > 0 and len(above.text) >= _LONG))
        if not torn:
            kept.append(lines[place])
    return kept if any(map(is_word, kept)) else []


def _behind_attribution(lines: list[Line], place: int) -> int:
    """Return the end of what an attribution introduces: quoted lines, or all the rest where none is marked so."""
    following = place
    while following < len(lines) and not lines[following].text.strip():
        following += 1
    if following < len(lines) and lines[following].depth:
        return end_of_quote(lines, following)
    return len(lines)
