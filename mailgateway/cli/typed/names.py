"""What commands say of names and numbers that are not known."""

from collections.abc import Iterable

import typer

from mailgateway.cli.lines import complain, wrong_usage
from mailgateway.rules.nearest import nearest


def unknown(option: str, name: str, known: Iterable[str]) -> typer.Exit:
    """Say that a name is not known, and which ones are; return how to leave."""
    names = list(known)
    near = nearest(name[:100], names)
    hint = f"did you mean {near}? " if near else ""
    return wrong_usage(f"{option} {name}: this name is not known; {hint}there are: {', '.join(names) or 'none'}")


def no_ticket(number: int) -> typer.Exit:
    """Say that there is no such ticket; return how to leave."""
    complain(f"there is no ticket {number}")
    return typer.Exit(1)
