"""How every command and group of commands is offered: help and errors that need no knowledge of Python."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer
from typer.core import TyperCommand

# What typer's checks say, and what that means to somebody at a shell
_MEANINGS = (
    (re.compile(r"Value error, "), ""),
    (re.compile(r"Input should be a valid integer.*"), "a whole number belongs here"),
    (re.compile(r"Input should be greater than or equal to "), "a number belongs here, of at least "),
)
_TYPE = re.compile(r" <[^>]*>\Z")
_LIST = re.compile(r"<list\[([^\]]*)\]>")
_RANGE = re.compile(r"\s*\[(?:\d+<=)?x[<>]=\d+\]|(?:; )?(?:\d+<=)?x[<>]=\d+(?:; )?")


class Command(TyperCommand):
    """One command."""

    def make_context(self, *given: Any, **more: Any) -> Any:
        """Read the command's words."""
        with plainly():
            return super().make_context(*given, **more)

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """Return the parts of the usage line; what stands in no brackets has to be given."""
        return [piece.replace("{", "").replace("}", "") for piece in super().collect_usage_pieces(ctx)]

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the lists of arguments and options, without the types of the program behind them."""
        lists: dict[str, list[tuple[str, str]]] = {"argument": [], "option": []}
        for param in self.get_params(ctx):
            kind = param.param_type_name
            name, text = param.get_help_record(ctx) or ("", "")
            if name:
                shown = _TYPE.sub("", name) if kind == "argument" else _LIST.sub(r"<\1>", name)
                lists[kind].append((shown, _RANGE.sub("", text)))
        for title, rows in (("Arguments", lists["argument"]), ("Options", lists["option"])):
            if rows:
                with formatter.section(title):
                    formatter.write_dl(rows)


@contextmanager
def plainly() -> Iterator[None]:
    """Let what is said of a wrong word be in plain words."""
    try:
        yield
    except typer.BadParameter as error:
        for pattern, meaning in _MEANINGS:
            error.message = pattern.sub(meaning, error.message)
        raise


class _Group(typer.Typer):
    """A place for commands, each of which is a `Command`."""

    def command(self, name: str | None = None, **more: Any) -> Any:
        """Take a function as a command."""
        return super().command(name, **{"cls": Command, **more})


def single() -> typer.Typer:
    """Return a place for one command."""
    return _Group(add_completion=False, rich_markup_mode=None)


def group(text: str) -> typer.Typer:
    """Return a place for a group of commands; `text` says what they are about."""
    return _Group(add_completion=False, rich_markup_mode=None, no_args_is_help=True, help=text)
