"""Opening folders and waiting for mail."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from mailgateway.accounts.server import Server, Tls
from mailgateway.errors import FolderMissing, MailboxUnavailable
from mailgateway.imap.fetch import new_mails
from mailgateway.imap.idle import RENEWAL, idle
from mailgateway.imap.session import Session
from tests.imap.scripted import MAIL, QUICK, opened
from tests.servers.dovecot import Dovecot
from tests.servers.imap_answers import ANSWERS
from tests.servers.scripted_imap import Dialogue, ScriptedImap, bye, hang, raw, refuse

_LONG = timedelta(seconds=30)
_SHORT = timedelta(seconds=0.1)


def _never() -> threading.Event:
    return threading.Event()


def test_uidvalidity_is_the_servers(account: Server, dovecot: Dovecot, mailbox_user: str) -> None:
    """The session tells the folder's UIDVALIDITY, another one when the folder was made anew."""
    with Session.open(account, "INBOX") as session:
        first = session.uidvalidity
    assert first == dovecot.uid_validity(mailbox_user)
    dovecot.recreate(mailbox_user)
    with Session.open(account, "INBOX") as session:
        assert session.uidvalidity != first


def test_a_folder_with_a_name_of_any_letters_is_opened(account: Server, dovecot: Dovecot, mailbox_user: str) -> None:
    """Folder names are Unicode here, whatever IMAP does to them."""
    dovecot.append(mailbox_user, MAIL, "Zg&AUI-oszenia & co".replace(" & ", " &- "))
    with Session.open(account, "Zgłoszenia & co") as session:
        assert len(list(new_mails(session, 0))) == 1


def test_what_a_server_tells_before_idle_begins_is_heard() -> None:
    """Mail that is announced ahead of the "+" ends the wait, and costs no connection."""

    def telling(dialogue: Dialogue, arguments: str) -> None:
        dialogue.line("* OK still here")
        dialogue.line("* 1 EXISTS")
        ANSWERS["IDLE"](dialogue, arguments)

    with ScriptedImap(answers={"IDLE": telling}) as imap, opened(imap) as session:
        list(new_mails(session, 0))
        assert session.wait(_LONG, _never())
        assert list(new_mails(session, 0)) == []


def test_a_missing_folder_is_named_with_those_there_are(account: Server, dovecot: Dovecot, mailbox_user: str) -> None:
    """A folder that is not there is a permanent error that helps to mend the configuration."""
    dovecot.append(mailbox_user, MAIL, "Support")
    with pytest.raises(FolderMissing, match="no folder 'Suport'; there are: INBOX, Support"):
        Session.open(account, "Suport")


def test_a_folder_refused_for_another_reason_is_unavailable() -> None:
    """A folder that exists and cannot be selected now is transient, with the server's words."""
    with (
        ScriptedImap(answers={"SELECT": refuse("[INUSE] locked")}) as imap,
        pytest.raises(MailboxUnavailable, match="locked"),
    ):
        opened(imap)


def test_a_folder_without_uidvalidity_is_not_used() -> None:
    """Without UIDVALIDITY no UID can be trusted, so there is no session."""
    with (
        ScriptedImap(answers={"SELECT": raw(b"* 0 EXISTS\r\n")}) as imap,
        pytest.raises(MailboxUnavailable, match="UIDVALIDITY"),
    ):
        opened(imap)


def test_a_folder_that_may_only_be_read_is_an_error() -> None:
    """Mails could not be settled there."""

    def read_only(dialogue: Dialogue, _arguments: str) -> None:
        dialogue.line("* OK [UIDVALIDITY 77] fine")
        dialogue.finish("OK [READ-ONLY] selected")

    with (
        ScriptedImap(answers={"SELECT": read_only}) as imap,
        pytest.raises(MailboxUnavailable, match="may not be changed"),
    ):
        opened(imap)


def test_mail_that_was_there_before_ends_the_first_wait(account: Server, deliver: Callable[..., None]) -> None:
    """Whatever was announced since the last look counts, so a caller that waits first misses nothing."""
    deliver("early")
    with Session.open(account, "INBOX") as session:
        assert session.wait(_LONG, _never())


