"""Mail addresses that somebody typed."""

from mailgateway.cli.lines import wrong_usage
from mailgateway.mail.wire.addresses import read_address


def address(written: str) -> str:
    """Return the one mail address that is written there; leaves with 2 where it is none."""
    found = read_address(written)
    if found is None:
        raise wrong_usage(f"{written!r} is no mail address")
    return found.address
