"""Hand-overs that the new group has to accept: offered, accepted, declined, withdrawn, and told of when nobody does."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgateway.desk.after import after
from mailgateway.desk.agents.act import act
from mailgateway.desk.agents.orders import Orders
from mailgateway.desk.agents.read_orders import read_orders
from mailgateway.desk.facts import Candidate
from mailgateway.desk.handovers.answer import OfferAnswer
from mailgateway.desk.handovers.answering import against_answering
from mailgateway.desk.handovers.changes import EndOffer, OfferChange, OfferEnd, OfferTicket, TimeOffer
from mailgateway.desk.handovers.offering import offered
from mailgateway.desk.handovers.timing import retimed, timed
from mailgateway.desk.letters.notices import agent_notification
from mailgateway.desk.levels.calendar import Calendar, Closure
from mailgateway.desk.levels.service_levels import Promise, ServiceLevel
from mailgateway.desk.levels.timepiece import Target
from mailgateway.desk.model import Agent, ArticleKind, Directory, Group, Offer, Priority, Status
from mailgateway.desk.plan import (
    AddArticle,
    Assign,
    Change,
    Disposition,
    MoveToGroup,
    NoticeKind,
    Plan,
    RecordEvent,
    RecordFiring,
    SetAttention,
    SetPriority,
    SetStatus,
)
from mailgateway.desk.policy import Handovers, Policy
from mailgateway.desk.timed.agenda import next_attention, renewal
from mailgateway.desk.timed.attend import attend
from tests.unit.desk.builders import (
    ANNA,
    BOB,
    FIRST_LINE,
    HARDWARE,
    NOW,
    make_candidate,
    make_facts,
    make_policy,
    make_ticket,
)

SPAN = timedelta(hours=2)
EVA = Agent("eva", "Eva Lind", "eva@example.com")
LINE = replace(FIRST_LINE, members=("anna",))
NETWORK = Group("network", "Network", ("eva",), lead="eva")
OFFER = Offer("first-line", NOW - timedelta(hours=1), NOW + timedelta(hours=1), SPAN, NOW - timedelta(hours=1))
WEEK = tuple(((8 * 60, 16 * 60),) if day < 5 else () for day in range(7))
OFFICE = Calendar("office", ZoneInfo("Europe/Warsaw"), WEEK)


def just_now(giver: str, span: timedelta = SPAN) -> Offer:
    """Return what a group offers, with so much time day and night."""
    return Offer(giver, NOW, NOW + span, span, NOW)


def policy(**changes: Any) -> Policy:
    """Return a desk of three groups, each of which has to accept within two hours."""
    directory = Directory((ANNA, BOB, EVA), (LINE, HARDWARE, NETWORK))
    desk = make_policy(directory=directory, handovers=Handovers(accept_within=SPAN))
    return replace(desk, **changes)


def waiting(**changes: Any) -> Candidate:
    """Return a ticket that first-line offered to hardware."""
    return make_candidate(replace(make_ticket(group="hardware", offer=OFFER), **changes))


def plan_of(*changes: Change, actor: str = "anna", quiet: bool = False) -> Plan:
    """Return somebody's plan for ticket 7."""
    return Plan(NOW, actor, Disposition.FOLLOWED_UP, "", 7, changes, is_quiet=quiet)


def after_of(plan: Plan, candidate: Candidate) -> str | None:
    """Return who has the ticket after a plan."""
    return after(candidate.ticket, plan.changes, NOW).assignee


def of_offers(plan: Plan) -> list[object]:
    """Return what a plan does about offers."""
    return [change for change in plan.changes if isinstance(change, OfferChange)]


TO_HARDWARE = MoveToGroup("first-line", "hardware")


@pytest.mark.parametrize("actor", ["anna", "clock", "root", "carla@customer.example"])
def test_whoever_hands_it_over_offers_it(actor: str) -> None:
    """An agent, an escalation or timer rule, the shell, and a rule for a customer's mail."""
    plan = offered(plan_of(TO_HARDWARE, actor=actor, quiet=actor == "clock"), make_candidate(), policy())
    assert of_offers(plan) == [OfferTicket(just_now("first-line"), "hardware")]


