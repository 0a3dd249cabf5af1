"""Where the import of an mbox goes on: it is known again by how it begins, and by what lies before the place."""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from mailgateway.store.engine import Store
from mailgateway.store.incoming import imports
from mailgateway.store.incoming.imports import Progress

_LOOKED_AT = 65_536


@dataclass(frozen=True, slots=True)
class Import:
    """A file that is taken into a mailbox."""

    path: Path
    mailbox: str
    head: str

    @classmethod
    def of(cls, path: Path, mailbox: str) -> "Import":
        """Look at a file. Raises OSError."""
        with path.open("rb") as stream:
            return cls(path, mailbox, sha256(stream.read(_LOOKED_AT)).hexdigest())

    def begun(self, store: Store) -> Progress | None:
        """Return how far an import of it came that was broken off, None where it begins at the beginning."""
        with store.reading() as tx:
            found = imports.begun(tx, self.mailbox, self.head)
        return found if found is not None and self._tail(found.offset) == found.tail else None

    def up_to(self, offset: int, mails: int) -> Progress:
        """Return how far it has come with so many mails. Raises OSError."""
        return Progress(self.mailbox, self.head, offset, self._tail(offset), mails)

    def done(self, store: Store) -> None:
        """Forget it: the next import of it begins at the beginning."""
        with store.writing() as tx:
            imports.done(tx, self.mailbox, self.head)

    def _tail(self, offset: int) -> str:
        start = max(0, offset - _LOOKED_AT)
        with self.path.open("rb") as stream:
            stream.seek(start)
            return sha256(stream.read(offset - start)).hexdigest()
