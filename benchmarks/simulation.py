"""The whole simulation of customers and agents over real servers; it ends with 1 where anything went wrong."""

import logging
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog

from tests.end_to_end.office import Office
from tests.servers.dovecot import Dovecot
from tests.servers.sink import Sink
from tests.simulation.play import play


def run(count: int, seed: int = 1) -> None:
    """Let people write `count` mails from a seed, and judge what the gateway made of them."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    with TemporaryDirectory() as folder, Dovecot() as dovecot, Sink() as sink:
        office = Office(Path(folder), dovecot, sink, "simulation", f"sqlite:///{folder}/office.db")
        wall, own = time.perf_counter(), time.process_time()
        ending = play(office, count, seed)
        wall, own = time.perf_counter() - wall, time.process_time() - own
        office.close()
    print(f"simulation: seed {seed}, {count} mails in {ending.rounds} rounds, {ending.letters} letters")
    print("  " + ", ".join(f"{number} {sort}" for sort, number in sorted(ending.sorts.items())))
    print(f"  {wall:.0f} s, {own:.0f} CPU s; {len(ending.wrong)} things are wrong")
    for story in ending.wrong[:20]:
        print(f"\nseed {seed}: {story}")
    if ending.wrong:
        sys.exit(1)
