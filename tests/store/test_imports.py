"""Which mails of a file are here already."""

from dataclasses import replace
from typing import Any

from sqlalchemy import event

from mailgateway.mail.identity import identity
from mailgateway.store.engine import Store
from mailgateway.store.incoming import imports
from tests.store.examples import arrival, spool_one


def test_known_mails_are_those_of_the_mailbox_and_of_the_same_content(store: Store) -> None:
    """A Message-ID of one with the content of another is neither."""
    here = [arrival(1), arrival(2)]
    for one in here:
        spool_one(store, one)
    ours = [identity(one.raw) for one in here]
    mixed = replace(ours[0], fingerprint=ours[1].fingerprint)
    strange = identity(arrival(3).raw)
    with store.reading() as tx:
        assert imports.known(tx, here[0].mailbox, [*ours, mixed, strange]) == frozenset(ours)
        assert imports.known(tx, "elsewhere", ours) == frozenset()
        assert imports.known(tx, here[0].mailbox, []) == frozenset()


def test_known_mails_are_found_by_their_identity(store: Store) -> None:
    """However many mails the mailbox has: SQLite would read them all for each batch (PostgreSQL has other plans)."""
    if store.engine.dialect.name != "sqlite":
        return
    asked: list[tuple[str, Any]] = []

    def note(*arguments: Any) -> None:
        asked.append((arguments[2], arguments[3]))

    one = arrival(1)
    spool_one(store, one)
    event.listen(store.engine, "before_cursor_execute", note)
    with store.reading() as tx:
        imports.known(tx, one.mailbox, [identity(one.raw)])
        statement, values = asked[-1]
        (plan,) = tx.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
    event.remove(store.engine, "before_cursor_execute", note)
    assert "message_id=?" in plan[3]
