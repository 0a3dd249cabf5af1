"""A server that letters are given to, as settings."""

from dataclasses import dataclass

from mailgateway.accounts.server import Server


@dataclass(frozen=True, slots=True)
class Relay:
    """The server, how many connections it gets at most, and our own name for EHLO."""

    server: Server
    connections: int
    helo: str

    def __str__(self) -> str:
        """Give `host:port`, as messages name it."""
        return str(self.server)