@pytest.mark.parametrize("tls", [Tls.NONE, Tls.IMPLICIT])
def test_a_new_mail_wakes_idle_within_a_second(
    account: Server, dovecot: Dovecot, deliver: Callable[..., None], tls: Tls
) -> None:
    """Under IDLE on a real server, with and without TLS, an APPEND by somebody else is known within a second."""
    if tls is Tls.IMPLICIT:
        account = replace(account, tls=tls, port=dovecot.tls_port, ca_file=dovecot.ca_file)
    with Session.open(account, "INBOX") as session:
        assert session.has_idle
        list(new_mails(session, 0))

        def append() -> float:
            deliver("wake up")
            return time.monotonic()

        delays = []
        for number in range(3):  # the quickest of three, as the machine may be busy with other things
            with ThreadPoolExecutor(1) as other:
                appended_at = other.submit(append)
                assert session.wait(_LONG, _never())
                delays.append(time.monotonic() - appended_at.result())
            assert len(list(new_mails(session, number))) == 1
        assert min(delays) < 1


def test_idle_ends_after_the_longest_wait(account: Server) -> None:
    """Without mail the wait is False when its time is over, and the session is good for more."""
    with Session.open(account, "INBOX") as session:
        list(new_mails(session, 0))
        assert not session.wait(_SHORT, _never())
        assert list(new_mails(session, 0)) == []


def test_a_stop_ends_the_wait_within_a_second(account: Server) -> None:
    """A stop that comes during IDLE is seen at once."""
    with Session.open(account, "INBOX") as session:
        list(new_mails(session, 0))
        stop = _never()
        threading.Timer(0.1, stop.set).start()
        began = time.monotonic()
        assert not session.wait(_LONG, stop)
        assert time.monotonic() - began < 1.1


def test_mail_announced_during_another_command_ends_the_next_wait() -> None:
    """A server announces a mail once, in the answer to any command: it is not lost when that is none of waiting."""

    def search_with_news(dialogue: Dialogue, _arguments: str) -> None:
        dialogue.send(b"* SEARCH\r\n* 1 EXISTS\r\n")
        dialogue.finish()

    with ScriptedImap(answers={"UID SEARCH": search_with_news}) as imap, opened(imap) as session:
        assert list(new_mails(session, 0)) == []
        assert session.wait(_LONG, _never())


def test_mail_announced_while_old_mail_is_looked_for_ends_the_next_wait(
    account: Server, deliver: Callable[..., None]
) -> None:
    """A look below a UID does not find what comes meanwhile, and does not forget that it was announced either."""
    with Session.open(account, "INBOX") as session:
        assert list(new_mails(session, 0)) == []
        deliver("came meanwhile")
        assert list(new_mails(session, 0, below=1)) == []
        assert session.wait(_SHORT, _never())


def test_mail_announced_together_with_the_start_of_idle_ends_it_at_once() -> None:
    """An EXISTS in the same packet as the "+" is seen, though the socket has nothing more to say."""

    def news_at_once(dialogue: Dialogue, _arguments: str) -> None:
        dialogue.send(b"+ idling\r\n* 1 EXISTS\r\n")
        dialogue.read()
        dialogue.finish()

    with ScriptedImap(answers={"IDLE": news_at_once}) as imap, opened(imap) as session:
        list(new_mails(session, 0))
        began = time.monotonic()
        assert session.wait(_LONG, _never())
        assert time.monotonic() - began < 1


def test_news_that_are_no_mail_do_not_wake() -> None:
    """Flags set and mails removed by others are no reason to look."""

    def other_news(dialogue: Dialogue, _arguments: str) -> None:
        dialogue.send(b"+ idling\r\n* OK Still here\r\n* 1 FETCH (FLAGS (\\Seen))\r\n* 1 EXPUNGE\r\n* 0 RECENT\r\n")
        dialogue.read()
        dialogue.finish()

    with ScriptedImap(answers={"IDLE": other_news}) as imap, opened(imap) as session:
        list(new_mails(session, 0))
        assert not session.wait(_SHORT, _never())


def test_idle_is_renewed() -> None:
    """IDLE is ended and begun again long before a server gives up on it."""
    assert timedelta(minutes=29) > RENEWAL
    with ScriptedImap() as imap, opened(imap) as session, session.asking("IDLE") as connection:
        assert not idle(connection, timedelta(seconds=0.3), _never(), renewal=timedelta(seconds=0.05))
        assert len(imap.commands("IDLE")) >= 3
        assert imap.received.count("DONE") == len(imap.commands("IDLE"))


