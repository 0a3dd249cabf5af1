"""Memory of the daemon: whether it is steady over many mails, and what one of 25 MB takes at its peak.

The daemon is a process of its own; what is printed is its resident memory. Letters go to a peer that keeps none.
"""

import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import func, select

from benchmarks.goals import Goal
from benchmarks.process import forget_peak, peak, resident
from mailgateway.store.engine import Store
from mailgateway.store.outgoing import outbox
from mailgateway.store.tables.base import SpoolState
from mailgateway.store.tables.tickets import SpoolRow
from tests.end_to_end.daemon import Daemon
from tests.end_to_end.office import Office, message
from tests.servers.dovecot import Dovecot
from tests.servers.sink import Sink
from tests.traffic import mails

PARTS = 20
LARGE = 25_000_000
ABOVE_IDLE = 120
_PATIENCE = 3600.0


class _Forgetful(Sink):
    """A peer that takes every letter and keeps none."""

    def take(self, mail: object) -> None:
        """Drop it."""


def run(count: int) -> list[Goal]:
    """Let a daemon file and answer `count` mails in twenty parts and then one of 25 MB; print its memory after each."""
    written = mails(count)
    part = max(1, count // PARTS)
    with TemporaryDirectory() as folder, Dovecot() as dovecot, _Forgetful() as sink:
        office = Office(Path(folder), dovecot, sink, "memory", f"sqlite:///{folder}/office.db")
        office.reconfigure("size_limit: 1MB", "size_limit: 50MB")
        with ExitStack() as stack:
            daemon = Daemon(office.configuration)
            stack.push(daemon)
            daemon.wait_for("supervisor.ready", timeout=_PATIENCE)
            pid, done, began = daemon.process.pid, 0, time.perf_counter()
            print(f"memory: {count} mails", flush=True)
            while done < count:
                now = datetime.now(UTC)
                dovecot.lay("memory", [(next(written)[1], now) for _ in range(min(part, count - done))])
                done += min(part, count - done)
                _settled(office.gateway.store, done)
                daemon.lines.clear()
                rate = done / (time.perf_counter() - began)
                print(f"  {done:>7} mails   {resident(pid) / 1e6:6.1f} MB   {rate:5.1f} mails/s", flush=True)
            above = _large(office, pid, done)
        office.close()
    return [Goal("a mail of 25 MB, above idle", above, ABOVE_IDLE, "MB")]


def _large(office: Office, pid: int, done: int) -> float:
    """File two of them; return how many MB the dearer one took at its peak."""
    most = 0.0
    for number in (1, 2):
        large = message(f"large{number}@customer.example", f"Large {number}", "See the file.")
        large.add_attachment(bytes([number]) * (LARGE * 3 // 4), maintype="image", subtype="png", filename="a.png")
        idle = resident(pid)
        forget_peak(pid)
        office.write(large)
        _settled(office.gateway.store, done + number)
        above, after = (peak(pid) - idle) / 1e6, resident(pid) / 1e6
        print(f"  25 MB, number {number}: {above:5.1f} MB above {idle / 1e6:.1f} MB; after it {after:.1f} MB")
        most = max(most, above)
    return most


def _settled(store: Store, count: int) -> None:
    """Wait until so many mails have their outcome, and every letter has left."""
    finished = select(func.count()).select_from(SpoolRow).where(SpoolRow.state == SpoolState.FINISHED)
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        with store.reading() as tx:
            if tx.connection.execute(finished).scalar_one() >= count and not outbox.listed(
                tx, everything=False, limit=1
            ):
                return
        time.sleep(0.2)
    raise TimeoutError("the daemon does not get on")
