"""Finding new mails and reading them, marking nothing."""

import logging
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailgateway.accounts.server import Server
from mailgateway.errors import MailboxUnavailable
from mailgateway.imap.fetch import FetchedMail, RemoteMail, Unfetchable, all_uids, batches, fetch, new_mails
from mailgateway.imap.session import Session
from mailgateway.imap.settle import Delete, settle
from tests.imap.scripted import MAIL, QUICK, opened
from tests.servers.dovecot import Dovecot
from tests.servers.scripted_imap import (
    Dialogue,
    ScriptedImap,
    bye,
    cut_in_literal,
    drop,
    hang,
    raw,
    refuse,
    refuse_uid,
)

_LIMIT = 10**6
_TOO_LARGE = tuple(raw(b"* 1 FETCH (UID 1 BODY[] {1%s}\r\n" % (b"0" * digits)) for digits in (14, 20))
_FRAGMENTS = (
    *(
        b"* ",
        b"+ ",
        b"\r\n",
        b"(",
        b")",
        b"[",
        b'"',
        b"\\",
        b"\xff",
        b"{3}\r\n",
        b"{9999999}\r\n",
        b"abc",
        b"7 ",
        b"NIL ",
    ),
    *(b"1 FETCH (", b"UID 1 ", b"BODY[] ", b"RFC822.SIZE ", b"INTERNALDATE ", b"SEARCH ", b"EXISTS", b"OK "),
)


def _three() -> dict[int, bytes]:
    return {uid: b"Subject: %d\r\n\r\nText %d.\r\n" % (uid, uid) for uid in (1, 2, 3)}


def test_new_mails_come_with_size_and_time_in_the_order_of_uids(account: Server, deliver: Callable[..., None]) -> None:
    """A real server's mails above the watermark, each with its size in bytes and its arrival in UTC."""
    deliver("one", "two", "three")
    with Session.open(account, "INBOX") as session:
        mails = list(new_mails(session, 1))
    assert [mail.uid for mail in mails] == [2, 3]
    assert mails[0].size == len(b"Subject: two\r\n\r\nText of two.\r\n")
    received_at = mails[0].received_at
    assert received_at is not None
    assert received_at.tzinfo is UTC
    assert abs(datetime.now(UTC) - received_at) < timedelta(minutes=5)


@pytest.mark.parametrize("above", [3, 4, 1000])
def test_nothing_is_new_above_the_last_mail(account: Server, deliver: Callable[..., None], above: int) -> None:
    """`n:*` names the last mail even where n is beyond it; it is not new for that."""
    deliver("one", "two", "three")
    with Session.open(account, "INBOX") as session:
        assert list(new_mails(session, above)) == []


def test_an_empty_folder_has_no_mails(account: Server) -> None:
    """No mail is no error."""
    with Session.open(account, "INBOX") as session:
        assert list(new_mails(session, 0)) == []
        assert all_uids(session) == frozenset()


def test_a_mail_delivered_since_is_seen_by_the_next_look(account: Server, dovecot: Dovecot, mailbox_user: str) -> None:
    """A look shows what has been delivered before it, without IDLE and without a new session."""
    with Session.open(account, "INBOX") as session:
        assert list(new_mails(session, 0)) == []
        dovecot.deliver(mailbox_user, MAIL)
        assert [mail.uid for mail in list(new_mails(session, 0))] == [1]
        assert all_uids(session) == {1}


def test_mails_come_as_they_are(account: Server, dovecot: Dovecot, mailbox_user: str) -> None:
    """Bytes of any kind, NUL excepted as Dovecot replaces it, arrive unchanged."""
    body = bytes(range(1, 256)).replace(b"\r", b"").replace(b"\n", b"")
    raws = [b"Subject: raw\r\n\r\n" + body + b"\r\n", b"no header at all\r\n", b"\r\n", MAIL]
    for each in raws:
        dovecot.append(mailbox_user, each)
    with Session.open(account, "INBOX") as session:
        fetched = fetch(session, list(new_mails(session, 0)), _LIMIT)
    assert [mail.raw for mail in fetched if isinstance(mail, FetchedMail)] == raws


