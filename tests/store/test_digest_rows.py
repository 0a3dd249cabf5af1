"""Digests tell of the same tickets, in the same order, as a slow look at each of them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, update

from mailgateway.desk.levels.timepiece import Target
from mailgateway.desk.model import Priority, Status, Ticket
from mailgateway.reports.digest import MOST_TOLD, SOON, Part, Section
from mailgateway.store.engine import Store, Transaction
from mailgateway.store.reports import digest as digest_rows
from mailgateway.store.tables.base import Base
from mailgateway.store.tables.tickets import TicketRow
from mailgateway.store.tables.time import ClockRow
from mailgateway.store.tickets import shown as tickets
from mailgateway.store.tickets.apply import apply
from tests.store.examples import opening, ticket

NOW = datetime(2026, 3, 20, 12, 0, tzinfo=UTC)
_SET_LATER = ("clocks", "snoozed_until", "updated_at", "accept_by")
FAR = datetime(9999, 1, 1, tzinfo=UTC)

hours = st.integers(-60, 60).map(lambda count: NOW + timedelta(hours=count))
pasts = st.integers(1, 90).map(lambda count: NOW - timedelta(hours=count))
promises = st.fixed_dictionaries(
    {"target": st.sampled_from(list(Target)), "due": st.none() | hours, "met": st.booleans(), "off": st.booleans()}
)
desks = st.lists(
    st.fixed_dictionaries(
        {
            "status": st.sampled_from(list(Status)),
            "assignee": st.sampled_from([None, "anna", "bob"]),
            "group": st.sampled_from(["hardware", "first-line"]),
            "priority": st.sampled_from(list(Priority)),
            "created_at": pasts,
            "updated_at": pasts,
            "snoozed_until": st.none() | hours,
            "accept_by": st.none() | hours,
            "clocks": st.lists(promises, max_size=3, unique_by=lambda one: one["target"]),
        }
    ),
    max_size=20,
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), phases=(Phase.explicit, Phase.generate)
)
@given(desks)
def test_digests_tell_what_a_slow_look_finds(store: Store, desk: list[dict[str, Any]]) -> None:
    """Numbers, order and counts, for an agent and for a group."""
    with store.writing() as tx:
        for table in reversed(Base.metadata.sorted_tables):
            tx.connection.execute(delete(table))
        numbers = [_made(tx, one) for one in desk]
    with store.reading() as tx:
        sheets = [tickets.shown(tx, number) for number in numbers]
        there = [sheet.ticket for sheet in sheets if sheet is not None]
        assert _told(digest_rows.agent_parts(tx, "anna", NOW)) == _told_to_agent(there)
        assert _told(digest_rows.group_parts(tx, "hardware", NOW)) == _told_to_group(there)


Told = dict[Section, tuple[list[int], int]]


def _told(parts: tuple[Part, ...]) -> Told:
    return {part.section: ([one.number for one in part.tickets], part.count) for part in parts}


def _told_to_agent(there: list[Ticket]) -> Told:
    theirs = [one for one in there if one.assignee == "anna" and _is_open(one)]
    waiting = [one for one in theirs if one.status in (Status.PENDING, Status.ON_HOLD) or _sleeps(one)]
    to_do = [one for one in theirs if one not in waiting]
    to_do.sort(key=lambda one: (_due(one), _leisure(one), one.updated_at, one.number))
    waiting.sort(key=lambda one: (_wakes(one), one.updated_at, one.number))
    return {Section.TO_DO: _first(to_do, MOST_TOLD), Section.WAITING: _first(waiting, 5)}


def _told_to_group(there: list[Ticket]) -> Told:
    ours = [one for one in there if one.group == "hardware"]
    still = [one for one in ours if _is_open(one)]
    due = sorted(
        (one for one in ours if _due(one) < NOW + SOON), key=lambda one: (_due(one), _leisure(one), one.number)
    )
    free = sorted(
        (one for one in still if one.assignee is None), key=lambda one: (_due(one), _leisure(one), one.number)
    )
    oldest = sorted(still, key=lambda one: (one.created_at, one.number))
    waiting = [one for one in ours if one.offer is not None]
    waiting.sort(key=lambda one: (one.offer.accept_by if one.offer and one.offer.accept_by else FAR, one.number))
    return {
        Section.OFFERED: _first(waiting, MOST_TOLD),
        Section.DUE: _first(due, MOST_TOLD),
        Section.UNASSIGNED: _first(free, MOST_TOLD),
        Section.OLDEST: _first(oldest, 5),
    }


def _first(found: list[Ticket], most: int) -> tuple[list[int], int]:
    return [one.number for one in found[:most]], len(found)


def _is_open(one: Ticket) -> bool:
    return one.status not in (Status.SOLVED, Status.CLOSED)


def _sleeps(one: Ticket) -> bool:
    return one.snoozed_until is not None and one.snoozed_until > NOW


def _wakes(one: Ticket) -> datetime:
    return one.snoozed_until if one.snoozed_until is not None and _sleeps(one) else FAR


def _leisure(one: Ticket) -> int:
    return -list(Priority).index(one.priority)


def _due(one: Ticket) -> datetime:
    return min((clock.due_at for clock in one.clocks if clock.is_open and clock.due_at), default=FAR)


def _made(tx: Transaction, wanted: dict[str, Any]) -> int:
    head = {name: value for name, value in wanted.items() if name not in _SET_LATER}
    number = apply(tx, opening(ticket(**head)), None)
    assert number is not None
    offer = {"offer_giver": "network", "offered_at": NOW, "accept_by": wanted["accept_by"]}
    changed = {"snoozed_until": wanted["snoozed_until"], "updated_at": wanted["updated_at"]}
    changed |= offer if wanted["accept_by"] else {}
    tx.connection.execute(update(TicketRow).where(TicketRow.number == number).values(**changed))
    for one in wanted["clocks"]:
        tx.connection.execute(insert(ClockRow), _clock(number, one))
    return number


def _clock(number: int, one: dict[str, Any]) -> dict[str, Any]:
    return {
        "ticket": number,
        "target": one["target"],
        "cycle": 1,
        "policy": "p",
        "calendar": "c",
        "length": 1,
        "started_at": NOW,
        "counted": 0,
        "running_since": None,
        "due_at": one["due"],
        "met_at": NOW if one["met"] else None,
        "ended_at": NOW if one["off"] and not one["met"] else None,
    }
