"""`db`: the schema of the database, on SQLite and on a real PostgreSQL."""

import sqlite3

import pytest

from mailgateway.store import schema
from tests.cli.shell import Shell
from tests.servers.postgres import Postgres


def test_an_empty_database_is_filled_by_hand(shell: Shell, postgres: Postgres) -> None:
    """A PostgreSQL database without tables is left alone by every command but `db upgrade`, which is asked for."""
    shell.configure(database=postgres.create_database())
    ran = shell.run("db", "current")
    assert (ran.code, ran.out.splitlines()[0]) == (1, "empty")
    ran = shell.run("tickets", "list")
    assert (ran.code, ran.out) == (1, "")
    assert "run `mailgateway db upgrade`" in ran.err
    ran = shell.run("db", "upgrade")
    assert (ran.code, ran.out) == (0, f"The database is at revision {schema.head()}; it was empty.\n")
    assert shell.run("db", "upgrade").out.endswith("; as it was.\n")
    ran = shell.run("db", "current")
    assert (ran.code, ran.out) == (0, f"{schema.head()}\n")
    assert shell.run("tickets", "list").code == 0


@pytest.mark.parametrize(
    "words", ["status", "tickets list", "tickets show 1", "outbox list", "quarantine list", "db current"]
)
def test_who_only_looks_makes_no_database(shell: Shell, words: str) -> None:
    """Where there is no database yet, that is said with what makes one; no file and no folder is made."""
    shell.configure(database=f"sqlite:///{shell.folder}/data/desk.db")
    ran = shell.run(*words.split())
    assert (ran.code, ran.out) == (1, "")
    assert f"there is no database yet at {shell.folder}/data/desk.db" in ran.err
    assert "mailgateway db upgrade" in ran.err
    assert not (shell.folder / "data").exists()


def test_an_empty_database_is_said_to_be_empty(shell: Shell) -> None:
    """A file without tables gets none from who only looks; who files a mail makes them."""
    (shell.folder / "desk.db").touch()
    ran = shell.run("status")
    assert (ran.code, ran.out) == (1, "")
    assert "the database is empty: `mailgateway run`" in ran.err
    assert shell.run("ingest", str(shell.mail("one.eml"))).code == 0
    assert shell.run("status").code == 0


def test_a_database_of_another_version_is_told(shell: Shell) -> None:
    """`db current` leaves with 1 where the revision is not the one that this version works with."""
    assert shell.run("db", "upgrade").code == 0
    database = sqlite3.connect(shell.folder / "desk.db")
    database.execute("UPDATE alembic_version SET version_num = '0000'")
    database.commit()
    database.close()
    ran = shell.run("db", "current")
    assert (ran.code, ran.out.splitlines()[0]) == (1, "0000")
    assert "mailgateway db upgrade" in ran.out


def test_a_database_that_is_not_there_leaves_with_1(shell: Shell, postgres: Postgres) -> None:
    """Where nothing can be opened, there is one line and no traceback."""
    shell.configure(database=postgres.create_database().rpartition("/")[0] + "/nowhere")
    ran = shell.run("db", "upgrade")
    assert (ran.code, ran.out) == (1, "")
    assert "no such database" in ran.err or "does not exist" in ran.err


def test_a_backup_is_a_sound_database_for_our_own_eyes(shell: Shell) -> None:
    """It holds what the original holds, is one file, and overwrites nothing."""
    shell.run("db", "upgrade")
    shell.run("ingest", str(shell.mail("one.eml")))
    copy = shell.folder / "copy.db"
    assert shell.run("db", "backup", str(copy)).code == 0
    assert (copy.stat().st_mode & 0o777, sorted(path.name for path in shell.folder.glob("*copy.db*"))) == (
        0o600,
        ["copy.db"],
    )
    assert sqlite3.connect(copy).execute("SELECT subject FROM tickets").fetchall() == [("Help",)]
    ran = shell.run("db", "backup", str(copy))
    assert (ran.code, "is there already" in ran.err) == (2, True)
    assert shell.run("db", "backup", str(shell.folder / "no" / "copy.db")).code == 2
    shell.configure(database=f"sqlite:///{copy}")
    assert [ticket["number"] for ticket in shell.run("tickets", "list", "--json").objects] == [10001]
    assert shell.run("db", "verify", "--json").out == ""


def test_postgresql_is_told_its_own_means(shell: Shell, postgres: Postgres) -> None:
    """The online copy is SQLite's."""
    shell.configure(database=postgres.create_database())
    ran = shell.run("db", "backup", str(shell.folder / "copy"))
    assert (ran.code, "pg_dump" in ran.err) == (1, True)
