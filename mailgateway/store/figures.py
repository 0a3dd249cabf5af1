"""How much waits, and where: counts for people who look after the gateway."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select

from mailgateway.desk.letters.delivery import DeliveryState
from mailgateway.store.engine import Transaction
from mailgateway.store.tables.base import SpoolState
from mailgateway.store.tables.tickets import OutboxRow, SpoolRow

_UNFINISHED = (SpoolState.WAITING, SpoolState.QUARANTINED)
_UNSENT = (DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.FAILED)
_MAILS = (
    select(SpoolRow.mailbox, SpoolRow.state, func.count())
    .where(SpoolRow.state.in_(_UNFINISHED))
    .group_by(SpoolRow.mailbox, SpoolRow.state)
)
_LETTERS = select(OutboxRow.state, func.count()).where(OutboxRow.state.in_(_UNSENT)).group_by(OutboxRow.state)


@dataclass(frozen=True, slots=True)
class Figures:
    """Mails that wait or are quarantined, by mailbox; letters that are not sent, by state, 0 where there are none."""

    waiting: Mapping[str, int]
    quarantined: Mapping[str, int]
    letters: Mapping[DeliveryState, int]


def figures(tx: Transaction) -> Figures:
    """Count what is unfinished."""
    mails: dict[SpoolState, dict[str, int]] = {state: {} for state in _UNFINISHED}
    for mailbox, state, count in tx.connection.execute(_MAILS):
        mails[state][mailbox] = count
    letters = dict.fromkeys(_UNSENT, 0)
    for row in tx.connection.execute(_LETTERS):
        letters[row[0]] = row[1]
    return Figures(mails[SpoolState.WAITING], mails[SpoolState.QUARANTINED], letters)
