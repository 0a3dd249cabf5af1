"""How every command and group of commands is offered: plain help, plain errors."""

import typer


def single() -> typer.Typer:
    """Return a place for one command."""
    return typer.Typer(add_completion=False, rich_markup_mode=None)


def group(text: str) -> typer.Typer:
    """Return a place for a group of commands; `text` says what they are about."""
    return typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True, help=text)
