"""Who is told of what the flows did, to count it. Nothing that a mail says is told, and nobody may hold a flow up."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

from mailgateway.desk.letters.delivery import DeliveryState
from mailgateway.desk.plan import Disposition, Plan


class Observer(Protocol):
    """Is told after a commit, by any thread. What is told raises nothing, and takes no longer than counting does."""

    def spooled(self, mailbox: str, mails: int, waits: Sequence[timedelta]) -> None:
        """Hear of new mails in the spool, and how long after their arrival at the server they were committed."""

    def filed(self, outcome: Disposition, wait: timedelta | None) -> None:
        """Hear of a mail that has its outcome, and how long it was in the spool (None: a person had it released)."""

    def planned(self, plan: Plan) -> None:
        """Hear of a plan that was carried out."""

    def tried(self, part: str, state: DeliveryState, wait: timedelta) -> None:
        """Hear of a letter or call that a part tried to send, and how long after it was due first."""

    def turned_away(self, part: str) -> None:
        """Hear of a log-in that was refused, ours at a server or a stranger's at the API."""


class Unobserved:
    """Counts nothing."""

    def spooled(self, mailbox: str, mails: int, waits: Sequence[timedelta]) -> None:
        """Count nothing."""

    def filed(self, outcome: Disposition, wait: timedelta | None) -> None:
        """Count nothing."""

    def planned(self, plan: Plan) -> None:
        """Count nothing."""

    def tried(self, part: str, state: DeliveryState, wait: timedelta) -> None:
        """Count nothing."""

    def turned_away(self, part: str) -> None:
        """Count nothing."""


UNOBSERVED: Observer = Unobserved()
