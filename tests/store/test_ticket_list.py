"""Lists of tickets: every way to narrow them, every order, on both databases."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from mailgateway.desk.handovers.changes import OfferTicket
from mailgateway.desk.levels.level_changes import SetClocks
from mailgateway.desk.levels.timepiece import Clock, Target
from mailgateway.desk.model import LinkKind, Offer, Priority, Status, TicketType
from mailgateway.desk.plan import AddLink, ChangeWatchers, RecordEvent, Snooze
from mailgateway.mail.model import Address
from mailgateway.store.engine import Store
from mailgateway.store.tickets import listed as ticket_list
from mailgateway.store.tickets.apply import apply
from mailgateway.store.tickets.listed import OPEN, Order, TicketLine, Wanted, listed, looked_from
from tests.store.examples import JANE, MINUTE, NOW, open_ticket, opening, ticket, working

HOUR = timedelta(hours=1)
BOB = Address("Bob", "Bob@Other.example")


def _clock(due_at: timedelta | None, **changes: Any) -> Clock:
    made = Clock(
        target=Target.RESOLUTION,
        cycle=1,
        policy="gold",
        calendar="office",
        length=HOUR,
        started_at=NOW,
        running_since=NOW,
        due_at=None if due_at is None else NOW + due_at,
    )
    return replace(made, **changes)


def _promised(store: Store, number: int, *clocks: Clock) -> None:
    with store.writing() as tx:
        apply(tx, replace(working(number, SetClocks((), clocks, Status.OPEN)), is_quiet=True), None)


@pytest.fixture
def desk(store: Store) -> Mapping[str, int]:
    """Give the numbers of tickets that differ in everything."""
    problem = open_ticket(store, opening(ticket(type=TicketType.PROBLEM, subject="Mail is down", mailbox="other")))
    printer = open_ticket(
        store, opening(ticket(group="hardware", tags=("b", "a"), subject="ŻÓŁTY Printer", priority=Priority.URGENT))
    )
    later = NOW + 2 * HOUR
    solved = open_ticket(
        store,
        opening(ticket(status=Status.SOLVED, organisation="acme", ci="web-1", created_at=later, updated_at=later)),
    )
    annas = open_ticket(store, opening(ticket(assignee="anna", requester=BOB, tags=("a",), priority=Priority.LOW)))
    with store.writing() as tx:
        apply(tx, working(annas, AddLink(problem, LinkKind.PROBLEM)), None)
    _promised(store, printer, _clock(HOUR), _clock(3 * HOUR, target=Target.FIRST_RESPONSE))
    _promised(store, annas, _clock(-HOUR), _clock(-2 * HOUR, target=Target.FIRST_RESPONSE, met_at=NOW - 3 * HOUR))
    _promised(store, problem, _clock(None, running_since=None))
    _promised(store, solved, _clock(-HOUR, ended_at=NOW))
    return {"problem": problem, "printer": printer, "solved": solved, "annas": annas}


def _found(store: Store, desk: Mapping[str, int], of: Wanted, order: Order = Order.NEWEST, limit: int = 0) -> str:
    names = {number: name for name, number in desk.items()}
    with store.reading() as tx:
        return " ".join(names[line.number] for line in listed(tx, limit, of, order))


@pytest.mark.parametrize(
    ("of", "names"),
    [
        (Wanted(), "annas solved printer problem"),
        (Wanted(statuses=(Status.SOLVED,)), "solved"),
        (Wanted(statuses=(Status.SOLVED, Status.NEW)), "annas solved printer problem"),
        (Wanted(statuses=OPEN), "annas printer problem"),
        (Wanted(types=(TicketType.PROBLEM, TicketType.QUESTION)), "problem"),
        (Wanted(priorities=(Priority.LOW, Priority.URGENT)), "annas printer"),
        (Wanted(tags=("a",)), "annas printer"),
        (Wanted(tags=("a", "b")), "printer"),
        (Wanted(group="hardware"), "printer"),
        (Wanted(assignee="anna"), "annas"),
        (Wanted(assignee=""), "solved printer problem"),
        (Wanted(requester="bob@other.EXAMPLE"), "annas"),
        (Wanted(requester=JANE.address, statuses=OPEN), "printer problem"),
        (Wanted(organisation="acme"), "solved"),
        (Wanted(ci="web-1", assignee="anna"), ""),
        (Wanted(ci="web-1"), "solved"),
        (Wanted(mailbox="other"), "problem"),
        (Wanted(subject="żółty print"), "printer"),
        (Wanted(subject="HELP", statuses=OPEN), "annas"),
        (Wanted(created_since=NOW + HOUR), "solved"),
        (Wanted(created_since=NOW, created_before=NOW + 2 * HOUR), "annas printer problem"),
        (Wanted(changed_since=NOW + HOUR), "solved"),
        (Wanted(changed_before=NOW + 2 * HOUR), "annas printer problem"),
        (Wanted(due_before=NOW), "annas"),
        (Wanted(due_before=NOW + 2 * HOUR), "annas printer"),
    ],
    ids=lambda value: str(value)[:60] if isinstance(value, str) else None,
)
def test_each_wish_narrows_the_list(store: Store, desk: Mapping[str, int], of: Wanted, names: str) -> None:
    """Newest first, and nothing but what is wanted."""
    assert _found(store, desk, of) == names


def test_incidents_of_a_problem_are_listed(store: Store, desk: Mapping[str, int]) -> None:
    """By the number of the problem; other links do not count."""
    with store.writing() as tx:
        apply(tx, working(desk["printer"], AddLink(desk["problem"], LinkKind.RELATED)), None)
    assert _found(store, desk, Wanted(problem=desk["problem"])) == "annas"


@pytest.mark.parametrize(
    ("order", "names"),
    [
        (Order.NEWEST, "annas solved printer problem"),
        (Order.OLDEST, "problem printer solved annas"),
        (Order.CHANGED, "solved problem annas printer"),
        (Order.PRIORITY, "printer problem solved annas"),
        (Order.DUE, "annas printer problem solved"),
    ],
)
def test_lists_have_an_order(store: Store, desk: Mapping[str, int], order: Order, names: str) -> None:
    """Each with what is equal in the order of the numbers; what has no due time comes last; a limit takes the first."""
    with store.writing() as tx:
        later = replace(working(desk["problem"], RecordEvent("rules", {"matched": []})), at=NOW + 90 * MINUTE)
        apply(tx, later, None)
    assert _found(store, desk, Wanted(), order) == names
    assert _found(store, desk, Wanted(), order, limit=2) == " ".join(names.split()[:2])


def test_a_line_says_what_a_ticket_is(store: Store, desk: Mapping[str, int]) -> None:
    """With its tags in their order, and when the first promise that is waited for runs out."""
    with store.reading() as tx:
        printer, annas, problem, solved = (
            ticket_list.lines(tx, [desk[name]])[0] for name in ("printer", "annas", "problem", "solved")
        )
    assert printer == TicketLine(
        number=desk["printer"],
        subject="ŻÓŁTY Printer",
        status=Status.NEW,
        type=TicketType.INCIDENT,
        priority=Priority.URGENT,
        group="hardware",
        assignee=None,
        requester=JANE,
        tags=("a", "b"),
        created_at=NOW,
        updated_at=NOW,
        organisation=None,
        ci=None,
        due_at=NOW + HOUR,
    )
    assert [annas.due_at, problem.due_at, solved.due_at] == [NOW - HOUR, None, None]


def test_a_list_goes_on_below_a_number(store: Store) -> None:
    """Pages that miss nothing and repeat nothing."""
    numbers = [open_ticket(store) for _ in range(3)]
    with store.reading() as tx:
        page = listed(tx, 2)
        rest = listed(tx, 2, Wanted(below=page[-1].number))
        assert [one.number for one in (*page, *rest)] == numbers[::-1]


def test_long_lists_are_read_in_parts(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many tickets there are, a statement names a bounded number of them."""
    monkeypatch.setattr(ticket_list, "_CHUNK", 2)
    numbers = [open_ticket(store) for _ in range(5)]
    with store.reading() as tx:
        assert [line.number for line in listed(tx, 0)] == numbers[::-1]


