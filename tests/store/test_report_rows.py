"""Reports: whatever happened, the aggregates of both databases count what a slow recomputation counts."""

from collections.abc import Iterator
from dataclasses import astuple
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, update

from mailgateway.desk.answers.changes import InsertAnswer, JudgeAnswer, ProposeAnswers, SendAnswer
from mailgateway.desk.answers.knowledge import AnswerOutcome, Proposal
from mailgateway.desk.customers.counting import SpendTime
from mailgateway.desk.customers.organisations import Unit
from mailgateway.desk.customers.wish import RATINGS, Rate, Wish
from mailgateway.desk.levels.timepiece import Target
from mailgateway.desk.model import Direction, Priority, Status, TicketType
from mailgateway.desk.plan import AddArticle, Plan, RecordEvent, SetStatus
from mailgateway.mail.model import Address
from mailgateway.reports.asked import BY_ANSWER, Asked, read_asked
from mailgateway.reports.counted import Counting, Counts, Dimension, Scope
from mailgateway.reports.period import Period, Window
from mailgateway.reports.report import as_report
from mailgateway.store.engine import Store, Transaction
from mailgateway.store.reports import rows as report_rows
from mailgateway.store.reports.lists import all_of, listed
from mailgateway.store.reports.populations import charged
from mailgateway.store.service.usage import used
from mailgateway.store.tables.base import Base
from mailgateway.store.tables.tickets import TicketRow
from mailgateway.store.tables.time import ClockRow
from mailgateway.store.tickets import shown as tickets
from mailgateway.store.tickets.apply import apply
from tests.store.examples import article, opening, ticket, working
from tests.store.recount import Life, life, recount

START = datetime(2026, 3, 20, tzinfo=UTC)
NOW = START + timedelta(days=30)
ZONE = ZoneInfo("Europe/Warsaw")
ANSWERS = {
    "propose": ProposeAnswers((Proposal("toner", 0.5),)),
    "propose_more": ProposeAnswers((Proposal("vpn", 1.0), Proposal("wi-fi.2", 0.305))),
    "insert": InsertAnswer("toner", "en", "1"),
    "insert_vpn": InsertAnswer("vpn", "en", "1"),
}
ACTIONS = (
    *("solve", "close", "open", "answer", "answer_by_bob", "note", "undelivered", "send_answer", "helped"),
    *("not_helped", "good", "ok", "bad", "work"),
    *ANSWERS,
)
SECOND = timedelta(seconds=1)

moments = st.integers(0, 30 * 86_400 * 10).map(lambda tenths: timedelta(milliseconds=100 * tenths))
clocks = st.fixed_dictionaries(
    {
        "target": st.sampled_from(list(Target)),
        "counted": st.integers(0, 10**12),
        "due": st.none() | moments,
        "met": st.none() | moments | st.just("solved") | st.just("answered"),
        "ended": st.none() | moments,
    }
)
heads = st.fixed_dictionaries(
    {
        "created": moments,
        "type": st.sampled_from(list(TicketType)),
        "priority": st.sampled_from(list(Priority)),
        "group": st.sampled_from(["hardware", "first-line"]),
        "assignee": st.sampled_from([None, "anna", "bob"]),
        "organisation": st.sampled_from([None, "acme", "globex"]),
        "ci": st.sampled_from([None, "web"]),
        "status": st.sampled_from([Status.NEW, Status.CLOSED]),
        "answer": st.sampled_from(["toner", "vpn"]),
        "actions": st.lists(st.tuples(moments, st.sampled_from(ACTIONS)), max_size=6),
        "clocks": st.lists(clocks, max_size=3, unique_by=lambda one: one["target"]),
    }
)
periods = st.tuples(st.integers(-5, 32), st.integers(0, 35)).map(
    lambda days: Period(START.date() + timedelta(days[0]), START.date() + timedelta(days[0] + days[1]), ZONE)
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), phases=(Phase.explicit, Phase.generate)
)
@given(
    histories=st.lists(heads, max_size=8),
    period=periods,
    scope=st.sampled_from([Scope(), Scope(group="hardware"), Scope(organisation="acme")]),
)
def test_aggregates_count_what_a_slow_recomputation_counts(
    store: Store, histories: list[dict[str, Any]], period: Period, scope: Scope
) -> None:
    """Every number of the report is the same, medians to the last bit, and each list is as long as its figure says."""
    with store.writing() as tx:
        for table in reversed(Base.metadata.sorted_tables):
            tx.connection.execute(delete(table))
        numbers = [_live(tx, history) for history in histories]
    with store.reading() as tx:
        sheets = [tickets.shown(tx, number) for number in numbers]
        counted = report_rows.counts(tx, period, scope, NOW)
        wanted = recount([life(sheet) for sheet in sheets if sheet], period, scope, NOW)
        assert _ordered(counted) == _ordered(wanted)
        _check_lists(tx, counted, period, scope)
        _check_contracts(tx, [life(sheet) for sheet in sheets if sheet], period.until(NOW))


