"""Hosts over one PostgreSQL: what one holds, another does not get; what one says, the others hear, and not itself."""

import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import timedelta

import pytest
from sqlalchemy import text

from mailgateway.errors import GatewayError, StoreBusy
from mailgateway.store.engine import Store
from mailgateway.store.hosts.names import number_of
from mailgateway.store.hosts.news import News
from mailgateway.store.hosts.present import Host, present
from mailgateway.store.hosts.session import HostSession
from mailgateway.store.outgoing import outbox
from tests.store.conftest import Opener
from tests.store.examples import NOW, queued

LONG, SHORT = timedelta(seconds=20), timedelta(0)
MINUTES = timedelta(minutes=2)
"""More than a busy machine takes for a test."""

SUPPORT, SALES = number_of("support"), number_of("sales")
_CUT = text("SELECT pg_terminate_backend(:session, 10000)")


@pytest.fixture
def store(postgres_opener: Opener) -> Store:
    """Give a store that hosts can share."""
    return postgres_opener()


@pytest.fixture
def one(store: Store) -> Iterator[HostSession]:
    """Give the session of one host."""
    with closing(HostSession(store, "one/1", MINUTES)) as session:
        yield session


@pytest.fixture
def other(postgres_opener: Opener) -> Iterator[HostSession]:
    """Give the session of another host."""
    with closing(HostSession(postgres_opener(), "other/2", MINUTES)) as session:
        yield session


def test_a_mailbox_is_held_by_one(one: HostSession, other: HostSession) -> None:
    """Whoever comes later waits, is seen to wait, and gets it when it is given back."""
    assert one.take(SUPPORT)
    assert not other.take(SUPPORT)
    other.wait_for([SUPPORT])
    assert one.look().readers == {SUPPORT: one.number}
    assert one.look().waiting == {SUPPORT: frozenset({other.number})}
    one.give_back([SUPPORT])
    assert other.take(SUPPORT)
    other.wait_no_longer([SUPPORT])
    assert one.look() == other.look()
    assert one.look().waiting == {}


def test_what_a_lost_host_held_is_free_at_once(store: Store, one: HostSession, other: HostSession) -> None:
    """The end of its connection is the end of its hold, and it learns so as soon as it looks or listens."""
    assert one.take(SUPPORT)
    with store.writing() as tx:
        tx.connection.execute(_CUT, {"session": one.number})
    assert other.take(SUPPORT)
    with pytest.raises(StoreBusy):
        one.hear(LONG)


def test_a_host_that_says_nothing_is_cut_off(store: Store, other: HostSession) -> None:
    """A frozen host cannot keep a mailbox: the server ends its session by itself."""
    with closing(HostSession(store, "frozen/3", silence=timedelta(seconds=2))) as frozen:
        assert frozen.take(SUPPORT)
        pause = threading.Event()
        while not other.take(SUPPORT):
            pause.wait(0.02)
        with pytest.raises(GatewayError):
            frozen.look()


def test_news_is_heard_after_the_commit_and_not_by_who_tells_it(
    store: Store, postgres_opener: Opener, one: HostSession, other: HostSession
) -> None:
    """What is rolled back nobody hears of; `one` shares the store of the writer, who knows already."""
    with suppress(ZeroDivisionError), store.writing() as tx:
        tx.news.add(News.CALLS)
        raise ZeroDivisionError
    with store.writing() as tx:
        outbox.put(tx, [queued("a"), queued("b")], NOW)
    assert other.hear(LONG) == {News.LETTERS}
    assert one.hear(SHORT) == frozenset()
    with postgres_opener().writing() as tx:
        outbox.put(tx, [queued("a")], NOW)  # it is there already: no news
        tx.news.add(News.CALLS)
    assert one.hear(LONG) == {News.CALLS}


def test_news_that_come_while_something_is_asked_are_kept(store: Store, other: HostSession) -> None:
    """Looking around loses nothing."""
    with store.writing() as tx:
        tx.news.add(News.LETTERS)
    other.look()
    assert other.hear(SHORT) == {News.LETTERS}


def test_an_operators_wish_is_news(store: Store, other: HostSession) -> None:
    """`outbox retry` in one process wakes the senders of all."""
    with store.writing() as tx:
        outbox.put(tx, [queued("a")], NOW)
    assert other.hear(LONG) == {News.LETTERS}
    with store.writing() as tx:
        outbox.retry(tx, [1], NOW)
    assert other.hear(LONG) == {News.LETTERS}


def test_listening_ends_when_it_is_woken(one: HostSession) -> None:
    """A worker's wish does not wait for the next look."""
    one.wake()
    assert one.hear(LONG) == frozenset()


def test_hosts_are_shown_with_what_they_read(store: Store, one: HostSession, other: HostSession) -> None:
    """`status` shows who reads what, by the names of the configuration."""
    assert one.take(SUPPORT)
    other.wait_for([SUPPORT, SALES])
    with store.reading() as tx:
        assert present(tx, ["support", "sales"]) == (Host("one/1", ("support",)), Host("other/2", ()))


def test_a_single_process_shows_no_hosts(opener: Opener) -> None:
    """Over SQLite there is nobody to share with; over PostgreSQL nobody is there yet."""
    with opener().reading() as tx:
        assert present(tx, ["support"]) == ()
