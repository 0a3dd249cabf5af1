"""What a process lets the others know once it is committed, by PostgreSQL's NOTIFY.

Never in the transaction that it is about: PostgreSQL lets only one transaction at a time commit that has something to
tell, so that many writers would wait for each other's disk.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from enum import StrEnum

from sqlalchemy import Connection, bindparam, func, select

CHANNEL = "mailgateway"
_TELL = select(func.pg_notify(CHANNEL, bindparam("news")))


class News(StrEnum):
    """What others may wait for."""

    LETTERS = "letters"
    CALLS = "calls"


def tell(connection: Connection, news: Collection[News], origin: str) -> None:
    """Let every process that listens know, once this connection's transaction is committed."""
    for one in sorted(news):
        connection.execute(_TELL, {"news": f"{one.value} {origin}"})


def heard_from_others(payloads: Iterable[str], origin: str) -> frozenset[News]:
    """Return what is new to the store of this origin; what another version may tell beside is left aside."""
    known = {news.value: news for news in News}
    told = (payload.partition(" ") for payload in payloads)
    return frozenset(known[news] for news, _, by in told if by != origin and news in known)


def heed(hearers: Mapping[News, Callable[[], None]], news: Collection[News]) -> None:
    """Call whoever waits for one of these news."""
    for one in hearers.keys() & news:
        hearers[one]()
