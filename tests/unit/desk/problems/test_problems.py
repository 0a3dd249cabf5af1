"""A problem and its incidents."""

from dataclasses import replace

import pytest

from mailgateway.desk.agents.act import act
from mailgateway.desk.agents.orders import Orders
from mailgateway.desk.agents.read_orders import read_orders
from mailgateway.desk.decide import decide_mail
from mailgateway.desk.facts import Candidate
from mailgateway.desk.model import Article, ArticleKind, Direction, LinkKind, Status, StoredFile, TicketType
from mailgateway.desk.plan import (
    AddArticle,
    AddLink,
    Automatic,
    Change,
    InformIncidents,
    NoticeKind,
    RecordEvent,
    RemoveLink,
    SetStatus,
)
from mailgateway.desk.policy import Problems
from mailgateway.desk.problems.incidents import News, against_linking, linked_by_rule, news_for
from mailgateway.mail.model import Address
from mailgateway.rules.schema import ActionName, AllOf, Rule, Ruleset
from tests.unit.desk.builders import (
    ANNA,
    CARLA,
    DAVE,
    FROM_ANNA,
    NOW,
    make_candidate,
    make_facts,
    make_incoming,
    make_policy,
    make_ticket,
    spelled_out,
)

POLICY = make_policy()
PROBLEM = make_ticket(8, type=TicketType.PROBLEM, requester=DAVE)
TIED_TO_8, TIED_TO_9 = ((LinkKind.PROBLEM, 8),), ((LinkKind.PROBLEM, 9),)
FILE = StoredFile("plan.pdf", "application/pdf", 3, "ab")
SAID = Article(
    kind=ArticleKind.PUBLIC,
    direction=Direction.OUT,
    sender=FROM_ANNA,
    at=NOW,
    text="A disk is broken.",
    full_text="A disk is broken.\n> private words of dave@customer.example",
    html="<p>private</p>",
    message_id="anna-1@example.com",
    attachments=(FILE,),
)


@pytest.mark.parametrize(
    ("orders", "incident", "problem", "why"),
    [
        (Orders(problem=8), make_candidate(), make_candidate(PROBLEM), ""),
        (Orders(problem=0), make_candidate(), make_candidate(PROBLEM), ""),
        (Orders(), make_candidate(), make_candidate(PROBLEM), ""),
        (Orders(problem=7), make_candidate(), make_candidate(PROBLEM), "ticket 7 itself"),
        (Orders(problem=9), make_candidate(), make_candidate(PROBLEM), "there is no ticket 9"),
        (Orders(problem=8), make_candidate(), make_candidate(make_ticket(8)), "write #type problem there first"),
        (Orders(problem=8), make_candidate(), make_candidate(replace(PROBLEM, status=Status.SOLVED)), "is solved"),
        (Orders(problem=8), make_candidate(replace(PROBLEM, number=7)), make_candidate(PROBLEM), "#merge 8"),
        (Orders(problem=8, type=TicketType.PROBLEM), make_candidate(), make_candidate(PROBLEM), "a problem itself"),
    ],
)
def test_only_an_open_problem_collects_incidents(
    orders: Orders, incident: Candidate, problem: Candidate, why: str
) -> None:
    """Everything else is refused, with what would be right."""
    found = against_linking(orders, incident, make_facts(incident, problem))
    assert why in found
    assert bool(found) is bool(why)


@pytest.mark.parametrize(
    ("wanted", "links", "changes"),
    [
        (8, (), (AddLink(8, LinkKind.PROBLEM),)),
        (8, TIED_TO_8, ()),
        (8, TIED_TO_9, (RemoveLink(9, LinkKind.PROBLEM), AddLink(8, LinkKind.PROBLEM))),
        (0, TIED_TO_9, (RemoveLink(9, LinkKind.PROBLEM),)),
        (0, (), ()),
    ],
)
def test_a_ticket_has_one_problem(
    wanted: int, links: tuple[tuple[LinkKind, int], ...], changes: tuple[Change, ...]
) -> None:
    """Another one takes its place, none takes it away, the same one changes nothing."""
    candidate = make_candidate(links=links)
    plan = act(Orders(problem=wanted), ANNA, candidate, make_facts(candidate, make_candidate(PROBLEM)), POLICY)
    assert plan.changes == (changes or (RecordEvent("nothing_ordered"),))
    assert plan.notices == ()


def test_commands_read_the_number() -> None:
    """A number, with or without its sign, or none; anything else comes back."""
    assert read_orders("#problem #8", "anna", POLICY).orders.problem == 8
    assert read_orders("#problem none", "anna", POLICY).orders.problem == 0
    (problem,) = read_orders("#problem the printers", "anna", POLICY).problems
    assert problem == "#problem the printers: needs the number of a ticket: #problem 10001"


