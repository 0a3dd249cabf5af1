"""Run benchmarks by name, or all: `python -m benchmarks [NAME...] [--mails N] [--corpus FOLDER] [--seed N]`."""

import argparse
from pathlib import Path

from benchmarks import attend, backtest, ingest, latency, parse, report, rules, sending, simulation, startup

BENCHMARKS = {
    "attend": attend.run,
    "backtest": backtest.run,
    "ingest": ingest.run,
    "latency": latency.run,
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
    parser.add_argument("--seed", type=int, default=1, help="simulation: another seed makes other people (default 1)")
    asked = parser.parse_args()
    for name in asked.names or BENCHMARKS:
        if name == "parse":
            parse.run(asked.mails, asked.corpus)
        elif name == "simulation":
            simulation.run(asked.mails, asked.seed)
        else:
            BENCHMARKS[name](asked.mails)


if __name__ == "__main__":
    main()