def _check_contracts(tx: Transaction, lives: list[Life], window: Window) -> None:
    for name in ("acme", "globex"):
        ours = [one for one in lives if one.ticket.organisation == name]
        opened = sum(window.begins <= one.ticket.created_at < window.ends for one in ours)
        worked = sum(seconds for one in ours for at, _, seconds in one.worked if window.begins <= at < window.ends)
        tickets, work = (all_of(tx, charged(name, unit, window)) for unit in (Unit.TICKETS, Unit.HOURS))
        assert used(tx, [name], Unit.TICKETS, window.begins, window.ends) == {name: opened}
        assert used(tx, [name], Unit.HOURS, window.begins, window.ends) == {name: worked / 3_600}
        assert (len(tickets), sum(one.seconds or 0 for one in work)) == (opened, worked)


def _check_lists(tx: Transaction, counted: Counts, period: Period, scope: Scope) -> None:
    def behind(asked: Asked) -> int:
        return len(listed(tx, asked, period.until(NOW), scope))

    for asked, count in _asked_for(counted):
        assert behind(asked) == count, asked
    for agent in counted.worked:
        noted = listed(tx, Asked(Counting.WORKED, by=agent), period.until(NOW), scope)
        assert sum(one.seconds or 0 for one in noted) == counted.worked[agent]
    for asked_for in as_report(counted, period, scope, NOW).lists:
        read_asked(asked_for)


def _asked_for(counted: Counts) -> Iterator[tuple[Asked, int]]:
    """Give everything that can be listed, with how much of it was counted."""
    for counting, count in counted.now.counts.items():
        yield Asked(counting), count
    for target, promised in counted.now.promises.items():
        yield Asked(Counting.KEPT, target), promised.kept
        yield Asked(Counting.BROKEN, target), promised.broken
    for dimension, shares in counted.shares.items():
        for share in shares:
            yield Asked(Counting.OPENED, dimension=dimension, value=share.value), share.opened
            yield Asked(Counting.OPEN, dimension=dimension, value=share.value), share.open
            yield Asked(Counting.RATED_GOOD, dimension=dimension, value=share.value), share.good
    yield from _asked_for_parts(counted)


def _asked_for_parts(counted: Counts) -> Iterator[tuple[Asked, int]]:
    for age, count in enumerate(counted.ages):
        yield Asked(Counting.OPEN, age=age), count
    for name, success in counted.now.knowledge.items():
        for counting, count in zip(BY_ANSWER, astuple(success), strict=True):
            yield Asked(counting, answer=name), count
    for author, count in counted.answers.items():
        yield Asked(Counting.REPLIED, by=author), count


def _ordered(counts: Counts) -> tuple[object, ...]:
    shares = {one: sorted(counts.shares[one], key=lambda share: share.value or "") for one in Dimension}
    return counts.now, counts.before, shares, counts.ages, counts.steps, counts.answers, counts.worked


def _live(tx: Transaction, history: dict[str, Any]) -> int:
    created = START + history["created"]
    names = ("type", "priority", "group", "assignee", "organisation", "ci", "status")
    head = ticket(created_at=created, **{name: history[name] for name in names})
    number = apply(tx, _at(opening(head), created), None)
    assert number
    status, at, answered, solved = history["status"], created, None, None
    for gap, action in sorted(history["actions"], key=lambda one: one[0]):
        at = max(at, START + gap) + SECOND
        changes, status = _changes(action, status, history, at)
        if changes:
            apply(tx, _at(working(number, *changes), at), None)
            answered = at if action in ("answer", "answer_by_bob") and answered is None else answered
            solved = at if action in ("solve", "close") else solved
    for clock in history["clocks"]:
        _add_clock(tx, number, clock, {"answered": answered, "solved": solved})
    return number


