"""What is counted, and how few labels that makes."""

from datetime import UTC, datetime, timedelta

from prometheus_client import generate_latest

from mailgateway.desk.plan import Disposition, Plan, RecordEvent
from mailgateway.metrics.counters import Counters
from mailgateway.metrics.labels import MOST_VALUES, OTHER

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def plan(*changes: RecordEvent, rules: tuple[str, ...] = ()) -> Plan:
    """Make a plan."""
    return Plan(NOW, "clock", Disposition.RECORDED, "", 10001, changes, rules=rules)


def value(counters: Counters, name: str, **labels: str) -> float:
    """Return one figure."""
    found = counters.registry.get_sample_value(f"mailgateway_{name}", labels)
    assert found is not None, name
    return found


def test_rules_are_counted_wherever_they_match() -> None:
    """For a new ticket, and for a follow-up or by the clock, which an event tells of."""
    counters = Counters()
    counters.planned(plan(rules=("printers", "polish")))
    counters.planned(plan(RecordEvent("rules", {"matched": "printers, late", "version": "1"})))
    assert value(counters, "rule_hits_total", rule="printers") == 2
    assert value(counters, "rule_hits_total", rule="polish") == value(counters, "rule_hits_total", rule="late") == 1


def test_broken_promises_are_counted_by_target() -> None:
    """Each that a plan notes; the others stand at 0."""
    counters = Counters()
    counters.planned(
        plan(RecordEvent("breached", {"target": "resolution"}), RecordEvent("escalated", {"target": "own"}))
    )
    assert value(counters, "clock_breaches_total", target="resolution") == 1
    assert value(counters, "clock_breaches_total", target="own") == 0


def test_ten_thousand_rules_make_no_ten_thousand_series() -> None:
    """The first two hundred names are told, what follows is one."""
    counters = Counters()
    for number in range(10_000):
        counters.planned(plan(rules=(f"rule-{number}",)))
    text = generate_latest(counters.registry).decode()
    assert sum(line.startswith("mailgateway_rule_hits_total{") for line in text.splitlines()) == MOST_VALUES + 1
    assert value(counters, "rule_hits_total", rule=OTHER) == 10_000 - MOST_VALUES


def test_a_wait_is_counted_in_seconds() -> None:
    """Of a mail that a person had released, no wait: it was theirs."""
    counters = Counters()
    counters.filed(Disposition.OPENED, timedelta(milliseconds=20))
    counters.filed(Disposition.OPENED, None)
    assert value(counters, "stage_duration_seconds_sum", stage="ingest") == 0.02
    assert value(counters, "stage_duration_seconds_count", stage="ingest") == 1
    assert value(counters, "mails_total", outcome="opened") == 2
