"""Major incidents: how they are declared and ended, and which new matters hear of them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from mailgateway.desk.agents.orders import Orders
from mailgateway.desk.agents.read_orders import read_orders
from mailgateway.desk.decide import decide_mail
from mailgateway.desk.model import LinkKind, Status, Ticket, TicketType
from mailgateway.desk.plan import (
    AddLink,
    Change,
    Disposition,
    MergeInto,
    NoticeKind,
    Plan,
    RecordEvent,
    SetStatus,
    SetType,
)
from mailgateway.desk.policy import Problems
from mailgateway.desk.problems.announcing import Banner, announced
from mailgateway.desk.problems.changes import SetMajor
from mailgateway.desk.problems.declaration import Declaration
from mailgateway.desk.problems.declaring import against_declaring, declaring, ended
from mailgateway.desk.problems.major import Major
from mailgateway.rules.schema import AllOf, Rule, Ruleset
from tests.unit.desk.builders import (
    ANNA,
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

POLICY = make_policy(languages=frozenset({"en", "pl"}), ruleset=Ruleset(rules=(Rule("Mail", 1, AllOf(()), {}),)))
HOUR = timedelta(hours=1)
PROBLEM = make_ticket(8, type=TicketType.PROBLEM, ci="mail-server", group="hardware")
DOWN = Major(8, {"": "Mail is down.", "pl": "Poczta nie działa."}, NOW - HOUR, "all", NOW + HOUR, "Mail server", None)


def read(text: str) -> Orders:
    """Read an agent's commands."""
    reading = read_orders(text, "anna", POLICY)
    assert reading.problems == ()
    return reading.orders


def test_commands_say_what_is_down() -> None:
    """Words for everybody and in one language, for whom, and when there will be news."""
    orders = read("#major Mail is down: see https://x.example\n#major PL: Poczta\n#major-for rule mail\n#major-news 2h")
    texts = {"": "Mail is down: see https://x.example", "pl": "Poczta"}
    assert orders.major == Declaration(texts=texts, only_for="rule Mail", news=2 * HOUR)
    assert read("#major off.").major == Declaration(off=True)
    assert read("#major-for CI").major == Declaration(only_for="ci")


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("#major", "#major: write what is down"),
        ("#major pl:  ", "#major: write what is down"),
        (f"#major {'x' * 501}", "#major: the line has 501 characters"),
        ("#major-for everybody", "#major-for everybody: should be all, ci, group or rule NAME"),
        ("#major-for rule Male", "#major-for rule Male: no rule has that name"),
        ("#major-news soon", "#major-news soon: should be 30m"),
    ],
)
def test_what_is_misread_is_told(line: str, why: str) -> None:
    """With what would be right."""
    (problem,) = read_orders(line, "anna", POLICY).problems
    assert problem.startswith(why)


@pytest.mark.parametrize(
    ("text", "ticket", "majors", "why"),
    [
        ("#major Down", PROBLEM, {}, ""),
        ("#problem new\n#major Down", make_ticket(8), {}, ""),
        ("#major Down", make_ticket(8), {}, "ticket 8 is of type incident"),
        ("#major Down", replace(PROBLEM, status=Status.SOLVED), {}, "problem 8 is solved; open it"),
        ("#major Down\n#open", replace(PROBLEM, status=Status.SOLVED), {}, ""),
        ("#major off", PROBLEM, {}, "this ticket is no major incident"),
        ("#major off", PROBLEM, {8: DOWN}, ""),
        ("#major-news 2h", PROBLEM, {}, "say what is down first"),
        ("#major-news 2h", PROBLEM, {8: DOWN}, ""),
        ("#major Down\n#major-news 2020-01-01", PROBLEM, {}, "#major-news: that time is over"),
        ("#major Down\n#major-for ci", replace(PROBLEM, ci=None), {}, "write #ci NAME as well"),
        ("#major Down\n#major-for ci\n#ci mail", replace(PROBLEM, ci=None), {}, ""),
    ],
)
def test_who_may_be_one(text: str, ticket: Ticket, majors: Mapping[int, Major], why: str) -> None:
    """An open problem, with words; everything else is refused with what is missing."""
    candidate = make_candidate(ticket)
    found = against_declaring(read(text), candidate, replace(make_facts(candidate), majors=majors), POLICY)
    assert why in found
    assert bool(found) is bool(why)


def change(text: str, *known: Major) -> tuple[Change, ...]:
    """Return what orders change of the problem."""
    candidate = make_candidate(PROBLEM)
    facts = replace(make_facts(candidate), majors={one.problem: one for one in known})
    return declaring(read(text), candidate, facts, POLICY)


def test_what_is_said_stays_until_it_is_said_anew() -> None:
    """A declaration begins now; later words change the words alone; an agent's own address does not get in."""
    assert change("#major Down, ask anna@example.com\n#major-news 2h") == (
        SetMajor(Major(8, {"": "Down, ask support@example.com"}, NOW, "all", NOW + 2 * HOUR)),
    )
    assert change("#major pl: Awaria", DOWN) == (SetMajor(replace(DOWN, texts={"": "Mail is down.", "pl": "Awaria"})),)
    assert change("#major-for group", DOWN) == (SetMajor(replace(DOWN, only_for="group")),)
    assert change("#major off", DOWN) == (SetMajor(None),)
    assert change("#solved", DOWN) == ()


