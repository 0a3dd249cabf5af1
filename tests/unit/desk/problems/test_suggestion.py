"""Like incidents within a short time: what is alike, who is told, and what an answer to that does."""

from dataclasses import replace

import pytest

from mailgateway.desk.agents.act import act
from mailgateway.desk.agents.orders import Orders
from mailgateway.desk.agents.read_orders import read_orders
from mailgateway.desk.decide import decide_mail
from mailgateway.desk.model import LinkKind, Status, Ticket, TicketType
from mailgateway.desk.plan import (
    AddLink,
    Disposition,
    InformIncidents,
    MergeInto,
    NoticeKind,
    OpenTicket,
    Plan,
    SetStatus,
    SetType,
)
from mailgateway.desk.policy import Problems
from mailgateway.desk.problems.changes import LinkOthers
from mailgateway.desk.problems.incidents import against_linking, informed
from mailgateway.desk.problems.likeness import Matter, alike
from mailgateway.desk.problems.suggestion import Known, suggested
from mailgateway.desk.threads.thread import bound_to_agent, for_all, for_notes
from tests.unit.desk.builders import (
    ANNA,
    CARLA,
    FROM_ANNA,
    NOW,
    make_candidate,
    make_facts,
    make_incoming,
    make_mail,
    make_policy,
    make_ticket,
    token,
)

POLICY = make_policy(problems=Problems(suggest_after=3))
LIKE = (Matter(6, "Printer", "Dave", "first-line"), Matter(5, "printer!", "Eve", "hardware"))


def matter(subject: str, ci: str | None = None) -> Matter:
    """Return a ticket as it is compared."""
    return Matter(1, subject, "Carla", "first-line", ci)


def opening(**changes: object) -> Plan:
    """Return a plan that opens a ticket."""
    ticket: Ticket = make_ticket(0, **changes)
    return Plan(NOW, "x", Disposition.OPENED, "new", changes=(OpenTicket(ticket, {}),))


@pytest.mark.parametrize(
    ("one", "other", "are"),
    [
        (matter("Mail server down"), matter("Re: [EXTERNAL] the mail-server is DOWN!"), True),
        (matter("Mail server down"), matter("Mail server cannot be reached"), True),
        (matter("Drukarka nie drukuje"), matter("drukarki nie drukują"), True),
        (matter("Printer"), matter("printer!"), True),
        (matter("Printer"), matter("Printer on the second floor"), False),
        (matter("Mail server down"), matter("Down payment for the new mail room and its server rack in March"), False),
        (matter("Order 17"), matter("Order 18"), False),
        (matter(""), matter(""), False),
        (matter("Fwd: Re:"), matter("Re:"), False),
        (matter("This", "mail"), matter("That", "mail"), True),
        (matter("This", "mail"), matter("That", "web"), False),
        (matter("This"), matter("That"), False),
    ],
)
def test_what_is_alike(one: Matter, other: Matter, are: bool) -> None:  # noqa: FBT001 - the expected answer
    """The same item, or subjects that share words enough; either way round."""
    assert (alike(one, [other]), alike(other, [one])) == (((other,), (one,)) if are else ((), ()))


def test_those_who_work_on_like_incidents_are_told_once() -> None:
    """The third of three: both groups and the lead, each once, with an address whose answer is for all of them."""
    plan = suggested(opening(), LIKE, Known(), POLICY)
    assert plan.changes[1:] == (LinkOthers((5, 6), LinkKind.LIKE),)
    assert {one.kind for one in plan.notices} == {NoticeKind.PROBLEM_SUGGESTION}
    told = {one.recipient.address: one.bound_to for one in plan.notices}
    assert told == {
        "anna@example.com": "agent:anna:all",
        "bob@example.com": "agent:bob:all",
        "hardware-team@example.com": "group:hardware:all",
    }
    assert plan.notices[0].values == {"alike": LIKE, "more": 0}


@pytest.mark.parametrize(
    ("plan", "like", "policy"),
    [
        (opening(), LIKE[:1], POLICY),
        (opening(), (), POLICY),
        (opening(type=TicketType.QUESTION), LIKE, POLICY),
        (opening(), LIKE, make_policy()),
        (replace(opening(), changes=(*opening().changes, AddLink(3, LinkKind.PROBLEM, "rule"))), LIKE, POLICY),
        (Plan(NOW, "x", Disposition.FOLLOWED_UP, "", 7, (SetStatus(Status.NEW, Status.OPEN),)), LIKE, POLICY),
    ],
)
def test_what_suggests_nothing(plan: Plan, like: tuple[Matter, ...], policy: object) -> None:
    """Too few, no incident, nothing configured, tied by a rule already, or no new ticket."""
    assert suggested(plan, like, Known(), policy) is plan  # type: ignore[arg-type]  # a policy


def test_what_comes_later_joins_without_a_word() -> None:
    """A suggestion is made once; where there is a problem by now, the new ticket's workers learn its number."""
    late = suggested(opening(), LIKE, Known(suggested_with=6), POLICY)
    assert (late.changes[1:], late.notices) == ((AddLink(6, LinkKind.LIKE),), ())
    whole = decide_mail(make_incoming(), make_facts(), POLICY)
    told = suggested(whole, LIKE, Known(6, problem=9), POLICY)
    assert told.changes == whole.changes
    said = {one.kind: one.values.get("problem") for one in told.notices}
    assert said == {NoticeKind.ACKNOWLEDGEMENT: None, NoticeKind.AGENT_NOTIFICATION: 9}


