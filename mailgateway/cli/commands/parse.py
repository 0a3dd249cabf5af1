"""`mailgateway parse`: what the gateway understands of a mail."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from mailgateway.cli.apps import single
from mailgateway.cli.lines import clean_text, complain, say, say_json
from mailgateway.mail.describe import describe

app = single()

_STANDARD_INPUT = "-"
_LABEL = "{:<12}{}"


@app.command()
def parse(
    files: Annotated[list[str], typer.Argument(metavar="FILE", help='Mails; "-" reads standard input.')],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Show what is understood of mails. Subject, people, text, reply, attachments, kind; nothing is stored."""
    all_well = is_usable = True
    for file in files:
        raw = _read(file)
        if raw is None:
            is_usable = False
            continue
        described: dict[str, Any] = describe(file, raw)
        all_well = all_well and bool(described["ok"])
        if as_json:
            say_json(described)
        else:
            _show(described)
    if not (all_well and is_usable):
        raise typer.Exit(1 if is_usable else 2)


def _read(file: str) -> bytes | None:
    """Return the bytes of a file, or of a pipe that a shell made; None, which is said, where it cannot be read."""
    if file == _STANDARD_INPUT:
        return sys.stdin.buffer.read()
    try:
        return Path(file).read_bytes()
    except FileNotFoundError:
        complain(f"{file}: there is no such file")
    except IsADirectoryError:
        complain(f"{file}: this is a folder; name the files in it")
    except OSError as error:
        complain(f"{file}: cannot be read: {error.strerror}")
    return None


def _show(described: dict[str, Any]) -> None:
    say(described["file"])
    if not described["ok"]:
        say(_LABEL.format("  error", described["error"]))
        return
    sender = [described["from"]] if described["from"] else []
    files = [f"{one['filename']} ({one['content_type']}, {one['size']} bytes)" for one in described["attachments"]]
    values = {
        "kind": described["kind"],
        "date": described["date"] or "",
        "from": _people(sender),
        "to": _people(described["to"]),
        "cc": _people(described["cc"]),
        "subject": described["subject"],
        "attached": ", ".join(files),
        "odd": "; ".join(described["defects"]),
    }
    for label, value in values.items():
        if value:
            say(_LABEL.format(f"  {label}", value))
    for line in clean_text(described["reply"]).split("\n"):
        say(f"  │ {line}".rstrip())
    say()


def _people(people: list[dict[str, str]]) -> str:
    return ", ".join(f"{one['name']} <{one['address']}>" if one["name"] else one["address"] for one in people)
