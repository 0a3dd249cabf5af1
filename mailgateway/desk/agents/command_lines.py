"""An agent's text, taken apart: `#command` lines, what is for the requester, and what is a note for the desk alone.

Commands stand at the very top, and again at the top of each part. `#note` begins a note wherever it stands, so that
nothing below it is ever sent by mistake; so does `#decline` among the commands, whose reason is for the desk. `#reply`
begins what is for the requester, `#endnote` ends a note.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches

_COMMAND = re.compile(r"[#＃]([^\W\d_][\w-]*)\s*[:=]?(.*)", re.DOTALL)
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"))

NOTE, REPLY, END_NOTE = "note", "reply", "endnote"
DECLINE = "decline"
MARKERS = frozenset({NOTE, REPLY, END_NOTE})
_LONGEST_MISSPELT = 12
_MOST_COMPARED = 1_000
"""So many lines of a text may be misspelt markers. Each takes long to compare, and any text with an agent's From is."""
_CODE = ("    ", "\t")


@dataclass(frozen=True, slots=True)
class Written:
    """What an agent wrote: commands as (word, value), the words for the requester, and those for the desk.

    `astray` are lines in the midst of the words for the requester that look like commands, as (word, value).
    `is_note` tells that all of it is for the desk: nothing in it was meant for the requester.
    """

    commands: tuple[tuple[str, str], ...] = ()
    astray: tuple[tuple[str, str], ...] = ()
    public: str = ""
    note: str = ""
    is_note: bool = False


@dataclass(slots=True)
class _Part:
    """Lines for one kind of reader; `begun` are the words that stand beside its markers."""

    is_note: bool
    begun: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n\n".join(filter(None, ("\n".join(self.begun), "\n".join(self.lines).strip())))


def take_apart(text: str, *, inside: bool = False) -> Written:
    """Take a text apart. With `inside` it is a note from its beginning, up to a line `#reply`."""
    commands: list[tuple[str, str]] = []
    astray: list[tuple[str, str]] = []
    parts = [_Part(inside)]
    seen: set[str] = set()
    tries = iter(range(_MOST_COMPARED))
    for line in text.split("\n"):
        part, command = parts[-1], command_of(line)
        if command is not None and command[0] in MARKERS:
            seen.add(command[0])
            parts.append(_Part(_leads_inside(command[0], inside), [command[1]] if command[1] else []))
        elif command is not None and command[0] == DECLINE and not part.lines:
            commands.append((DECLINE, ""))
            seen.add(NOTE)
            parts.append(_Part(is_note=True, begun=[command[1]] if command[1] else []))
        elif command is not None and (not part.lines or _is_misspelt_marker(*command, tries)):
            commands.append(command)
        elif part.lines or line.translate(_INVISIBLE).strip():
            part.lines.append(line)
            if command is not None and not part.is_note and not line.startswith(_CODE):
                astray.append(command)
    public, note = "\n\n".join(_texts(parts, is_note=False)), _joined_notes(parts)
    wants_reply = bool(public) or REPLY in seen
    return Written(tuple(commands), tuple(astray), public, note, not wants_reply and (inside or NOTE in seen))


def words_of_commands(text: str) -> frozenset[str]:
    """Return the words of the commands at the top of a text, and of its parts."""
    return frozenset(word for word, _ in take_apart(text).commands)


def begins_with_command(text: str) -> bool:
    """Tell whether the first line with something in it looks like a command."""
    first = next((line for line in text.split("\n") if line.translate(_INVISIBLE).strip()), "")
    return command_of(first) is not None


def has_marker(text: str) -> bool:
    """Tell whether a line of a text divides what is for the requester from what is for the desk."""
    found = (command_of(line) for line in text.split("\n"))
    return any(command is not None and command[0] in MARKERS for command in found)


def command_of(line: str) -> tuple[str, str] | None:
    """Return word (in small letters) and value of a line that looks like a command, None for any other line."""
    found = _COMMAND.fullmatch(line.translate(_INVISIBLE).strip())
    return None if found is None else (found[1].casefold(), found[2].strip())


def _is_misspelt_marker(word: str, value: str, tries: Iterator[int]) -> bool:
    """Tell whether a line in the midst of a text was to divide it: then it must not be sent as if it were text."""
    if value or len(word) > _LONGEST_MISSPELT or next(tries, None) is None:
        return False
    return bool(get_close_matches(word, MARKERS, n=1, cutoff=0.75))


def _leads_inside(marker: str, inside: bool) -> bool:  # noqa: FBT001 - where the text began, passed on
    return marker == NOTE or (marker == END_NOTE and inside)


def _texts(parts: list[_Part], *, is_note: bool) -> Iterator[str]:
    return (part.text for part in parts if part.is_note is is_note and part.text)


def _joined_notes(parts: list[_Part]) -> str:
    """Lines that each begin with `#note` belong together; what has text of its own stands apart."""
    joined = ""
    before: _Part | None = None
    for part in parts:
        if not part.is_note or not part.text:
            continue
        close = before is not None and not before.lines and bool(part.begun)
        joined += (("\n" if close else "\n\n") if joined else "") + part.text
        before = part
    return joined
