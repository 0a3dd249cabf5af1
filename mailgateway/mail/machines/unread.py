"""Addresses that nobody reads, as their names say: what is written to them reaches no person."""

import re

_UNREAD = re.compile(
    r"(?:mailer-daemon|bounces?|(?:no|do[-_.]?not|nicht|nie)[-_.]?(?:reply|answer|antworten|odpowiadaj))"
    r"(?:[-_.+=][^@]*)?@.*",
    re.IGNORECASE,
)


def is_unread(address: str) -> bool:
    """Tell whether an address is a machine's that nobody answers at, such as noreply@ or mailer-daemon@."""
    return _UNREAD.fullmatch(address) is not None
