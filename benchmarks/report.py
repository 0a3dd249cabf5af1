"""Reports over years of work: what each figure of a period costs among a million tickets and five million events."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import event

from benchmarks.filled import EVENTS_A_TICKET, fill
from mailgateway.reports.asked import Asked
from mailgateway.reports.counted import Counting, Scope
from mailgateway.reports.period import Period
from mailgateway.store import schema
from mailgateway.store.engine import Store, Transaction, open_store
from mailgateway.store.reports import digest as digest_rows
from mailgateway.store.reports import rows as report_rows
from mailgateway.store.reports.lists import listed
from mailgateway.store.reports.populations import population
from tests.servers.postgres import Postgres

START = "2024-11-01 00:00:00"
NOW = datetime(2026, 11, 1, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Warsaw")
PERIODS = {
    "a week": Period(date(2026, 10, 19), date(2026, 10, 25), ZONE),
    "a month": Period(date(2026, 9, 1), date(2026, 9, 30), ZONE),
    "a year": Period(date(2025, 9, 1), date(2026, 8, 31), ZONE),
}
_SLOWEST = 5


def run(count: int) -> None:
    """Fill a database of each kind with so many thousand tickets, and print what reports and digests cost."""
    size = count * 1_000
    print(f"report: {size} tickets, {size * EVENTS_A_TICKET} events", flush=True)
    with TemporaryDirectory() as folder, Postgres() as postgres:
        for kind, url in (("sqlite", f"sqlite:///{folder}/bench.db"), ("postgresql", postgres.create_database())):
            store = open_store(url, f"file://{folder}/blobs-{kind}")
            try:
                schema.upgrade(store)
                began = time.perf_counter()
                fill(store, size, START)
                print(f"  {kind}: filled in {time.perf_counter() - began:.0f} s", flush=True)
                _measure(store)
            finally:
                store.close()


def _measure(store: Store) -> None:
    for name, period in PERIODS.items():
        with store.reading() as tx, _noted(store) as statements:
            spent = _spent(lambda tx=tx, period=period: report_rows.counts(tx, period, Scope(), NOW))  # type: ignore[misc] # bound now
            print(f"    all of a report over {name:<8} {spent:9.0f} ms, {len(statements)} statements", flush=True)
        for took, statement in sorted(statements, reverse=True)[:_SLOWEST]:
            print(f"      {took:7.0f} ms  {statement}", flush=True)
        for figure, counting in _figures(period).items():
            with store.reading() as tx:
                print(f"      {figure:<28} {_spent(lambda tx=tx, one=counting: one(tx)):9.1f} ms", flush=True)  # type: ignore[misc] # bound now
    for name, parts in (("an agent", digest_rows.agent_parts), ("a group", digest_rows.group_parts)):
        whose = "agent7" if name == "an agent" else "hardware"
        with store.reading() as tx:
            spent = _spent(lambda tx=tx, parts=parts, whose=whose: parts(tx, whose, NOW))  # type: ignore[misc] # bound now
            print(f"    a digest of {name:<17} {spent:9.1f} ms", flush=True)


def _figures(period: Period) -> dict[str, Callable[[Transaction], object]]:
    """Return what counts each figure of a report, by name."""
    window, before, everybody = period.until(NOW), period.before_until(NOW), Scope()
    found: dict[str, Callable[[Transaction], object]] = {
        one.value: lambda tx, one=one: report_rows.count(tx, population(one, window))  # type: ignore[misc] # bound now
        for one in Counting
        if one not in (Counting.KEPT, Counting.BROKEN)
    }
    found["promises"] = lambda tx: report_rows.promises(tx, window, everybody)
    for one in (Counting.ANSWERED, Counting.SOLVED):
        found[f"{one.value}, median and p90"] = lambda tx, one=one: report_rows.spread(tx, population(one, window))  # type: ignore[misc] # bound now
    found["by answer"] = lambda tx: report_rows.by_answer(tx, window, everybody)
    found["by type, group, …"] = lambda tx: report_rows.shares(tx, window, before, everybody)
    found["ages"] = lambda tx: report_rows.ages(tx, window, everybody)
    found["steps"] = lambda tx: report_rows.steps(tx, period.steps(NOW), everybody)
    asked = Asked(Counting.BROKEN, "resolution")
    found["a list: broken:resolution"] = lambda tx: listed(tx, asked, window, everybody, 5_000)
    return found


def _spent(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1e3


@contextmanager
def _noted(store: Store) -> Iterator[list[tuple[float, str]]]:
    """Note how many milliseconds each statement takes until its rows begin to come, with the end of its words."""
    found: list[tuple[float, str]] = []
    began = [0.0]

    def before(*_: Any) -> None:
        began[0] = time.perf_counter()

    def after(*arguments: Any) -> None:
        words = " ".join(arguments[2].split())
        found.append(((time.perf_counter() - began[0]) * 1e3, f"{words[:60]} … {words[-110:]}"))

    event.listen(store.engine, "before_cursor_execute", before)
    event.listen(store.engine, "after_cursor_execute", after)
    try:
        yield found
    finally:
        event.remove(store.engine, "before_cursor_execute", before)
        event.remove(store.engine, "after_cursor_execute", after)
