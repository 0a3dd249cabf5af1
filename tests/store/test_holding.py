"""How a ticket went on is found in one statement; what is held is kept, moved and released exactly once."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event

from mailgateway.desk.facts import AnsweredLetter, Course
from mailgateway.desk.holding.changes import HeldEnd, HoldAnswer, HoldOn, ReleaseAnswer
from mailgateway.desk.model import ArticleKind, Direction, HeldAnswer
from mailgateway.desk.plan import AddArticle, Change, MergeInto, Plan
from mailgateway.errors import StoreBusy
from mailgateway.mail.model import Address
from mailgateway.store.engine import Store
from mailgateway.store.outgoing import outbox
from mailgateway.store.tickets import shown as tickets
from mailgateway.store.tickets.apply import apply
from mailgateway.store.tickets.course import MOST_ENTRIES, course
from mailgateway.store.tickets.heads import read_heads
from tests.store.examples import (
    JANE,
    MINUTE,
    NOW,
    arrival,
    article,
    letter,
    open_ticket,
    queued,
    spool_one,
    waiting,
    working,
)

HOUR = timedelta(hours=1)
ANNA = Address("Anna", "anna@example.com")


def note(text: str = "Try again.") -> AddArticle:
    """Make the internal article that an answer is kept in."""
    return AddArticle(article(kind=ArticleKind.NOTE, sender=ANNA, text=text, message_id="anna-1@example.com"))


def change(store: Store, number: int, *changes: Change) -> None:
    """Change a ticket."""
    with store.writing() as tx:
        apply(tx, working(number, *changes), None)


def held(store: Store, number: int) -> tuple[HeldAnswer, ...]:
    """Return what is held with a ticket."""
    with store.reading() as tx:
        return read_heads(tx, [number])[number].held


def went_on(store: Store, number: int, *answered: str, also: int = 0) -> Course:
    """Return how a ticket went on for a mail that answers these ids."""
    with store.reading() as tx:
        return course(tx, (number, also) if also else (number,), answered)


def hold(store: Store, number: int) -> HeldAnswer:
    """Hold an answer that came as a mail."""
    spool_id = spool_one(store, arrival(500))
    with store.writing() as tx:
        spooled = waiting(tx, spool_id)
        apply(tx, working(number, note(), HoldAnswer("anna", inside=True)), spooled)
    (one,) = held(store, number)
    return one


def test_the_course_tells_letters_and_entries(store: Store) -> None:
    """The nearest letter first, of this ticket and those merged into it alone; entries oldest first, cut."""
    number, merged, other = open_ticket(store), open_ticket(store), open_ticket(store)
    with store.writing() as tx:
        letters = [queued("a", number), queued("b", merged), queued("c", other)]
        outbox.put(tx, [replace(one, notice=f"of-{one.ticket}") for one in letters], NOW + MINUTE)
        outbox.put(tx, [queued("d", number, letter=letter("d@example.com"))], NOW + 2 * MINUTE)
    change(store, number, AddArticle(article(direction=Direction.OUT, sender=ANNA, at=NOW + HOUR, text="x" * 900)))
    found = went_on(store, number, "d@example.com", "b@example.com", "c@example.com", "a@example.com", also=merged)
    assert found.letters == (
        AnsweredLetter("acknowledgement", NOW + 2 * MINUTE),
        AnsweredLetter(f"of-{merged}", NOW + MINUTE),
        AnsweredLetter(f"of-{number}", NOW + MINUTE),
    )
    first, second = found.entries
    assert (first.sender, first.direction, first.message_id, first.at) == (
        JANE,
        Direction.IN,
        "m1@customer.example",
        NOW,
    )
    assert (second.sender, second.direction, second.at, len(second.text)) == (ANNA, Direction.OUT, NOW + HOUR, 400)


def test_the_course_of_a_long_ticket_is_bounded(store: Store) -> None:
    """Its newest end, in one statement; a mail that answers nothing finds no letter."""
    number = open_ticket(store)
    change(store, number, *(AddArticle(article(text=f"{n}", message_id=None)) for n in range(MOST_ENTRIES + 5)))
    statements: list[str] = []

    def seen(*arguments: object) -> None:
        statements.append(str(arguments[2]))

    event.listen(store.engine, "before_cursor_execute", seen)
    found = went_on(store, number)
    event.remove(store.engine, "before_cursor_execute", seen)
    assert len([one for one in statements if one.startswith(("SELECT", "WITH"))]) == 1
    assert [one.text for one in found.entries] == [f"{n}" for n in range(5, MOST_ENTRIES + 5)]
    assert found.letters == ()


def test_an_answer_is_held_with_its_ticket(store: Store) -> None:
    """The head of the ticket tells whose, since when, where its words are, and which mail it was."""
    number = open_ticket(store)
    one = hold(store, number)
    assert (one.agent, one.at, one.inside) == ("anna", NOW + MINUTE, True)
    assert one.mail > 0
    with store.reading() as tx:
        sheet = tickets.shown(tx, number)
        kept = tickets.article(tx, one.article)
    assert sheet is not None
    assert kept is not None
    assert (sheet.ticket.held, kept.text, kept.kind) == ((one,), "Try again.", ArticleKind.NOTE)
    assert sheet.events[-1].detail == {"agent": "anna", "article": one.article}


def test_it_is_released_once(store: Store) -> None:
    """The second who wants to is told that somebody was faster, and changes nothing."""
    number = open_ticket(store)
    one = hold(store, number)
    change(store, number, ReleaseAnswer(one, HeldEnd.DROPPED))
    assert held(store, number) == ()
    for late in (ReleaseAnswer(one, HeldEnd.SENT), HoldOn(one)):
        with pytest.raises(StoreBusy):
            change(store, number, late)


def test_it_may_be_asked_about_again(store: Store) -> None:
    """Then it waits from that moment on."""
    number = open_ticket(store)
    one = hold(store, number)
    with store.writing() as tx:
        plan: Plan = replace(working(number, HoldOn(one)), at=NOW + HOUR)
        apply(tx, plan, None)
    assert held(store, number) == (replace(one, at=NOW + HOUR),)


def test_it_goes_along_with_a_merged_ticket(store: Store) -> None:
    """The one that goes on has it, and is looked at for its reminder; a ticket without one is left alone."""
    number, survivor, plain = open_ticket(store), open_ticket(store), open_ticket(store)
    one = hold(store, number)
    change(store, plain, MergeInto(survivor))
    with store.reading() as tx:
        assert read_heads(tx, [survivor])[survivor].attend_at is None
    change(store, number, MergeInto(survivor))
    assert held(store, number) == ()
    assert held(store, survivor) == (one,)
    with store.reading() as tx:
        assert read_heads(tx, [survivor])[survivor].attend_at == NOW + MINUTE


def test_nothing_else_can_be_held(store: Store) -> None:
    """An answer is an article of the same plan."""
    number = open_ticket(store)
    with pytest.raises(ValueError, match="article"):
        change(store, number, HoldAnswer("anna"))