def answered(line: str, bound_to: str, **facts: object) -> Plan:
    """Let Anna answer a mail about ticket 7 that was signed so."""
    candidate = make_candidate()
    problem = make_candidate(make_ticket(8, type=TicketType.PROBLEM))
    mail = make_mail(line, sender=FROM_ANNA, to=(token(bound_to),))
    known = replace(make_facts(candidate, problem), alike={7: (4, 5, 8)}, **facts)  # type: ignore[arg-type]  # fields
    return decide_mail(make_incoming(mail), known, POLICY)


def test_an_answer_to_the_suggestion_holds_for_all() -> None:
    """Of a problem that is there all become incidents, but for itself; to a usual mail the one ticket alone."""
    all_of_them = answered("#problem 8\nLet us see.", for_all(bound_to_agent(ANNA)))
    assert AddLink(8, LinkKind.PROBLEM) in all_of_them.changes
    assert LinkOthers((4, 5), LinkKind.PROBLEM, 8) in all_of_them.changes
    assert {one.kind for one in all_of_them.notices} == {NoticeKind.AGENT_RECEIPT}
    changed = all_of_them.notices[0].values["changed"]
    assert isinstance(changed, dict)
    assert (changed["link"], changed["incidents"]) == ("#8", "#4, #5")
    alone = answered("#problem 8", for_notes(bound_to_agent(ANNA)))
    assert not any(isinstance(change, LinkOthers) for change in alone.changes)


def test_a_ticket_becomes_the_problem_of_those_like_it() -> None:
    """`#problem new` does so in answer to any mail of the ticket."""
    plan = answered("#problem new", bound_to_agent(ANNA))
    assert SetType(TicketType.INCIDENT, TicketType.PROBLEM) in plan.changes
    assert LinkOthers((4, 5, 8), LinkKind.PROBLEM, 0) in plan.changes


def test_a_refused_answer_can_be_sent_again() -> None:
    """What comes back is signed as the suggestion was."""
    plan = answered("#problem nine", for_all(bound_to_agent(ANNA)))
    assert plan.disposition is Disposition.REFUSED
    assert plan.notices[0].bound_to == for_all(bound_to_agent(ANNA))


@pytest.mark.parametrize(
    ("ticket", "links", "why"),
    [
        (make_ticket(), ((LinkKind.PROBLEM, 9),), "this ticket is an incident of problem 9; write #problem none first"),
        (make_ticket(status=Status.SOLVED), (), "this ticket is solved; open it with #open"),
        (make_ticket(type=TicketType.PROBLEM), (), ""),
        (make_ticket(), ((LinkKind.LIKE, 9),), ""),
    ],
)
def test_what_cannot_become_a_problem(ticket: Ticket, links: tuple[tuple[LinkKind, int], ...], why: str) -> None:
    """What is an incident itself, or done."""
    candidate = make_candidate(ticket, links=links)
    found = against_linking(read_orders("#problem new", "anna", POLICY).orders, candidate, make_facts(candidate))
    assert found == (f"#problem new: {why}" if why else "")


PROBLEM = make_candidate(make_ticket(8, type=TicketType.PROBLEM))
SOLVED = SetStatus(Status.OPEN, Status.SOLVED)


def test_whoever_solves_a_problem_its_incidents_hear_of_it() -> None:
    """A rule or the time does it, as an agent does; not a merge, after which the incidents wait for another one."""
    plan = Plan(NOW, "clock", Disposition.RECORDED, "", 8, (SOLVED,))
    told = informed(plan, make_facts(PROBLEM))
    assert told.changes == (SOLVED, InformIncidents(answered=False, solved=True))
    assert informed(told, make_facts(PROBLEM)) is told
    merged = replace(plan, changes=(SOLVED, MergeInto(9)))
    incident = replace(plan, ticket=7)
    done = make_candidate(make_ticket(8, type=TicketType.PROBLEM, status=Status.SOLVED))
    closed = replace(plan, changes=(SetStatus(Status.SOLVED, Status.CLOSED),))
    assert informed(merged, make_facts(PROBLEM)) is merged
    assert informed(incident, make_facts(make_candidate())) is incident
    assert informed(closed, make_facts(done)) is closed


def test_an_order_that_solves_a_problem_is_told_once() -> None:
    """What the order itself says is enough."""
    plan = act(Orders(status=Status.SOLVED), ANNA, PROBLEM, make_facts(PROBLEM), POLICY)
    assert informed(plan, make_facts(PROBLEM)) is plan


@pytest.mark.parametrize(("said", "status"), [("Yes", None), ("No", None)])
def test_one_customer_does_not_solve_a_problem(said: str, status: Status | None) -> None:
    """A yes to an answer solves their ticket where it is theirs alone."""
    ticket = make_ticket(type=TicketType.PROBLEM)
    mail = make_mail(said, to=(token(CARLA.address),))
    facts = replace(make_facts(make_candidate(ticket)), awaited={7: "toner"})
    moved = [
        change for change in decide_mail(make_incoming(mail), facts, POLICY).changes if isinstance(change, SetStatus)
    ]
    assert moved == ([] if status is None else [SetStatus(Status.OPEN, status)])