def test_reading_does_not_mark(
    account: Server, dovecot: Dovecot, mailbox_user: str, deliver: Callable[..., None]
) -> None:
    """After sizes, bodies and headers were fetched no mail is \\Seen."""
    deliver("one", "two")
    with Session.open(account, "INBOX") as session:
        mails = list(new_mails(session, 0))
        fetch(session, mails, _LIMIT)
        fetch(session, mails, 1)
    with dovecot.client(mailbox_user) as client:
        client.select("INBOX", readonly=True)
        assert client.uid("SEARCH", "SEEN") == ("OK", [b""])


def test_an_over_size_mail_is_read_up_to_its_header(account: Server, deliver: Callable[..., None]) -> None:
    """Beyond the limit only the header travels; the others of the batch come whole, and all in order."""
    deliver("a", "b" * 100, "c")
    with Session.open(account, "INBOX") as session:
        mails = list(new_mails(session, 0))
        fetched = fetch(session, mails, 100)
    assert [(mail.uid, isinstance(mail, FetchedMail) and mail.headers_only) for mail in fetched] == [
        (1, False),
        (2, True),
        (3, False),
    ]
    assert isinstance(fetched[1], FetchedMail)
    assert fetched[1].raw == b"Subject: " + b"b" * 100 + b"\r\n\r\n"
    assert fetched[1].size == mails[1].size > 200


def test_a_header_without_end_is_cut(account: Server, dovecot: Dovecot, mailbox_user: str) -> None:
    """Of an over-size mail that is one large header only a bounded part is read."""
    dovecot.append(mailbox_user, b"X-Long: " + b"x" * 998 + b"\r\n" + (b" " + b"y" * 996 + b"\r\n") * 600 + b"\r\n")
    with Session.open(account, "INBOX") as session:
        [mail] = fetch(session, list(new_mails(session, 0)), 1000)
    assert isinstance(mail, FetchedMail)
    assert len(mail.raw) == 262_144


def test_mails_gone_meanwhile_are_absent(account: Server, deliver: Callable[..., None]) -> None:
    """A mail removed between the look and the fetch is neither an error nor unfetchable."""
    deliver("one", "two", "three")
    with Session.open(account, "INBOX") as session, Session.open(account, "INBOX") as other:
        mails = list(new_mails(session, 0))
        settle(other, [2], Delete())
        assert [mail.uid for mail in fetch(session, mails, _LIMIT)] == [1, 3]
        assert fetch(session, [mails[1]], _LIMIT) == []


def test_a_mail_the_server_cannot_read_stops_no_other() -> None:
    """A batch answered NO is asked for in parts; what is refused alone is Unfetchable, with the server's words."""
    mails = dict.fromkeys(range(1, 8), MAIL)
    with ScriptedImap(mails, answers={"UID FETCH": refuse_uid(5)}) as imap, opened(imap) as session:
        fetched = fetch(session, list(new_mails(session, 0)), _LIMIT)
    assert [mail.uid for mail in fetched] == list(range(1, 8))
    bad = fetched[4]
    assert isinstance(bad, Unfetchable)
    assert "cannot read this one" in bad.problem
    assert bad.size == len(MAIL)
    assert all(isinstance(mail, FetchedMail) and mail.raw == MAIL for mail in fetched if mail is not bad)


def test_a_mail_that_cannot_be_measured_is_still_a_mail() -> None:
    """A server that refuses even the size of one mail does not hide the others, nor that one."""

    def refuse_two(dialogue: Dialogue, arguments: str) -> None:
        refuse_all = refuse("[SERVERBUG] corrupt")
        proper = refuse_uid(0)
        (refuse_all if "2" in arguments.partition(" ")[0].split(",") else proper)(dialogue, arguments)

    with ScriptedImap(_three(), answers={"UID FETCH": refuse_two}) as imap, opened(imap) as session:
        mails = list(new_mails(session, 0))
        assert mails[1] == RemoteMail(2, 0, None)
        assert [mail.uid for mail in mails] == [1, 2, 3]
        assert isinstance(fetch(session, mails, _LIMIT)[1], Unfetchable)


@pytest.mark.parametrize("given", [b"* 1 FETCH (UID 1 BODY[] NIL)\r\n", b"* 1 FETCH (UID 1 FLAGS ())\r\n"])
def test_a_mail_without_content_is_unfetchable(given: bytes) -> None:
    """A server that has the mail and gives no body for it has not given the mail."""
    with ScriptedImap({1: MAIL}, answers={"UID FETCH": raw(given)}) as imap, opened(imap) as session:
        assert fetch(session, [RemoteMail(1, 20, None)], _LIMIT) == [
            Unfetchable(1, 20, None, "the server gave no content")
        ]


