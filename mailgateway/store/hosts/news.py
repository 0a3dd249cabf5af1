"""What a process lets the others know at once, by PostgreSQL's NOTIFY: a part of the transaction that it is about."""

from collections.abc import Iterable
from enum import StrEnum

from sqlalchemy import bindparam, func, select

from mailgateway.store.engine import Transaction

CHANNEL = "mailgateway"
_TELL = select(func.pg_notify(CHANNEL, bindparam("news")))


class News(StrEnum):
    """What others may wait for."""

    LETTERS = "letters"
    CALLS = "calls"


def tell(tx: Transaction, news: News) -> None:
    """Let every process that listens know after the commit; the same news of a transaction is heard once.

    On SQLite nobody hears it: who waits there looks now and then.
    """
    if tx.dialect == "postgresql":
        tx.connection.execute(_TELL, {"news": f"{news.value} {tx.origin}"})


def heard_from_others(payloads: Iterable[str], origin: str) -> frozenset[News]:
    """Return what is new to the store of this origin; what another version may tell beside is left aside."""
    known = {news.value: news for news in News}
    told = (payload.partition(" ") for payload in payloads)
    return frozenset(known[news] for news, _, by in told if by != origin and news in known)