@pytest.mark.parametrize(
    ("orders", "told"),
    [
        (Orders(text="Soon."), InformIncidents(answered=True, solved=False)),
        (Orders(status=Status.SOLVED), InformIncidents(answered=False, solved=True)),
        (Orders(text="Done.", status=Status.CLOSED), InformIncidents(answered=True, solved=True)),
        (Orders(text="Hm.", note=True), None),
        (Orders(status=Status.PENDING), None),
    ],
)
def test_an_answer_or_a_solution_is_passed_on(orders: Orders, told: InformIncidents | None) -> None:
    """Notes and other changes are the desk's own."""
    candidate = make_candidate(PROBLEM)
    plan = act(orders, ANNA, candidate, make_facts(candidate), POLICY)
    assert [change for change in plan.changes if isinstance(change, InformIncidents)] == ([told] if told else [])
    incident = make_candidate()
    plan = act(orders, ANNA, incident, make_facts(incident), POLICY)
    assert not any(isinstance(change, InformIncidents) for change in plan.changes)


def test_an_incident_gets_the_words_and_nothing_else_of_the_problem() -> None:
    """The answer's text and files go to everybody of this ticket, on its thread; no quotation, no address, no id."""
    candidate = make_candidate(make_ticket(participants=(Address("Jan", "jan@klient.example"),), language="pl"))
    plan = news_for(News(8, "anna", SAID, solved=False), candidate, make_facts(candidate), POLICY)
    assert plan is not None
    assert (plan.ticket, plan.actor) == (7, "anna")
    assert isinstance(plan.changes[0], AddArticle)
    kept = plan.changes[0].article
    assert (kept.text, kept.full_text, kept.html, kept.message_id) == (SAID.text, "", None, None)
    assert plan.changes[1:] == (RecordEvent("problem_news", {"ticket": "8"}),)
    assert [notice.recipient.address for notice in plan.notices] == [CARLA.address, "jan@klient.example"]
    for notice in plan.notices:
        assert (notice.kind, notice.language, notice.automatic) == (NoticeKind.PROBLEM_NEWS, "pl", Automatic.NO)
        assert notice.bound_to == notice.recipient.key
        assert notice.article is not None
        assert notice.article.attachments == (FILE,)
        for private in ("anna@example.com", "dave", "private", "anna-1@"):
            assert private not in spelled_out(notice)


@pytest.mark.parametrize(
    ("status", "said", "solved", "solve_incidents", "after"),
    [
        (Status.PENDING, None, True, True, Status.SOLVED),
        (Status.PENDING, None, True, False, Status.PENDING),
        (Status.NEW, SAID, False, True, Status.OPEN),
        (Status.NEW, SAID, True, True, Status.SOLVED),
        (Status.SOLVED, SAID, True, True, Status.SOLVED),
    ],
)
def test_incidents_are_solved_with_their_problem_where_the_desk_wants_it(
    status: Status,
    said: Article | None,
    solved: bool,  # noqa: FBT001
    solve_incidents: bool,  # noqa: FBT001
    after: Status,
) -> None:
    """An answer alone is an answer; a solution without words is told by an automatic mail."""
    candidate = make_candidate(make_ticket(status=status))
    policy = make_policy(problems=Problems(solve_incidents))
    plan = news_for(News(8, "anna", said, solved), candidate, make_facts(candidate), policy)
    assert plan is not None
    moved = [change for change in plan.changes if isinstance(change, SetStatus)]
    assert moved == ([] if after is status else [SetStatus(status, after)])
    (notice,) = plan.notices
    assert notice.ticket is not None
    assert notice.ticket.status is after
    assert notice.automatic is (Automatic.NO if said else Automatic.GENERATED)
    assert notice.values == {"solved": solved}


def test_closed_incidents_are_left_alone_and_automatic_news_is_limited() -> None:
    """Nothing happens to what is finished; who had enough automatic mail sees it in the ticket only."""
    closed = make_candidate(make_ticket(status=Status.CLOSED))
    assert news_for(News(8, "anna", SAID, solved=True), closed, make_facts(closed), POLICY) is None
    candidate = make_candidate()
    facts = make_facts(candidate, automatic_mails={CARLA.key: 5})
    plan = news_for(News(8, "root", None, solved=True), candidate, facts, POLICY)
    assert plan is not None
    assert plan.notices == ()
    assert SetStatus(Status.OPEN, Status.SOLVED) in plan.changes


def test_a_rule_links_as_long_as_the_problem_is_open() -> None:
    """Else the ticket says so, and everything else goes on."""
    rule = Rule("outage", 1, AllOf(()), {ActionName.LINK: 8})
    policy = make_policy(ruleset=Ruleset((rule,), links=frozenset({8})))
    facts = make_facts()
    plan = decide_mail(make_incoming(), replace(facts, open_problems=frozenset({8})), policy)
    assert AddLink(8, LinkKind.PROBLEM, why="rule") in plan.changes
    plan = decide_mail(make_incoming(), facts, policy)
    assert "not_linked" in [change.what for change in plan.changes if isinstance(change, RecordEvent)]
    itself = make_candidate(PROBLEM)
    assert linked_by_rule(8, itself, replace(facts, open_problems=frozenset({8}))) == ()
