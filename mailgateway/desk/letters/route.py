"""Which server a letter leaves by: that of the mailbox it is sent from, or the one that all others share."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Route:
    """One way out: to a `server` (host:port) and, while that is out, to its `fallback` ("" where there is none).

    It takes the letters of `mailbox`; where that is "", those of every mailbox but the ones `elsewhere`, which have a
    server of their own. So the letters of a mailbox that is gone leave, too.
    """

    mailbox: str = ""
    elsewhere: tuple[str, ...] = ()
    server: str = ""
    fallback: str = ""


EVERYTHING = Route()
"""The way out where no mailbox has a server of its own."""
