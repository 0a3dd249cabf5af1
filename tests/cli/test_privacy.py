"""`export` and `erase`: a person's data, from the shell."""

import json
import stat
from contextlib import closing
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from sqlalchemy import update

from mailgateway.app import open_gateway
from mailgateway.store.tables.tickets import AttachmentRow, OutboxRow, SpoolRow
from tests.cli.shell import Shell

CARLA = "carla@customer.example"
WITH_FILE = (
    "--b\r\nContent-Type: text/plain\r\n\r\nHere is the list.\r\n--b\r\nContent-Type: text/plain\r\n"
    'Content-Disposition: attachment; filename="../../etc/passwd"\r\n\r\nroot:x:0\r\n--b--'
)


@pytest.fixture
def desk(shell: Shell) -> Shell:
    """Give a desk with a ticket of Carla's, answered and noted, and one of Dave's."""
    shell.run("db", "upgrade")
    mail = shell.mail("one.eml", text=WITH_FILE, Content_Type='multipart/mixed; boundary="b"')
    shell.run("ingest", str(mail))
    shell.run("ingest", str(shell.mail("two.eml", "Chairs", From="dave@customer.example", Cc=CARLA)))
    (shell.folder / "answer.txt").write_text("We have read it.")
    (shell.folder / "note.txt").write_text("She is a nuisance.")
    assert shell.run("tickets", "reply", "10001", "--file", str(shell.folder / "answer.txt")).code == 0
    assert shell.run("tickets", "note", "10001", "--file", str(shell.folder / "note.txt")).code == 0
    return shell


def read(path: Path) -> Any:
    """Return the JSON of a file."""
    return json.loads(path.read_text())


def files(folder: Path) -> list[str]:
    """Return the paths of all files below a folder."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_an_export_is_a_folder_that_can_be_read(desk: Shell) -> None:
    """JSON of tickets and person, the mails as they came, the letters as they went; nobody else's words, no notes."""
    to = desk.folder / "carla"
    ran = desk.run("export", CARLA, "--to", str(to))
    assert (ran.code, ran.err) == (0, "")
    person = read(to / "person.json")
    assert (person["tickets"], person["shared_tickets"], person["names"]) == ([10001], [10002], ["Carla Rossi"])
    assert [mail["file"] for mail in person["mails"]] == ["mails/1.eml"]
    assert (to / "mails/1.eml").read_bytes() == (desk.folder / "one.eml").read_bytes()
    assert {letter["to"] for letter in person["letters"]} == {CARLA}
    assert all((to / letter["file"]).read_bytes() for letter in person["letters"])
    own, shared = read(to / "tickets/10001.json"), read(to / "tickets/10002.json")
    assert [one["direction"] for one in own["articles"]] == ["in", "out"]
    assert own["left_out"] == {"notes": 1, "articles_of_others": 0}
    assert (shared["role"], shared["articles"], shared["left_out"]["articles_of_others"]) == ("participant", [], 1)
    everything = b"".join(path.read_bytes() for path in to.rglob("*.json"))
    assert b"nuisance" not in everything
    assert b"dave" not in everything
    (file,) = own["articles"][0]["attachments"]
    assert file["file"].startswith("attachments/10001/")
    assert (to / file["file"]).read_bytes().startswith(b"root:x:0")
    assert {path.split("/")[0] for path in files(to)} == {"attachments", "letters", "mails", "person.json", "tickets"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in to.rglob("*")} == {0o600, 0o700}


def test_notes_are_written_by_themselves_where_that_is_wanted(desk: Shell) -> None:
    """Agents' notes about them stand in a folder of their own."""
    to = desk.folder / "carla"
    assert desk.run("export", CARLA, "--to", str(to), "--notes").code == 0
    assert [note["text"] for note in read(to / "notes/10001.json")["notes"]] == ["She is a nuisance."]


def test_an_export_can_be_a_zip_file(desk: Shell) -> None:
    """The same files in one."""
    to = desk.folder / "carla.zip"
    told = desk.run("export", CARLA, "--to", str(to), "--json").only
    assert (told["path"], told["missing"], told["counts"]["tickets"]) == (str(to), [], 1)
    with ZipFile(to) as archive:
        assert len(archive.namelist()) == told["files"]
        assert json.loads(archive.read("person.json"))["tickets"] == [10001]
        assert all(not name.startswith(("/", "..")) and "/../" not in name for name in archive.namelist())
    assert stat.S_IMODE(to.stat().st_mode) == 0o600


