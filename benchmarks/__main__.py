"""Run benchmarks: `python -m benchmarks [NAME...|goals]`, all without a name, with the options below.

`goals` are those that have one. What was measured beside each goal becomes a table and a picture in `--out`.
"""

import argparse
from collections.abc import Callable
from pathlib import Path

from benchmarks import (
    attend,
    backtest,
    chaos,
    files,
    flatness,
    hosts,
    ingest,
    latency,
    mailbox,
    mbox,
    memory,
    parse,
    report,
    rules,
    sending,
    simulation,
    startup,
)
from benchmarks.goals import Goal, table, write
from mailgateway.cli.footprint import tread_lightly

Run = Callable[..., list[Goal] | None]
BENCHMARKS: dict[str, tuple[Run, tuple[str, ...]]] = {
    "attend": (attend.run, ("mails",)),
    "backtest": (backtest.run, ("mails",)),
    "chaos": (chaos.run, ("seconds", "seed")),
    "files": (files.run, ("mails",)),
    "flatness": (flatness.run, ("mails", "tickets")),
    "hosts": (hosts.run, ("mails",)),
    "ingest": (ingest.run, ("mails",)),
    "latency": (latency.run, ("mails",)),
    "mailbox": (mailbox.run, ("mails",)),
    "mbox": (mbox.run, ("gigabytes",)),
    "memory": (memory.run, ("mails",)),
    "parse": (parse.run, ("mails", "corpus")),
    "report": (report.run, ("mails",)),
    "rules": (rules.run, ("mails",)),
    "sending": (sending.run, ("mails",)),
    "simulation": (simulation.run, ("mails", "seed")),
    "startup": (startup.run, ("mails",)),
}
"""What each runs, and the options that it is given."""

GOALS = ("ingest", "latency", "sending", "memory", "hosts", "flatness")
_ALL_GOALS = "goals"


def main() -> None:
    """Run those asked for, or all; with the memory and the garbage of a command of ours."""
    tread_lightly()
    asked = _options().parse_args()
    names = [one for name in asked.names or BENCHMARKS for one in (GOALS if name == _ALL_GOALS else (name,))]
    goals: list[Goal] = []
    for name in names:
        run, options = BENCHMARKS[name]
        goals += run(*(getattr(asked, option) for option in options)) or ()
    if goals:
        write(goals, asked.out)
        print(f"\n{table(goals)}\nin {asked.out}, with a picture")


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    names = (*BENCHMARKS, _ALL_GOALS)
    parser.add_argument("names", nargs="*", choices=[[], *names], metavar="|".join(names))
    mails = "how many mails, look-ups of attend, thousands of tickets of report (default 1000)"
    parser.add_argument("--mails", type=int, default=1000, help=mails)
    parser.add_argument("--corpus", type=Path, help="parse: the mails of a folder instead of made ones")
    parser.add_argument("--seconds", type=int, default=300, help="chaos: for how long (default 300)")
    seed = "simulation: another seed makes other people; chaos: other mishaps (default 1)"
    parser.add_argument("--seed", type=int, default=1, help=seed)
    parser.add_argument("--tickets", type=int, default=100_000, help="flatness: stored tickets (default 100000)")
    parser.add_argument("--gigabytes", type=float, default=0.1, help="mbox: its size (default 0.1)")
    out = "where the table and the picture of the goals go (default build/benchmarks)"
    parser.add_argument("--out", type=Path, default=Path("build/benchmarks"), help=out)
    return parser


if __name__ == "__main__":
    main()
