"""`quarantine`: mails looked at, filed after all, dropped."""

import pytest

from tests.cli.shell import Shell, names

KEYS = names("id mailbox uid message_id subject error at")
JUNK = b"\x00\xff\x1b[31m junk \x07" * 20


@pytest.fixture
def junk(shell: Shell) -> int:
    """Give the id of bytes that are no mail."""
    shell.run("ingest", "-", stdin=JUNK)
    number: int = shell.run("quarantine", "list", "--json").only["id"]
    return number


@pytest.fixture
def lottery(shell: Shell) -> int:
    """Give the id of a mail that a rule set aside."""
    shell.run("ingest", "-", stdin=shell.mail("one.eml", "You won the lottery").read_bytes())
    number: int = shell.run("quarantine", "list", "--json").objects[0]["id"]
    return number


def test_it_is_listed_newest_first(shell: Shell, junk: int, lottery: int) -> None:
    """`list --json` gives one object a line with the contract's keys."""
    newest, oldest = shell.run("quarantine", "list", "--json").objects
    assert (list(newest), newest["id"], oldest["id"]) == (KEYS, lottery, junk)
    assert (newest["subject"], newest["message_id"]) == ("You won the lottery", "one.eml@customer.example")
    assert "suspicious" in newest["error"]
    assert (oldest["subject"], oldest["message_id"], oldest["mailbox"]) == ("", None, "support")
    table = shell.run("quarantine", "list")
    assert (table.code, "\x1b" in table.out) == (0, False)
    assert max(map(len, table.out.splitlines())) <= 80


def test_a_mail_is_shown(shell: Shell, junk: int, lottery: int) -> None:
    """`show` tells why, and what is understood; --json adds the mail as `parse` has it; --raw gives its bytes."""
    ran = shell.run("quarantine", "show", str(junk))
    assert (ran.code, "\x1b" in ran.out, "\x07" in ran.out) == (0, False, False)
    assert "no mail" in ran.out
    shown = shell.run("quarantine", "show", str(lottery), "--json").only
    assert list(shown) == [*KEYS, "sender", "size", "stage", "mail"]
    assert shown["mail"]["subject"] == "You won the lottery"
    raw = shell.run("quarantine", "show", str(lottery), "--raw")
    assert raw.raw == (shell.folder / "one.eml").read_bytes()


def test_replay_files_what_a_rule_set_aside(shell: Shell, lottery: int) -> None:
    """A mail released by a person becomes a ticket, and the quarantine is empty again."""
    ran = shell.run("quarantine", "replay", str(lottery))
    assert (ran.code, ran.out) == (0, f"{lottery}: opened\n")
    assert shell.run("quarantine", "list").out == "The quarantine is empty.\n"
    assert shell.run("tickets", "list", "--json").only["subject"] == "You won the lottery"


def test_replay_tells_what_is_still_no_mail(shell: Shell, junk: int) -> None:
    """What cannot be filed goes back to quarantine, and the exit code is 1."""
    ran = shell.run("quarantine", "replay", str(junk))
    assert (ran.code, ran.out) == (1, f"{junk}: quarantined\n")
    assert shell.run("quarantine", "list", "--json").only["id"] == junk


def test_a_ticket_is_opened_of_what_is_no_mail(shell: Shell, junk: int) -> None:
    """`ticket` does it whatever is odd, with the raw mail attached; the ticket says why that had lain there."""
    ran = shell.run("quarantine", "ticket", str(junk))
    assert (ran.code, ran.out) == (0, f"{junk}: opened\n")
    number = shell.run("tickets", "list", "--json").only["number"]
    shown = shell.run("tickets", "show", str(number), "--json").only
    assert [file["filename"] for file in shown["articles"][0]["attachments"]] == ["mail.eml"]
    [event] = [one for one in shown["events"] if one["what"] == "released"]
    assert event["why"].startswith("no mail")


def test_discard_ends_a_mail_without_a_ticket(shell: Shell, junk: int) -> None:
    """A discarded mail is gone from the quarantine, and there is no ticket."""
    ran = shell.run("quarantine", "discard", str(junk))
    assert (ran.code, ran.out) == (0, "1 of 1 discarded.\n")
    assert shell.run("quarantine", "list", "--json").out == ""
    assert shell.run("tickets", "list", "--json").out == ""


@pytest.mark.parametrize("command", ["show", "replay", "ticket", "discard"])
def test_what_is_not_in_quarantine_leaves_with_1(shell: Shell, lottery: int, command: str) -> None:
    """An id that is not there is said to be none; a ticket's mail cannot be reached this way."""
    ran = shell.run("quarantine", command, str(lottery + 1))
    assert ran.code == 1
    assert f"{lottery + 1}: this is not in quarantine" in ran.err
    assert shell.run("quarantine", "list", "--json").only["id"] == lottery
