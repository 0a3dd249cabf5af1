"""From the mailbox to the ticket, over servers that behave and servers that do not."""

from collections.abc import Callable
from contextlib import suppress

import pytest

from mailgateway.desk.first_run import SERVE_ALL
from mailgateway.errors import MailboxUnavailable
from mailgateway.flows.collect import collect
from mailgateway.flows.health.beats import settling
from mailgateway.flows.health.signs import EVERY
from mailgateway.flows.receive import Source
from mailgateway.flows.settling import Refused
from mailgateway.flows.timed import watch
from mailgateway.imap.session import Session
from mailgateway.imap.settle import Delete, Flag, Settlement
from mailgateway.store import health
from tests.end_to_end.office import message
from tests.flows.bench import MINUTE, PROCESSED, Bench
from tests.flows.faulty import a_few_times, collect_at_last, mails
from tests.imap.scripted import server_at
from tests.servers.imap_answers import ANSWERS, chosen, uid_move
from tests.servers.scripted_imap import (
    CAPABILITIES,
    Answer,
    Dialogue,
    ScriptedImap,
    bye,
    cut_in_literal,
    drop,
    hang,
    refuse,
)

NO_MOVE = "IMAP4rev1 AUTH=PLAIN IDLE UIDPLUS"
NO_UIDPLUS = "IMAP4rev1 AUTH=PLAIN IDLE"


def test_sizes_come_before_bodies_and_nothing_is_marked_by_reading(bench: Bench) -> None:
    """The first FETCH asks sizes alone, bodies are peeked at, and no flag is set but those of settling."""
    with ScriptedImap(mails(3)) as imap:
        bench.collect(imap)
        fetches = imap.commands("UID FETCH")
        assert "RFC822.SIZE" in fetches[0]
        assert "BODY" not in fetches[0]
        assert all("BODY.PEEK[" in fetch for fetch in fetches[1:])
        assert len(fetches) == 2
        assert imap.commands("UID STORE") == []


def test_batches_are_bounded_by_bytes(bench: Bench) -> None:
    """Of mails of 900 KB no more than eight are asked for at once."""
    with ScriptedImap(mails(20, 900_000)) as imap:
        bench.collect(imap)
        asked = [line.split()[3].count(",") + 1 for line in imap.commands("UID FETCH") if "BODY" in line]
    assert sum(asked) == 20
    assert max(asked) <= 8
    assert len(bench.subjects()) == 20


@pytest.mark.parametrize(
    ("settlement", "capabilities", "verbs"),
    [
        (PROCESSED, CAPABILITIES, ["UID MOVE"]),
        (PROCESSED, NO_MOVE, ["UID COPY", "UID STORE", "UID EXPUNGE"]),
        (PROCESSED, NO_UIDPLUS, ["UID COPY", "UID STORE", "EXPUNGE"]),
        (Flag("Ticketed"), CAPABILITIES, ["UID STORE"]),
        (Delete(), CAPABILITIES, ["UID STORE", "UID EXPUNGE"]),
    ],
)
def test_every_way_to_settle(bench: Bench, settlement: Settlement, capabilities: str, verbs: list[str]) -> None:
    """A filed mail is moved, flagged or deleted with what the server has, after it is filed, and not again."""
    with ScriptedImap(mails(2), capabilities=capabilities) as imap:
        imap.folders["Processed"] = {}
        bench.collect(imap, settlement)
        sent = [line.partition(" ")[2].upper() for line in imap.received]
        settling = [one for one in sent if one.startswith(("UID MOVE", "UID COPY", "UID STORE", "UID EXP", "EXP"))]
        assert [next(verb for verb in verbs if one.startswith(verb)) for one in settling] == verbs
        assert len(imap.inbox) == (2 if isinstance(settlement, Flag) else 0)
        assert len(imap.folders["Processed"]) == (2 if settlement is PROCESSED else 0)
        before = len(settling)
        bench.collect(imap, settlement)
        again = [line for line in imap.received if any(verb in line.upper() for verb in verbs)]
        assert len(again) == before
    assert len(bench.subjects()) == 2


def test_nothing_is_settled_before_it_is_committed(bench: Bench) -> None:
    """When the server hears of settling, the ticket is in the database for everybody to see."""
    seen: list[int] = []

    def look(dialogue: Dialogue, _arguments: str) -> None:
        seen.append(len(bench.subjects()))
        dialogue.finish()

    with ScriptedImap(mails(2), answers={"UID MOVE": look}) as imap:
        imap.folders["Processed"] = {}
        bench.collect(imap)
    assert seen == [2]


