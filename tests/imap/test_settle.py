"""Settling mails on a real server and on ones that can less."""

from collections.abc import Callable

import pytest

from mailgateway.accounts.server import Server
from mailgateway.errors import FolderMissing, MailboxUnavailable
from mailgateway.imap.fetch import all_uids
from mailgateway.imap.session import Session
from mailgateway.imap.settle import Delete, Flag, Move, Settlement, settle
from tests.imap.scripted import MAIL, QUICK, opened
from tests.servers.dovecot import Dovecot
from tests.servers.scripted_imap import Dialogue, ScriptedImap, drop, hang, refuse

_ALL = "IMAP4rev1 AUTH=PLAIN MOVE UIDPLUS"
_NO_MOVE = "IMAP4rev1 AUTH=PLAIN UIDPLUS"
_NEITHER = "IMAP4rev1 AUTH=PLAIN"


def _flags(dovecot: Dovecot, user: str, uid: int) -> bytes:
    with dovecot.client(user) as client:
        client.select("INBOX", readonly=True)
        _, answer = client.uid("FETCH", str(uid), "(FLAGS)")
        return bytes(answer[0])


def test_moving_makes_the_folder(
    account: Server, dovecot: Dovecot, mailbox_user: str, deliver: Callable[..., None]
) -> None:
    """The mails named leave INBOX for a folder that was not there, whatever letters its name has."""
    deliver("one", "two", "three")
    with Session.open(account, "INBOX") as session:
        settle(session, [1, 3], Move("Załatwione"))
        assert all_uids(session) == {2}
    assert dovecot.count(mailbox_user, "Za&AUI-atwione") == 2


def test_moving_again_does_nothing(
    account: Server, dovecot: Dovecot, mailbox_user: str, deliver: Callable[..., None]
) -> None:
    """Settling what is settled, wholly or in part, is no error and makes no copies."""
    deliver("one", "two")
    with Session.open(account, "INBOX") as session:
        settle(session, [1], Move("Done"))
        settle(session, [1], Move("Done"))
        settle(session, [1, 2, 99], Move("Done"))
        assert all_uids(session) == frozenset()
    assert dovecot.count(mailbox_user, "Done") == 2


def test_mails_that_another_client_removed_are_fine(
    account: Server, dovecot: Dovecot, mailbox_user: str, deliver: Callable[..., None]
) -> None:
    """A mail that somebody deleted while we held it is left out, the others are moved."""
    deliver("one", "two", "three")
    with Session.open(account, "INBOX") as session, Session.open(account, "INBOX") as other:
        settle(other, [2], Delete())
        settle(session, [1, 2, 3], Move("Done"))
    assert dovecot.count(mailbox_user, "Done") == 2


def test_what_the_server_did_not_tell_this_session_of_is_settled_too(
    account: Server, dovecot: Dovecot, mailbox_user: str, deliver: Callable[..., None]
) -> None:
    """A host that was frozen, or waits, knows less of the folder than the database: OK alone moves nothing."""
    deliver("one")
    dovecot.append(mailbox_user, MAIL, "Done")  # a folder that is there: to make it would tell of new mail as well
    with Session.open(account, "INBOX") as session:
        deliver("two", "three")
        with Session.open(account, "INBOX") as other:
            assert all_uids(other) == {1, 2, 3}
        settle(session, [2, 3], Move("Done"))
    assert (dovecot.count(mailbox_user), dovecot.count(mailbox_user, "Done")) == (1, 3)


@pytest.mark.parametrize("name", ["\\Flagged", "\\Seen", "Ticketed"])
def test_a_flag_is_set(
    account: Server, dovecot: Dovecot, mailbox_user: str, deliver: Callable[..., None], name: str
) -> None:
    """System flags and keywords are added to the mails named; doing it again and to mails gone is fine."""
    deliver("one", "two")
    with Session.open(account, "INBOX") as session:
        settle(session, [1, 99], Flag(name))
        settle(session, [1], Flag(name))
    assert name.encode() in _flags(dovecot, mailbox_user, 1)
    assert name.encode() not in _flags(dovecot, mailbox_user, 2)


def test_deleting_removes_for_good(account: Server, deliver: Callable[..., None]) -> None:
    """The mails named are gone from the server, also when asked twice."""
    deliver("one", "two", "three")
    with Session.open(account, "INBOX") as session:
        settle(session, [1, 2], Delete())
        settle(session, [1, 2], Delete())
        assert all_uids(session) == {3}


def test_deleting_leaves_alone_what_others_marked(
    account: Server, dovecot: Dovecot, mailbox_user: str, deliver: Callable[..., None]
) -> None:
    """With UIDPLUS a mail that somebody else marked \\Deleted, and may unmark, stays."""
    deliver("one", "two")
    with dovecot.client(mailbox_user) as client:
        client.select("INBOX")
        client.uid("STORE", "2", "+FLAGS", "(\\Deleted)")
        client.unselect()
    with Session.open(account, "INBOX") as session:
        settle(session, [1], Delete())
        assert all_uids(session) == {2}


@pytest.mark.parametrize("action", [Move("Done"), Flag("Ticketed"), Delete()])
def test_nothing_to_settle_asks_nothing(action: Settlement) -> None:
    """An empty batch sends no command."""
    with ScriptedImap() as imap, opened(imap) as session:
        before = len(imap.received)
        settle(session, [], action)
        assert len(imap.received) == before