def test_the_groups_own_time_goes_before() -> None:
    """A group may have another span than all, or be the only one that has one."""
    mine = Directory((ANNA, BOB, EVA), (LINE, replace(HARDWARE, accept_within=timedelta(minutes=30)), NETWORK))
    for handovers in (Handovers(accept_within=SPAN), Handovers()):
        plan = offered(plan_of(TO_HARDWARE), make_candidate(), policy(directory=mine, handovers=handovers))
        assert of_offers(plan) == [OfferTicket(just_now("first-line", timedelta(minutes=30)), "hardware")]


@pytest.mark.parametrize(
    ("plan", "desk"),
    [
        (plan_of(TO_HARDWARE), policy(handovers=Handovers())),
        (plan_of(TO_HARDWARE, actor="bob"), policy()),
        (plan_of(TO_HARDWARE), policy(directory=Directory((ANNA, BOB), (LINE, replace(HARDWARE, members=()))))),
        (plan_of(TO_HARDWARE, SetStatus(Status.OPEN, Status.SOLVED)), policy()),
        (plan_of(MoveToGroup("first-line", "gone")), policy()),
        (plan_of(SetPriority(Priority.NORMAL, Priority.HIGH)), policy()),
    ],
)
def test_what_is_not_offered(plan: Plan, desk: Policy) -> None:
    """Where it is off, to a member who takes it there, to nobody, what is solved, and what stays."""
    assert offered(plan, make_candidate(), desk) == plan


def test_it_is_counted_in_business_time() -> None:
    """What is handed over an hour before closing on a Friday is to be accepted an hour after Monday's opening."""
    friday = datetime(2026, 11, 6, 14, 0, tzinfo=UTC)
    plan = offered(replace(plan_of(TO_HARDWARE), at=friday), make_candidate(), policy(calendars=(OFFICE,)))
    monday = datetime(2026, 11, 9, 9, 0, tzinfo=ZoneInfo("Europe/Warsaw"))
    assert of_offers(plan) == [OfferTicket(Offer("first-line", friday, monday, SPAN, friday), "hardware")]


def test_the_notice_tells_that_it_is_offered_in_the_desks_time() -> None:
    """The notice of the hand-over has the offer with it, and the time zone of the calendar."""
    moved = make_ticket(group="hardware")
    letters = agent_notification(None, moved, policy(), except_for="")
    plan = offered(replace(plan_of(TO_HARDWARE), notices=letters), make_candidate(), policy(calendars=(OFFICE,)))
    assert [one.ticket.offer.giver for one in plan.notices if one.ticket and one.ticket.offer] == ["first-line"] * 2
    assert {one.values["timezone"] for one in plan.notices} == {"Europe/Warsaw"}


ACCEPTED = EndOffer(OFFER, "hardware", OfferEnd.ACCEPTED)
DECLINED = EndOffer(OFFER, "hardware", OfferEnd.DECLINED)
WITHDRAWN = EndOffer(OFFER, "hardware", OfferEnd.WITHDRAWN)


@pytest.mark.parametrize(
    ("orders", "who", "ends"),
    [
        (Orders(assign="bob"), BOB, [ACCEPTED]),
        (Orders(text="On my way."), BOB, [ACCEPTED]),
        (Orders(priority=Priority.HIGH), BOB, [ACCEPTED]),
        (Orders(minutes=15), BOB, [ACCEPTED]),
        (Orders(status=Status.SOLVED), BOB, [ACCEPTED]),
        (Orders(text="Whose is it?", note=True), BOB, []),
        (Orders(priority=Priority.HIGH), ANNA, []),
        (Orders(assign="bob"), ANNA, []),
        (Orders(status=Status.SOLVED), ANNA, [WITHDRAWN]),
        (Orders(group="first-line"), BOB, [DECLINED]),
        (Orders(group="first-line"), ANNA, [WITHDRAWN]),
        (
            Orders(group="network"),
            BOB,
            [ACCEPTED, OfferTicket(just_now("hardware"), "network")],
        ),
        (
            Orders(group="network"),
            ANNA,
            [WITHDRAWN, OfferTicket(just_now("first-line"), "network")],
        ),
    ],
)
def test_how_an_offer_ends(orders: Orders, who: Agent, ends: list[object]) -> None:
    """A member's work accepts, a note does not; back is declined; from elsewhere it is withdrawn, or offered anew."""
    candidate = waiting()
    assert of_offers(act(orders, who, candidate, make_facts(candidate), policy())) == ends


