"""Run benchmarks by name: `python -m benchmarks [ingest|latency|rules] [--mails N]`."""

import argparse

from benchmarks import ingest, latency, rules

BENCHMARKS = {"ingest": ingest.run, "latency": latency.run, "rules": rules.run}


def main() -> None:
    """Run those asked for, or all."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *BENCHMARKS], metavar="|".join(BENCHMARKS))
    parser.add_argument("--mails", type=int, default=1000, help="how many mails (default 1000)")
    asked = parser.parse_args()
    for name in asked.names or BENCHMARKS:
        BENCHMARKS[name](asked.mails)


if __name__ == "__main__":
    main()
