"""A server that letters are given to, as settings."""

from dataclasses import dataclass

from mailgateway.accounts.server import Server


@dataclass(frozen=True, slots=True)
class Relay:
    """The server, how many connections it gets at most, and our own name for EHLO.

    `size_limit` is how many bytes a letter may have, for servers that do not say; None for what they say.
    """

    server: Server
    connections: int
    helo: str
    size_limit: int | None = None

    def __str__(self) -> str:
        """Give `host:port`, as messages name it."""
        return str(self.server)