@pytest.mark.parametrize(
    "fault", [cut_in_literal, refuse("busy"), bye("over"), hang, drop], ids=["cut", "NO", "BYE", "hang", "drop"]
)
def test_a_fault_in_the_middle_loses_nothing_and_doubles_nothing(bench: Bench, fault: Answer) -> None:
    """Connection lost, refusal, BYE or silence while mails are fetched: afterwards each is filed once."""
    with ScriptedImap(mails(5), answers={"UID FETCH": a_few_times(1, fault)}) as imap:
        collect_at_last(bench, imap)
        bench.collect(imap)
        assert bench.without_outcome(imap) == []
    assert bench.subjects() == ["M1", "M2", "M3", "M4", "M5"]
    assert bench.aside() == ()


@pytest.mark.parametrize("fault", [refuse("busy"), bye("over"), hang, drop], ids=["NO", "BYE", "hang", "drop"])
def test_a_fault_while_settling_files_nothing_twice(bench: Bench, fault: Answer) -> None:
    """Whatever happens to the move, the mails are filed once and moved the next time."""
    with ScriptedImap(mails(3), answers={"UID MOVE": fault}) as imap:
        imap.folders["Processed"] = {}
        with suppress(MailboxUnavailable):  # the connection is gone, and the worker opens another one
            bench.collect(imap)
        imap.answers["UID MOVE"] = ANSWERS["UID MOVE"]
        bench.collect(imap)
        assert imap.inbox == {}
    assert bench.subjects() == ["M1", "M2", "M3"]


def test_settling_gives_a_sign_of_life_now_and_then(bench: Bench) -> None:
    """One with every mail would be a commit with every mail; a refusal is told at once."""

    def sign() -> tuple[object, str]:
        with bench.store.reading() as tx:
            beat = health.beats(tx)[settling("support")]
        return beat.attempt_at, beat.error

    began = bench.now
    with ScriptedImap(mails(1)) as imap:
        imap.folders["Processed"] = {}
        bench.collect(imap)
        bench.now += EVERY / 2
        imap.inbox[2] = mails(2)[2]
        bench.collect(imap)
        assert sign() == (began, "")
        imap.answers["UID MOVE"] = refuse("[OVERQUOTA] full")
        imap.inbox[3] = mails(3)[3]
        bench.collect(imap)
        at, error = sign()
        assert at == bench.now
        assert "full" in error
        imap.answers["UID MOVE"] = ANSWERS["UID MOVE"]
        bench.collect(imap)
        assert sign() == (bench.now, "")


def refused_move(imap: ScriptedImap) -> None:
    """Let the server refuse to move anything."""
    imap.folders["Processed"] = {}
    imap.answers["UID MOVE"] = refuse("[OVERQUOTA] no room")


def refused_folder(imap: ScriptedImap) -> None:
    """Let the server refuse to make the folder."""
    imap.answers["CREATE"] = refuse("[NOPERM] no")


@pytest.mark.parametrize("fault", [refused_move, refused_folder])
def test_mail_is_filed_although_the_server_refuses_to_settle(
    bench: Bench, fault: Callable[[ScriptedImap], None]
) -> None:
    """No room or no right for the target folder keeps no mail from its ticket; the admin is told, once each way."""
    thresholds = watch.Thresholds(15 * MINUTE, 15 * MINUTE)
    with ScriptedImap(mails(2)) as imap:
        good = dict(imap.answers)
        fault(imap)
        bench.collect(imap)
        imap.deliver(9, bytes(message("z@customer.example", "M9", "Text")))
        bench.collect(imap)
        assert bench.subjects() == ["M1", "M2", "M9"]
        with bench.store.reading() as tx:
            assert health.beats(tx)["settle:support"].error
        for _ in range(2):
            watch.watch(bench.desk, ["support"], thresholds, bench.now)
        assert [line.to for line in bench.letters() if line.template == "alarm"] == ["postmaster@example.com"]
        imap.answers.update(good)
        bench.collect(imap)
        assert imap.inbox == {}
        for _ in range(2):
            watch.watch(bench.desk, ["support"], thresholds, bench.now)
        assert len([line for line in bench.letters() if line.template == "alarm"]) == 2


