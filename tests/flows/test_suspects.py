"""Mails that a server does not give, and servers that give nothing for a while."""

import pytest

from mailgateway.errors import MailboxUnavailable
from mailgateway.flows.suspects import FAILURES_OF_A_LAST_MAIL
from tests.flows.bench import Bench
from tests.flows.faulty import a_few_times, breaking_at, collect_at_last, mails, passing_over, refusing
from tests.servers.scripted_imap import ScriptedImap, drop, refuse


def test_a_mail_that_breaks_every_connection_is_set_aside(bench: Bench) -> None:
    """It ends in quarantine with what is known of it, and the mails around it are filed."""
    with ScriptedImap(mails(6), answers={"UID FETCH": breaking_at(3)}) as imap:
        assert collect_at_last(bench, imap) <= 8
        assert bench.without_outcome(imap) == []
    assert bench.subjects() == ["M1", "M2", "M4", "M5", "M6"]
    (entry,) = bench.aside()
    assert (entry.uid, entry.stage) == (3, "fetch")
    assert "connection broke" in entry.error


@pytest.mark.parametrize("bad", [(2, 5), (2, 3), (1, 2, 3, 5)], ids=str)
def test_several_mails_that_break_every_connection(bench: Bench, bad: tuple[int, ...]) -> None:
    """Several such mails, side by side or with nothing behind them, are each set aside."""
    with ScriptedImap(mails(5), answers={"UID FETCH": breaking_at(*bad)}) as imap:
        collect_at_last(bench, imap, 60)
    assert bench.subjects() == [f"M{uid}" for uid in range(1, 6) if uid not in bad]
    assert sorted(entry.uid or 0 for entry in bench.aside()) == list(bad)


def test_a_server_that_breaks_on_every_mail_loses_none(bench: Bench) -> None:
    """Where the next mail breaks the connection, too, the server is to blame: nothing is set aside, all is filed."""
    with ScriptedImap(mails(3), answers={"UID FETCH": a_few_times(20, drop)}) as imap:
        collect_at_last(bench, imap)
    assert bench.subjects() == ["M1", "M2", "M3"]
    assert bench.aside() == ()


def test_a_suspect_that_was_removed_is_forgotten(bench: Bench) -> None:
    """When the mail is gone from the server, mails are fetched in batches again."""
    with ScriptedImap(mails(1), answers={"UID FETCH": breaking_at(1)}) as imap:
        for _ in range(3):
            with pytest.raises(MailboxUnavailable):
                bench.collect(imap)
        imap.inbox.update(mails(4))
        del imap.inbox[1]
        imap.received.clear()
        bench.collect(imap)
        assert len([line for line in imap.commands("UID FETCH") if "BODY" in line]) == 1
    assert bench.subjects() == ["M2", "M3", "M4"]


@pytest.mark.parametrize("uid", [1, 2, 4])
def test_a_mail_that_the_server_refuses_holds_nothing_up(bench: Bench, uid: int) -> None:
    """The server says NO to one mail: it is set aside with the server's words, the others are filed."""
    with ScriptedImap(mails(4), answers={"UID FETCH": refusing(uid)}) as imap:
        bench.collect(imap)
    assert bench.subjects() == [f"M{other}" for other in (1, 2, 3, 4) if other != uid]
    (entry,) = bench.aside()
    assert entry.uid == uid
    assert "cannot read this one" in entry.error


def test_several_mails_that_the_server_refuses_hold_nothing_up(bench: Bench) -> None:
    """Neither side by side nor at both ends."""
    with ScriptedImap(mails(6), answers={"UID FETCH": refusing(1, 2, 5, 6)}) as imap:
        bench.collect(imap)
    assert bench.subjects() == ["M3", "M4"]
    assert sorted(entry.uid or 0 for entry in bench.aside()) == [1, 2, 5, 6]


def test_a_server_that_refuses_every_mail_for_a_while_loses_none(bench: Bench) -> None:
    """A server that is asked too much, or whose disk is away, is no reason to give up a mail, whenever it ends."""
    for refusals in (3, 15, 40):
        with ScriptedImap(
            mails(6), answers={"UID FETCH": a_few_times(refusals, refuse("[UNAVAILABLE] later"))}
        ) as imap:
            imap.uidvalidity += refusals
            collect_at_last(bench, imap)
            assert bench.without_outcome(imap) == []
    assert bench.aside() == ()


def test_a_mail_that_alone_is_there_and_refused_is_set_aside_at_last(bench: Bench) -> None:
    """No other mail can tell whether the server is to blame, and none is held up: it is asked for more often."""
    with ScriptedImap(mails(1), answers={"UID FETCH": refusing(1)}) as imap:
        assert collect_at_last(bench, imap) == FAILURES_OF_A_LAST_MAIL + 1
    (entry,) = bench.aside()
    assert "cannot read this one" in entry.error


def test_a_mail_that_the_server_passes_over_is_set_aside(bench: Bench) -> None:
    """OK without a word of one mail that is there leaves nobody in the dark about it."""
    with ScriptedImap(mails(3), answers={"UID FETCH": passing_over(2)}) as imap:
        bench.collect(imap)
        assert bench.without_outcome(imap) == []
    assert bench.subjects() == ["M1", "M3"]
    (entry,) = bench.aside()
    assert (entry.uid, entry.error) == (2, "the server gave no content")