@pytest.mark.parametrize(
    ("capabilities", "action", "expected"),
    [
        (_ALL, Move("Done"), ["UID MOVE"]),
        (_NO_MOVE, Move("Done"), ["UID COPY", "UID STORE", "UID EXPUNGE"]),
        (_NEITHER, Move("Done"), ["UID COPY", "UID STORE", "EXPUNGE"]),
        (_ALL, Flag("Ticketed"), ["UID STORE"]),
        (_ALL, Delete(), ["UID STORE", "UID EXPUNGE"]),
        (_NEITHER, Delete(), ["UID STORE", "EXPUNGE"]),
    ],
)
def test_a_batch_is_one_command_of_each_kind(capabilities: str, action: Settlement, expected: list[str]) -> None:
    """However many mails, a batch costs the commands that the server's extensions allow, once."""
    mails = dict.fromkeys(range(1, 51), MAIL)
    with ScriptedImap(mails, capabilities=capabilities) as imap, opened(imap) as session:
        imap.folders["Done"] = {}
        session.was_told(50)  # as who fetched them was
        before = len(imap.received)
        settle(session, range(1, 51), action)
        sent = imap.received[before:]
    assert len(sent) == len(expected)
    assert all(f" {command}" in line for command, line in zip(expected, sent, strict=True))


@pytest.mark.parametrize("capabilities", [_ALL, _NO_MOVE, _NEITHER])
def test_every_server_moves_in_the_end(capabilities: str) -> None:
    """With or without MOVE and UIDPLUS the mails leave INBOX for the target, which is made and subscribed to."""
    mails = {1: MAIL, 2: MAIL, 3: MAIL}
    with ScriptedImap(mails, capabilities=capabilities) as imap, opened(imap) as session:
        settle(session, [1, 2], Move("Done"))
        assert imap.folders == {"INBOX": {3: MAIL}, "Done": {1: MAIL, 2: MAIL}}
        assert imap.commands("SUBSCRIBE")


def test_a_folder_that_cannot_be_made_is_named() -> None:
    """Where the server refuses to make the target, the error is permanent and says why."""
    with (
        ScriptedImap({1: MAIL}, answers={"CREATE": refuse("[CANNOT] prefix INBOX. needed")}) as imap,
        opened(imap) as session,
        pytest.raises(FolderMissing, match=r"'Done' is missing and cannot be made: .*prefix"),
    ):
        settle(session, [1], Move("Done"))


def test_a_folder_that_somebody_else_made_meanwhile_is_used() -> None:
    """Two gateways that make the same folder at the same time both go on."""

    def too_late(dialogue: Dialogue, arguments: str) -> None:
        dialogue.server.folders[arguments.strip('"')] = {}
        dialogue.finish("NO [ALREADYEXISTS] it is there")

    with ScriptedImap({1: MAIL}, answers={"CREATE": too_late}) as imap, opened(imap) as session:
        settle(session, [1], Move("Done"))
        assert imap.folders["Done"] == {1: MAIL}


def test_a_folder_that_cannot_be_subscribed_to_is_used() -> None:
    """Subscribing is a courtesy to mail clients."""
    with ScriptedImap({1: MAIL}, answers={"SUBSCRIBE": refuse("no")}) as imap, opened(imap) as session:
        settle(session, [1], Move("Done"))
        assert imap.inbox == {}


def test_a_server_that_minds_missing_mails_is_asked_for_the_rest() -> None:
    """NO because some of the mails are gone is answered by asking for those that are left."""

    def strict(dialogue: Dialogue, arguments: str) -> None:
        uids = arguments.partition(" ")[0].split(",")
        if all(int(uid) in dialogue.server.inbox for uid in uids):
            dialogue.server.flags.update({int(uid): {"Ticketed"} for uid in uids})
            dialogue.finish()
        else:
            dialogue.finish("NO [EXPUNGEISSUED] some are gone")

    with ScriptedImap({1: MAIL, 3: MAIL}, answers={"UID STORE": strict}) as imap, opened(imap) as session:
        settle(session, [1, 2, 3], Flag("Ticketed"))
        assert imap.flags == {1: {"Ticketed"}, 3: {"Ticketed"}}
        settle(session, [8, 9], Flag("Ticketed"))


def test_a_refusal_for_another_reason_is_unavailable() -> None:
    """A full target folder, say, is transient, with the server's words."""
    with (
        ScriptedImap({1: MAIL}, answers={"UID MOVE": refuse("[OVERQUOTA] full")}) as imap,
        opened(imap) as session,
    ):
        imap.folders["Done"] = {}
        with pytest.raises(MailboxUnavailable, match="full"):
            settle(session, [1], Move("Done"))


@pytest.mark.parametrize("fault", [hang, drop])
def test_a_connection_lost_while_settling_is_unavailable(fault: Callable[[Dialogue, str], None]) -> None:
    """Silence and an end of the connection are MailboxUnavailable, at once or after the time-out."""
    with (
        ScriptedImap({1: MAIL}, answers={"UID MOVE": fault}) as imap,
        opened(imap, QUICK) as session,
        pytest.raises(MailboxUnavailable),
    ):
        settle(session, [1], Move("Done"))


def test_a_very_large_batch_is_cut_into_lines_that_servers_accept() -> None:
    """RFC 2683: no command line is longer than 8,000 bytes."""
    uids = range(4_000_000_000, 4_000_001_200)
    with ScriptedImap(dict.fromkeys(uids, MAIL)) as imap, opened(imap) as session:
        settle(session, uids, Flag("Ticketed"))
        assert len(imap.commands("UID STORE")) == 3
        assert max(len(line) for line in imap.received) < 8_000
        assert set(imap.flags) == set(uids)
