"""A pool together with what it recorded, and letters to send with it."""

from collections.abc import Callable, Sequence
from datetime import timedelta

from mailgateway.accounts.server import Login, Server, Tls
from mailgateway.mail.model import Letter
from mailgateway.smtp.outcome import Outcome, Sent
from mailgateway.smtp.pool import Pool
from mailgateway.smtp.relay import Relay
from tests.servers.sink import Sink

HELO = "gateway.example.com"
SENT = Sent("2.0.0 Ok: queued")


def letter(recipient: str = "bob@example.com", content: bytes = b"Subject: hello\r\n\r\nbody\r\n") -> Letter:
    """Return a letter to send."""
    return Letter("<1@example.com>", "support@example.com", recipient, content)


def server_of(sink: Sink, login: Login | None = None, tls: Tls = Tls.NONE) -> Server:
    """Return the settings by which the sink is reached."""
    return Server(sink.host, sink.port, tls, login, timedelta(seconds=5), sink.ca_file)


class Post:
    """A pool, and what it recorded."""

    def __init__(
        self,
        server: Server,
        connections: int = 1,
        idle: timedelta = timedelta(minutes=1),
        fallback: Server | None = None,
        fallback_connections: int = 1,
        size_limit: int | None = None,
    ) -> None:
        """Make the pool."""
        other = Relay(fallback, fallback_connections, HELO) if fallback is not None else None
        self.pool = Pool(Relay(server, connections, HELO, size_limit), other, idle=idle)
        self.outcomes: dict[int, Outcome] = {}

    def send(self, *letters: Letter, stop: Callable[[], bool] = lambda: False) -> list[Outcome]:
        """Send, and return the outcomes of this call in the order of the letters that were begun."""
        self.outcomes = {}
        self.pool.send(enumerate(letters), self.record, stop)
        return [self.outcomes[number] for number in sorted(self.outcomes)]

    def record(self, ended: Sequence[tuple[int, Outcome]]) -> None:
        """Keep outcomes; there is one for each letter."""
        for number, outcome in ended:
            assert number not in self.outcomes
            self.outcomes[number] = outcome


NewPost = Callable[..., Post]
