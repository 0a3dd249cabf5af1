"""How many automatic mails addresses got lately."""

from dataclasses import replace
from typing import Any

from sqlalchemy import event, text

from mailgateway.desk.letters.loops import Traffic
from mailgateway.desk.letters.urgency import Urgency
from mailgateway.store.engine import Store
from mailgateway.store.outgoing import outbox
from mailgateway.store.outgoing.traffic import traffic
from tests.store.examples import MINUTE, NOW, open_ticket, queued


def test_mails_are_counted_within_each_window_in_all_and_about_a_ticket(store: Store) -> None:
    """Old ones fall out of the short windows; answers of persons do not count towards a ticket's."""
    number = open_ticket(store)
    with store.writing() as tx:
        for place, minutes in enumerate((5, 20, 45, 100, 500, 700)):
            outbox.put(tx, [queued(f"ticket{place}", number)], NOW - minutes * MINUTE)
        outbox.put(tx, [queued("other")], NOW - MINUTE)
        outbox.put(tx, [replace(queued("answer", number), urgency=Urgency.ANSWER, automatic=False)], NOW - MINUTE)
        recipient = queued("x").letter.recipient
        found = traffic(tx, {recipient, "nobody@example.com"}, number, NOW)
        assert found == {recipient: Traffic((3, 4, 5), (1, 2, 3, 4, 5))}
        assert traffic(tx, {recipient}, None, NOW)[recipient].about_ticket == (0, 0, 0, 0, 0)
        assert traffic(tx, set(), number, NOW) == {}


def test_what_an_address_got_about_a_ticket_is_found_by_the_ticket(store: Store) -> None:
    """An agent may have a million letters, of which few are about one ticket: their index is the one to look into."""
    asked: list[tuple[str, Any]] = []
    with store.writing() as tx:
        event.listen(
            tx.connection, "before_cursor_execute", lambda _c, _k, line, values, *_: asked.append((line, values))
        )
        traffic(tx, {"anna@example.com", "bob@example.com"}, 10001, NOW)
        if tx.dialect == "postgresql":
            tx.connection.execute(text("SET LOCAL enable_seqscan = off"))
        statement, values = next(one for one in asked if "FROM outbox" in one[0])
        explain = "EXPLAIN QUERY PLAN " if tx.dialect == "sqlite" else "EXPLAIN "
        plan = " ".join(str(row[-1]) for row in tx.connection.exec_driver_sql(explain + statement, values))
    assert "ix_outbox_ticket" in plan
