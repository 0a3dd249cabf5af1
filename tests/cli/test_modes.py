"""What others on the host can read."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.cli.shell import Shell


@pytest.fixture
def open_shell() -> Iterator[Shell]:
    """Give a configured folder that others can get to (a test's own is closed to them), with a database and blobs."""
    with TemporaryDirectory() as folder:
        made = Shell(Path(folder))
        made.configure()
        made.run("ingest", str(made.mail("one.eml")))
        made.folder.chmod(0o711)
        yield made


def said(shell: Shell) -> str:
    """Return what `check` warns of."""
    return shell.run("check").err


@pytest.mark.parametrize("name", ["password", "desk.db", "blobs"])
def test_what_everybody_can_read_is_told_with_the_mend(open_shell: Shell, name: str) -> None:
    """A secret, the database, the mails: by `check` as a warning, by `doctor` as what is wrong."""
    path = open_shell.folder / name
    for one in ("password", "desk.db", "blobs"):
        (open_shell.folder / one).chmod(0o700 if one == "blobs" else 0o600)
    assert "everybody on this host" not in said(open_shell)
    path.chmod(0o755 if path.is_dir() else 0o644)
    told = f"everybody on this host may read {path}: run `chmod o= {path}`"
    assert told in said(open_shell)
    found = [one for one in open_shell.run("doctor", "--json").objects if told in one["detail"]]
    assert [one["ok"] for one in found] == [False]


def test_who_cannot_get_to_a_file_cannot_read_it(open_shell: Shell) -> None:
    """A folder that is closed to others protects what is in it."""
    (open_shell.folder / "desk.db").chmod(0o644)
    assert "everybody" in said(open_shell)
    open_shell.folder.chmod(0o700)
    assert "everybody" not in said(open_shell)


def test_what_the_gateway_makes_is_for_it_alone(shell: Shell, tmp_path: Path) -> None:
    """Database, blobs, backups and exports, whatever the umask is."""
    shell.run("ingest", str(shell.mail("one.eml")))
    shell.run("db", "backup", str(tmp_path / "copy.db"))
    made = [tmp_path / "desk.db", tmp_path / "copy.db", *(tmp_path / "blobs").rglob("*")]
    assert len(made) > 3
    assert all(path.stat().st_mode & 0o077 == 0 for path in made)
