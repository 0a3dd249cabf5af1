"""Keepers: mailboxes are shared between hosts, go over to others, and come back."""

import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from mailgateway import clock
from mailgateway.accounts.server import Server, Tls
from mailgateway.clock import Clock
from mailgateway.daemon import keeper as keeping
from mailgateway.daemon.holding import Tenure
from mailgateway.daemon.keeper import Keeper
from mailgateway.daemon.mailbox_worker import MailboxWorker, Post
from mailgateway.daemon.sender import Outlet, Sender
from mailgateway.desk.letters.delivery import DeliveryState
from mailgateway.desk.sharing import Sight
from mailgateway.errors import StoreBusy
from mailgateway.flows.receive import Source
from mailgateway.flows.sending import naps
from mailgateway.imap.settle import Move
from mailgateway.store.hosts.names import number_of
from mailgateway.store.hosts.news import News
from mailgateway.store.hosts.session import HostSession
from tests.daemon.waiting import wait_until
from tests.end_to_end.office import message
from tests.flows.bench import MINUTE, Bench, relay_of
from tests.servers.postgres import Postgres
from tests.servers.sink import Sink

PATIENCE = 20
_CUT = text(
    "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
    " WHERE datname = current_database() AND application_name = :name"
)


@pytest.fixture
def shared(tmp_path: Path, postgres: Postgres, postgres_template: str) -> Iterator[Bench]:
    """Give a desk over PostgreSQL."""
    made = Bench(tmp_path, postgres.create_database(like=postgres_template))
    yield made
    made.gateway.close()


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look around often."""
    monkeypatch.setattr(keeping, "LOOK_EVERY", timedelta(seconds=0.05))


class Workers:
    """Stands in for the workers of a host: leaves what it is to leave, and wants it again."""

    def __init__(self, keeper: Keeper, *mailboxes: str) -> None:
        """Want these mailboxes."""
        self._keeper = keeper
        self._tenures = {mailbox: keeper.want(mailbox) for mailbox in mailboxes}

    def reading(self) -> set[str]:
        """Return what may be read at the moment."""
        for mailbox, tenure in self._tenures.items():
            if tenure.over.is_set():
                self._keeper.leave(tenure)
                self._tenures[mailbox] = self._keeper.want(mailbox)
        return {mailbox for mailbox, tenure in self._tenures.items() if tenure.wait(0) and self._keeper.lasts(tenure)}


@contextmanager
def kept(bench: Bench, host: str, hearers: dict[News, Callable[[], None]] | None = None) -> Iterator[Keeper]:
    """Run a keeper."""
    keeper = Keeper(bench.desk, lambda: 0.0, host, hearers or {})
    keeper.start()
    try:
        yield keeper
    finally:
        keeper.ask_to_stop()
        keeper.join(PATIENCE)
        assert not keeper.is_alive()


def cut(bench: Bench, host: str) -> None:
    """Let the database end the connection of a host."""
    with bench.store.writing() as tx:
        tx.connection.execute(_CUT, {"name": f"mailgateway host {host}"})


def test_mailboxes_are_spread_when_a_host_comes_and_goes(shared: Bench) -> None:
    """One host reads all four; a second gets two; when it is gone the first has four again."""
    four = {"a", "b", "c", "d"}
    with kept(shared, "one/1") as first:
        ones = Workers(first, *four)
        wait_until(lambda: ones.reading() == four)
        with kept(shared, "two/2") as second:
            twos = Workers(second, *four)
            wait_until(lambda: len(ones.reading()) == len(twos.reading()) == 2)
            assert ones.reading() | twos.reading() == four
        wait_until(lambda: ones.reading() == four)


def test_a_lost_connection_ends_every_tenure_and_mailboxes_are_read_again(shared: Bench) -> None:
    """Workers learn at once that a mailbox may be another's by now, and get it again when the database is back."""
    with kept(shared, "one/1") as keeper:
        tenure = keeper.want("support")
        assert tenure.wait(PATIENCE)
        cut(shared, "one/1")
        assert tenure.over.wait(PATIENCE)
        assert not keeper.lasts(tenure)
        keeper.leave(tenure)
        again = keeper.want("support")
        assert again.wait(PATIENCE)
        wait_until(lambda: keeper.lasts(again))


