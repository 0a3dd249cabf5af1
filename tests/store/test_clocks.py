"""Clocks come back from the database as they were written, and what is due is counted."""

from dataclasses import replace
from datetime import timedelta
from importlib import import_module
from pathlib import Path

from mailgateway.desk.levels import firings
from mailgateway.desk.levels.level_changes import SetClocks, SetServiceLevel
from mailgateway.desk.levels.timepiece import Clock, Target
from mailgateway.desk.model import Status
from mailgateway.desk.plan import RecordFiring
from mailgateway.store import schema
from mailgateway.store.engine import Store
from mailgateway.store.gather import gather_open, gather_ticket
from mailgateway.store.service.clocks import due_clocks, read_clocks
from mailgateway.store.tickets.apply import apply
from mailgateway.store.tickets.attention import fired
from mailgateway.store.tickets.shown import shown
from tests.store.examples import NOW, opening, working

HOUR = timedelta(hours=1)
FIRST = Clock(Target.FIRST_RESPONSE, 1, "standard", "office", 4 * HOUR, NOW, running_since=NOW, due_at=NOW + 4 * HOUR)
SOLVED = replace(
    FIRST, target=Target.RESOLUTION, counted=timedelta(microseconds=1), met_at=NOW + HOUR, running_since=None
)


def opened(store: Store, *clocks: Clock) -> int:
    """Open a ticket with these clocks."""
    with store.writing() as tx:
        number = apply(tx, opening(), None)
        assert number is not None
        apply(tx, working(number, SetClocks((), clocks, Status.NEW)), None)
    return number


def test_clocks_come_back_as_they_were(store: Store) -> None:
    """Spans to the microsecond, instants aware, in the order of targets."""
    number = opened(store, SOLVED, FIRST)
    with store.reading() as tx:
        assert read_clocks(tx, [number]) == {number: (FIRST, SOLVED)}
        sheet = shown(tx, number)
    assert sheet is not None
    assert sheet.ticket.clocks == (FIRST, SOLVED)
    assert sheet.events[-1].what == "clocks"


def test_a_clock_that_moves_is_written_over_itself(store: Store) -> None:
    """One row for each cycle of a target; those that stood are not touched."""
    number = opened(store, FIRST)
    met = replace(FIRST, met_at=NOW + HOUR, running_since=None, counted=HOUR)
    again = replace(FIRST, cycle=2)
    with store.writing() as tx:
        apply(tx, working(number, SetClocks((FIRST,), (met, again), Status.OPEN)), None)
    with store.reading() as tx:
        assert read_clocks(tx, [number])[number] == (met, again)


def test_candidates_have_their_clocks(store: Store) -> None:
    """Whoever gathers a ticket gets it with its own clocks, so that no plan forgets a promise."""
    numbers = opened(store, FIRST), opened(store)
    with store.writing() as tx:
        found = [gather_ticket(tx, number, "x", NOW).candidate(number) for number in numbers]
        assert [one and one.ticket.clocks for one in found] == [(FIRST,), ()]
        assert [one.ticket.clocks for one in gather_open(tx, 0, 10)] == [(FIRST,), ()]


def test_what_is_due_is_counted(store: Store) -> None:
    """Broken promises, those due within the time asked for, and the next one; what is met counts for nothing."""
    opened(store, FIRST, SOLVED)
    opened(store, replace(FIRST, due_at=NOW + 5 * HOUR))
    opened(store, replace(FIRST, due_at=NOW + 9 * HOUR))
    with store.reading() as tx:
        due = due_clocks(tx, NOW + 4.5 * HOUR, HOUR)
        none = due_clocks(tx, NOW, HOUR)
    assert (due.breached, due.soon, due.next_at) == (1, 1, NOW + 5 * HOUR)
    assert (none.breached, none.soon, none.next_at) == (0, 0, None)


def test_a_policy_chosen_by_name_stays_with_the_ticket(store: Store) -> None:
    """It is kept with the head and told among what happened."""
    number = opened(store)
    with store.writing() as tx:
        apply(tx, working(number, SetServiceLevel(None, "premium")), None)
    with store.reading() as tx:
        sheet = shown(tx, number)
    assert sheet is not None
    assert sheet.ticket.service_level == "premium"
    assert sheet.events[-1].what == "service_level"


def test_what_fired_before_firings_knew_a_length_counts_for_the_one_that_is_promised(store: Store) -> None:
    """Steps of one share become one, whether they waited or not; what ended needs no names; others stay."""
    number, other = opened(store, FIRST, SOLVED), opened(store, replace(FIRST, cycle=11))
    old = [f"level/first_response/1/{what}" for what in ("80%/0", "80%/1", "100%/2", "breach")]
    old += ["level/resolution/1/80%/0", "remind/x"]
    with store.writing() as tx:
        apply(tx, working(number, *map(RecordFiring, old)), None)
        apply(tx, working(other, RecordFiring("level/first_response/11/100%/0")), None)
        name = next(Path(schema.__file__).with_name("migrations").glob("versions/*_firing_names.py")).stem
        import_module(f"mailgateway.store.migrations.versions.{name}")._rename(tx.connection)
    with store.reading() as tx:
        found, of_another = fired(tx, number), fired(tx, other)
    ended = {firings.breach(FIRST), firings.share(FIRST, 80), firings.at_once(FIRST, 80)}
    assert found == {*ended, firings.share(FIRST, 100), firings.at_once(FIRST, 100), "remind/x"}
    assert of_another == {"level/first_response/11/14400s/100%", "level/first_response/11/14400s/100%/at_once"}
