"""A backup that is made while mail arrives, restored elsewhere: nothing is missing, nothing is sent twice unsaid."""

import os
import shlex
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Collection
from pathlib import Path
from threading import Condition, Event, Thread

import pytest
from sqlalchemy import make_url, select

from mailgateway.app import open_gateway
from mailgateway.desk.letters.delivery import DeliveryState
from mailgateway.mail.parse import parse
from mailgateway.store.tables.tickets import OutboxRow, TicketRow
from tests.docs.pages import page, section
from tests.end_to_end.office import Office, message
from tests.servers.dovecot import PASSWORD
from tests.servers.postgres import Postgres
from tests.servers.process import program

MORE = 6
"""So many mails are filed before the backup begins, and between the copies of database and blobs, at least."""


def run(office: Office, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the gateway."""
    command = [sys.executable, "-m", "mailgateway", "-c", str(office.configuration), *words]
    env = {**os.environ, "OFFICE_PASSWORD": PASSWORD}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=env)


def back_up(office: Office, folder: Path) -> Path:
    """Copy the database as the manual says."""
    url = make_url(office.gateway.settings.database_url())
    if url.get_backend_name() == "sqlite":
        ran = run(office, "db", "backup", str(folder / "copy.db"))
        assert (ran.returncode, ran.stderr) == (0, "")
        return folder / "copy.db"
    dump = folder / "copy.dump"
    subprocess.run([_tool("pg_dump"), "--format=custom", f"--file={dump}", _libpq(str(url))], check=True)
    return dump


def restore(request: pytest.FixtureRequest, copy: Path, folder: Path) -> str:
    """Bring a copy up in another place; return the address of the database there."""
    if copy.suffix == ".db":
        shutil.copy(copy, folder / "restored.db")
        return f"sqlite:///{folder}/restored.db"
    postgres: Postgres = request.getfixturevalue("postgres")
    url = postgres.create_database()
    subprocess.run([_tool("pg_restore"), f"--dbname={_libpq(url)}", str(copy)], check=True)
    return url


def _tool(name: str) -> str:
    return program(name, *(str(one) for one in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)))


def _libpq(url: str) -> str:
    return url.replace("postgresql+psycopg://", "postgresql://")


class Arriving:
    """Mail after mail arrives, is filed and is answered, until it is enough."""

    def __init__(self, office: Office) -> None:
        """Begin."""
        self.office = office
        self.filed = 0
        self._enough = Event()
        self._one_more = Condition()
        self._thread = Thread(target=self._arrive)
        self._thread.start()

    def _arrive(self) -> None:
        while not self._enough.is_set():
            sender = f"customer{self.filed}@client{self.filed}.example"
            self.office.write(message(sender, f"Question {self.filed}", "Why?"))
            self.office.round()
            with self._one_more:
                self.filed += 1
                self._one_more.notify()

    def wait_for(self, more: int) -> None:
        """Return when so many more are filed."""
        with self._one_more:
            wanted = self.filed + more
            assert self._one_more.wait_for(lambda: self.filed >= wanted, 60)

    def end(self) -> None:
        """Let no more arrive."""
        self._enough.set()
        self._thread.join(60)


def back_up_meanwhile(office: Office, blobs: Path, folder: Path) -> tuple[Path, int]:
    """Copy first the database and then the blobs while mail arrives; return that copy, and how many came in all."""
    folder.mkdir()
    mail = Arriving(office)
    try:
        mail.wait_for(MORE)
        copy = back_up(office, folder)
        mail.wait_for(MORE)
        shutil.copytree(blobs, folder / "blobs", ignore=shutil.ignore_patterns(".*"))
    finally:
        mail.end()
    return copy, mail.filed


def subjects(office: Office) -> list[str]:
    """Return the subjects of all tickets."""
    with office.gateway.store.reading() as tx:
        return list(tx.connection.execute(select(TicketRow.subject)).scalars())


def letters(office: Office, about: Collection[str], *states: DeliveryState) -> set[str]:
    """Return the Message-IDs of letters about the tickets with these subjects, in these states or in any."""
    found = select(OutboxRow.message_id).join(TicketRow, TicketRow.number == OutboxRow.ticket)
    with office.gateway.store.reading() as tx:
        wanted = found.where(TicketRow.subject.in_(about), OutboxRow.state.in_(states or tuple(DeliveryState)))
        return set(tx.connection.execute(wanted).scalars())


def test_a_backup_while_mail_arrives_is_whole(office: Office, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """What the copy names is there; what came since is filed again; and of what it knew, what waited goes out twice."""
    office.reconfigure('processed: "move:Processed"', 'processed: "flag:Ticketed"')
    folder = tmp_path / "backup"
    copy, mails = back_up_meanwhile(office, tmp_path / "blobs", folder)
    office.gateway.close()
    _move_in(office, restore(request, copy, folder), folder)
    assert run(office, "db", "verify").returncode == 0
    known = subjects(office)
    assert MORE <= len(known) <= mails - MORE
    sent, waited = (letters(office, known, state) for state in (DeliveryState.SENT, DeliveryState.QUEUED))
    in_hand = letters(office, known, DeliveryState.SENDING)
    office.round()
    office.round()
    reconciled = run(office, "reconcile")
    assert (reconciled.returncode, reconciled.stderr) == (0, "")
    assert Counter(subjects(office)) == Counter(f"Question {number}" for number in range(mails))
    again = {one for one, times in _seen(office).items() if times > 1}
    assert not again & sent
    assert again & letters(office, known) <= waited | in_hand


def _seen(office: Office) -> Counter[str | None]:
    """Count what the sink ever got, by Message-ID."""
    return Counter(parse(one.content).message_id for one in office.sink.received for _ in one.rcpt_tos)


def _move_in(office: Office, database: str, folder: Path) -> None:
    """Let the gateway work with the restored database and blobs."""
    lines = [
        f"database: {database}" if line.startswith("database:") else
        f"blobs: file://{folder}/blobs" if line.startswith("blobs:") else line
        for line in office.configuration.read_text().splitlines()
    ]  # fmt: skip
    office.configuration.write_text("\n".join(lines) + "\n")
    office.gateway = open_gateway(office.configuration)


_KILLED = """
import os, signal, sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
connection.execute("UPDATE tickets SET subject = 'younger than the backup'")
connection.commit()
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_the_manual_restores_over_what_a_killed_process_left(small_office: Office, tmp_path: Path) -> None:
    """Its very lines for SQLite: a log that lies beside the old file must not be taken for the copy's."""
    small_office.write(message("carla@customer.example", "Question", "Why?"))
    small_office.round()
    folder = tmp_path / "backup"
    folder.mkdir()
    assert run(small_office, "db", "backup", str(folder / "mailgateway.db")).returncode == 0
    small_office.gateway.close()
    subprocess.run([sys.executable, "-c", _KILLED, str(tmp_path / "office.db")], check=False)
    assert (tmp_path / "office.db-wal").stat().st_size
    lines = section(page("docs/operations.md"), "Backup and restore").partition("**Restore**")[2].splitlines()
    commands = [line.strip() for line in lines if line.strip().startswith(("rm ", "cp "))]
    assert len(commands) == 2
    for command in commands:
        there = command.replace("/var/lib/mailgateway/mailgateway.db", str(tmp_path / "office.db"))
        subprocess.run(shlex.split(there.replace("/backup/", f"{folder}/")), check=True)
    small_office.gateway = open_gateway(small_office.configuration)
    assert subjects(small_office) == ["Question"]


def test_a_missing_file_is_found(small_office: Office, tmp_path: Path) -> None:
    """Whoever forgot the blobs, or lost one, is told which mail it was."""
    small_office.write(message("carla@customer.example", "Question", "Why?"))
    small_office.round()
    assert run(small_office, "db", "verify").returncode == 0
    next((tmp_path / "blobs").rglob("*.z")).unlink()
    ran = run(small_office, "db", "verify")
    assert (ran.returncode, "spool 1: blob" in ran.stdout) == (1, True)
