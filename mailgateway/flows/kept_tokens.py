"""Where refresh tokens are kept from one start to the next."""

from dataclasses import dataclass

from mailgateway import clock
from mailgateway.store import grants
from mailgateway.store.engine import Store


@dataclass(frozen=True, slots=True)
class KeptTokens:
    """Remembers refresh tokens in the store."""

    store: Store

    def recall(self, name: str) -> str | None:
        """Return the token kept last under a name, None where none was."""
        with self.store.reading() as tx:
            return grants.recall(tx, name)

    def keep(self, name: str, token: str) -> None:
        """Keep a token under a name."""
        with self.store.writing() as tx:
            grants.keep(tx, name, token, clock.now())
