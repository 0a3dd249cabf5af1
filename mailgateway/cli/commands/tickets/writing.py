"""`mailgateway tickets reply` and `note`: words for a ticket, with files."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from mailgateway.cli.commands.tickets.words import As, Number
from mailgateway.cli.lines import wrong_usage
from mailgateway.cli.typed.options import AsJson
from mailgateway.desk.model import Status

# ruff: noqa: PLC0415 - what carries out orders takes as long to import as a list takes to show

_MOST_TEXT = 1_000_000

Text = Annotated[str | None, typer.Argument(metavar="[TEXT]", help='The text; "-" or none reads standard input.')]
File = Annotated[Path | None, typer.Option("--file", "-f", metavar="FILE", help="Take the text from a file.")]
Attach = Annotated[
    list[Path] | None, typer.Option("--attach", metavar="FILE", help="Send this file along; may be repeated.")
]


def reply(  # noqa: PLR0913 - each is an option of the command
    ctx: typer.Context,
    number: Number,
    text: Text = None,
    *,
    file: File = None,
    attach: Attach = None,
    answer: Annotated[
        list[str] | None, typer.Option("--answer", metavar="NAME", help="Put this answer first; may be repeated.")
    ] = None,
    only: Annotated[bool, typer.Option("--only", help="To the requester alone.")] = False,
    status: Annotated[Status | None, typer.Option("--status", help="How far the ticket is then.")] = None,
    name: As = None,
    as_object: AsJson = False,
) -> None:
    """Answer the requester of a ticket. Everybody who takes part in it gets the answer too."""
    from mailgateway.cli.orders import give
    from mailgateway.desk.agents.orders import Orders
    from mailgateway.desk.agents.policy import ReplyTo

    written = "" if answer and text is None and file is None else _text(text, file)
    orders = Orders(
        text=written, answers=tuple(answer or ()), status=status, reply_to=ReplyTo.REQUESTER if only else None
    )
    give(ctx, [number], orders, name, "The answer is queued.", attach or (), as_objects=as_object)


def note(
    ctx: typer.Context,
    number: Number,
    text: Text = None,
    *,
    file: File = None,
    attach: Attach = None,
    name: As = None,
    as_object: AsJson = False,
) -> None:
    """Put an internal note on a ticket. No customer sees it."""
    from mailgateway.cli.orders import give
    from mailgateway.desk.agents.orders import Orders

    orders = Orders(text=_text(text, file), note=True)
    give(ctx, [number], orders, name, "The note is filed.", attach or (), as_objects=as_object)


def _text(text: str | None, file: Path | None) -> str:
    """Return what is to be written: the argument, the file, or standard input."""
    if text is not None and file is not None:
        raise wrong_usage("the text is given twice: as an argument and with --file")
    written = text if text not in (None, "-") else _read(file)
    if not (written or "").strip():
        raise wrong_usage("there is no text: give it as an argument, with --file, or on standard input")
    return (written or "").strip()


def _read(file: Path | None) -> str:
    if file is None:
        if sys.stdin.isatty():
            typer.echo("Write the text; end with Ctrl-D on a line of its own.", err=True)
        raw = sys.stdin.buffer.read(_MOST_TEXT + 1)
    else:
        try:
            with file.open("rb") as stream:
                raw = stream.read(_MOST_TEXT + 1)
        except OSError as error:
            raise wrong_usage(f"{file}: cannot be read: {error.strerror}") from None
    if len(raw) > _MOST_TEXT:
        raise wrong_usage(f"the text is longer than {_MOST_TEXT // 1_000_000} MB")
    return raw.decode("utf-8", "replace").replace("\r\n", "\n")