def test_accepting_takes_it() -> None:
    """It is the agent's who wrote it; nobody in the group has to be told."""
    candidate = waiting()
    plan = act(Orders(offer=OfferAnswer.ACCEPT), BOB, candidate, make_facts(candidate), policy())
    assert plan.changes == (Assign(None, "bob"), ACCEPTED)
    assert {one.recipient.address for one in plan.notices} == {ANNA.address}


@pytest.mark.parametrize(
    ("orders", "who", "by"),
    [
        (Orders(offer=OfferAnswer.ACCEPT), BOB, "Bob Stone"),
        (Orders(text="On my way."), BOB, "Bob Stone"),
        (Orders(group="network"), BOB, "Bob Stone"),
        (Orders(offer=OfferAnswer.ACCEPT), Agent("root", "Service desk", "postmaster@example.com"), ""),
    ],
)
def test_who_gave_it_is_told_that_it_was_accepted(orders: Orders, who: Agent, by: str) -> None:
    """Everybody in the group that gave it, by whom and for which group, in whatever way it was accepted."""
    candidate = waiting()
    plan = act(orders, who, candidate, make_facts(candidate), policy())
    (told,) = [one for one in plan.notices if one.kind is NoticeKind.OFFER_ACCEPTED]
    assert told.recipient.address == ANNA.address
    assert dict(told.values) == {"giver": "first-line", "accepted_for": "hardware", "by": by}
    assert told.ticket is not None
    assert (told.ticket.group, told.ticket.assignee) == (orders.group or "hardware", after_of(plan, candidate))


def test_nobody_is_told_of_what_they_did_themselves_or_of_what_was_not_accepted() -> None:
    """Who is in both groups and accepts knows; a note accepts nothing, and what is withdrawn is not accepted."""
    both = policy(directory=Directory((ANNA, BOB, EVA), (replace(LINE, members=("anna", "bob")), HARDWARE, NETWORK)))
    accepted = act(Orders(offer=OfferAnswer.ACCEPT), BOB, waiting(), make_facts(waiting()), both)
    assert [one.recipient.address for one in accepted.notices] == [ANNA.address]
    for orders, who in ((Orders(text="Whose?", note=True), BOB), (Orders(status=Status.SOLVED), ANNA)):
        plan = act(orders, who, waiting(), make_facts(waiting()), policy())
        assert not [one for one in plan.notices if one.kind is NoticeKind.OFFER_ACCEPTED]


def test_accepting_leaves_it_with_who_has_it_and_for_the_group_with_nobody() -> None:
    """Whom it was given to keeps it; `#accept group` gives it to nobody, and changes nothing else."""
    given = waiting(assignee="bob")
    lead = policy(directory=Directory((ANNA, BOB, EVA), (LINE, replace(HARDWARE, lead="eva"), NETWORK)))
    assert act(Orders(offer=OfferAnswer.ACCEPT), EVA, given, make_facts(given), lead).changes == (ACCEPTED,)
    free = waiting()
    plan = act(Orders(offer=OfferAnswer.ACCEPT_FOR_GROUP), BOB, free, make_facts(free), policy())
    assert plan.changes == (ACCEPTED,)


def test_declining_gives_it_back_with_the_reason_as_a_note() -> None:
    """The group that gave it is told who declined, for which group, and why; the customer nothing of it."""
    candidate = waiting(assignee="bob")
    orders = read_orders("#decline: not a printer\n\nIt is the network.", "bob", policy()).orders
    plan = act(orders, BOB, candidate, make_facts(candidate), policy())
    (note,) = [change.article for change in plan.changes if isinstance(change, AddArticle)]
    assert (note.kind, note.text) == (ArticleKind.NOTE, "not a printer\n\nIt is the network.")
    assert plan.changes[1:] == (MoveToGroup("hardware", "first-line"), Assign("bob", None), DECLINED)
    inside = [one for one in plan.notices if one.kind is NoticeKind.AGENT_NOTIFICATION]
    assert [one.recipient.address for one in inside] == [ANNA.address]
    assert (inside[0].values["declined_for"], inside[0].values["by"]) == ("hardware", "Bob Stone")
    assert inside[0].article == note
    assert not any(one.kind is NoticeKind.REPLY for one in plan.notices)


