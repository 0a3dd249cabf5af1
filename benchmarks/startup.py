"""Start-up: what each command costs before and beside its work, at a desk with one ticket."""

import resource
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.end_to_end.office import message
from tests.flows.bench import Bench

ROUNDS = 5
COMMANDS = (
    ("--version",),
    ("check",),
    ("status", "--json"),
    ("tickets", "list", "--json"),
    ("tickets", "show", "10001", "--json"),
    ("tickets", "set", "10001", "--tag", "seen"),
    ("report", "--json"),
)


def run(_count: int) -> None:
    """Run each command a few times, and print the least processor time that it took."""
    with TemporaryDirectory() as place:
        bench = Bench(Path(place))
        bench.arrive(message("jane@customer.example", "Help", "It burns."))
        bench.ingest()
        bench.gateway.close()
        for words in COMMANDS:
            seconds = min(_processor_time(Path(place) / "gateway.yaml", words) for _ in range(ROUNDS))
            print(f"startup   {' '.join(words):<34} {seconds:6.2f} CPU s, the least of {ROUNDS}")


def _processor_time(configuration: Path, words: tuple[str, ...]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "mailgateway", "-c", str(configuration), *words]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
