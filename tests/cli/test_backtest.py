"""`rules backtest`: what other rules would have made of the mail already received."""

from pathlib import Path

import pytest

from tests.cli.shell import Shell

NEW = """
rules:
  - name: paper
    when: {field: subject, contains: paper}
    then: {group: hardware}
  - name: prizes
    when: {field: subject, contains: lottery}
    then: {discard: true}
  - name: unused
    when: {field: subject, contains: nothing of this kind}
    then: {group: hardware}
"""


@pytest.fixture
def rules(shell: Shell) -> Path:
    """Give new rules, and a store with four mails."""
    for name, subject in (("a", "The printer"), ("b", "No paper"), ("c", "A lottery"), ("d", "Other")):
        shell.run("ingest", str(shell.mail(f"{name}.eml", subject)))
    path = shell.folder / "new.yaml"
    path.write_text(NEW, encoding="utf-8")
    return path


def test_what_would_change_is_counted(shell: Shell, rules: Path) -> None:
    """Counts from one group to another with examples, the hottest rules, and those that never matched."""
    ran = shell.run("rules", "backtest", "--rules", str(rules), "--since", "1w", "--json")
    assert (ran.code, ran.err) == (0, "")
    found = ran.only
    assert (found["mails"], found["changed"]) == (4, 3)
    assert {(move["from"], move["to"]): move["count"] for move in found["moves"]} == {
        ("hardware", "first-line"): 1,
        ("first-line", "hardware"): 1,
        ("(quarantined)", "(discarded)"): 1,
    }
    assert [move["examples"][0]["subject"] for move in found["moves"] if move["to"] == "hardware"] == ["No paper"]
    assert found["hottest"] == [{"rule": "paper", "count": 1}, {"rule": "prizes", "count": 1}]
    assert found["never_matched"] == ["unused"]


def test_it_is_readable(shell: Shell, rules: Path) -> None:
    """The same for the eyes."""
    out = shell.run("rules", "backtest", "--rules", str(rules)).out
    assert "4 mails, 3 of them would go elsewhere" in out
    assert "hardware -> first-line" in out
    assert "rules that never matched: unused" in out


@pytest.mark.usefixtures("rules")
def test_the_rules_in_force_change_nothing(shell: Shell) -> None:
    """Without --rules those of the configuration are tried, on mail they decided."""
    assert shell.run("rules", "backtest", "--json").only["changed"] == 0


def test_wrong_usage_is_told(shell: Shell) -> None:
    """A wrong span, and rules that are wrong."""
    assert shell.run("rules", "backtest", "--since", "long").code == 2
    (shell.folder / "bad.yaml").write_text("rules: 5\n", encoding="utf-8")
    ran = shell.run("rules", "backtest", "--rules", str(shell.folder / "bad.yaml"))
    assert (ran.code, "rules: takes a list" in ran.err) == (2, True)


def test_many_mails_are_judged_by_two_processes(shell: Shell) -> None:
    """With more than a few hundred mails processes of their own share the work, and the outcome is the same."""
    folder = shell.folder / "many"
    folder.mkdir()
    for number in range(201):
        head = f"From: p{number}@customer.example\nTo: support@example.com\nMessage-ID: <{number}@customer.example>\n"
        (folder / f"{number}.eml").write_text(f"{head}Subject: Paper {number}\n\nHelp.\n", encoding="utf-8")
    assert shell.run("ingest", str(folder)).code == 0
    (shell.folder / "new.yaml").write_text(NEW, encoding="utf-8")
    ran = shell.run("rules", "backtest", "--rules", str(shell.folder / "new.yaml"), "--json")
    assert (ran.only["mails"], ran.only["changed"], ran.only["gone"]) == (201, 201, 0)
    told = shell.run("rules", "backtest", "--rules", str(shell.folder / "new.yaml")).out
    assert "201 of 201 mails" in told