@pytest.mark.parametrize(
    ("orders", "who", "candidate", "told"),
    [
        (Orders(offer=OfferAnswer.ACCEPT), BOB, make_candidate(), "is not offered"),
        (Orders(offer=OfferAnswer.ACCEPT), ANNA, waiting(), "you are not in that group"),
        (Orders(offer=OfferAnswer.ACCEPT, group="network"), BOB, waiting(), "leave out #group"),
        (Orders(offer=OfferAnswer.DECLINE, assign="bob"), BOB, waiting(), "leave out #assign"),
        (Orders(offer=OfferAnswer.DECLINE), BOB, waiting(offer=replace(OFFER, giver="gone")), "no group gone any more"),
        (Orders(offer=OfferAnswer.DECLINE), BOB, waiting(), ""),
        (Orders(offer=OfferAnswer.ACCEPT), Agent("root", "Service desk", "postmaster@example.com"), waiting(), ""),
        (Orders(), ANNA, make_candidate(), ""),
    ],
)
def test_what_stands_against_an_answer(orders: Orders, who: Agent, candidate: Candidate, told: str) -> None:
    """Nothing is offered, it is somebody else's, or it says two things; who runs the desk may answer for a group."""
    against = against_answering(orders, who, candidate, policy())
    assert told in against
    assert bool(told) is bool(against)


@pytest.mark.parametrize(
    ("text", "answer", "problem"),
    [
        ("#accept", OfferAnswer.ACCEPT, ""),
        ("#accept group.", OfferAnswer.ACCEPT_FOR_GROUP, ""),
        ("#accept it", None, "#accept stands alone"),
        ("#accept\n#decline", OfferAnswer.ACCEPT, "write one of the two"),
    ],
)
def test_how_it_is_written(text: str, answer: OfferAnswer | None, problem: str) -> None:
    """`#accept` stands alone or says group."""
    reading = read_orders(text, "bob", policy())
    assert reading.orders.offer is answer
    assert problem in "".join(reading.problems)
    assert bool(problem) is bool(reading.problems)


def test_a_line_reply_below_a_decline_is_for_the_requester() -> None:
    """Only what is marked so leaves the desk."""
    orders = read_orders("#decline wrong team\n#reply\nA colleague will write.", "bob", policy()).orders
    assert (orders.text, orders.note, orders.beside) == ("A colleague will write.", False, "wrong team")


def late(at: datetime = OFFER.accept_by or NOW, **changes: Any) -> tuple[Plan, Candidate, Policy]:
    """Return what is done about the offer at a time."""
    desk = policy(calendars=(OFFICE,))
    candidate = waiting(attend_at=OFFER.accept_by, **changes)
    return attend(candidate, replace(make_facts(candidate), now=at), desk), candidate, desk


def test_who_is_told_when_nobody_accepts_and_that_it_is_once() -> None:
    """Who leads the group (all of it where nobody does) and the group that gave it; then never again."""
    plan, candidate, desk = late()
    assert candidate.ticket.attend_at == next_attention(candidate.ticket, (), desk)
    assert {one.kind for one in plan.notices} == {NoticeKind.NOT_ACCEPTED}
    told = {one.recipient.address for one in plan.notices}
    assert told == {BOB.address, "hardware-team@example.com", ANNA.address}
    name = f"offer/hardware/{OFFER.at.isoformat()}"
    assert plan.changes[1:] == (RecordFiring(name), SetAttention(None))
    assert isinstance(plan.changes[0], RecordEvent)
    assert plan.changes[0].what == "not_accepted"
    assert next_attention(candidate.ticket, {name}, desk) is None


