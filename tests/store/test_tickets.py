"""Tickets as people see them."""

from mailgateway.desk.model import ArticleKind, Direction, StoredFile
from mailgateway.desk.plan import AddArticle
from mailgateway.store.engine import Store
from mailgateway.store.tickets import shown as tickets
from mailgateway.store.tickets.apply import apply
from mailgateway.store.tickets.shown import Most
from tests.store.examples import article, open_ticket, opening, working


def test_a_ticket_that_is_not_there_is_none(store: Store) -> None:
    """An unknown number shows nothing."""
    with store.reading() as tx:
        assert tickets.shown(tx, 4711) is None
        assert tickets.shown(tx, 10**30) is None
        assert tickets.opening(tx, 4711) is None


def test_the_opening_is_the_mail_that_it_began_with(store: Store) -> None:
    """The first article that came in, with its files; neither a note nor an answer."""
    files = (StoredFile("a.png", "image/png", 3, "0" * 64),)
    first = article(attachments=files)
    number = open_ticket(store, opening(first=article(kind=ArticleKind.NOTE, message_id="note@x")))
    answer = article(direction=Direction.OUT, message_id="answer@x")
    with store.writing() as tx:
        changes = AddArticle(answer), AddArticle(first), AddArticle(article(message_id="later@x"))
        apply(tx, working(number, *changes), None)
        assert tickets.opening(tx, number) == first


def test_articles_have_lasting_ids(store: Store) -> None:
    """People speak of articles by number, oldest first."""
    number = open_ticket(store)
    with store.writing() as tx:
        apply(tx, working(number, AddArticle(article(message_id="m2@x"))), None)
    with store.reading() as tx:
        sheet = tickets.shown(tx, number)
        again = tickets.shown(tx, number)
    assert sheet == again
    assert sheet is not None
    ids = [filed.id for filed in sheet.articles]
    assert ids == sorted(set(ids))
    assert [filed.article.message_id for filed in sheet.articles] == ["m1@customer.example", "m2@x"]


def test_of_a_long_ticket_the_newest_is_read(store: Store) -> None:
    """As many entries as wanted, as long as wanted together, but always the newest; the rest is counted."""
    number = open_ticket(store)
    for turn in range(3):
        with store.writing() as tx:
            apply(tx, working(number, AddArticle(article(message_id=None, text=f"{turn}" * 100))), None)
    with store.reading() as tx:
        whole = tickets.shown(tx, number)
        few = tickets.shown(tx, number, Most(entries=2, characters=10**6))
        short = tickets.shown(tx, number, Most(entries=9, characters=1))
    assert whole is not None
    assert few is not None
    assert short is not None
    assert (whole.articles_left_out, whole.events_left_out, len(whole.articles)) == (0, 0, 4)
    assert (few.articles, few.articles_left_out) == (whole.articles[2:], 2)
    assert (few.events, few.events_left_out) == (whole.events[-2:], len(whole.events) - 2)
    assert (short.articles, short.articles_left_out, short.events) == (whole.articles[3:], 3, whole.events)
