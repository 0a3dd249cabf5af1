"""What happens to a ticket by itself: when, what comes of it, and that nothing comes twice."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from mailgateway.desk.after import after
from mailgateway.desk.customers.organisations import Contract, Organisation, organisations
from mailgateway.desk.facts import Candidate, Facts
from mailgateway.desk.levels.service_levels import Scope
from mailgateway.desk.model import Status, Ticket, TicketType
from mailgateway.desk.plan import (
    Disposition,
    MoveToGroup,
    NoticeKind,
    OpenTicket,
    Plan,
    RecordEvent,
    RecordFiring,
    SetAttention,
    SetStatus,
    Snooze,
)
from mailgateway.desk.policy import Policy
from mailgateway.desk.timed.agenda import moments, next_attention, version, with_attention
from mailgateway.desk.timed.attend import attend
from mailgateway.desk.timed.life_cycle import LifeCycle, OwnTimes
from tests.unit.desk.builders import NOW, kinds, make_candidate, make_facts, make_policy, make_ticket

DAY = timedelta(days=1)
POLICY = make_policy(life_cycle=LifeCycle(remind_after=3 * DAY, solve_after=7 * DAY, close_after=5 * DAY))
PENDING = make_ticket(status=Status.PENDING)


def at(now: datetime) -> Facts:
    """Return what is known when nothing but the time is."""
    return replace(make_facts(), now=now)


def due(ticket: Ticket, now: datetime, fired: Collection[str] = (), policy: Policy = POLICY) -> Plan:
    """Attend to a ticket whose time has come."""
    waiting = replace(ticket, attend_at=next_attention(ticket, fired, policy))
    return attend(make_candidate(waiting, fired=frozenset(fired)), at(now), policy)


def fired(plan: Plan) -> list[str]:
    """Return what had its effect, without what it is counted from."""
    return [change.name.partition("/")[0] for change in plan.changes if isinstance(change, RecordFiring)]


def told(plan: Plan) -> list[str]:
    """Return the notices of a plan by their kind."""
    return [notice.kind.value for notice in plan.notices]


def test_a_pending_ticket_is_reminded_then_solved_then_closed() -> None:
    """Each step comes at its time, counted from the last thing that happened, and tells the requester."""
    assert next_attention(PENDING, (), POLICY) == NOW + 3 * DAY
    reminded = due(PENDING, NOW + 3 * DAY)
    assert (fired(reminded), told(reminded)) == (["remind"], [NoticeKind.REMINDER])
    assert reminded.changes[-1] == SetAttention(NOW + 7 * DAY)
    assert reminded.is_quiet
    solved = due(PENDING, NOW + 7 * DAY, [f"remind/{NOW.isoformat()}"])
    assert (fired(solved), told(solved)) == (["solve"], [NoticeKind.STATUS_CHANGED])
    assert solved.changes[0] == SetStatus(Status.PENDING, Status.SOLVED)
    assert solved.changes[-1] == SetAttention(NOW + 12 * DAY)
    closed = due(after(PENDING, solved.changes, NOW + 7 * DAY), NOW + 12 * DAY)
    assert closed.changes[0] == SetStatus(Status.SOLVED, Status.CLOSED)
    assert closed.changes[-1] == SetAttention(None)


def test_a_status_set_again_counts_anew() -> None:
    """Who reopened and waits again is reminded again."""
    again = replace(PENDING, status_since=NOW + 5 * DAY, updated_at=NOW + 5 * DAY)
    assert next_attention(again, [f"remind/{NOW.isoformat()}"], POLICY) == NOW + 8 * DAY


def test_work_on_a_ticket_puts_its_steps_off() -> None:
    """Nobody is reminded the day after they were answered."""
    assert next_attention(replace(PENDING, updated_at=NOW + 2 * DAY), (), POLICY) == NOW + 5 * DAY


def test_nobody_is_reminded_of_what_is_solved_in_the_same_moment() -> None:
    """A daemon that stood still for weeks does not remind of a ticket and solve it a second later."""
    late = due(PENDING, NOW + 30 * DAY)
    assert (fired(late), told(late)) == (["remind"], [])
    assert late.changes[-1] == SetAttention(NOW + 7 * DAY)


def test_a_requester_who_cannot_be_written_to_is_not_reminded() -> None:
    """The ticket says why, and goes on."""
    facts = replace(at(NOW + 3 * DAY), automatic_mails={PENDING.requester.key: 99})
    plan = attend(make_candidate(replace(PENDING, attend_at=NOW + 3 * DAY)), facts, POLICY)
    why = "the address had enough automatic mails within the hour"
    assert (plan.changes[0], plan.notices) == (RecordEvent("not_reminded", {"why": why}), ())


def test_some_tickets_have_times_of_their_own() -> None:
    """Of the exceptions that fit the first that has a time counts for it; what none has is as for all."""
    exceptions = (
        OwnTimes(Scope(group=frozenset({"first-line"})), {"close_after": 9 * DAY}),
        OwnTimes(Scope(type=frozenset({"complaint"})), {"solve_after": None, "close_after": DAY}),
        OwnTimes(Scope(contract=frozenset({"gold"})), {"remind_after": 2 * DAY}),
    )
    acme = Organisation("acme", "ACME", contract=Contract("Gold"))
    policy = replace(
        POLICY,
        life_cycle=replace(POLICY.life_cycle, exceptions=exceptions, reopen_within=DAY),
        organisations=organisations((acme,)),
    )

    def times(ticket: Ticket) -> list[tuple[str, timedelta]]:
        return [(moment.what, moment.at - NOW) for moment in moments(ticket, policy)]

    elsewhere = make_ticket(group="hardware", status=Status.SOLVED)
    assert times(PENDING) == [("remind", 3 * DAY), ("solve", 7 * DAY)]
    assert times(replace(PENDING, type=TicketType.COMPLAINT)) == [("remind", 3 * DAY)]
    assert times(replace(PENDING, organisation="acme")) == [("remind", 2 * DAY), ("solve", 7 * DAY)]
    assert times(elsewhere) == [("close", 5 * DAY)]
    assert times(replace(elsewhere, group="first-line", type=TicketType.COMPLAINT)) == [("close", 9 * DAY)]
    assert times(replace(elsewhere, type=TicketType.COMPLAINT)) == [("close", DAY)]


def test_a_ticket_of_another_group_goes_by_its_times() -> None:
    """From the change on, whoever makes it."""
    mine = OwnTimes(Scope(group=frozenset({"hardware"})), {"remind_after": DAY})
    policy = replace(POLICY, life_cycle=replace(POLICY.life_cycle, exceptions=(mine,)))
    move = Plan(NOW, "anna", Disposition.FOLLOWED_UP, "", 7, (MoveToGroup("first-line", "hardware"),))
    assert with_attention(move, make_candidate(PENDING), policy).changes[-1] == SetAttention(NOW + DAY)


def test_other_times_for_some_are_another_policy() -> None:
    """So that open tickets learn of them; the same times written in another order of a list are the same."""
    own = OwnTimes(Scope(group=frozenset({"first-line", "hardware", "network"})), {"remind_after": DAY})
    same = OwnTimes(Scope(group=frozenset({"network", "hardware", "first-line"})), {"remind_after": DAY})
    first, second = (replace(POLICY, life_cycle=replace(POLICY.life_cycle, exceptions=(one,))) for one in (own, same))
    assert version(first) == version(second) != version(POLICY)


def test_nothing_happens_by_itself_unless_it_is_configured() -> None:
    """A desk without settings for it leaves every ticket as it is."""
    assert list(moments(PENDING, make_policy())) == []


def test_a_closed_ticket_has_no_moments() -> None:
    """Not even the end of its snooze."""
    assert list(moments(make_ticket(status=Status.CLOSED, snoozed_until=NOW), POLICY)) == []


def test_a_snoozed_ticket_wakes_up_and_its_workers_are_told() -> None:
    """The group gets a reminder, the requester nothing."""
    snoozed = make_ticket(snoozed_until=NOW + DAY)
    plan = due(snoozed, NOW + DAY)
    assert plan.changes[0] == Snooze(NOW + DAY, None)
    assert set(told(plan)) == {NoticeKind.AGENT_REMINDER}
    assert {notice.recipient.address for notice in plan.notices} == {"anna@example.com", "bob@example.com"}
    assert plan.changes[-1] == SetAttention(None)


def test_every_plan_renews_when_its_ticket_is_looked_at() -> None:
    """From the ticket as it will be; a plan that changes nothing of it says nothing."""
    plan = Plan(NOW, "anna", Disposition.FOLLOWED_UP, "", 7, (SetStatus(Status.OPEN, Status.PENDING),))
    renewed = with_attention(plan, make_candidate(), POLICY)
    assert renewed.changes[-1] == SetAttention(NOW + 3 * DAY)
    waiting = make_candidate(replace(PENDING, attend_at=NOW + 3 * DAY))
    quiet = Plan(NOW + DAY, "machine", Disposition.RECORDED, "", 7, (RecordEvent("machine_mail"),), is_quiet=True)
    assert with_attention(quiet, waiting, POLICY) == quiet
    woken = replace(plan, changes=(SetStatus(Status.PENDING, Status.OPEN),))
    assert with_attention(woken, waiting, POLICY).changes[-1] == SetAttention(None)


def test_a_new_ticket_knows_when_it_is_looked_at() -> None:
    """It is opened with it: no second statement is needed."""
    opening = OpenTicket(replace(PENDING, number=0), {})
    plan = Plan(NOW, "carla", Disposition.OPENED, "", changes=(opening, RecordEvent("x")))
    (opened, _) = with_attention(plan, None, POLICY).changes
    assert isinstance(opened, OpenTicket)
    assert opened.ticket.attend_at == NOW + 3 * DAY
    assert kinds(with_attention(plan, None, POLICY).changes) == ["OpenTicket", "RecordEvent"]


hours = st.integers(1, 500).map(lambda number: timedelta(hours=number))
cycles = st.builds(LifeCycle, *(st.none() | hours,) * 3)
tickets = st.builds(
    lambda status, since, updated, snooze: make_ticket(
        status=status, status_since=NOW - since, updated_at=NOW - updated, snoozed_until=snooze and NOW + snooze
    ),
    st.sampled_from(Status),
    hours,
    hours,
    st.none() | hours,
)


def lived(ticket: Ticket, policy: Policy, looks: Collection[datetime]) -> list[str]:
    """Look at a ticket at these times, as a daemon would; return all that happened."""
    happened: list[str] = []
    ticket = replace(ticket, attend_at=next_attention(ticket, (), policy))
    for now in looks:
        for _ in range(20):
            if ticket.attend_at is None or ticket.attend_at > now:
                break
            plan = attend(Candidate(ticket, fired=frozenset(happened)), at(now), policy)
            happened += [change.name for change in plan.changes if isinstance(change, RecordFiring)]
            last = plan.changes[-1]
            assert isinstance(last, SetAttention)
            ticket = replace(after(ticket, plan.changes, now), attend_at=last.at)
        else:
            raise AssertionError("it loops")
    return happened


def steps(happened: list[str]) -> list[str]:
    """Return what happened without what it is counted from, and without the snooze, which a closed ticket loses."""
    return [name.partition("/")[0] for name in happened if not name.startswith("snooze")]


@given(tickets, cycles, st.sets(st.integers(0, 3_000), max_size=20))
def test_it_does_not_matter_when_one_looks(ticket: Ticket, cycle: LifeCycle, grid: set[int]) -> None:
    """At any grid of times the same steps are taken, each once; a daemon that stood still catches up."""
    policy = make_policy(life_cycle=cycle)
    end = [NOW + timedelta(hours=number) for number in (3_000, 6_000, 9_000)]
    often = lived(ticket, policy, [NOW + timedelta(hours=number) for number in range(0, 3_000, 50)] + end)
    seldom = lived(ticket, policy, [NOW + timedelta(hours=number) for number in sorted(grid)] + end)
    assert len(often) == len(set(often))
    assert steps(often) == steps(seldom)


@given(tickets, cycles, st.integers(0, 5))
def test_the_next_look_is_at_the_earliest_moment_that_has_not_fired(
    ticket: Ticket, cycle: LifeCycle, skip: int
) -> None:
    """Whatever of a ticket had its effect, the others keep their time."""
    policy = make_policy(life_cycle=cycle)
    known = sorted(moments(ticket, policy), key=lambda moment: moment.at)
    had = {moment.name for moment in known[:skip]}
    coming = [moment.at for moment in known if moment.name not in had]
    assert next_attention(ticket, had, policy) == (coming[0] if coming else None)
