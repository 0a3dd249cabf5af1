"""`ingest`: mails from files and pipes become tickets."""

import os
import pty
import sqlite3
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from tests.cli.shell import Shell


def test_files_folders_and_mboxes_become_tickets(shell: Shell) -> None:
    """Every mail of every place given is filed once, with a line each and the sum at the end."""
    folder = shell.folder / "mails"
    (folder / "Maildir" / "cur").mkdir(parents=True)
    (folder / "Maildir" / "new").mkdir()
    (folder / "Maildir" / "tmp").mkdir()
    shell.mail("a.eml").rename(folder / "a.eml")
    shell.mail("b").rename(folder / "Maildir" / "new" / "b")
    separator = b"From carla@customer.example Mon Nov  2 09:00:00 2026\n"
    box = b"\n".join(separator + shell.mail(name, "The printer").read_bytes() for name in ("c", "d"))
    (shell.folder / "box").write_bytes(box)
    ran = shell.run("ingest", str(folder), str(shell.folder / "box"))
    assert ran.code == 0
    assert ran.out.splitlines() == [
        f"{folder}/Maildir/new/b: opened 10001",
        f"{folder}/a.eml: opened 10002",
        f"{shell.folder}/box#1: opened 10003",
        f"{shell.folder}/box#2: opened 10004",
        "4 mails: 4 opened",
    ]
    tickets = shell.run("tickets", "list", "--json").objects
    assert [ticket["group"] for ticket in tickets] == ["hardware", "hardware", "first-line", "first-line"]


def test_the_same_mail_again_is_recognised(shell: Shell) -> None:
    """A mail that was filed before is filed no second time."""
    mail = str(shell.mail("one.eml"))
    assert shell.run("ingest", mail).code == 0
    ran = shell.run("ingest", mail)
    assert (ran.code, ran.out.splitlines()[-1]) == (0, "1 mail: 1 duplicate")
    assert len(shell.run("tickets", "list", "--json").objects) == 1


def test_what_breaks_is_quarantined_and_holds_nothing_up(shell: Shell) -> None:
    """Junk and over-size mails go to quarantine, the others become tickets, and the exit code is 1."""
    (shell.folder / "a-junk.eml").write_bytes(b"\x00\xff" * 500)
    shell.mail("b-large.eml", text="x" * 150_000)
    shell.mail("c.eml")
    ran = shell.run("ingest", str(shell.folder))
    assert (ran.code, ran.out.splitlines()[-1]) == (1, "3 mails: 1 opened, 2 quarantined")
    large, _junk = shell.run("quarantine", "list", "--json").objects
    assert (large["subject"], large["uid"]) == ("Help", None)
    assert "MB" in large["error"]


def test_the_mailbox_may_be_named(shell: Shell) -> None:
    """With --mailbox the mails arrive there; a name that is unknown is wrong usage that names those there are."""
    mail = str(shell.mail("one.eml"))
    assert shell.run("ingest", "--mailbox", "support", mail).code == 0
    ran = shell.run("ingest", "--mailbox", "sales", mail)
    assert (ran.code, ran.out) == (2, "")
    assert "no mailbox is called sales; there are: support" in ran.err


def test_with_several_mailboxes_one_has_to_be_named(shell: Shell) -> None:
    """Where a mail could have arrived in several mailboxes, it has to be said in which."""
    text = shell.configuration.read_text()
    second = (
        "  - {name: sales, address: sales@example.com, default: {group: hardware},\n"
        "     imap: {host: 127.0.0.1, tls: none, username: sales, password: {file: password}}}\nsmtp:"
    )
    shell.configuration.write_text(text.replace("smtp:", second, 1))
    mail = str(shell.mail("one.eml"))
    ran = shell.run("ingest", mail)
    assert ran.code == 2
    assert "--mailbox; there are: support, sales" in ran.err
    assert shell.run("ingest", "--mailbox", "sales", mail).code == 0
    assert shell.run("tickets", "list", "--json").only["group"] == "hardware"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nowhere.eml"], "nowhere.eml: there is no such file or folder"),
        (["-", "one.eml"], "stands alone"),
        ([], "FILE"),
    ],
)
def test_wrong_usage_files_nothing(shell: Shell, words: list[str], said: str) -> None:
    """What is not there, and what cannot be meant, leaves with 2."""
    ran = shell.run("ingest", *words)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


def test_a_folder_without_mails_is_wrong_usage(shell: Shell, tmp_path: Path) -> None:
    """A folder in which there is no mail is said to have none."""
    (tmp_path / "empty").mkdir()
    ran = shell.run("ingest", str(tmp_path / "empty"))
    assert (ran.code, ran.out) == (2, "")
    assert "no mails" in ran.err


def test_a_piped_mail_is_ours_when_the_exit_code_is_0(shell: Shell) -> None:
    """A mail on standard input becomes a ticket; even junk is taken, as the MTA could do nothing better with it."""
    ran = shell.run("ingest", "-", stdin=shell.mail("one.eml").read_bytes())
    assert (ran.code, ran.out) == (0, "standard input: opened 10001\n")
    assert shell.run("ingest", "-", stdin=b"\xff" * 100).code == 0
    assert len(shell.run("quarantine", "list", "--json").objects) == 1


def test_an_mta_keeps_a_mail_that_cannot_be_taken(shell: Shell) -> None:
    """Where the store or the configuration cannot be used, a pipe gets 75: the MTA keeps the mail and tries again."""
    raw = shell.mail("one.eml").read_bytes()
    shell.configure(database=f"sqlite:///{shell.folder}/one.eml/desk.db")
    ran = shell.run("ingest", "-", stdin=raw)
    assert (ran.code, ran.out) == (75, "")
    assert "the database" in ran.err
    shell.configuration.write_text("nonsense: true\n")
    ran = shell.run("ingest", "-", stdin=raw)
    assert (ran.code, ran.out) == (75, "")
    assert "nonsense" in ran.err


def test_a_database_of_another_version_is_not_touched(shell: Shell) -> None:
    """A database at another revision is asked to be upgraded: 1 for a file, 75 for a pipe."""
    assert shell.run("db", "upgrade").code == 0
    with sqlite3.connect(shell.folder / "desk.db") as database:
        database.execute("UPDATE alembic_version SET version_num = '0000'")
    database.close()
    mail = shell.mail("one.eml")
    ran = shell.run("ingest", str(mail))
    assert (ran.code, ran.out) == (1, "")
    assert "0000" in ran.err
    assert "mailgateway db upgrade" in ran.err
    assert shell.run("ingest", "-", stdin=mail.read_bytes()).code == 75


def test_a_terminal_gets_a_bar_and_what_is_odd(shell: Shell) -> None:
    """With standard error on a terminal there is a bar instead of a line for each mail; what is odd is named."""
    (shell.folder / "a-junk.eml").write_bytes(b"\xff" * 500)
    shell.mail("b.eml")
    ours, theirs = pty.openpty()
    ran = subprocess.Popen(
        [sys.executable, "-m", "mailgateway", "-c", str(shell.configuration), "ingest", str(shell.folder)],
        stdout=subprocess.PIPE,
        stderr=theirs,
        text=True,
    )
    os.close(theirs)
    seen = b""
    with suppress(OSError):  # the other end of a terminal that is closed cannot be read
        while part := os.read(ours, 65_536):
            seen += part
    os.close(ours)
    out, _ = ran.communicate(timeout=60)
    assert (ran.returncode, out) == (1, "2 mails: 1 opened, 1 quarantined\n")
    assert b"a-junk.eml: quarantined" in seen
    assert b"b.eml: opened" not in seen
    assert b"2 mails" in seen
