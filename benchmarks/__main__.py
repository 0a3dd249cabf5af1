"""Run benchmarks by name, or all: `python -m benchmarks [NAME...]`, with the options below."""

import argparse
from collections.abc import Callable
from pathlib import Path

from benchmarks import (
    attend,
    backtest,
    chaos,
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

BENCHMARKS: dict[str, Callable[..., None]] = {
    "attend": attend.run,
    "backtest": backtest.run,
    "chaos": chaos.run,
    "hosts": hosts.run,
    "flatness": flatness.run,
    "ingest": ingest.run,
    "latency": latency.run,
    "mailbox": mailbox.run,
    "mbox": mbox.run,
    "memory": memory.run,
    "parse": parse.run,
    "report": report.run,
    "rules": rules.run,
    "sending": sending.run,
    "simulation": simulation.run,
    "startup": startup.run,
}


def main() -> None:
    """Run those asked for, or all."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *BENCHMARKS], metavar="|".join(BENCHMARKS))
    parser.add_argument(
        "--mails",
        type=int,
        default=1000,
        help="how many mails, look-ups of attend, thousands of tickets of report (default 1000)",
    )
    parser.add_argument("--corpus", type=Path, help="parse: the mails of a folder instead of made ones")
    parser.add_argument("--seconds", type=int, default=300, help="chaos: for how long (default 300)")
    seed = "simulation: another seed makes other people; chaos: other mishaps (default 1)"
    parser.add_argument("--seed", type=int, default=1, help=seed)
    parser.add_argument("--tickets", type=int, default=100_000, help="flatness: stored tickets (default 100000)")
    parser.add_argument("--gigabytes", type=float, default=0.1, help="mbox: its size (default 0.1)")
    asked = parser.parse_args()
    for name in asked.names or BENCHMARKS:
        if name == "parse":
            parse.run(asked.mails, asked.corpus)
        elif name == "chaos":
            chaos.run(asked.seconds, asked.seed)
        elif name == "mbox":
            mbox.run(asked.gigabytes)
        elif name == "flatness":
            flatness.run(asked.mails, asked.tickets)
        elif name == "simulation":
            simulation.run(asked.mails, asked.seed)
        else:
            BENCHMARKS[name](asked.mails)


if __name__ == "__main__":
    main()