def test_a_body_sent_as_a_quoted_string_is_a_body() -> None:
    """RFC 3501 lets a server send short texts in quotation marks."""
    answer = raw(b'* 1 FETCH (UID 1 BODY[] "say \\"hello\\"")\r\n')
    with ScriptedImap({1: MAIL}, answers={"UID FETCH": answer}) as imap, opened(imap) as session:
        assert fetch(session, [RemoteMail(1, 20, None)], _LIMIT) == [FetchedMail(1, 20, None, b'say "hello"')]


@pytest.mark.parametrize(
    "fault", [cut_in_literal, drop, bye("going down"), hang, raw(b"* 1 FETCH (UID 1 BODY[] {5}\r\n"), *_TOO_LARGE]
)
def test_a_connection_that_fails_in_the_middle_of_a_mail_is_unavailable(fault: Callable[[Dialogue, str], None]) -> None:
    """A mail half read is no mail: the whole batch is to be had again from a new connection."""
    with (
        ScriptedImap({1: MAIL}, answers={"UID FETCH": fault}) as imap,
        opened(imap, QUICK) as session,
        pytest.raises(MailboxUnavailable),
    ):
        fetch(session, [RemoteMail(1, 20, None)], _LIMIT)


@pytest.mark.parametrize("told", ['"31-Dec-9999 23:59:59 -1400"', '"never"', "NIL", '"01-Jan-2026 00:00:00 +9999"'])
def test_a_time_that_makes_no_sense_is_unknown(told: str) -> None:
    """What is no instant is None, and no error."""
    answer = raw(f"* 1 FETCH (UID 1 RFC822.SIZE 20 INTERNALDATE {told})\r\n".encode())
    with ScriptedImap({1: MAIL}, answers={"UID FETCH": answer}) as imap, opened(imap) as session:
        assert list(new_mails(session, 0)) == [RemoteMail(1, 20, None)]


def test_a_time_is_told_in_utc() -> None:
    """A server's local time becomes UTC."""
    with ScriptedImap({1: MAIL}) as imap, opened(imap) as session:
        assert next(new_mails(session, 0)).received_at == datetime(2026, 1, 5, 8, tzinfo=UTC)


def test_large_folders_are_asked_for_in_parts() -> None:
    """No SEARCH answer can outgrow what imaplib reads as a line, and no FETCH command what servers accept as one."""
    uids = [*range(3, 1300), 50_004, 50_005, 170_000]
    with ScriptedImap(dict.fromkeys(uids, MAIL)) as imap, opened(imap) as session:
        assert [mail.uid for mail in list(new_mails(session, 4))] == uids[2:]
        assert all_uids(session) == frozenset(uids)
        assert len(imap.commands("UID FETCH")) == 3
        assert max(len(line) for line in imap.received) < 8_000
        spans = [line.rpartition(" ")[2].split(":") for line in imap.commands("UID SEARCH") if ":" in line]
        assert max(int(last) - int(first) for first, last in spans) < 90_000


@pytest.mark.parametrize("size", [3, 1_000_000, 2**32 - 2])
def test_a_look_asks_for_what_is_new_alone(size: int) -> None:
    """However large folder and numbers are, the server is asked for the newest UID, and for those above ours."""
    mails = dict.fromkeys((1, size, size + 1), MAIL)
    with ScriptedImap(mails) as imap, opened(imap) as session:
        imap.received.clear()
        assert list(new_mails(session, size + 1)) == []
        assert [mail.uid for mail in new_mails(session, size)] == [size + 1]
        assert [line.partition(" ")[2] for line in imap.received] == [
            "NOOP",
            "UID SEARCH UID *",
            "NOOP",
            "UID SEARCH UID *",
            f"UID SEARCH UID {size + 1}:{size + 1}",
            f"UID FETCH {size + 1} (RFC822.SIZE INTERNALDATE)",
        ]


def test_mails_are_asked_for_as_they_are_taken() -> None:
    """Who takes the first of many has asked for a few hundred, and no more are in memory."""
    with ScriptedImap(dict.fromkeys(range(1, 60_000), MAIL)) as imap, opened(imap) as session:
        assert next(new_mails(session, 0)).uid == 1
        assert len(imap.commands("UID FETCH")) == 1
        assert len(imap.commands("UID SEARCH")) == 2


