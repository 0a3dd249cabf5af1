"""Tickets without end from one sender, from the spool to the quarantine."""

from dataclasses import replace
from datetime import timedelta
from email.policy import SMTP

from mailgateway.store.incoming import spool
from mailgateway.store.incoming.spool import Arrival
from tests.end_to_end.office import message
from tests.flows.bench import Bench

MINUTE = timedelta(minutes=1)


def limited(bench: Bench, most: int) -> None:
    """Let one address open so many tickets an hour."""
    policy = replace(bench.gateway.policy, new_tickets_per_hour=most)
    bench.desk = replace(bench.desk, policy=lambda: policy)


def test_a_flood_of_one_sender_is_set_aside_in_silence(either_bench: Bench) -> None:
    """Beyond the limit mails wait, others' mails come in, and an hour later the sender may write again."""
    bench = either_bench
    limited(bench, 3)
    bench.arrive(*(message("monitor@customer.example", f"Alert {number}", f"Disk {number}") for number in range(5)))
    bench.arrive(message("carla@customer.example", "Question", "Why?"))
    assert bench.ingest() == 6
    assert bench.subjects() == ["Alert 0", "Alert 1", "Alert 2", "Question"]
    assert [one.error for one in bench.aside()] == [
        "its sender opened 3 tickets within an hour, as many as limits.new_tickets_per_hour allows"
    ] * 2
    assert len([line for line in bench.letters() if line.to == "monitor@customer.example"]) == 3
    bench.now += 61 * MINUTE
    bench.arrive(message("MONITOR@customer.example", "Alert 6", "Disk 6"))
    bench.ingest()
    assert bench.subjects()[-1] == "Alert 6"


def test_what_came_later_counts_against_no_mail(either_bench: Bench) -> None:
    """A mail that is filed after those that came behind it is asked about what came before it."""
    bench = either_bench
    limited(bench, 3)
    arrivals = []
    for number, at in enumerate([bench.now] * 3 + [bench.now - 30 * MINUTE, bench.now]):
        raw = message("jan@customer.example", f"Matter {number}", f"Number {number}").as_bytes(policy=SMTP)
        arrivals.append(Arrival("support", None, None, None, at, len(raw), raw))
    with bench.store.writing() as tx:
        spool.put(tx, arrivals, bench.now)
    bench.ingest()
    assert bench.subjects() == ["Matter 0", "Matter 1", "Matter 2", "Matter 3"]
    assert len(bench.aside()) == 1


def test_a_backlog_is_no_flood(either_bench: Bench) -> None:
    """What came over a day and is filed at once was no flood when it came; what came at once is one when it is late."""
    bench = either_bench
    limited(bench, 3)
    came = [bench.now - timedelta(hours=hours) for hours in (9, 8, 7, 6, 5)]
    came += [bench.now - timedelta(hours=3)] * 5
    arrivals = []
    for number, at in enumerate(came):
        raw = message("jan@customer.example", f"Matter {number}", f"Number {number}").as_bytes(policy=SMTP)
        arrivals.append(Arrival("support", None, None, None, at, len(raw), raw))
    with bench.store.writing() as tx:
        spool.put(tx, arrivals, bench.now)
    bench.ingest()
    assert bench.subjects() == [f"Matter {number}" for number in range(8)]
    assert len(bench.aside()) == 2
