"""Workers go on whatever happens, ever more slowly, and stop at once when asked to."""

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest

from mailgateway.daemon import mailbox_worker as mailbox_worker_module
from mailgateway.daemon import worker
from mailgateway.daemon.holding import Alone, Holding, Tenure
from mailgateway.daemon.mailbox_worker import MailboxWorker, Post
from mailgateway.daemon.worker import Worker
from mailgateway.errors import BlobsAway, LoginRefused, MailboxUnavailable, PermanentError, StoreBusy, StoreUnusable
from mailgateway.flows.health.beats import fetching
from mailgateway.flows.receive import Source
from mailgateway.imap.settle import Move
from mailgateway.store import health
from tests.daemon.waiting import wait_until
from tests.end_to_end.office import message
from tests.flows.bench import Bench
from tests.imap.scripted import QUICK, server_at
from tests.servers.imap_answers import chosen, uid_fetch, uid_move
from tests.servers.scripted_imap import Dialogue, ScriptedImap, bye, refuse

SHORT = timedelta(seconds=0.01)


class Pauses:
    """Records the pauses asked for, and makes them short."""

    def __init__(self) -> None:
        """Record nothing yet."""
        self.asked: list[tuple[int, bool]] = []

    def __call__(self, failures: int, _jitter: float, *, refused: bool) -> timedelta:
        """Take one down."""
        self.asked.append((failures, refused))
        return SHORT


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> Pauses:
    """Give what workers asked for."""
    made = Pauses()
    monkeypatch.setattr(worker, "pause", made)
    return made


class Scripted(Worker):
    """Raises what it is told to, round after round; None is a round that goes well."""

    def __init__(self, bench: Bench, script: list[BaseException | None]) -> None:
        """Take the script."""
        super().__init__("scripted", bench.desk, lambda: 0.0)
        self._script = script

    def rounds(self) -> Iterator[None]:
        """Play the next part of the script; at its end, stop."""
        while self._script:
            error = self._script.pop(0)
            if error is not None:
                raise error
            yield
        self.ask_to_stop()


@pytest.mark.parametrize(
    "error", [SystemExit(1), MemoryError(), ValueError("a bug"), MailboxUnavailable("gone"), StoreBusy("locked")]
)
def test_nothing_ends_a_worker(bench: Bench, pauses: Pauses, error: BaseException) -> None:
    """Whatever a round raises, the next one comes; why it failed is written down."""
    scripted = Scripted(bench, [None, error, error, None, error])
    scripted.start()
    scripted.join(20)
    assert not scripted.is_alive()
    assert [failures for failures, _ in pauses.asked] == [1, 2, 1]
    with bench.store.reading() as tx:
        assert health.beats(tx)["scripted"].error


def test_since_when_it_fails_is_known_until_it_goes_well(bench: Bench, pauses: Pauses) -> None:
    """Another failure begins nothing anew."""
    began = bench.now
    known: list[object] = []

    class Watched(Scripted):
        def rest(self, _wait: timedelta) -> None:
            known.append(self.failing_since)
            bench.now += timedelta(minutes=1)

    scripted = Watched(bench, [StoreBusy("locked"), MailboxUnavailable("gone"), None, StoreBusy("locked"), None])
    scripted.start()
    scripted.join(20)
    assert [failures for failures, _ in pauses.asked] == [1, 2, 1]
    assert known == [began, began, began + timedelta(minutes=2)]
    assert scripted.failing_since is None


@pytest.mark.parametrize(
    ("error", "refused"), [(LoginRefused("no"), True), (PermanentError("other"), False), (StoreBusy("x"), False)]
)
def test_only_a_refused_login_waits_for_minutes(
    bench: Bench, pauses: Pauses, error: BaseException, *, refused: bool
) -> None:
    """Asking again soon would lock an account; nothing else is made worse by asking."""
    scripted = Scripted(bench, [error])
    scripted.start()
    scripted.join(20)
    assert pauses.asked == [(1, refused)]


def test_a_pause_ends_when_the_worker_is_asked_to_stop(bench: Bench) -> None:
    """A worker that waits for minutes leaves at once."""
    scripted = Scripted(bench, [LoginRefused("no")])
    scripted.start()
    scripted.join(0.2)
    assert scripted.is_alive()
    scripted.ask_to_stop()
    scripted.join(5)
    assert not scripted.is_alive()


def mailbox_worker(
    imap: ScriptedImap, bench: Bench, poll: timedelta = SHORT, holding: Holding | None = None
) -> MailboxWorker:
    """Return a worker at a scripted server, which polls all the time unless told otherwise."""
    source = Source("support", 1_000_000, Move("Processed"), Move("Quarantine"))
    post = Post(source, server_at(imap, timeout=QUICK), "INBOX", poll)
    return MailboxWorker(post, bench.desk, lambda: 0.0, holding)


class Recorded(Alone):
    """Grants every wish, and records which came after a failure to read the mailbox."""

    def __init__(self) -> None:
        """Record nothing yet."""
        self.wishes: list[bool] = []

    def want(self, mailbox: str, *, has_failed: bool = False) -> Tenure:
        """Take it down."""
        self.wishes.append(has_failed)
        return super().want(mailbox)


