"""The servers of the suite themselves: real, quick, on their own ports, and never left behind."""

import os
import select
import smtplib
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest

from tests.servers.dovecot import Dovecot
from tests.servers.postgres import Postgres
from tests.servers.sink import Sink

MAIL = b"Subject: hello\r\n\r\nbody\r\n"


def send(sink: Sink, recipient: str = "bob@example.com") -> None:
    """Send one mail as a plain client does."""
    with smtplib.SMTP(sink.host, sink.port, timeout=10) as client:
        client.sendmail("anna@example.com", [recipient], MAIL)


def test_dovecot_keeps_what_is_delivered(dovecot: Dovecot, mailbox_user: str) -> None:
    """Mails put into the Maildir and mails appended by IMAP are both there, in order, and each user has an own home."""
    dovecot.deliver(mailbox_user, MAIL)
    dovecot.append(mailbox_user, MAIL.replace(b"hello", b"second"))
    assert [b"second" in mail for mail in dovecot.mails(mailbox_user)] == [False, True]
    assert dovecot.count(mailbox_user + "x") == 0


@pytest.mark.parametrize("folder", ["INBOX", "Processed"])
def test_a_recreated_folder_has_another_uid_validity(dovecot: Dovecot, mailbox_user: str, folder: str) -> None:
    """Recreating a folder changes its UIDVALIDITY and keeps its mails, INBOX included."""
    dovecot.append(mailbox_user, MAIL, folder)
    before = dovecot.uid_validity(mailbox_user, folder)
    dovecot.recreate(mailbox_user, folder)
    assert dovecot.uid_validity(mailbox_user, folder) > before
    assert dovecot.mails(mailbox_user, folder) == [MAIL]


def test_dovecot_comes_back_after_a_crash(dovecot: Dovecot, mailbox_user: str) -> None:
    """A killed server starts again on the same port with the same mails."""
    dovecot.deliver(mailbox_user, MAIL)
    port = dovecot.port
    dovecot.kill()
    dovecot.start()
    assert dovecot.port == port
    assert dovecot.count(mailbox_user) == 1


def test_postgres_copies_databases(postgres: Postgres) -> None:
    """A database made like another holds what that one held, and is independent of it."""
    first = postgres.create_database()
    with psycopg.connect(first.replace("+psycopg", "")) as connection:
        connection.execute("CREATE TABLE tickets (number int)")
    second = postgres.create_database(like=first)
    postgres.drop_database(first)
    with psycopg.connect(second.replace("+psycopg", "")) as connection:
        assert connection.execute("SELECT count(*) FROM tickets").fetchone() == (0,)


def test_the_sink_records_what_it_takes(sink: Sink) -> None:
    """A mail is recorded with its envelope, its bytes and the connection that it came by."""
    send(sink)
    (mail,) = sink.wait_for(1)
    assert (mail.mail_from, mail.rcpt_tos, mail.content) == ("anna@example.com", ("bob@example.com",), MAIL)
    assert (mail.connection, mail.tls, mail.login) == (1, False, None)


def test_the_sink_refuses_one_recipient_as_often_as_told(sink: Sink) -> None:
    """A greylisted recipient is turned away once, others are not, and the next try is taken."""
    sink.greylist(recipient="carol@example.com")
    send(sink)
    with pytest.raises(smtplib.SMTPRecipientsRefused, match="Greylisted"):
        send(sink, "carol@example.com")
    send(sink, "carol@example.com")
    assert len(sink.received) == 2


def test_the_sink_may_take_a_mail_and_not_say_so(sink: Sink) -> None:
    """A connection cut after the final dot looks like a failure to the client although the mail was taken."""
    sink.drop("DOT", accept_mail=True)
    with pytest.raises(smtplib.SMTPServerDisconnected):
        send(sink)
    assert len(sink.wait_for(1)) == 1


def test_the_sink_comes_back_on_its_port(sink: Sink) -> None:
    """A stopped sink refuses connections; started again it is where it was."""
    port = sink.port
    sink.stop()
    with pytest.raises(ConnectionRefusedError):
        send(sink)
    sink.start()
    send(sink)
    assert sink.port == port


@pytest.mark.parametrize("server", ["dovecot.Dovecot", "postgres.Postgres"])
def test_no_server_outlives_a_killed_run(server: str, request: pytest.FixtureRequest) -> None:
    """When the test run is killed, its servers end by themselves."""
    module, name = server.split(".")
    request.getfixturevalue(module)  # left out where it is not installed
    program = (
        f"from tests.servers.{module} import {name} as Server; import time; server = Server(); server.start(); "
        "print(server._child._process.pid, flush=True); time.sleep(60)"
    )
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)  # servers run as other users
        environment = {**os.environ, "TMPDIR": folder}
        with subprocess.Popen([sys.executable, "-c", program], env=environment, stdout=subprocess.PIPE) as run:
            assert run.stdout
            watched = os.pidfd_open(int(run.stdout.readline()))
            run.kill()
        with os.fdopen(watched):
            assert select.select([watched], [], [], 20)[0], "the server is still there"