def test_mails_that_the_server_cannot_move_keep_no_other_from_being_moved(bench: Bench) -> None:
    """All others are moved, however many come, and the server is asked a few times a round for those."""

    def refuse_two(dialogue: Dialogue, arguments: str) -> None:
        if {1, 3} & set(chosen(dialogue, arguments.partition(" ")[0])):
            dialogue.finish("NO [SERVERBUG] cannot copy")
        else:
            uid_move(dialogue, arguments)

    with ScriptedImap(mails(60), answers={"UID MOVE": refuse_two}) as imap:
        imap.folders["Processed"] = {}
        bench.collect(imap)
        bench.collect(imap)
        assert list(imap.inbox) == [1, 3]
        with bench.store.reading() as tx:
            assert "cannot copy" in health.beats(tx)["settle:support"].error
        imap.received.clear()
        bench.collect(imap)
        assert len(imap.commands("UID MOVE")) <= 6


def test_what_is_refused_is_left_alone_for_a_while_and_logged_once(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    """The quick looks after a mail do not ask again; a new mail is tried by itself, and all are with the next poll."""
    source = Source("support", 1_000_000, PROCESSED, PROCESSED)
    with ScriptedImap(mails(2)) as imap:
        refused_move(imap)
        with Session.open(server_at(imap), "INBOX") as session:
            refused = Refused()

            def look() -> int:
                """Return how often the server was asked to move something."""
                before = len(imap.commands("UID MOVE"))
                collect(session, source, bench.desk, lambda: False, bench.suspects, refused)
                return len(imap.commands("UID MOVE")) - before

            assert look() == 3  # both, then each
            assert [look() for _ in range(5)] == [0] * 5
            imap.deliver(9, bytes(message("z@customer.example", "M9", "Text")))
            assert look() == 2
            assert look() == 0
            bench.now += MINUTE
            assert look() > 0
            imap.answers["UID MOVE"] = ANSWERS["UID MOVE"]
            imap.deliver(10, bytes(message("z@customer.example", "M10", "Text")))
            assert look() == 1
            with bench.store.reading() as tx:
                assert health.beats(tx)["settle:support"].error
            bench.now += MINUTE
            assert look() == 1
            with bench.store.reading() as tx:
                assert not health.beats(tx)["settle:support"].error
        assert imap.inbox == {}
    written = "".join(capsys.readouterr())
    assert written.count("receive.not_settled") == written.count("receive.settled_again") == 1


def test_an_over_size_mail_is_asked_for_by_its_header_alone(bench: Bench) -> None:
    """Of a mail over the limit no body ever travels."""
    with ScriptedImap(mails(1, 1_200_000)) as imap:
        imap.folders["Quarantine"] = {}
        bench.collect(imap)
        bodies = [line for line in imap.commands("UID FETCH") if "BODY" in line]
        assert len(bodies) == 1
        assert "BODY.PEEK[HEADER]" in bodies[0]
        assert list(imap.folders["Quarantine"]) == [1]
    assert [line.template for line in bench.letters()] == ["rejected"]


def test_a_stop_is_read_between_mails(bench: Bench) -> None:
    """Asked to stop, a round leaves with what is fetched in the spool, and the next one files it."""
    source = Source("support", 1_000_000, PROCESSED, PROCESSED)
    with ScriptedImap(mails(3)) as imap:
        with Session.open(server_at(imap), "INBOX") as session:
            assert collect(session, source, bench.desk, lambda: True, bench.suspects, Refused()) == 0
        assert bench.subjects() == []
        assert len(imap.inbox) == 3
        bench.collect(imap)
    assert bench.subjects() == ["M1", "M2", "M3"]


def test_a_backlog_of_hours_is_no_silence(bench: Bench) -> None:
    """Each part of it is a sign of life, not the end of it alone: nobody is told that no mail is fetched."""
    seen: list[bool] = []

    def looked() -> bool:
        with bench.store.reading() as tx:
            seen.append("fetch:support" in health.beats(tx))
        return False

    with ScriptedImap() as imap:
        bench.collect(imap)  # what comes from now on is new
        imap.inbox.update(mails(3))
        with Session.open(server_at(imap), "INBOX") as session:
            source = Source("support", 1_000_000, PROCESSED, PROCESSED, SERVE_ALL)
            assert collect(session, source, bench.desk, looked, bench.suspects, Refused()) == 3
    assert seen[-1]
