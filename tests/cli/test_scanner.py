"""What an admin at a shell sees of the virus scanner."""

import pytest

from tests.cli.shell import Shell
from tests.servers.clamd import ClamdServer


def scanned(shell: Shell, address: str) -> None:
    """Configure a scanner."""
    with shell.configuration.open("a") as file:
        file.write(f"attachments: {{clamd: '{address}'}}\n")


def found(shell: Shell) -> dict[str, object]:
    """Return what the doctor finds."""
    lines = {one["what"]: one for one in shell.run("doctor", "--json").objects}
    return dict(lines["virus scanner"])


def test_the_doctor_asks_the_scanner_who_it_is(shell: Shell) -> None:
    """Version and age of the signatures, or why there is no answer, and what would mend it."""
    with ClamdServer() as server:
        scanned(shell, server.address)
        well = found(shell)
        server.says = b"220 mail.example ESMTP"
        wrong = found(shell)
    away = found(shell)
    assert (well["ok"], wrong["ok"], away["ok"]) == (True, False, False)
    assert "ClamAV 1.4.6/27801" in str(well["detail"])
    assert "is no clamd" in str(wrong["detail"])
    assert "connection refused" in str(away["detail"])
    assert "clamd.conf" in str(away["mend"])


def test_mails_wait_for_the_scanner_and_status_says_so(shell: Shell) -> None:
    """Nothing gets in unscanned; once the scanner answers, all is as ever."""
    with ClamdServer() as server:
        scanned(shell, server.address)
        assert shell.run("ingest", str(shell.mail("one.eml"))).out.endswith("1 mail: 1 opened\n")
        assert shell.run("status", "--json").only["virus_scanner"]["error"] is None
    assert shell.run("ingest", str(shell.mail("two.eml"))).code == 1
    told = shell.run("status", "--json").only["virus_scanner"]
    assert "connection refused" in told["error"]
    assert told["last_good_at"]
    assert "mails wait" in shell.run("status").out
    assert len(shell.run("tickets", "list", "--json").objects) == 1


def test_without_a_scanner_nothing_is_said_of_it(shell: Shell) -> None:
    """Nor asked."""
    shell.run("db", "upgrade")
    assert shell.run("status", "--json").only["virus_scanner"] is None
    assert "Viruses" not in shell.run("status").out


@pytest.mark.parametrize(
    ("written", "mend"),
    [
        ("clamd: localhost", "127.0.0.1:3310"),
        ("clamd: 'localhost:99999'", "127.0.0.1:3310"),
        ("refuse: ['not a kind']", "an ending (exe)"),
        ("refuse: ['*/*']", "an ending (exe)"),
        ("file_size: 5", "such as 500KB"),
    ],
)
def test_what_is_written_wrong_is_told_with_what_would_be_right(shell: Shell, written: str, mend: str) -> None:
    """Before anything runs."""
    with shell.configuration.open("a") as file:
        file.write(f"attachments: {{{written}}}\n")
    ran = shell.run("check")
    assert ran.code == 2
    assert mend in ran.err + ran.out


def test_a_scanner_elsewhere_deserves_a_second_look(shell: Shell) -> None:
    """Mails travel there in clear text."""
    scanned(shell, "scanner.example.net:3310")
    assert "in clear text" in shell.run("check").err + shell.run("check").out
