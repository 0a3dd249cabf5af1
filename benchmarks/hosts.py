"""Several daemons over one PostgreSQL: how long until every mail has its ticket, and every letter left."""

import os
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.goals import Goal
from tests.chaos.checks import is_quiet, is_shared
from tests.chaos.world import MAILBOXES, World, wait_until
from tests.servers.dovecot import Dovecot
from tests.servers.postgres import Postgres
from tests.servers.sink import Sink

LONGEST = 1800.0


TIMES_ONE = 1.0
"""Where the processors are the bound two take as long as one; what they must not do is hinder each other."""


def run(count: int) -> list[Goal]:
    """Time one daemon and two, each with the same mails waiting in the same mailboxes."""
    print(f"hosts: {count} mails in {MAILBOXES} mailboxes, to tickets, receipts and notifications at the SMTP peer")
    spent = {hosts: _timed(hosts, count) for hosts in (1, 2)}
    for hosts, (seconds, own) in spent.items():
        rate = f"{count / seconds:5.1f} mails/s   {spent[1][0] / seconds:.2f} x one daemon"
        print(f"  {hosts} daemon{'s' if hosts > 1 else ' '}   {seconds:6.1f} s   {rate}   {own:5.1f} CPU s of theirs")
    return [Goal("two daemons, beside one, for the same mails", spent[2][0] / spent[1][0], TIMES_ONE)]


def _timed(hosts: int, count: int) -> tuple[float, float]:
    """Return the seconds that it took, and those of the processors that the daemons had."""
    with TemporaryDirectory() as folder, Dovecot() as dovecot, Postgres() as postgres, Sink() as sink:
        world = World(Path(folder), dovecot, postgres, sink, postgres.create_database(), hosts)
        try:
            for daemon in world.daemons:
                daemon.wait_for("supervisor.ready", timeout=60)
            assert wait_until(lambda: is_shared(world), 60), "the mailboxes are not shared"
            for host in range(hosts):
                world.freeze(host)
            boxes = sorted(world.mailboxes)
            for number in range(count):
                world.deliver(boxes[number % MAILBOXES])
            began, own = time.perf_counter(), _processor_seconds(world)
            for host in range(hosts):
                world.thaw(host)
            assert wait_until(lambda: is_quiet(world), LONGEST), "not all mails are filed"
            return time.perf_counter() - began, _processor_seconds(world) - own
        finally:
            world.close()


def _processor_seconds(world: World) -> float:
    """Add up what the daemons had so far (proc(5), stat: utime and stime)."""
    stats = [Path(f"/proc/{one.process.pid}/stat").read_text().rpartition(")")[2].split() for one in world.daemons]
    return sum(int(stat[11]) + int(stat[12]) for stat in stats) / os.sysconf("SC_CLK_TCK")