@pytest.mark.parametrize(
    ("error", "has_failed"),
    [
        (MailboxUnavailable("no route"), True),
        (LoginRefused("no"), True),
        (BlobsAway("disk full"), False),
        (StoreBusy("restarted"), False),
        (StoreUnusable("no rights"), False),
    ],
)
def test_only_what_may_be_better_on_another_host_leaves_a_mailbox_to_it(
    bench: Bench, pauses: Pauses, monkeypatch: pytest.MonkeyPatch, error: Exception, *, has_failed: bool
) -> None:
    """A disk that was full for all hosts must not keep them from sharing mailboxes for a quarter of an hour."""
    holding = Recorded()
    with ScriptedImap() as imap:
        at_work = mailbox_worker(imap, bench, holding=holding)

        def fail(*_: object) -> int:
            if len(holding.wishes) == 2:
                at_work.ask_to_stop()
            raise error

        monkeypatch.setattr(mailbox_worker_module, "collect", fail)
        at_work.start()
        at_work.join(20)
        assert not at_work.is_alive()
    assert holding.wishes == [False, has_failed]
    assert len(pauses.asked) == 2


def mail(uid: int) -> bytes:
    """Return a mail whose subject is its UID."""
    return bytes(message(f"c{uid}@customer.example", f"M{uid}", "Text"))


def test_it_polls_where_the_server_has_no_idle(bench: Bench) -> None:
    """Mail is found by looking, over one connection, and no IDLE is sent."""
    with ScriptedImap({1: mail(1)}, capabilities="IMAP4rev1 AUTH=PLAIN MOVE UIDPLUS") as imap:
        at_work = mailbox_worker(imap, bench)
        at_work.start()
        wait_until(lambda: bench.subjects() == ["M1"])
        imap.inbox[2] = mail(2)
        wait_until(lambda: bench.subjects() == ["M1", "M2"])
        at_work.ask_to_stop()
        at_work.join(10)
        assert not at_work.is_alive()
        assert imap.commands("IDLE") == []
        assert len(imap.commands("SELECT")) == 1
    with bench.store.reading() as tx:
        beat = health.beats(tx)[fetching("support")]
    assert (beat.good_at, beat.error) == (bench.now, "")


def test_it_polls_where_the_server_offers_idle_and_refuses_it(bench: Bench) -> None:
    """It stays connected, asks for IDLE no more, and looks for itself."""
    with ScriptedImap({1: mail(1)}, answers={"IDLE": refuse("[LIMIT] too many")}) as imap:
        at_work = mailbox_worker(imap, bench)
        at_work.start()
        wait_until(lambda: bench.subjects() == ["M1"])
        while not imap.commands("IDLE"):
            threading.Event().wait(0.02)
        imap.inbox[2] = mail(2)
        wait_until(lambda: bench.subjects() == ["M1", "M2"])
        at_work.ask_to_stop()
        at_work.join(10)
        assert len(imap.commands("IDLE")) == 1
        assert len(imap.commands("SELECT")) == 1


def test_while_mail_keeps_coming_nobody_waits_for_announcements(bench: Bench) -> None:
    """A mail that comes right behind another is found although its server, which gathers its news, says nothing."""

    def behind(dialogue: Dialogue, arguments: str) -> None:
        uid_move(dialogue, arguments)
        dialogue.server.inbox.setdefault(2, mail(2))

    with ScriptedImap({1: mail(1)}, answers={"UID MOVE": behind}) as imap:
        at_work = mailbox_worker(imap, bench, poll=timedelta(hours=1))
        at_work.start()
        wait_until(lambda: bench.subjects() == ["M1", "M2"])
        at_work.ask_to_stop()
        at_work.join(10)
        assert not at_work.is_alive()


def test_quick_looks_after_a_mail_do_not_ask_again_for_what_was_refused(bench: Bench) -> None:
    """The mail is tried, again when the folder is made, and by itself; then it is left alone until the next poll."""
    with ScriptedImap({1: mail(1)}, answers={"UID MOVE": refuse("[OVERQUOTA] full")}) as imap:
        at_work = mailbox_worker(imap, bench, poll=timedelta(hours=1))
        at_work.start()
        while not imap.commands("IDLE"):
            threading.Event().wait(0.02)
        at_work.ask_to_stop()
        at_work.join(10)
        assert not at_work.is_alive()
        assert len(imap.commands("UID SEARCH")) > 2
        assert len(imap.commands("UID MOVE")) == 3


@pytest.mark.usefixtures("pauses")
def test_a_mail_that_breaks_every_connection_does_not_stop_the_daemon(bench: Bench) -> None:
    """The worker sets it aside by itself, and files what is behind it."""

    def breaking(dialogue: Dialogue, arguments: str) -> None:
        asked, _, items = arguments.partition(" ")
        if "BODY" in items and 2 in chosen(dialogue, asked):
            dialogue.drop()
        uid_fetch(dialogue, arguments)

    with ScriptedImap({uid: mail(uid) for uid in (1, 2, 3)}, answers={"UID FETCH": breaking}) as imap:
        at_work = mailbox_worker(imap, bench)
        at_work.start()
        wait_until(lambda: bench.subjects() == ["M1", "M3"])
        at_work.ask_to_stop()
        at_work.join(10)
    assert [entry.uid for entry in bench.aside()] == [2]


def test_a_server_that_says_bye_at_every_login_is_asked_ever_more_slowly(bench: Bench, pauses: Pauses) -> None:
    """The count of failures grows as long as nothing goes well."""
    with ScriptedImap(answers={"SELECT": bye("too busy")}) as imap:
        at_work = mailbox_worker(imap, bench)
        at_work.start()
        waited = threading.Event()
        while len(pauses.asked) < 4:
            waited.wait(0.02)
        at_work.ask_to_stop()
        at_work.join(10)
    assert pauses.asked[:4] == [(1, False), (2, False), (3, False), (4, False)]
