"""A plan becomes rows: all of it or nothing, with an event for every change."""

from dataclasses import replace
from typing import get_args

import pytest
from sqlalchemy import func, select

from mailgateway.desk.customers.counting import SetOrganisation
from mailgateway.desk.customers.heading import SetLanguage, SetRequester, SetSubject
from mailgateway.desk.model import ArticleKind, Direction, Priority, Status, StoredFile, TicketType
from mailgateway.desk.plan import (
    AddArticle,
    AddParticipants,
    Assign,
    Change,
    ChangeTags,
    ChangeWatchers,
    Disposition,
    MoveToGroup,
    OpenTicket,
    Plan,
    RecordEvent,
    SetCi,
    SetFields,
    SetPriority,
    SetStatus,
    SetType,
)
from mailgateway.errors import StoreBusy
from mailgateway.mail.model import Address
from mailgateway.store.engine import Store
from mailgateway.store.tables.tickets import ArticleRow, TicketRow
from mailgateway.store.tickets import shown as tickets
from mailgateway.store.tickets.apply import apply
from mailgateway.store.tickets.changes import CARRIED_OUT
from mailgateway.store.tickets.listed import Wanted, listed
from mailgateway.store.tickets.shown import TicketSheet
from tests.store.examples import (
    JANE,
    MINUTE,
    NOW,
    arrival,
    article,
    open_ticket,
    opening,
    spool_one,
    ticket,
    waiting,
    working,
)

BOB = Address("Bob", "bob@customer.example")


def _sheet(store: Store, number: int) -> TicketSheet:
    with store.reading() as tx:
        sheet = tickets.shown(tx, number)
    assert sheet is not None
    return sheet


def _work(store: Store, number: int, *changes: Change) -> TicketSheet:
    with store.writing() as tx:
        assert apply(tx, working(number, *changes), None) == number
    return _sheet(store, number)


def test_a_ticket_is_opened_whole(store: Store) -> None:
    """Head, first article with its files, trace and event are there as the plan says."""
    files = (
        StoredFile("a.png", "image/png", 3, "0" * 64, inline=True, content_id="logo"),
        StoredFile("b.pdf", "application/pdf", 4, "1" * 64),
    )
    first = article(attachments=files, html="<p>fire</p>", full_text="fire\n> quoted", flags=("other_sender",))
    head = ticket(tags=("fire", "printer"), participants=(BOB,), assignee="anna", organisation="acme", ci="P-3")
    number = open_ticket(store, opening(head, first))
    sheet = _sheet(store, number)
    assert sheet.ticket == replace(head, number=number)
    assert [filed.article for filed in sheet.articles] == [first]
    assert sheet.trace == {"steps": [{"rule": "printers", "matched": True}]}
    assert [(event.what, event.actor, event.at) for event in sheet.events] == [
        ("opened", JANE.address, NOW),
        ("article", JANE.address, NOW),
    ]


def test_an_article_remembers_its_mail(store: Store) -> None:
    """The article of a spooled mail points to it."""
    spool_id = spool_one(store, arrival())
    with store.writing() as tx:
        number = apply(tx, opening(), waiting(tx, spool_id))
        (found,) = tx.connection.execute(select(ArticleRow.spool_id).where(ArticleRow.ticket == number)).one()
    assert found == spool_id


def test_every_change_is_made_and_told(store: Store) -> None:
    """Each kind of change changes the ticket, and an event says who did what, with before and after."""
    number = open_ticket(store, opening(ticket(tags=("old",))))
    sheet = _work(
        store,
        number,
        SetStatus(Status.NEW, Status.OPEN),
        SetPriority(Priority.NORMAL, Priority.URGENT),
        SetType(TicketType.INCIDENT, TicketType.PROBLEM),
        MoveToGroup("first-line", "hardware"),
        Assign(None, "anna"),
        ChangeTags(("fire", "fire"), ("old",)),
        SetOrganisation(None, "acme"),
        SetCi(None, "P-4"),
        SetFields({}, {"floor": "3"}),
        AddParticipants((BOB,)),
        RecordEvent("related", {"ticket": "10002"}),
    )
    assert sheet.ticket == ticket(
        number=number,
        status=Status.OPEN,
        priority=Priority.URGENT,
        type=TicketType.PROBLEM,
        group="hardware",
        assignee="anna",
        tags=("fire",),
        participants=(BOB,),
        organisation="acme",
        ci="P-4",
        fields={"floor": "3"},
        updated_at=NOW + MINUTE,
        status_since=NOW + MINUTE,
    )
    assert [(event.what, event.actor, event.detail) for event in sheet.events[2:]] == [
        ("status", "anna", {"before": "new", "after": "open"}),
        ("priority", "anna", {"before": "normal", "after": "urgent"}),
        ("type", "anna", {"before": "incident", "after": "problem"}),
        ("group", "anna", {"before": "first-line", "after": "hardware"}),
        ("assignee", "anna", {"before": None, "after": "anna"}),
        ("tags", "anna", {"added": ["fire", "fire"], "removed": ["old"]}),
        ("organisation", "anna", {"before": None, "after": "acme"}),
        ("ci", "anna", {"before": None, "after": "P-4"}),
        ("fields", "anna", {"before": {}, "after": {"floor": "3"}}),
        ("participants", "anna", {"added": ["bob@customer.example"]}),
        ("related", "anna", {"ticket": "10002"}),
    ]


