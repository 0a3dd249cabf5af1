"""Tickets that may be about one matter, as both databases find them."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

from mailgateway.desk.model import LinkKind, Status, TicketType
from mailgateway.desk.plan import (
    AddLink,
    Change,
    Plan,
)
from mailgateway.desk.policy import Problems
from mailgateway.desk.problems.changes import LinkOthers
from mailgateway.desk.problems.suggestion import Known
from mailgateway.flows.problems import with_suggestion
from mailgateway.store.engine import Store
from mailgateway.store.service.likeness import MOST_RECENT, known_of, open_alike, recent_incidents
from mailgateway.store.tickets.apply import apply
from tests.store.conftest import Opener
from tests.store.examples import NOW, open_ticket, opening, ticket, working
from tests.unit.desk.builders import make_policy

HOUR = timedelta(hours=1)


def change(store: Store, number: int, one: Change) -> None:
    """Let one thing happen to a ticket."""
    with store.writing() as tx:
        apply(tx, working(number, one), None)


def test_the_newest_open_incidents_are_found(store: Store) -> None:
    """Newest first, no more than are looked at; neither older ones, nor what is done or no incident."""
    for changes in ({"created_at": NOW - HOUR}, {"status": Status.SOLVED}, {"type": TicketType.QUESTION}):
        open_ticket(store, opening(ticket(**changes)))
    about = open_ticket(store, opening(ticket(ci="web")))
    with store.reading() as tx:
        found = recent_incidents(tx, NOW - HOUR)
        assert [(one.number, one.ci) for one in found] == [(about, "web")]
        assert recent_incidents(tx, NOW) == ()
    later = opening(ticket(created_at=NOW + HOUR))
    many = [open_ticket(store, later) for _ in range(MOST_RECENT + 1)]
    with store.reading() as tx:
        assert {one.number for one in recent_incidents(tx, NOW - HOUR)} <= set(many)
        assert len(recent_incidents(tx, NOW - HOUR)) == MOST_RECENT


def test_what_was_found_alike_is_known_from_each_of_them(store: Store) -> None:
    """By whom it was suggested, what came later, and which are open and without a problem."""
    first, second, third, late, problem, alone = (open_ticket(store) for _ in range(6))
    change(store, third, LinkOthers((first, second), LinkKind.LIKE))
    change(store, late, AddLink(third, LinkKind.LIKE))
    with store.reading() as tx:
        for one in (first, third, late):
            assert known_of(tx, [one]) == Known(suggested_with=third)
            assert set(open_alike(tx, one)) == {first, second, third, late} - {one}
        assert known_of(tx, [alone]) == Known()
        assert open_alike(tx, alone) == ()
    change(store, first, AddLink(problem, LinkKind.PROBLEM))
    with store.reading() as tx:
        assert known_of(tx, [first, second]) == Known(third, problem)
        assert open_alike(tx, second) == (third, late)


def test_what_hosts_file_at_once_is_suggested_once(opener: Opener, store: Store) -> None:
    """Four like incidents arrive at the same moment where two are enough: the later ones see what the first did."""
    policy = make_policy(problems=Problems(suggest_after=2))
    open_ticket(store, opening(ticket(subject="VPN connection")))
    start = Barrier(4)
    stores = [opener() for _ in range(4)]

    def file(mine: Store) -> Plan:
        start.wait(10)
        with mine.writing() as tx:
            plan = with_suggestion(tx, opening(ticket(subject="VPN connection")), policy)
            apply(tx, plan, None)
        return plan

    with ThreadPoolExecutor(4) as pool:
        plans = list(pool.map(file, stores))
    assert sum(any(isinstance(change, LinkOthers) for change in plan.changes) for plan in plans) == 1
    assert sum(bool(plan.notices) for plan in plans) == 1
