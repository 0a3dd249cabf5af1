"""Lines for the shell, plain ones and JSON: no stranger's text moves the cursor, colours the screen, breaks a line."""

import json
import re
import sys
from collections.abc import Mapping
from datetime import datetime

import typer

from mailgateway.desk.as_json import instant

# C0, DEL, C1; line and paragraph separators; what turns the direction of writing; lone surrogates
_BEYOND_LAYOUT = "\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff"
_BREAK = re.compile(r"[\t\r\n]+")
_HOSTILE = re.compile(f"[\t\n{_BEYOND_LAYOUT}]")
_HOSTILE_IN_TEXT = re.compile(f"[{_BEYOND_LAYOUT}]")


def clean(text: str, longest: int = 0) -> str:
    """Return text fit for one line of a terminal: line ends become spaces, hostile characters are shown as `\\x1b`.

    With `longest`, what is longer is cut there.
    """
    line = _BREAK.sub(" ", text)
    if longest and len(line) > longest:
        line = line[: longest - 1] + "…"
    return _HOSTILE.sub(_escaped, line)


def clean_text(text: str) -> str:
    """Return text of several lines fit for a terminal: newlines and tabs stay."""
    return _HOSTILE_IN_TEXT.sub(_escaped, text.replace("\r\n", "\n"))


def complain(line: str) -> None:
    """Say on standard error what is wrong, and what would be right."""
    typer.echo(clean(line), err=True)


def wrong_usage(line: str) -> typer.Exit:
    """Complain, and return what to raise for wrong usage."""
    complain(line)
    return typer.Exit(2)


def say(line: str = "") -> None:
    """Put a line on standard output."""
    typer.echo(clean(line))


def say_json(value: Mapping[str, object]) -> None:
    """Put one JSON object on one line of standard output."""
    takes_all = (sys.stdout.encoding or "").casefold().startswith("utf")
    line = json.dumps(value, ensure_ascii=not takes_all, default=_plain)
    typer.echo(_HOSTILE.sub(lambda found: f"\\u{ord(found[0]):04x}", line))


def _escaped(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return instant(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")
