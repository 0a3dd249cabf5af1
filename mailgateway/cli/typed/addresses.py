"""Mail addresses that somebody typed."""

import typer

from mailgateway.cli.lines import complain
from mailgateway.mail.wire.addresses import read_addresses


def address(written: str) -> str:
    """Return the one mail address that is written there; leaves with 2 where it is none."""
    found = read_addresses(written, most=2)
    if len(found) != 1 or not found[0].domain or found[0].address.startswith("@"):
        complain(f"{written!r} is no mail address")
        raise typer.Exit(2)
    return found[0].address