def test_nobody_is_told_at_night_or_of_what_is_solved() -> None:
    """A clock that stood still until the evening tells in the morning; what is solved is nobody's to accept."""
    plan, candidate, desk = late(datetime(2026, 11, 2, 20, 0, tzinfo=UTC))
    assert plan.notices == ()
    assert plan.changes == (SetAttention(datetime(2026, 11, 3, 7, 0, tzinfo=UTC)),)
    assert next_attention(replace(candidate.ticket, status=Status.SOLVED), (), desk) is None


PAUSED = replace(OFFER, accept_by=None, left=timedelta(hours=1), since=None)
PENDING, REOPENED = SetStatus(Status.OPEN, Status.PENDING), SetStatus(Status.PENDING, Status.OPEN)


def test_the_time_stands_still_while_the_customer_is_waited_for() -> None:
    """Whoever has it wait; no moment is left then, and what was left is counted from the customer's mail on."""
    plan = offered(plan_of(PENDING), waiting(), policy())
    assert of_offers(plan) == [TimeOffer(OFFER, PAUSED, "hardware")]
    still = waiting(status=Status.PENDING, offer=PAUSED)
    assert next_attention(still.ticket, (), policy()) is None
    woken = replace(plan_of(REOPENED, actor="carla@customer.example"), at=NOW + timedelta(days=3))
    (moved,) = of_offers(offered(woken, still, policy()))
    goes_on = replace(PAUSED, accept_by=woken.at + timedelta(hours=1), since=woken.at)
    assert moved == TimeOffer(PAUSED, goes_on, "hardware")
    assert isinstance(moved, TimeOffer)
    going = replace(still.ticket, status=Status.OPEN, offer=moved.after)
    assert next_attention(going, (), policy()) == woken.at + timedelta(hours=1)


def test_what_is_handed_over_while_it_waits_begins_standing_still() -> None:
    """The group has all of its time once the customer has written."""
    plan = offered(plan_of(TO_HARDWARE), make_candidate(make_ticket(status=Status.PENDING)), policy())
    assert of_offers(plan) == [OfferTicket(Offer("first-line", NOW, None, SPAN), "hardware")]


def test_what_ran_out_before_stays_so() -> None:
    """As a clock that is overdue: the customer is not to blame for it."""
    late = replace(OFFER, accept_by=NOW - timedelta(minutes=1))
    assert of_offers(offered(plan_of(PENDING), waiting(offer=late), policy())) == []


def test_it_stands_still_where_the_policy_says_so_in_business_time() -> None:
    """`pauses` of the ticket's service level decides, and what is left is business time of its calendar."""
    promise = Promise({Target.RESOLUTION: SPAN})
    level = ServiceLevel("gold", OFFICE, OFFICE, (promise,), pauses=frozenset({Status.ON_HOLD}))
    desk = policy(calendars=(OFFICE,), service_levels=(level,))
    afternoon = datetime(2026, 11, 2, 14, 30, tzinfo=UTC)
    began, half_past_eight = afternoon - timedelta(minutes=90), datetime(2026, 11, 3, 7, 30, tzinfo=UTC)
    offer = Offer("first-line", began, half_past_eight, timedelta(minutes=150), began)
    hold = replace(plan_of(SetStatus(Status.OPEN, Status.ON_HOLD)), at=afternoon)
    (moved,) = of_offers(offered(hold, waiting(offer=offer), desk))
    assert isinstance(moved, TimeOffer)
    assert moved.after == replace(offer, accept_by=None, left=timedelta(hours=1), since=None)
    assert of_offers(offered(replace(plan_of(PENDING), at=afternoon), waiting(offer=offer), desk)) == []


def test_another_policy_reaches_what_waits_to_be_accepted() -> None:
    """As it does clocks: at once, for open tickets."""
    pending = waiting(status=Status.PENDING)
    plan = renewal(pending, NOW, policy())
    assert plan is not None
    assert of_offers(plan) == [TimeOffer(OFFER, PAUSED, "hardware")]
    assert renewal(waiting(status=Status.PENDING, offer=PAUSED), NOW, policy()) is None