def _at(plan: Plan, at: datetime) -> Plan:
    return Plan(at, plan.actor, plan.disposition, plan.reason, plan.ticket, plan.changes)


def _changes(action: str, status: Status, history: dict[str, Any], at: datetime) -> tuple[tuple[Any, ...], Status]:
    wanted = {"solve": Status.SOLVED, "close": Status.CLOSED, "open": Status.OPEN}.get(action)
    if wanted is not None:
        return ((SetStatus(status, wanted),), wanted) if wanted is not status else ((), status)
    if action == "send_answer":
        first = not history.get("sent")
        history["sent"] = True
        return ((SendAnswer(history["answer"], "en", "1"),) if first else ()), status
    if action in ("helped", "not_helped"):
        outcome = AnswerOutcome.HELPED if action == "helped" else AnswerOutcome.NOT_HELPED
        first = bool(history.get("sent")) and not history.get("judged")
        history["judged"] = bool(history.get("judged")) or first
        return ((JudgeAnswer(history["answer"], outcome),) if first else ()), status
    return (_change(action, at),), status


def _change(action: str, at: datetime) -> Any:
    if action in RATINGS:
        return Rate(Wish(action))
    if action in ANSWERS:
        return ANSWERS[action]
    match action:
        case "answer" | "answer_by_bob":
            sender = Address("", "bob@example.com" if action == "answer_by_bob" else "anna@example.com")
            return AddArticle(article(message_id=None, direction=Direction.OUT, sender=sender, at=at))
        case "note":
            return AddArticle(article(message_id=None, at=at))
        case "work":
            return SpendTime(45)
        case _:
            return RecordEvent(action)


def _add_clock(tx: Transaction, number: int, clock: dict[str, Any], known: dict[str, datetime | None]) -> None:
    met = known[clock["met"]] if isinstance(clock["met"], str) else clock["met"]
    met_at = START + met if isinstance(met, timedelta) else met
    ended_at = START + clock["ended"] if clock["ended"] is not None and met_at is None else None
    row = {
        "ticket": number,
        "target": clock["target"],
        "cycle": 1,
        "policy": "p",
        "calendar": "c",
        "length": 1,
        "started_at": START,
        "counted": clock["counted"],
        "running_since": None,
        "due_at": START + clock["due"] if clock["due"] is not None else None,
        "met_at": met_at,
        "ended_at": ended_at,
    }
    tx.connection.execute(insert(ClockRow), row)


def test_what_is_open_follows_from_what_came_and_went(store: Store) -> None:
    """Open at the end is open before, and what was opened and reopened, without what was solved."""
    day = Period(date(2026, 3, 22), date(2026, 3, 22), UTC)
    history: dict[str, Any] = {
        "type": TicketType.INCIDENT,
        "priority": Priority.LOW,
        "group": "hardware",
        "assignee": None,
    }
    history |= {"organisation": None, "ci": None, "status": Status.NEW, "clocks": []}
    days = timedelta(days=1)
    with store.writing() as tx:
        _live(tx, {**history, "created": days, "actions": [(2 * days, "solve"), (3 * days, "open")]})
        _live(tx, {**history, "created": 2 * days, "actions": []})
    with store.reading() as tx:
        counts = report_rows.counts(tx, day, Scope(), NOW)
    now, before = counts.now.counts, counts.before.counts
    came = now[Counting.OPENED] + now[Counting.REOPENED] - now[Counting.SOLVED]
    assert now[Counting.OPEN] == before[Counting.OPEN] + came == 1


def test_no_word_of_a_stranger_is_a_mistake(store: Store) -> None:
    """To ask for the tickets of a type or group that does not exist gives none."""
    window = Period(date(2026, 3, 1), date(2026, 3, 31), UTC).until(NOW)
    with store.writing() as tx:
        number = apply(tx, opening(), None)
        tx.connection.execute(update(TicketRow).where(TicketRow.number == number).values({TicketRow.ci: None}))
        for dimension in Dimension:
            asked = Asked(Counting.OPENED, dimension=dimension, value="x'; --")
            assert listed(tx, asked, window, Scope()) == ()
