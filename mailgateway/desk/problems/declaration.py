"""What `#major`, `#major-for` and `#major-news` say, as a value."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from mailgateway.desk.problems.major import CI, EVERYTHING, GROUP, RULE
from mailgateway.desk.timed.snooze import SHOWN, Wanted, read_snooze
from mailgateway.rules.nearest import instead

LONGEST_TEXT = 500
WORDS = frozenset({"major", "major-for", "major-news"})
"""The commands that speak of major incidents."""

_LANGUAGE = re.compile(r"([a-z]{2,3}(?:-[a-z0-9]{2,8})?)\s?:(?:\s(.*))?", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Declaration:
    """What is to become of a ticket's major incident; None and empty leave things as they are."""

    off: bool = False
    texts: Mapping[str, str] = field(default_factory=dict)
    only_for: str | None = None
    news: Wanted | None = None


def declared(so_far: Declaration, value: str, languages: Collection[str]) -> Declaration:
    """Return a declaration with what `#major` says added: words, such in one language (`pl: …`), or its end.

    Raises ValueError with what would be right.
    """
    if value.casefold().strip(".!") == "off":
        return replace(so_far, off=True)
    language, text = "", value.strip()
    named = _LANGUAGE.fullmatch(text)
    if named is not None and named[1].casefold() in languages:
        language, text = named[1].casefold(), (named[2] or "").strip()
    if not text:
        raise ValueError("#major: write what is down, in a line: #major The mail server is down; or #major off")
    if len(text) > LONGEST_TEXT:
        raise ValueError(f"#major: the line has {len(text)} characters, and may have {LONGEST_TEXT}")
    return replace(so_far, texts={**so_far.texts, language: text})


def limited(so_far: Declaration, value: str, rules: Collection[str]) -> Declaration:
    """Return a declaration with whom `#major-for` says it is for. Raises ValueError with what would be right."""
    what, _, name = value.strip().partition(" ")
    what, name = what.casefold(), name.strip()
    if what in (EVERYTHING, CI, GROUP) and not name:
        return replace(so_far, only_for=what)
    known = {rule.casefold(): rule for rule in rules}
    if what == RULE and name.casefold() in known:
        return replace(so_far, only_for=f"{RULE} {known[name.casefold()]}")
    if what == RULE:
        raise ValueError(f"#major-for rule {name[:60]}: no rule has that name; {instead(name, rules)}")
    raise ValueError(f"#major-for {value[:60]}: should be all, ci, group or rule NAME")


def with_news(so_far: Declaration, value: str) -> Declaration:
    """Return a declaration with when `#major-news` says there will be news. Raises ValueError with what is right."""
    wanted = read_snooze(value)
    if wanted is None:
        raise ValueError(f"#major-news {value[:60]}: should be {SHOWN}")
    return replace(so_far, news=wanted)