def test_a_number_beyond_all_uids_does_not_keep_us_busy() -> None:
    """UIDs have 32 bits; a server that names a larger one does not make us ask for ever."""
    answer = raw(b"* SEARCH 99999999999999999999\r\n")
    with ScriptedImap(answers={"UID SEARCH": answer}) as imap, opened(imap) as session:
        assert list(new_mails(session, 2**32 - 2)) == []


def test_a_large_mail_is_in_memory_once(account: Server, dovecot: Dovecot, mailbox_user: str) -> None:
    """Fetching costs the size of what is fetched, not a multiple of it."""
    size = 8_000_000
    dovecot.append(mailbox_user, b"Subject: large\r\n\r\n" + (b"x" * 76 + b"\r\n") * (size // 78))
    with Session.open(account, "INBOX") as session:
        mails = list(new_mails(session, 0))
        tracemalloc.start()
        try:
            [mail] = fetch(session, mails, 10**8)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert isinstance(mail, FetchedMail)
    assert peak < 1.5 * size


def test_no_text_of_a_mail_is_logged(
    account: Server, deliver: Callable[..., None], caplog: pytest.LogCaptureFixture
) -> None:
    """Not even the most talkative log holds a mail."""
    caplog.set_level(logging.DEBUG)
    deliver("confidential")
    with Session.open(account, "INBOX") as session:
        [mail] = fetch(session, list(new_mails(session, 0)), _LIMIT)
    assert isinstance(mail, FetchedMail)
    assert "confidential" not in caplog.text
    assert "confidential" not in repr(mail)
    assert "secret" not in caplog.text


def test_many_mails_arrive_batch_by_batch(account: Server, dovecot: Dovecot, mailbox_user: str) -> None:
    """Look, cut and fetch together read a folder of a real server completely and in order."""
    for number in range(120):
        dovecot.deliver(mailbox_user, b"Subject: %d\r\n\r\n" % number + b"x" * number)
    with Session.open(account, "INBOX") as session:
        cut = list(batches(list(new_mails(session, 0)), 50, 3000))
        fetched = [mail for batch in cut for mail in fetch(session, batch, _LIMIT)]
    assert [mail.uid for mail in fetched] == list(range(1, 121))
    assert all(isinstance(mail, FetchedMail) and len(mail.raw) == mail.size for mail in fetched)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(["UID SEARCH", "UID FETCH", "NOOP", "SELECT", "CAPABILITY", "IDLE"]),
    st.lists(st.sampled_from(_FRAGMENTS), max_size=12).map(b"".join) | st.binary(max_size=60),
)
def test_whatever_a_server_sends_only_our_errors_come_out(command: str, garbage: bytes) -> None:
    """Garbage in place of any answer ends in a result or in MailboxUnavailable, soon, and in nothing else."""

    def answer(dialogue: Dialogue, _arguments: str) -> None:
        dialogue.send(garbage + b"\r\n")
        dialogue.finish()
        dialogue.drop()

    with ScriptedImap({1: MAIL}, answers={command: answer}) as imap:
        try:
            with opened(imap, QUICK) as session:
                fetch(session, list(new_mails(session, 0)), _LIMIT)
                all_uids(session)
                session.wait(timedelta(seconds=0.01), imap.closing)
        except MailboxUnavailable:
            return


def test_a_batch_refused_because_of_a_mail_that_is_gone_is_read_without_it() -> None:
    """NO for a mail removed meanwhile makes that mail absent, and neither it nor the others unfetchable."""

    def expunge_issued(dialogue: Dialogue, arguments: str) -> None:
        if "2" in arguments.partition(" ")[0].split(","):
            dialogue.server.inbox.pop(2, None)
            dialogue.finish("NO [EXPUNGEISSUED] some are gone")
        else:
            refuse_uid(0)(dialogue, arguments)

    with ScriptedImap(_three(), answers={"UID FETCH": expunge_issued}) as imap, opened(imap) as session:
        fetched = fetch(session, [RemoteMail(uid, 20, None) for uid in (1, 2, 3)], _LIMIT)
        assert [(type(mail), mail.uid) for mail in fetched] == [(FetchedMail, 1), (FetchedMail, 3)]
