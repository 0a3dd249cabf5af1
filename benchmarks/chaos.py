"""Three daemons over one PostgreSQL while all goes wrong around them; ends with 1 where anything is lost or twice."""

import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.chaos.play import play
from tests.chaos.world import HOSTS, MAILBOXES, World
from tests.servers.dovecot import Dovecot
from tests.servers.postgres import Postgres
from tests.servers.sink import Sink

MAILS_A_SECOND = 4.0
SECONDS_A_MISHAP = 4.0


def run(seconds: int, seed: int = 1) -> None:
    """Play chaos so long from a seed, and print what happened and what came of it."""
    with TemporaryDirectory() as folder, Dovecot() as dovecot, Postgres() as postgres, Sink() as sink:
        world = World(Path(folder), dovecot, postgres, sink, postgres.create_database())
        began = time.perf_counter()
        try:
            ending = play(world, seed, seconds, MAILS_A_SECOND, SECONDS_A_MISHAP)
        finally:
            world.close()
        spent = time.perf_counter() - began
    print(f"chaos: seed {seed}, {HOSTS} daemons, {MAILBOXES} mailboxes, {seconds} s at {MAILS_A_SECOND:.0f} mails/s")
    print(f"  {ending.mails} mails in, {ending.letters} letters out, {ending.copies} of them copies of another")
    print("  " + ", ".join(f"{count} x {name}" for name, count in sorted(ending.mishaps.items())))
    print(f"  quiet {ending.quiet_after:.0f} s after the last mishap ended, {spent:.0f} s in all")
    print(f"  {len(ending.wrong)} things are wrong")
    for story in ending.wrong[:20]:
        print(f"\nseed {seed}: {story}")
    if ending.wrong:
        sys.exit(1)
