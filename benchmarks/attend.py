"""Timed work: what it costs to find the tickets that are due, among a thousand open tickets and among a million."""

import json
import time
from datetime import UTC, datetime, timedelta
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import event, func, insert, select, text

from mailgateway.desk.model import Priority, Status, TicketType
from mailgateway.store import schema
from mailgateway.store.engine import Store, open_store
from mailgateway.store.tables.tickets import TicketRow
from mailgateway.store.tickets import attention
from tests.servers.postgres import Postgres

SIZES = (1_000, 100_000, 1_000_000)
"""Tickets that are open, each with a moment to come."""

DUE = 100
_NOW = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
_COPIES = """
INSERT INTO tickets ({0})
WITH RECURSIVE copies(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM copies WHERE n < {1})
SELECT {2} FROM tickets, copies WHERE number > {3} AND number <= {4}
"""


def run(count: int) -> None:
    """Fill a database of each kind step by step, and print what so many look-ups take on average."""
    print(f"attend: {DUE} tickets due, {count} look-ups each")
    with TemporaryDirectory() as folder, Postgres() as postgres:
        for kind, url in (("sqlite", f"sqlite:///{folder}/bench.db"), ("postgresql", postgres.create_database())):
            store = open_store(url, f"file://{folder}/blobs-{kind}")
            try:
                schema.upgrade(store)
                _measure(kind, store, count)
            finally:
                store.close()


def _measure(kind: str, store: Store, count: int) -> None:
    first = 0.0
    for size in SIZES:
        _fill(store, size)
        with store.reading() as tx:
            assert len(attention.due(tx, _NOW, DUE + 1)) == DUE
            began = time.perf_counter()
            for _ in range(count):
                attention.due(tx, _NOW, DUE)
            spent = (time.perf_counter() - began) / count * 1e6
        first = first or spent
        print(f"  {kind:<11} {size:>9} tickets   {spent:6.0f} µs a look-up   {spent / first:5.2f} x a thousand")
    print(f"  {kind:<11} {_plan(store)}")


def _fill(store: Store, size: int) -> None:
    """Bring the tickets to `size`: the first thousand one by one, the others as copies of those that are not due."""
    with store.writing() as tx:
        there = tx.connection.execute(select(func.count()).select_from(TicketRow)).scalar_one()
        if not there:
            tx.connection.execute(insert(TicketRow), [_ticket(number) for number in range(SIZES[0])])
        else:
            names = [column.name for column in TicketRow.__table__.columns]
            values = [f"number + {size} + n * {SIZES[0]}" if name == "number" else name for name in names]
            copies = -(-(size - there) // (SIZES[0] - DUE))
            tx.connection.execute(text(_COPIES.format(", ".join(names), copies, ", ".join(values), DUE, SIZES[0])))
    with store.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))


def _ticket(number: int) -> dict[str, Any]:
    at = _NOW + timedelta(minutes=number - DUE + 1)
    return {
        "number": number + 1,
        "subject": f"Matter {number}",
        "status": Status.PENDING,
        "type": TicketType.INCIDENT,
        "priority": Priority.NORMAL,
        "group_name": "first-line",
        "requester_name": "",
        "requester_address": f"c{number}@customer.example",
        "requester_key": f"c{number}@customer.example",
        "mailbox": "support",
        "language": "en",
        "created_at": _NOW,
        "updated_at": _NOW,
        "attend_at": at,
        "fields": {},
        "trace": {},
    }


def _plan(store: Store) -> str:
    """Return the line of the database's own plan that says by what the tickets are found."""
    asked: list[tuple[str, Any]] = []

    def note(*arguments: Any) -> None:
        asked.append((arguments[2], arguments[3]))

    event.listen(store.engine, "before_cursor_execute", note)
    with store.reading() as tx:
        attention.due(tx, _NOW, DUE)
        statement, parameters = asked[-1]
        explained = "EXPLAIN QUERY PLAN" if tx.dialect == "sqlite" else "EXPLAIN (FORMAT JSON)"
        row = tx.connection.exec_driver_sql(f"{explained} {statement}", parameters).one()
    event.remove(store.engine, "before_cursor_execute", note)
    return str(row[3]) if tx.dialect == "sqlite" else _index_in(row[0])


def _index_in(plan: Any) -> str:
    node = (plan if isinstance(plan, list) else json.loads(plan))[0]["Plan"]
    while "Index Name" not in node and node.get("Plans"):
        node = node["Plans"][0]
    return f"{node['Node Type']} {node.get('Index Name', '')}"
