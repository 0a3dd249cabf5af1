"""Throughput: a Dovecot full of mail becomes committed tickets with queued letters, beside the floor of the same work.

The floor is what no gateway can do without: one pipelined FETCH on a raw connection, mail-parser on each mail, and all
rows in one SQL transaction. It routes nothing, threads nothing, keeps no raw mail, answers nobody, and settles nothing.
"""

import imaplib
import logging
import os
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import mailparser
import structlog
from sqlalchemy import event

from benchmarks.goals import Goal
from benchmarks.parse import understand
from mailgateway.desk.decide import Incoming, decide_mail
from mailgateway.desk.facts import Facts
from mailgateway.desk.plan import NoticeKind, Plan
from mailgateway.desk.policy import Policy
from mailgateway.flows import judge
from mailgateway.flows.collect import collect
from mailgateway.flows.settling import Refused
from mailgateway.flows.suspects import Suspects
from mailgateway.imap.session import Session
from mailgateway.render.notices import Renderer
from mailgateway.render.samples.notices import samples
from mailgateway.share import share
from tests.end_to_end.office import Office
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.postgres import Postgres
from tests.servers.prepared import prepare
from tests.servers.sink import Sink
from tests.traffic import mails

TIMES_THE_FLOOR = 1.5
Statement = tuple[str, Any]
"""Its text and its values: a list of them where it is executed for each."""

_LETTERS = (NoticeKind.ACKNOWLEDGEMENT, NoticeKind.AGENT_NOTIFICATION)


def run(count: int) -> list[Goal]:
    """Measure floor and gateway over the same `count` mails, on SQLite and on PostgreSQL."""
    goals: list[Goal] = []
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    morning = [raw for _, raw in mails(count)]
    size = sum(map(len, morning)) / 1e6
    print(f"ingest: {count} mails, {size:.1f} MB, {os.cpu_count()} cores")
    with TemporaryDirectory() as folder, Dovecot() as dovecot, Sink() as sink, Postgres() as postgres:
        for raw in morning:
            dovecot.deliver("floor", raw)
        floor = _timed(lambda: _floor(dovecot, Path(folder)))
        _report("floor", count, floor, floor)
        _report("understood", count, _timed(partial(_understand, morning)), floor)
        _report("receipt", count, _timed(partial(_render, count, _LETTERS[:1])), floor)
        _report("two letters", count, _timed(partial(_render, count, _LETTERS)), floor)
        for name, database in (
            ("sqlite", f"sqlite:///{folder}/office.db"),
            ("postgresql", postgres.create_database()),
        ):
            home = Path(folder) / name
            home.mkdir()
            office = Office(home, dovecot, sink, name, database)
            for raw in morning:
                office.write(raw)
            with _decisions() as decided, _statements(office) as executed:
                spent = _timed(partial(_collect, office))
            _report(name, count, spent, floor)
            if name == "sqlite":
                _report("decided", count, _timed(partial(_decide, decided)), floor)
                empty = Path(folder) / "again.db"
                prepare(f"sqlite:///{empty}")
                _report("statements", count, _timed(partial(_execute, empty, executed)), floor)
            goals.append(Goal(f"filing a mail, beside the floor, {name}", spent[0] / floor[0], TIMES_THE_FLOOR))
            assert len(office.numbers()) == count
            office.close()
    return goals


def _floor(dovecot: Dovecot, folder: Path) -> None:
    database = sqlite3.connect(folder / "floor.db")
    database.execute("CREATE TABLE mails (message_id TEXT PRIMARY KEY, sender TEXT, subject TEXT, body TEXT)")
    with imaplib.IMAP4(dovecot.host, dovecot.port) as connection:
        connection.login("floor", PASSWORD)
        connection.select("INBOX", readonly=True)
        _, answer = connection.uid("FETCH", "1:*", "(BODY.PEEK[])")
    rows = []
    for part in answer:
        if isinstance(part, tuple):
            mail = mailparser.parse_from_bytes(part[1])
            rows.append((mail.message_id, str(mail.from_), mail.subject, mail.body))
    with database:
        database.executemany("INSERT INTO mails VALUES (?, ?, ?, ?)", rows)
    database.close()


def _understand(morning: list[bytes]) -> None:
    """Understand each mail, and nothing else: a part of filing that no way of filing can leave out."""
    for raw in morning:
        understand(raw)


@contextmanager
def _decisions() -> Iterator[list[tuple[Incoming, Facts, Policy]]]:
    """Note all that is decided about within the block: a mail more than once, where it takes more facts."""
    noted: list[tuple[Incoming, Facts, Policy]] = []

    def note(incoming: Incoming, facts: Facts, policy: Policy) -> Plan:
        noted.append((incoming, facts, policy))
        return decide_mail(incoming, facts, policy)

    with patch.object(judge, "decide_mail", note):
        yield noted


def _decide(decisions: Sequence[tuple[Incoming, Facts, Policy]]) -> None:
    """Decide what was decided once more, and nothing else: no database is asked."""
    for decision in decisions:
        decide_mail(*decision)


@contextmanager
def _statements(office: Office) -> Iterator[list[Statement]]:
    """Note every statement of the gateway within the block, with its values."""
    noted: list[Statement] = []

    def note(*told: Any) -> None:
        _, _, text, values, *_ = told
        noted.append((text, values))

    engine = office.gateway.store.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield noted
    finally:
        event.remove(engine, "before_cursor_execute", note)


def _execute(empty: Path, statements: Sequence[Statement]) -> None:
    """Execute them once more in a database as new, by the driver alone and in one transaction."""
    database = sqlite3.connect(empty, isolation_level=None)
    database.execute("PRAGMA foreign_keys=ON")
    database.execute("BEGIN")
    for text, values in statements:
        if text not in {"BEGIN", "BEGIN IMMEDIATE"}:
            execute = database.executemany if isinstance(values, list) else database.execute
            execute(text, values).fetchall()
    database.execute("COMMIT")
    database.close()


def _render(count: int, kinds: Sequence[NoticeKind]) -> None:
    """Render these letters for each mail, and nothing else."""
    renderer = Renderer(None, share("templates"))
    notices = [next(samples(kind, "en")) for kind in kinds]
    for _ in range(count):
        for notice in notices:
            renderer.render(notice)


def _collect(office: Office) -> None:
    (post,) = office.gateway.posts()
    with Session.open(post.server, post.folder) as session:
        collect(session, post.source, office.gateway.desk, lambda: False, Suspects(), Refused())


def _timed(work: Callable[[], None]) -> tuple[float, float]:
    wall, own = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - own


def _report(name: str, count: int, spent: tuple[float, float], floor: tuple[float, float]) -> None:
    wall, own = spent
    print(
        f"  {name:<12} {count / wall:7.0f} mails/s   {1000 * wall / count:6.2f} ms/mail"
        f"   {1000 * own / count:6.2f} CPU s/1,000 mails   {wall / floor[0]:5.2f} x floor"
    )
