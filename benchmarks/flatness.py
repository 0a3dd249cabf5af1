"""Flatness: what filing a mail costs among a thousand stored tickets and among many, side by side in one run.

Both desks file the same mails by turns, so that whatever else the machine does falls on both. Half of the mails are new
matters, half answer a stored ticket anywhere in its two years. The ratio of the medians counts.
"""

import logging
import statistics
import time
from collections import defaultdict
from email.message import EmailMessage
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog

from benchmarks.filled import fill
from benchmarks.goals import Goal
from tests.end_to_end.office import message
from tests.flows.bench import Bench
from tests.servers.postgres import Postgres

FEW = 1_000
START = "2024-11-01 00:00:00"
ROUND = 20
"""Mails that are filed between two looks at the clock."""

_Spent = tuple[float, float]


TIMES_FEW = 1.15


def run(count: int, many: int) -> list[Goal]:
    """Fill two desks of each kind of database, file `count` mails in each, and print what a mail costs."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    print(f"flatness: {count} mails each among {FEW:,} and {many:,} tickets", flush=True)
    goals: list[Goal] = []
    with TemporaryDirectory() as folder, Postgres() as postgres:
        for kind in ("sqlite", "postgresql"):
            desks = {size: _desk(Path(folder) / f"{kind}-{size}", kind, postgres, size) for size in (FEW, many)}
            goals += _measure(kind, desks, count)
            for desk in desks.values():
                desk.gateway.close()
    return goals


def _desk(folder: Path, kind: str, postgres: Postgres, size: int) -> Bench:
    folder.mkdir()
    bench = Bench(folder, "" if kind == "sqlite" else postgres.create_database())
    began = time.perf_counter()
    fill(bench.store, size, START, mails=True)
    print(f"  {kind}: {size:,} tickets filled in {time.perf_counter() - began:.0f} s", flush=True)
    return bench


def _measure(kind: str, desks: dict[int, Bench], count: int) -> list[Goal]:
    spent: dict[tuple[int, str], list[_Spent]] = defaultdict(list)
    for done in range(-2 * ROUND, count, ROUND):
        for size, bench in desks.items():
            for what in ("new matters", "answers"):
                mails = [_mail(what, done + place, size) for place in range(ROUND)]
                one = _filed(bench, mails)
                if done >= 0:  # what comes before warms up
                    spent[size, what].append(one)
    goals: list[Goal] = []
    for what in ("new matters", "answers"):
        few, many = (_medians(spent[size, what]) for size in desks)
        for size, (wall, own) in zip(desks, (few, many), strict=True):
            print(f"  {kind:<11} {what:<12} {size:>9,} tickets   {wall:6.2f} ms   {own:6.2f} ms of CPU a mail")
        print(
            f"  {kind:<11} {what:<12} ratio {many[0] / few[0]:5.2f} in time, {many[1] / few[1]:5.2f} in CPU", flush=True
        )
        among = f"{what} among {max(desks):,} tickets, beside {FEW:,}, {kind}"
        goals.append(Goal(among, many[0] / few[0], TIMES_FEW))
    return goals


def _filed(bench: Bench, mails: list[EmailMessage]) -> _Spent:
    wall, own = time.perf_counter(), time.process_time()
    bench.arrive(*mails)
    assert bench.ingest() == len(mails)
    return 1e3 * (time.perf_counter() - wall) / ROUND, 1e3 * (time.process_time() - own) / ROUND


def _medians(spent: list[_Spent]) -> _Spent:
    return statistics.median(wall for wall, _ in spent), statistics.median(own for _, own in spent)


def _mail(what: str, number: int, size: int) -> EmailMessage:
    """Return a new matter of a customer who has written before, or an answer to one of the stored tickets."""
    ticket = (number * 7919) % (size - 1) + 1
    made = message(f"c{ticket % 50_000}@customer.example", f"Matter {ticket}", "It does so again since this morning.")
    made.replace_header("Message-ID", f"<{what[0]}{number}@client.example>")
    if what == "answers":
        made["In-Reply-To"] = f"<m{ticket}@customer.example>"
    return made
