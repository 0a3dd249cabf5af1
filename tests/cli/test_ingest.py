"""`ingest`: mails from files and pipes become tickets."""

import fcntl
import os
import pty
import signal
import sqlite3
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailgateway.app import open_gateway
from mailgateway.cli.resuming import Import
from mailgateway.store.incoming import imports
from tests.cli.shell import Shell
from tests.end_to_end.office import message

SEPARATOR = b"From carla@customer.example Mon Nov  2 09:00:00 2026\n"


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


def test_an_mbox_may_come_by_a_pipe(shell: Shell) -> None:
    """As of one that is packed; what broke off begins anew, and what is there is passed over."""
    packed = box(shell, 3).read_bytes()
    assert shell.run("ingest", "--silent", "-", stdin=packed[: packed.rindex(b"From ")]).out.count("opened") == 2
    again = shell.run("ingest", "--silent", "-", stdin=packed)
    assert (again.out.count("duplicate"), again.out.count("opened")) == (2, 1)


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


def box(shell: Shell, count: int, name: str = "box.mbox") -> Path:
    """Write an mbox of so many mails, each of its own customer."""
    path = shell.folder / name
    with path.open("wb") as file:
        for number in range(count):
            file.write(SEPARATOR + written(number) + b"\n")
    return path


def written(number: int) -> bytes:
    """Return a mail of May 2024, named by its number."""
    made = message(f"c{number}@customer.example", f"M{number}", "It broke.")
    made.replace_header("Message-ID", f"<{number}@client.example>")
    made.replace_header("Date", "Wed, 01 May 2024 10:00:00 +0200")
    return made.as_bytes()


def test_old_mail_is_filed_in_silence(shell: Shell) -> None:
    """With --silent tickets have the time of the mail, and no letter is written; given again, nothing is added."""
    path = box(shell, 3)
    ran = shell.run("ingest", "--silent", str(path))
    assert (ran.code, ran.out.splitlines()[-1]) == (0, "3 mails: 3 opened")
    assert {ticket["created_at"] for ticket in shell.run("tickets", "list", "--json").objects} == {
        "2024-05-01T08:00:00Z"
    }
    assert shell.run("outbox", "list", "--all", "--json").objects == []
    again = shell.run("ingest", "--silent", str(path))
    assert (again.code, again.out.splitlines()[-1]) == (0, "3 mails: 3 duplicate")
    assert [event["what"] for event in shell.run("events", "--json").objects].count("received_again") == 0


@pytest.mark.parametrize("silent", [[], ["--silent"]])
def test_an_import_that_was_killed_goes_on(shell: Shell, silent: list[str]) -> None:
    """Killed in the middle and called again, it reads on behind what is safe; each mail is filed once, none is lost."""
    path = box(shell, 170)
    words = [sys.executable, "-m", "mailgateway", "-c", str(shell.configuration), "ingest", *silent, str(path)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as ran:
        assert ran.stdout is not None
        next(line for line in ran.stdout if "#70:" in line)
        ran.kill()
    again = shell.run("ingest", *silent, str(path))
    lines = again.out.splitlines()
    assert lines[0] == f"{path}: goes on after mail 100"
    assert lines[1].startswith(f"{path}#101: opened")
    assert (again.code, lines[-1]) == (0, "70 mails: 70 opened")
    tickets = shell.run("tickets", "list", "--limit", "0", "--json").objects
    assert sorted(ticket["subject"] for ticket in tickets) == sorted(f"M{number}" for number in range(170))
    assert shell.run("ingest", "--silent", str(path)).out.splitlines()[-1] == "170 mails: 170 duplicate"


def test_a_file_that_was_changed_meanwhile_begins_anew(shell: Shell) -> None:
    """What lies before the place is looked at: another file with the same beginning is read whole."""
    path = box(shell, 1700)
    one = Import.of(path, "support")
    assert shell.run("db", "upgrade").code == 0
    gateway = open_gateway(shell.configuration)
    with gateway.store.writing() as tx:
        imports.keep(tx, replace(one.up_to(path.stat().st_size, 1700), tail="other"), datetime.now(UTC))
    gateway.close()
    path.write_bytes(path.read_bytes()[: 65_536 + 10_000])
    assert shell.run("ingest", "--silent", str(path)).out.startswith(f"{path}#1: opened")


def test_a_broken_mbox_is_said_to_be_none(shell: Shell) -> None:
    """A file that should be an mbox and is none is told with what it begins with; the other files are filed."""
    (shell.folder / "a.mbox").write_bytes(b"Subject: x\n\nNo mbox.\n")
    (shell.folder / "b").write_bytes(b"From nobody at no time\n\nNo mbox.\n")
    (shell.folder / "c.mbox").write_bytes(b"")
    ran = shell.run("ingest", *(str(shell.folder / name) for name in ("a.mbox", "b", "c.mbox")), str(box(shell, 1)))
    assert (ran.code, ran.out.splitlines()[-1]) == (1, "3 mails: 1 opened, 2 unreadable")
    assert 'a.mbox: no mbox: it begins with "Subject: x"' in ran.err
    assert 'b: no mbox: it begins with "From nobody at no time"' in ran.err


def test_an_interrupted_import_tells_how_to_go_on(shell: Shell) -> None:
    """Ctrl-C leaves with 130 and says that the same command goes on."""
    path = box(shell, 250)
    words = [sys.executable, "-m", "mailgateway", "-c", str(shell.configuration), "ingest", "--silent", str(path)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as ran:
        assert ran.stdout is not None
        fcntl.fcntl(ran.stdout, fcntl.F_SETPIPE_SZ, 4096)  # however slow we read, it gets no further than that ahead
        next(line for line in ran.stdout if "#60:" in line)
        ran.send_signal(signal.SIGINT)
        _, err = ran.communicate(timeout=60)
    assert ran.returncode == 130
    assert "the same command goes on from there" in err
    again = shell.run("ingest", "--silent", str(path))
    assert again.code == 0
    assert len(shell.run("tickets", "list", "--limit", "0", "--json").objects) == 250