def test_nothing_is_written_over(desk: Shell) -> None:
    """A place that is there is refused, as is a word that is no address."""
    ran = desk.run("export", CARLA, "--to", str(desk.folder))
    assert (ran.code, "is there already" in ran.err) == (2, True)
    assert desk.run("export", "nobody", "--to", str(desk.folder / "x")).code == 2
    assert desk.run("export", CARLA, "--to", str(desk.folder / "no" / "x")).code == 2


def test_what_cannot_be_read_is_told(desk: Shell) -> None:
    """The rest is written all the same, and the exit code is 1."""
    for blob in (desk.folder / "blobs").rglob("*.z"):
        blob.unlink()
    ran = desk.run("export", CARLA, "--to", str(desk.folder / "carla"))
    assert ran.code == 1
    assert "mails/1.eml: blob" in ran.err
    assert len(read(desk.folder / "carla/person.json")["missing"]) == 2


def test_what_outlived_its_time_is_not_missing(desk: Shell) -> None:
    """It was meant to go: what was there is told, without a file, and the exit code is 0."""
    with closing(open_gateway(desk.configuration)) as gateway, gateway.store.writing() as tx:
        tx.connection.execute(update(SpoolRow).values(sha256="", sender=CARLA))
        tx.connection.execute(update(AttachmentRow).values(sha256=""))
        tx.connection.execute(update(OutboxRow).values(content=None, sha256=None))
    ran = desk.run("export", CARLA, "--to", str(desk.folder / "carla"))
    assert (ran.code, ran.err) == (0, "")
    person = read(desk.folder / "carla/person.json")
    assert person["missing"] == []
    assert {one["file"] for one in (*person["mails"], *person["letters"])} == {None}


def test_who_is_not_known_has_nothing(desk: Shell) -> None:
    """That is an answer, and is written down as well."""
    ran = desk.run("export", "eve@customer.example", "--to", str(desk.folder / "eve"))
    assert (ran.code, files(desk.folder / "eve")) == (0, ["person.json"])
    assert "Nothing is kept about them" in ran.out
    assert desk.run("erase", "eve@customer.example", "--yes").out == "Nothing is kept about them.\n"


def test_an_erasure_is_shown_first_and_done_when_wanted(desk: Shell) -> None:
    """Without --yes nothing happens; with it the person is gone, and the record names nobody."""
    shown = desk.run("erase", CARLA)
    assert (shown.code, "Nothing has been changed" in shown.out) == (0, True)
    assert desk.run("tickets", "show", "10001", "--json").only["requester"]["address"] == CARLA
    asked = desk.run("erase", CARLA, "--json").only
    assert (asked["erasure"], asked["tickets"], asked["open_tickets"]) == (None, [10001], [10001])
    done = desk.run("erase", CARLA, "--yes", "--json").only
    assert (done["erasure"], done["counts"]["tickets"], done["counts"]["mails"]) == (1, 1, 1)
    ticket = desk.run("tickets", "show", "10001", "--json").only
    assert ticket["requester"] == {"name": "erased-1@erased.invalid", "address": ""}
    assert {article["text"] for article in ticket["articles"]} == {"[erased on request]"}
    assert desk.run("tickets", "show", "10001").code == 0
    assert desk.run("erase", "--list", "--json").only["id"] == 1
    assert CARLA not in desk.run("erase", "--list").out
    assert "Nothing is kept" in desk.run("erase", CARLA, "--yes").out


def test_an_agent_is_not_erased(desk: Shell) -> None:
    """Who works here is taken out of groups.yaml first; neither an address nor --list is wrong usage too."""
    ran = desk.run("erase", "Anna@example.com", "--yes")
    assert (ran.code, "groups.yaml" in ran.err) == (2, True)
    assert desk.run("erase").code == 2
    assert desk.run("erase", CARLA, "--list").code == 2