def test_a_host_that_was_frozen_does_not_believe_that_it_still_holds(
    shared: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It knows by its own clock, before it hears anything: the server may have given the mailbox away."""
    with kept(shared, "one/1") as keeper:
        tenure = keeper.want("support")
        assert tenure.wait(PATIENCE)
        assert keeper.lasts(tenure)
        monkeypatch.setattr(keeping, "monotonic", lambda: float("inf"))
        assert not keeper.lasts(tenure)


def test_a_mailbox_wanted_anew_is_had_when_the_old_worker_has_left(shared: Bench) -> None:
    """A reload replaces a worker that is still busy: the new one reads after it, not beside it."""
    with kept(shared, "one/1") as keeper:
        old = keeper.want("support")
        assert old.wait(PATIENCE)
        old.end()
        new = keeper.want("support")
        assert not new.wait(0.3)
        keeper.leave(old)
        assert new.wait(PATIENCE)
        assert not new.over.is_set()


def test_a_worker_that_waits_for_a_mailbox_is_well_and_stops_at_once(shared: Bench) -> None:
    """Another host reads it: nothing is connected to, nothing is overdue, and nothing is waited for at the end."""
    source = Source("support", 1_000_000, Move("Processed"), Move("Quarantine"))
    with ExitStack() as stack:
        other = stack.enter_context(closing(HostSession(shared.store, "other/2", PATIENCE * MINUTE)))
        assert other.take(number_of("support"))
        keeper = stack.enter_context(kept(shared, "one/1"))
        nowhere = Server("127.0.0.1", 1, Tls.NONE, None, timedelta(seconds=PATIENCE))
        worker = MailboxWorker(Post(source, nowhere, "INBOX", PATIENCE * MINUTE), shared.desk, lambda: 0.0, keeper)
        worker.start()
        wait_until(lambda: number_of("support") in other.look().waiting)
        assert worker.pulse.overdue_seconds == 0
        worker.ask_to_stop()
        worker.join(PATIENCE)
        assert not worker.is_alive()
        wait_until(lambda: number_of("support") not in other.look().waiting)


def test_news_of_another_process_are_passed_on_each_to_who_waits_for_it(shared: Bench) -> None:
    """Whoever was away hears of everything first, as nobody knows what was told meanwhile."""
    heard = {news: threading.Event() for news in News}
    with kept(shared, "one/1", {news: event.set for news, event in heard.items()}) as keeper:
        assert all(event.wait(PATIENCE) for event in heard.values())
        assert keeper.is_connected()
        for event in heard.values():
            event.clear()
        shared.store.origin = "another process"
        with shared.store.writing() as tx:
            tx.news.add(News.CALLS)
        assert heard[News.CALLS].wait(PATIENCE)
        assert not heard[News.LETTERS].is_set()


def test_a_letter_of_another_process_leaves_at_once(shared: Bench, sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its news ends the sender's nap, however long that is."""
    monkeypatch.setattr(naps, "HEARD", timedelta(hours=1))
    outlet = Outlet(relay_of(sink), None, shared.sending)
    at_work = Sender(outlet, shared.desk, lambda: 0.0, lambda: True)
    with kept(shared, "one/1", {News.LETTERS: at_work.wake}) as keeper:
        wait_until(keeper.is_connected)
        at_work.start()
        shared.store.origin = "another process"
        shared.arrive(message("carla@customer.example", "Question", "Why?"))
        shared.ingest()
        wait_until(lambda: {line.state for line in shared.letters()} == {DeliveryState.SENT})
        at_work.ask_to_stop()
        at_work.join(PATIENCE)
        assert not at_work.is_alive()


def test_naps_end_when_the_next_letter_is_due(shared: Bench) -> None:
    """Who hears the news sleeps until something is due, and never for longer than half a minute."""
    (outlet,) = shared.gateway.outlets()
    route = outlet.sending.route
    assert naps.until_letters(shared.desk, route, hears_news=False) == naps.UNHEARD
    assert naps.until_letters(shared.desk, route, hears_news=True) == naps.HEARD
    shared.arrive(message("carla@customer.example", "Question", "Why?"))
    shared.ingest()
    shared.now -= timedelta(seconds=10)
    assert naps.until_letters(shared.desk, route, hears_news=True) == timedelta(seconds=10)


def test_tenures_alone_are_granted(bench: Bench) -> None:
    """Over SQLite no keeper is made: every mailbox is read by the one process."""
    assert bench.gateway.supervisor()._keeper is None
    assert not Tenure("support").over.is_set()


def test_a_host_that_cannot_read_leaves_mailboxes_to_one_that_can(shared: Bench) -> None:
    """It asks nobody for them, however often it tries; when the other is gone, it tries again."""
    four = {"a", "b", "c", "d"}
    with kept(shared, "broken/2") as broken:
        with kept(shared, "good/1") as good:
            reads = Workers(good, *four)
            wait_until(lambda: reads.reading() == four)
            failing = [broken.want(mailbox, has_failed=True) for mailbox in sorted(four)]
            with closing(HostSession(shared.store, "other/3")) as other:
                for _ in range(20):
                    other.hear(timedelta(seconds=0.05))
                    assert reads.reading() == four
                    assert not other.look().waiting
            assert not any(tenure.wait(0) for tenure in failing)
        assert all(tenure.wait(PATIENCE) for tenure in failing)


def test_a_tenure_that_is_over_holds_nothing_when_the_database_is_back(shared: Bench) -> None:
    """Its worker may be stuck, and another host is to read the mailbox meanwhile."""
    with kept(shared, "one/1") as keeper, closing(HostSession(shared.store, "other/2")) as other:
        tenure = keeper.want("support")
        assert tenure.wait(PATIENCE)
        cut(shared, "one/1")
        assert tenure.over.wait(PATIENCE)
        again = keeper.want("sales")
        assert again.wait(PATIENCE)  # it has looked around since
        assert other.take(number_of("support"))


def test_news_of_ones_own_are_told_to_others_together_and_make_nobody_look(
    shared: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each telling makes PostgreSQL's writers wait for each other, and each look asks for all its locks."""
    looks: list[int] = []
    look = HostSession.look

    def counted(session: HostSession) -> Sight:
        looks.append(session.number)
        return look(session)

    woken = threading.Event()
    with ExitStack() as stack:
        with monkeypatch.context() as patched:
            patched.setattr(shared.store, "origin", "another process")
            other = stack.enter_context(closing(HostSession(shared.store, "other/2")))
        keeper = stack.enter_context(kept(shared, "one/1", {News.LETTERS: woken.set}))
        shared.store.teller = keeper.spread
        monkeypatch.setattr(keeping, "LOOK_EVERY", timedelta(seconds=PATIENCE))
        assert keeper.want("a").wait(PATIENCE)  # the last look for a while
        monkeypatch.setattr(HostSession, "look", counted)
        woken.clear()
        for _ in range(100):
            with shared.store.writing() as tx:
                tx.news.add(News.LETTERS)
        assert woken.is_set()
        assert other.hear(timedelta(seconds=PATIENCE)) == {News.LETTERS}
        tellings = 1
        while other.hear(timedelta(seconds=0.5)):
            tellings += 1
        assert looks == []
    assert tellings < 60


def test_over_sqlite_the_senders_of_the_process_are_told_as_well(bench: Bench) -> None:
    """Whatever queues a letter: one that a service level adds is announced as the receipt is."""
    supervisor = bench.gateway.supervisor()
    woken: list[str] = []
    supervisor.wake_senders = lambda: woken.append("senders")  # type: ignore[method-assign]
    with bench.store.writing() as tx:
        tx.news.add(News.LETTERS)
        assert not woken
    assert woken == ["senders"]


def test_news_that_a_cut_connection_did_not_take_are_told_by_the_next(
    shared: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody would look for half a minute."""
    tell = HostSession.tell
    fails = [StoreBusy("the connection was cut")]

    def told(session: HostSession, news: Collection[News]) -> None:
        if fails:
            raise fails.pop()
        tell(session, news)

    with ExitStack() as stack:
        with monkeypatch.context() as patched:
            patched.setattr(shared.store, "origin", "another process")
            other = stack.enter_context(closing(HostSession(shared.store, "other/2")))
        keeper = stack.enter_context(kept(shared, "one/1"))
        wait_until(keeper.is_connected)
        monkeypatch.setattr(HostSession, "tell", told)
        keeper.spread([News.LETTERS])
        assert other.hear(timedelta(seconds=PATIENCE)) == {News.LETTERS}
        assert not fails


@pytest.mark.parametrize("minutes", [-20, 20])
def test_a_host_goes_by_the_databases_clock_and_says_once_that_its_own_is_wrong(
    shared: Bench, minutes: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With every look around; it says so again when that has changed."""
    own, ours, skew = clock.own, Clock(), [minutes * MINUTE]
    monkeypatch.setattr(clock, "keep_to", ours.keep_to)
    monkeypatch.setattr(clock, "now", ours.now)
    monkeypatch.setattr(clock, "own", lambda: own() + skew[0])
    written: list[str] = []

    def told() -> list[str]:
        written.extend(line for line in "".join(capsys.readouterr()).splitlines() if "hosts.clock" in line)
        return written

    with kept(shared, "one/1"):
        wait_until(lambda: bool(told()))
        assert abs(ours.now() - own()) < timedelta(seconds=5)
        skew[0] = 0 * MINUTE
        wait_until(lambda: len(told()) > 1)
    assert all(f"seconds_ahead={seconds}" in line for seconds, line in zip((minutes * 60, 0), written, strict=True))
    assert ["agrees=True" in line for line in written] == [False, True]