STOCKTAKING = Calendar("office", OFFICE.zone, WEEK, closures=(Closure(date(2026, 11, 2), date(2026, 11, 2), "Stock"),))
MORNING = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def of_the_office(at: datetime, left: timedelta) -> Offer:
    """Return the offer of hardware whose time goes since then, within the hours of the office."""
    return Offer("first-line", at, OFFICE.after(at, left), left, at)


def test_a_calendar_that_is_changed_reaches_what_waits_to_be_accepted() -> None:
    """The time that goes is counted by it since it last began to go, and a moment of its own is set."""
    offer, desk = of_the_office(MORNING, SPAN), policy(calendars=(STOCKTAKING,))
    tuesday = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
    plan = renewal(waiting(offer=offer, attend_at=offer.accept_by), MORNING + timedelta(hours=1), desk)
    assert plan is not None
    assert plan.changes == (TimeOffer(offer, replace(offer, accept_by=tuesday), "hardware"), SetAttention(tuesday))
    noted = replace(plan_of(SetPriority(Priority.NORMAL, Priority.HIGH), actor="eva"), at=MORNING + timedelta(hours=1))
    assert of_offers(offered(noted, waiting(offer=offer), desk)) == [plan.changes[0]]
    assert renewal(waiting(offer=plan.changes[0].after, attend_at=tuesday), MORNING, desk) is None


def test_what_stands_still_is_counted_from_then_on_by_a_changed_calendar() -> None:
    """What was counted before stays counted, and what it lets run out in hindsight is over."""
    offer, desk = of_the_office(MORNING, SPAN), policy(calendars=(STOCKTAKING,))
    pending = waiting(offer=offer, status=Status.PENDING)
    (moved,) = retimed(pending.ticket, MORNING + timedelta(hours=1), desk)
    assert (moved.after.left, moved.after.is_paused) == (SPAN, True)
    longer = Calendar("office", OFFICE.zone)
    late = of_the_office(datetime(2026, 11, 2, 14, 0, tzinfo=UTC), SPAN)
    at = datetime(2026, 11, 2, 17, 0, tzinfo=UTC)
    (over,) = retimed(replace(pending.ticket, offer=late), at, policy(calendars=(longer,)))
    assert (over.after.accept_by, over.after.is_paused) == (datetime(2026, 11, 2, 16, 0, tzinfo=UTC), False)


def test_an_offer_of_an_older_version_keeps_its_time_while_it_goes() -> None:
    """It is not known since when it goes; once it stood still it is as any other."""
    old = Offer("first-line", MORNING, MORNING + SPAN)
    desk, at = policy(calendars=(STOCKTAKING,)), MORNING - timedelta(days=1)
    assert retimed(waiting(offer=old).ticket, at, desk) == ()
    (moved,) = retimed(waiting(offer=old, status=Status.PENDING).ticket, at, policy())
    assert moved.after == Offer("first-line", MORNING, None, timedelta(days=1) + SPAN)


@given(st.lists(st.tuples(st.integers(0, 10_000), st.booleans()), max_size=30), st.integers(1, 6_000))
def test_it_counts_what_a_watch_in_the_office_counts(turns: list[tuple[int, bool]], minutes: int) -> None:
    """Whatever stops and starts there are: by the end as much is left as the minutes of business time say."""
    desk, span, at = policy(calendars=(OFFICE,)), timedelta(minutes=minutes), NOW
    ticket = make_ticket(group="hardware")
    ticket = replace(ticket, offer=timed(Offer("first-line", at, None, span), ticket, at, desk))
    counted = timedelta()
    for wait, stands in turns:
        before, at = at, at + timedelta(minutes=wait)
        counted += OFFICE.between(before, at) if ticket.status is Status.OPEN else timedelta()
        if counted >= span:
            break
        changed = replace(ticket, status=Status.PENDING if stands else Status.OPEN)
        ticket = after(changed, retimed(changed, at, desk), at)
        offer = ticket.offer
        assert offer is not None
        if stands:
            assert (offer.left, offer.accept_by, offer.is_paused) == (span - counted, None, True)
        else:
            assert offer.accept_by == OFFICE.after(at, span - counted)
            assert not offer.is_paused
