"""Who is told of what the flows did, to count it. Nothing that a mail says is told, and nobody may hold a flow up."""

from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum
from typing import Protocol

from mailgateway.desk.letters.delivery import DeliveryState
from mailgateway.desk.plan import Disposition, Plan


class Stage(StrEnum):
    """What the work on one mail consists of, in its order."""

    UNDERSTAND = "understand"
    """Parsing, and the virus scanner where there is one."""
    KEEP = "keep"
    """Its files go to the blob store."""
    DECIDE = "decide"
    """From asking for the database to the plan: waiting for who writes, the facts, the rules."""
    COMMIT = "commit"
    """The plan is carried out, its letters are written, and the transaction ends."""


class Observer(Protocol):
    """Is told after a commit, by any thread. What is told raises nothing, and takes no longer than counting does."""

    def spooled(self, mailbox: str, mails: int, waits: Sequence[timedelta]) -> None:
        """Hear of new mails in the spool, and how long after their arrival at the server they were committed."""

    def filed(self, outcome: Disposition, wait: timedelta | None) -> None:
        """Hear of a mail that has its outcome, and how long it was in the spool (None: a person had it released)."""

    def took(self, stage: Stage, span: timedelta) -> None:
        """Hear how long a stage of the work on a mail took; of one that was begun again, each time."""

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

    def took(self, stage: Stage, span: timedelta) -> None:
        """Count nothing."""

    def planned(self, plan: Plan) -> None:
        """Count nothing."""

    def tried(self, part: str, state: DeliveryState, wait: timedelta) -> None:
        """Count nothing."""

    def turned_away(self, part: str) -> None:
        """Count nothing."""


UNOBSERVED: Observer = Unobserved()
