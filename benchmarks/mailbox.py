"""A folder full of old mail on a real Dovecot: the first look, filing in silence, and what polls cost afterwards."""

import logging
import os
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog
from sqlalchemy import event

from benchmarks.process import forget_peak, peak, resident
from mailgateway.config.gateway.first_run import RECENT
from mailgateway.desk.first_run import FirstRun
from mailgateway.flows.collect import collect
from mailgateway.flows.receive import Source
from mailgateway.flows.settling import Refused
from mailgateway.flows.suspects import Suspects
from mailgateway.imap.session import Session
from mailgateway.imap.settle import Flag
from tests.end_to_end.office import Office, message
from tests.servers.dovecot import Dovecot
from tests.servers.sink import Sink

FILED = 500
"""So many of the newest are filed in silence, where another mailbox is told to."""

POLLS = 20
_SEEN = Flag("\\Seen")


def run(count: int) -> None:
    """Lay so many mails into two mailboxes, and print what the gateway takes for them."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    with TemporaryDirectory() as folder, Dovecot({"mail_fsync": "never"}) as dovecot, Sink() as sink:
        began = time.perf_counter()
        for user in ("alone", "silent"):
            dovecot.lay(user, _old(count))
        print(f"mailbox: {count} old mails laid in twice in {time.perf_counter() - began:.0f} s", flush=True)
        for user, first_run in (("alone", RECENT), ("silent", _since(count))):
            home = Path(folder) / user
            home.mkdir()
            office = Office(home, dovecot, sink, user, f"sqlite:///{home}/office.db")
            dovecot.count(user)  # Dovecot makes its index of new files: that is not ours to measure
            _measure(office, user, first_run)
            office.close()


def _old(count: int) -> Iterator[tuple[bytes, datetime]]:
    """Give small mails, the newest last, one a minute up to four days ago."""
    newest = datetime.now(UTC) - timedelta(days=4)
    body = bytes(message("c@customer.example", "Matter", "It broke."))
    for number in range(count):
        raw = body.replace(b"<", b"<%d." % number, 1).replace(b"c@customer", b"c%d@customer" % number, 1)
        yield raw, newest - timedelta(minutes=count - number)


def _since(count: int) -> FirstRun:
    newest = datetime.now(UTC) - timedelta(days=4)
    return FirstRun(timedelta(), newest - timedelta(minutes=min(count, FILED)))


def _measure(office: Office, user: str, first_run: FirstRun) -> None:
    (post,) = office.gateway.posts()
    source = Source("support", 1_000_000, _SEEN, _SEEN, first_run)
    statements = _statements(office)
    with Session.open(post.server, post.folder) as session:
        commands = _commands(session)

        def poll() -> int:
            return collect(session, source, office.gateway.desk, lambda: False, Suspects(), Refused())

        _report(f"{user}: first look", poll, statements, commands)
        spent = []
        for _ in range(POLLS):
            began = time.perf_counter()
            poll()
            spent.append(1e3 * (time.perf_counter() - began))
        print(f"  {user}: a poll without news {statistics.median(spent):.1f} ms (median of {POLLS})")
        _report(f"{user}: a poll without news", poll, statements, commands)
        for number in range(10):
            office.write(message(f"new{number}@customer.example", "New", "It broke."))
        session.still_there([1])  # the new files are Dovecot's to find
        _report(f"{user}: a poll with ten new", poll, statements, commands)


def _report(what: str, poll: Callable[[], int], statements: Counter[str], commands: Counter[str]) -> None:
    statements.clear()
    commands.clear()
    pid = os.getpid()
    before = resident(pid)
    forget_peak(pid)
    wall, own = time.perf_counter(), time.process_time()
    filed = poll()
    wall, own = time.perf_counter() - wall, time.process_time() - own
    print(
        f"  {what:<28} {filed:>6} filed   {wall:8.2f} s   {own:7.2f} s of CPU   {commands.total():>5} IMAP commands"
        f"   {statements.total():>6} statements   {(peak(pid) - before) / 1e6:5.1f} MB more at most",
        flush=True,
    )


def _statements(office: Office) -> Counter[str]:
    """Return what counts every statement; to keep them all would be most of the memory."""
    found: Counter[str] = Counter()
    event.listen(office.gateway.store.engine, "before_cursor_execute", lambda *_: found.update(("all",)))
    return found


def _commands(session: Session) -> Counter[str]:
    """Return what counts every line of the client's."""
    found: Counter[str] = Counter()
    with session.asking("counting") as connection:
        send = connection._imap.send  # noqa: SLF001 - the one place where all that is sent passes

        def counted(line: bytes) -> None:
            found.update(("all",))
            send(line)

        connection._imap.send = counted  # noqa: SLF001
    return found
