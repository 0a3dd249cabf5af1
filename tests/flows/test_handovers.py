"""Hand-overs to and fro are counted from what happened to the ticket, whoever does it."""

from datetime import timedelta

from tests.end_to_end.office import message
from tests.flows.bench import Bench
from tests.flows.test_inform import order

FIRST = 10001


def told(bench: Bench) -> int:
    """Count the letters about it."""
    return sum(one.template == "to_and_fro" for one in bench.letters())


def test_it_is_told_once_and_only_of_late(bench: Bench) -> None:
    """The third hand-over within two days tells; a fourth does not, and what is longer ago does not count."""
    bench.arrive(message("carla@customer.example", "Printer", "Help."))
    bench.ingest()
    here = bench.ticket(FIRST).ticket.group
    there = next(one.name for one in bench.gateway.policy.directory.groups if one.name != here)
    order(bench, FIRST, group=there)
    bench.now += timedelta(days=2)
    order(bench, FIRST, group=here)
    order(bench, FIRST, group=there, note=True, text="Not ours.")
    assert told(bench) == 0
    bench.now += timedelta(hours=1)
    order(bench, FIRST, group=here, note=True, text="Nor ours.")
    first = told(bench)
    assert first > 0
    order(bench, FIRST, group=there, note=True, text="It is yours.")
    assert told(bench) == first
    assert [event.what for event in bench.ticket(FIRST).events].count("to_and_fro") == 1