@pytest.mark.parametrize(
    ("of", "order", "is_bounded"),
    [
        (Wanted(subject="help"), Order.NEWEST, True),
        (Wanted(types=(TicketType.INCIDENT,)), Order.NEWEST, True),
        (Wanted(mailbox="support", group="first-line"), Order.NEWEST, True),
        (Wanted(), Order.PRIORITY, True),
        (Wanted(statuses=(Status.CLOSED, Status.NEW)), Order.DUE, True),
        (Wanted(), Order.NEWEST, False),
        (Wanted(group="first-line"), Order.CHANGED, False),
        (Wanted(subject="help", statuses=OPEN), Order.NEWEST, False),
        (Wanted(subject="help", requester=JANE.address), Order.DUE, False),
        (Wanted(subject="help", created_since=NOW), Order.NEWEST, False),
    ],
)
def test_what_no_index_finds_is_sought_among_the_newest(
    store: Store, monkeypatch: pytest.MonkeyPatch, of: Wanted, order: Order, *, is_bounded: bool
) -> None:
    """A bounded number of tickets is looked through, and from which on can be told."""
    monkeypatch.setattr(ticket_list, "LOOKED_THROUGH", 2)
    numbers = [open_ticket(store) for _ in range(3)]
    looked_at = numbers[1:] if is_bounded else numbers
    with store.reading() as tx:
        assert sorted(line.number for line in listed(tx, 0, of, order)) == looked_at
        assert looked_from(tx, of, order) == (numbers[1] if is_bounded else 0)


OFFER = Offer("first-line", NOW, NOW + HOUR, HOUR, NOW)


def test_tickets_are_found_by_who_waits_for_whom(store: Store, desk: Mapping[str, int]) -> None:
    """By an offer and who gave it, by a snooze that is not over, and by who watches."""
    with store.writing() as tx:
        apply(tx, working(desk["printer"], OfferTicket(OFFER, "hardware")), None)
        apply(tx, working(desk["annas"], Snooze(None, NOW + HOUR), ChangeWatchers(("bob",))), None)
    assert _found(store, desk, Wanted(offered=True)) == "printer"
    assert _found(store, desk, Wanted(offered_by="first-line", group="hardware")) == "printer"
    assert _found(store, desk, Wanted(offered_by="hardware")) == ""
    assert _found(store, desk, Wanted(snoozed_at=NOW)) == "annas"
    assert _found(store, desk, Wanted(snoozed_at=NOW + HOUR)) == ""
    assert _found(store, desk, Wanted(watcher="bob")) == "annas"
    with store.reading() as tx:
        printer, annas = ticket_list.lines(tx, [desk["printer"], desk["annas"]])
        assert looked_from(tx, Wanted(offered=True, subject="x")) == 0
    assert (printer.offer, annas.snoozed_until) == (OFFER, NOW + HOUR)


def test_tickets_are_found_by_what_the_configuration_says_of_their_people(
    store: Store, desk: Mapping[str, int]
) -> None:
    """One of several organisations or requesters; nobody's where there are none."""
    assert _found(store, desk, Wanted(organisations=("acme", "globex"))) == "solved"
    assert _found(store, desk, Wanted(requesters=("bob@other.example",))) == "annas"
    assert _found(store, desk, Wanted(requesters=())) == ""