def test_mail_announced_while_idle_ends_wakes() -> None:
    """An EXISTS that comes with the end of IDLE is not lost."""

    def news_at_the_end(dialogue: Dialogue, _arguments: str) -> None:
        dialogue.line("+ idling")
        dialogue.read()
        dialogue.line("* 1 EXISTS")
        dialogue.finish()

    with ScriptedImap(answers={"IDLE": news_at_the_end}) as imap, opened(imap) as session:
        list(new_mails(session, 0))
        assert session.wait(_SHORT, _never())


def test_without_idle_the_wait_is_only_a_wait() -> None:
    """A server without IDLE is not asked; the caller polls after the longest wait."""
    with ScriptedImap(capabilities="IMAP4rev1 AUTH=PLAIN") as imap, opened(imap) as session:
        assert not session.has_idle
        before = len(imap.received)
        assert not session.wait(_SHORT, _never())
        assert len(imap.received) == before


def test_without_idle_a_stop_ends_the_wait() -> None:
    """A stop set beforehand lets nobody wait."""
    with ScriptedImap(capabilities="IMAP4rev1 AUTH=PLAIN") as imap, opened(imap) as session:
        stop = _never()
        stop.set()
        assert not session.wait(_LONG, stop)


def _end_while_idle(dialogue: Dialogue, _arguments: str) -> None:
    dialogue.line("+ idling")
    dialogue.drop()


def _bye_while_idle(dialogue: Dialogue, _arguments: str) -> None:
    dialogue.line("+ idling")
    bye("going down")(dialogue, "")


def _deaf_while_idle(dialogue: Dialogue, _arguments: str) -> None:
    dialogue.line("+ idling")
    dialogue.hang()


@pytest.mark.parametrize("fault", [_end_while_idle, _bye_while_idle, _deaf_while_idle, hang])
def test_a_connection_that_dies_in_idle_is_noticed(fault: Callable[[Dialogue, str], None]) -> None:
    """A lost, ended or dead connection is MailboxUnavailable at the latest when IDLE is renewed."""
    with ScriptedImap(answers={"IDLE": fault}) as imap, opened(imap, QUICK) as session:
        list(new_mails(session, 0))
        with pytest.raises(MailboxUnavailable):
            session.wait(timedelta(seconds=0.3), _never())


def test_a_dropped_connection_ends_the_wait_at_once() -> None:
    """The end of a connection in IDLE is seen when it happens, not when the wait is over."""
    with ScriptedImap(answers={"IDLE": _end_while_idle}) as imap, opened(imap) as session:
        list(new_mails(session, 0))
        began = time.monotonic()
        with pytest.raises(MailboxUnavailable):
            session.wait(_LONG, _never())
        assert time.monotonic() - began < 5


def test_closing_logs_out() -> None:
    """An orderly end is one with LOGOUT."""
    with ScriptedImap() as imap:
        opened(imap).close()
        assert imap.commands("LOGOUT")


def test_closing_a_hung_connection_does_not_wait_again() -> None:
    """After a time-out nothing more is asked of the server."""
    with ScriptedImap({1: MAIL}, answers={"UID SEARCH": hang}) as imap:
        session = opened(imap, QUICK)
        with pytest.raises(MailboxUnavailable, match="no answer in time"):
            list(new_mails(session, 0))
        session.close()
        assert imap.commands("LOGOUT") == []


@pytest.mark.parametrize("fault", [hang, refuse("never")])
def test_closing_never_fails(fault: Callable[[Dialogue, str], None]) -> None:
    """A server that makes trouble at LOGOUT is left alone."""
    with ScriptedImap(answers={"LOGOUT": fault}) as imap:
        opened(imap, QUICK).close()


def test_a_server_taken_away_is_noticed(account: Server, dovecot: Dovecot) -> None:
    """When the real server stops, the next command is MailboxUnavailable."""
    session = Session.open(account, "INBOX")
    dovecot.stop()
    with pytest.raises(MailboxUnavailable):
        list(new_mails(session, 0))
    session.close()
