"""Run benchmarks by name: `python -m benchmarks attend|backtest|ingest|latency|parse|rules [--mails N]`."""

import argparse
from pathlib import Path

from benchmarks import attend, backtest, ingest, latency, parse, rules

BENCHMARKS = {
    "attend": attend.run,
    "backtest": backtest.run,
    "ingest": ingest.run,
    "latency": latency.run,
    "parse": parse.run,
    "rules": rules.run,
}


def main() -> None:
    """Run those asked for, or all."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *BENCHMARKS], metavar="|".join(BENCHMARKS))
    parser.add_argument("--mails", type=int, default=1000, help="how many mails, or look-ups of attend (default 1000)")
    parser.add_argument("--corpus", type=Path, help="parse: the mails of a folder instead of made ones")
    asked = parser.parse_args()
    for name in asked.names or BENCHMARKS:
        if name == "parse":
            parse.run(asked.mails, asked.corpus)
        else:
            BENCHMARKS[name](asked.mails)


if __name__ == "__main__":
    main()