def test_a_ticket_is_set_right(store: Store) -> None:
    """Subject, requester and language, each with what was before; the new requester is no participant any more."""
    number = open_ticket(store, opening(ticket(participants=(BOB,))))
    eve = Address("Eve", "eve@elsewhere.example")
    changes = SetSubject("Help", "Smoke"), SetLanguage("en", "pl"), SetRequester(JANE, BOB), AddParticipants((eve,))
    sheet = _work(store, number, *changes)
    assert (sheet.ticket.subject, sheet.ticket.language) == ("Smoke", "pl")
    assert (sheet.ticket.requester, sheet.ticket.participants) == (BOB, (eve,))
    told = {event.what: event.detail for event in sheet.events[2:]}
    assert told["subject"] == {"before": "Help", "after": "Smoke"}
    assert told["requester"] == {
        "before": {"name": JANE.name, "address": JANE.address},
        "after": {"name": BOB.name, "address": BOB.address},
    }
    with store.reading() as tx:
        assert [line.number for line in listed(tx, 0, Wanted(requester=BOB.address.upper()))] == [number]
    with pytest.raises(StoreBusy):
        _work(store, number, SetRequester(JANE, eve))


def test_a_column_changed_twice_ends_at_the_last(store: Store) -> None:
    """Two changes of the status in one plan are two events and one update."""
    number = open_ticket(store)
    changes = SetStatus(Status.NEW, Status.OPEN), SetStatus(Status.OPEN, Status.SOLVED)
    sheet = _work(store, number, *changes)
    assert sheet.ticket.status is Status.SOLVED
    assert len(sheet.events) == 4


def test_an_opened_ticket_can_change_in_the_same_plan(store: Store) -> None:
    """What follows the opening works on the new ticket."""
    number = open_ticket(store, opening(None, None, Assign(None, "anna"), RecordEvent("related", {})))
    sheet = _sheet(store, number)
    assert sheet.ticket.assignee == "anna"
    assert [event.what for event in sheet.events] == ["opened", "article", "assignee", "related"]


def test_a_change_from_another_state_is_busy_and_leaves_no_trace(store: Store) -> None:
    """A plan made for a state that is gone is refused, to be decided again; nobody's change is lost."""
    number = open_ticket(store)
    _work(store, number, SetStatus(Status.NEW, Status.SOLVED))
    late = AddArticle(article(message_id="m2@x")), SetStatus(Status.NEW, Status.OPEN)
    with pytest.raises(StoreBusy, match=str(number)):
        _work(store, number, *late)
    sheet = _sheet(store, number)
    assert sheet.ticket.status is Status.SOLVED
    assert len(sheet.articles) == 1


def test_a_plan_for_no_known_ticket_is_busy(store: Store) -> None:
    """A ticket that is not there cannot be changed."""
    with pytest.raises(StoreBusy):
        _work(store, 4711, RecordEvent("related"))


def test_a_plan_without_ticket_writes_nothing(store: Store) -> None:
    """A mail that is only discarded has no ticket; changes without one are a mistake."""
    nothing = Plan(NOW, "intake", Disposition.DISCARDED, "rule")
    with store.writing() as tx:
        assert apply(tx, nothing, None) is None
        assert tx.connection.execute(select(func.count()).select_from(TicketRow)).scalar() == 0
    with pytest.raises(ValueError, match="without a ticket"), store.writing() as tx:
        apply(tx, replace(nothing, changes=(RecordEvent("related"),)), None)


def test_a_ticket_is_opened_first_and_once(store: Store) -> None:
    """A plan that opens a ticket after another change is a mistake, and nothing of it stays."""
    plan = working(open_ticket(store), RecordEvent("related"), OpenTicket(ticket(), {}))
    with pytest.raises(ValueError, match="only one"), store.writing() as tx:
        apply(tx, plan, None)


def test_what_is_there_is_not_added_again(store: Store) -> None:
    """The same tag, participant (in any case) or Message-ID twice is there once."""
    number = open_ticket(store, opening(ticket(tags=("fire",), participants=(BOB,))))
    again = Address("Robert", "BOB@customer.example")
    sheet = _work(store, number, ChangeTags(("fire",)), AddParticipants((again,)), AddArticle(article()))
    assert (sheet.ticket.tags, sheet.ticket.participants) == (("fire",), (BOB,))
    assert len(sheet.articles) == 2


def test_hostile_words_are_stored(store: Store) -> None:
    """However long or odd an address, tag, name or text is, the ticket is opened and found."""
    odd = "\0\udcff" + "x" * 10_000
    head = ticket(subject=odd, requester=Address(odd, odd), participants=(Address(odd, odd + "2"),), tags=(odd,))
    first = article(text=odd, full_text=odd, html=odd, message_id=odd, flags=(odd,), sender=Address(odd, odd))
    plan = replace(opening(head, first, RecordEvent(odd, {odd: odd})), actor=odd)
    number = open_ticket(store, plan)
    assert _work(store, number, ChangeTags((), (odd,))).ticket.tags == ()


def test_an_agents_answer_is_an_article_that_went_out(store: Store) -> None:
    """Direction and kind come back as they were."""
    number = open_ticket(store)
    answer = article(kind=ArticleKind.PUBLIC, direction=Direction.OUT, message_id="a@agent.example")
    assert _work(store, number, AddArticle(answer)).articles[1].article == answer


def test_agents_watch_a_ticket_once(store: Store) -> None:
    """Those it was opened with stay, others come and go, and the events tell."""
    number = open_ticket(store, opening(replace(ticket(), watchers=("anna",))))
    sheet = _work(store, number, ChangeWatchers(("anna", "bob")), ChangeWatchers((), ("anna",)))
    assert sheet.ticket.watchers == ("bob",)
    assert [event.detail for event in sheet.events if event.what == "watchers"] == [
        {"added": ["anna", "bob"], "removed": []},
        {"added": [], "removed": ["anna"]},
    ]


def test_every_change_can_be_carried_out() -> None:
    """Each kind of change that a plan may have has its function."""
    assert set(CARRIED_OUT) | {OpenTicket} == set(get_args(Change))
