"""Mail addresses that somebody typed."""

from mailgateway.cli.lines import wrong_usage
from mailgateway.mail.wire.addresses import read_addresses


def address(written: str) -> str:
    """Return the one mail address that is written there; leaves with 2 where it is none."""
    found = read_addresses(written, most=2)
    if len(found) != 1 or not found[0].domain or found[0].address.startswith("@"):
        raise wrong_usage(f"{written!r} is no mail address")
    return found[0].address
