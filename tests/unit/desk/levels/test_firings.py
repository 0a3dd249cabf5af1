"""Each step of a clock happens once for each length of time, whatever becomes of the ticket and of the file."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from mailgateway.desk.after import after, fired_by
from mailgateway.desk.facts import Candidate
from mailgateway.desk.levels.levelled import levelled
from mailgateway.desk.levels.service_levels import Step, Told
from mailgateway.desk.model import Priority
from mailgateway.desk.plan import Change, Disposition, Plan, RecordEvent, SetAttention, SetPriority
from mailgateway.desk.policy import Policy
from mailgateway.desk.timed.agenda import next_attention, with_attention
from mailgateway.desk.timed.attend import attend
from tests.unit.desk.builders import make_facts
from tests.unit.desk.levels.examples import ALWAYS, FIRST, HOUR, MONDAY, desk, opened, told

MINUTE = timedelta(minutes=1)
LEAD = Step(80, FIRST, (Told.LEAD,))
BOSS = Step(100, FIRST, (Told.MANAGER,))
USUAL = (LEAD, BOSS)


class Desk:
    """A ticket whose time goes on: what is due happens, and what people do; all that was told is kept."""

    def __init__(self, policy: Policy, priority: Priority) -> None:
        self.policy = policy
        self.now = MONDAY
        self.known = opened(policy, priority=priority)
        self.events: list[tuple[datetime, str]] = []
        self.told: list[tuple[datetime, str]] = []

    def until(self, now: datetime) -> None:
        """Let everything happen that is due until then, each at its time."""
        while (due := self.known.ticket.attend_at) is not None and due <= now:
            at = self.now = max(due, self.now)
            plan = attend(self.known, replace(make_facts(self.known), now=at), self.policy)
            self.told += [(at, address) for address in sorted(told(plan))]
            self._change(plan.changes, at)
        self.now = now

    def set(self, priority: Priority, at: datetime) -> None:
        """Let somebody set the priority."""
        self.until(at)
        change = SetPriority(self.known.ticket.priority, priority)
        plan = Plan(at, "anna", Disposition.RECORDED, "", self.known.ticket.number, (change,))
        plan = with_attention(levelled(plan, make_facts(self.known), self.policy), self.known, self.policy)
        self._change(plan.changes, at)

    def _change(self, changes: Iterable[Change], at: datetime) -> None:
        changes = tuple(changes)
        fired = fired_by(changes)
        assert not fired & self.known.fired, "the database refuses what has fired"
        self.events += [(at, one.what) for one in changes if isinstance(one, RecordEvent)]
        ticket = _attended(self.known, changes, at)
        self.known = replace(ticket, fired=self.known.fired | fired)

    def happened(self, what: str) -> list[timedelta]:
        """Return when there was such an event, from the opening on."""
        return [at - MONDAY for at, event in self.events if event == what]


def _attended(candidate: Candidate, changes: tuple[Change, ...], at: datetime) -> Candidate:
    coming = [change.at for change in changes if isinstance(change, SetAttention)]
    ticket = after(candidate.ticket, changes, at)
    return replace(candidate, ticket=replace(ticket, attend_at=coming[-1] if coming else ticket.attend_at))


def test_a_clock_that_gets_more_time_escalates_and_breaches_again() -> None:
    """Urgent for an hour and a half and then normal, it has four hours, and each step is due by these."""
    known = Desk(desk(*USUAL), Priority.URGENT)
    known.set(Priority.NORMAL, MONDAY + 90 * MINUTE)
    assert [at - MONDAY for at, _ in known.told] == [48 * MINUTE, HOUR]
    known.until(MONDAY + 8 * HOUR)
    assert [at - MONDAY for at, _ in known.told[2:]] == [192 * MINUTE, 4 * HOUR]
    tick = timedelta(microseconds=1)
    assert known.happened("breached") == [HOUR + tick, 4 * HOUR + tick]


def test_a_clock_that_gets_less_time_repeats_nothing_that_it_has_passed() -> None:
    """At 80 % of four hours it becomes urgent: its hour is long over, the lead knows, and the boss is told."""
    known = Desk(desk(*USUAL), Priority.NORMAL)
    at = MONDAY + 192 * MINUTE
    known.set(Priority.URGENT, at)
    known.until(MONDAY + 8 * HOUR)
    assert known.told == [(at, "anna@example.com"), (at, "boss@example.com")]
    assert known.happened("escalated") == [192 * MINUTE] * 2
    assert len(known.happened("breached")) == 1


def test_to_and_fro_between_two_lengths_repeats_nothing() -> None:
    """What was told for four hours is not told again when they hold again."""
    known = Desk(desk(*USUAL), Priority.NORMAL)
    known.until(MONDAY + 5 * HOUR)
    for number, priority in enumerate((Priority.URGENT, Priority.NORMAL, Priority.URGENT, Priority.NORMAL)):
        known.set(priority, MONDAY + 5 * HOUR + number * MINUTE)
    known.until(MONDAY + 8 * HOUR)
    assert [address for _, address in known.told] == ["anna@example.com", "boss@example.com"]
    assert len(known.happened("breached")) == 1


def test_a_step_that_raises_the_priority_does_so_once() -> None:
    """It shortens its own clock, by which it is passed already."""
    known = Desk(desk(Step(50, FIRST, raises=True)), Priority.HIGH)
    known.until(MONDAY + 8 * HOUR)
    assert known.known.ticket.priority is Priority.URGENT
    assert known.happened("escalated") == [2 * HOUR]


@pytest.mark.parametrize(
    "steps",
    [
        (Step(50, FIRST, (Told.GROUP,)), *USUAL),
        (Step(80, FIRST, (Told.LEAD, Told.MANAGER), raises=True, group="hardware"), BOSS),
        (replace(LEAD, on_call="hardware"), BOSS),
        (LEAD, replace(LEAD, notify=(Told.GROUP,)), replace(LEAD, anytime=True), BOSS),
    ],
    ids=["another before it", "other things happen", "another way", "more of the same share"],
)
def test_what_happened_does_not_happen_again_in_an_edited_file(steps: tuple[Step, ...]) -> None:
    """The share was used up once: nothing of it comes again when somebody works on service_levels.yaml."""
    known = Desk(desk(*USUAL), Priority.NORMAL)
    known.until(MONDAY + 200 * MINUTE)
    ticket, known.policy = known.known.ticket, desk(*steps)
    attend_at = next_attention(ticket, known.known.fired, known.policy)
    known.known = replace(known.known, ticket=replace(ticket, attend_at=attend_at))
    known.until(MONDAY + 4 * HOUR)
    assert known.known.ticket.group == "first-line"
    assert [address for _, address in known.told] == ["anna@example.com", "boss@example.com"]


def test_what_waits_for_the_morning_and_what_does_not_each_happen_once() -> None:
    """Of two steps at the same share one tells at night, and the other when people come."""
    policy = desk(replace(LEAD, notify=(Told.MANAGER,), anytime=True), LEAD, calendar=ALWAYS)
    known = Desk(policy, Priority.NORMAL)
    known.known = opened(policy, MONDAY + 12 * HOUR)
    known.until(MONDAY + 48 * HOUR)
    assert known.told == [
        (MONDAY + 12 * HOUR + 192 * MINUTE, "boss@example.com"),
        (MONDAY + 24 * HOUR, "anna@example.com"),
    ]


def test_of_two_equal_steps_both_are_done_with_at_once() -> None:
    """One name is theirs, and the database takes it once."""
    known = Desk(desk(LEAD, LEAD), Priority.NORMAL)
    known.until(MONDAY + 8 * HOUR)
    assert [address for _, address in known.told] == ["anna@example.com"]


def test_who_gets_the_same_time_from_another_policy_hears_nothing_twice() -> None:
    """Another policy with as much time goes on where the first one was."""
    known = Desk(desk(*USUAL), Priority.NORMAL)
    known.until(MONDAY + 200 * MINUTE)
    (standard,) = known.policy.service_levels
    known.policy = replace(known.policy, service_levels=(replace(standard, name="premium"),))
    known.set(Priority.HIGH, MONDAY + 201 * MINUTE)
    known.until(MONDAY + 8 * HOUR)
    assert [address for _, address in known.told] == ["anna@example.com", "boss@example.com"]