SOLVED = SetStatus(Status.OPEN, Status.SOLVED)


@pytest.mark.parametrize(
    ("changes", "ends"),
    [
        ((SOLVED,), True),
        ((SetStatus(Status.OPEN, Status.CLOSED), MergeInto(9)), True),
        ((SetType(TicketType.PROBLEM, TicketType.INCIDENT),), True),
        ((SetStatus(Status.OPEN, Status.PENDING),), False),
        ((SOLVED, SetMajor(None)), False),
    ],
)
def test_it_ends_with_its_problem(changes: tuple[Change, ...], ends: bool) -> None:  # noqa: FBT001 - the expected answer
    """Solved, merged, or made something else, by whomever; once."""
    plan = Plan(NOW, "clock", Disposition.RECORDED, "", 8, changes)
    assert ended(plan, make_facts(make_candidate(PROBLEM))).changes == (*changes, *((SetMajor(None),) if ends else ()))


@pytest.mark.parametrize(
    ("major", "ticket", "fits"),
    [
        (DOWN, make_ticket(), True),
        (replace(DOWN, only_for="ci", ci="mail"), make_ticket(ci="mail"), True),
        (replace(DOWN, only_for="ci", ci="mail"), make_ticket(), False),
        (replace(DOWN, only_for="ci", ci=None), make_ticket(), False),
        (replace(DOWN, only_for="group", group="first-line"), make_ticket(), True),
        (replace(DOWN, only_for="group", group="hardware"), make_ticket(), False),
        (replace(DOWN, only_for="rule Mail out"), make_ticket(), True),
        (replace(DOWN, only_for="rule Mail"), make_ticket(), False),
    ],
)
def test_which_new_tickets_it_is_for(major: Major, ticket: Ticket, fits: bool) -> None:  # noqa: FBT001 - as above
    """All, or what the problem and the rules have in common with them."""
    assert major.fits(ticket, ["Mail out"]) is fits


@pytest.mark.parametrize(
    ("texts", "language", "said"),
    [
        ({"": "a", "pl": "b"}, "pl", "b"),
        ({"": "a", "pl": "b"}, "pl-PL", "b"),
        ({"": "a", "pl": "b"}, "de", "a"),
        ({"en": "a", "pl": "b"}, "de", "a"),
        ({"pl": "b"}, "de", "b"),
    ],
)
def test_it_is_told_in_the_readers_language(texts: dict[str, str], language: str, said: str) -> None:
    """Else in the words for everybody, else in any."""
    assert replace(DOWN, texts=texts).text_in(language) == said


def test_a_new_matter_hears_of_it() -> None:
    """In the receipt, and in the notice to who works on it; the ticket stays a matter of its own."""
    plan = decide_mail(make_incoming(), make_facts(), POLICY)
    late = replace(DOWN, problem=9, news_at=NOW, subject="VPN")
    told = announced(plan, (DOWN, late), POLICY)
    values = {one.kind: one.values for one in told.notices}
    assert values[NoticeKind.ACKNOWLEDGEMENT]["majors"] == (
        Banner("Mail is down.", NOW - HOUR, NOW + HOUR),
        Banner("Mail is down.", NOW - HOUR, None),
    )
    assert values[NoticeKind.AGENT_NOTIFICATION]["down"] == "#8 Mail server, #9 VPN"
    assert told.changes == (*plan.changes, RecordEvent("major_told", {"problems": ["8", "9"]}))
    assert announced(plan, (replace(DOWN, only_for="rule Other"),), POLICY) is plan


def test_a_new_matter_may_become_its_incident() -> None:
    """Where that is configured, and no rule has tied it to a problem before."""
    policy = replace(POLICY, problems=Problems(link_major=True))
    plan = decide_mail(make_incoming(), make_facts(), policy)
    tied = announced(plan, (DOWN,), policy)
    assert tied.changes[-1] == AddLink(8, LinkKind.PROBLEM, "major")
    by_rule = replace(plan, changes=(*plan.changes, AddLink(3, LinkKind.PROBLEM, "rule")))
    assert not any(change == tied.changes[-1] for change in announced(by_rule, (DOWN,), policy).changes)


def test_anybody_on_the_desk_declares_by_mail() -> None:
    """The whole way of an agent's mail; what is refused says why."""
    mail = make_mail("#major Mail is down.", sender=FROM_ANNA, to=(token(f"agent:{ANNA.name}", 8),))
    plan = decide_mail(make_incoming(mail), make_facts(make_candidate(PROBLEM)), POLICY)
    assert SetMajor(Major(8, {"": "Mail is down."}, NOW)) in plan.changes
    refused = decide_mail(make_incoming(mail), make_facts(make_candidate(make_ticket(8))), POLICY)
    assert refused.disposition is Disposition.REFUSED
