"""`init`, `check`, `rules`, `schema`: what an admin does before the first mail."""

import json
from pathlib import Path

import pytest

from tests.cli.shell import Shell


def test_what_init_writes_is_fine(tmp_path: Path) -> None:
    """The example is written into a new folder, and `check` finds nothing wrong with it."""
    shell = Shell(tmp_path / "new")
    ran = shell.run("init", str(shell.folder))
    assert ran.code == 0
    assert str(shell.configuration) in ran.out.splitlines()
    checked = shell.run("check")
    assert (checked.code, checked.err) == (0, "")
    assert checked.out.startswith("fine: 1 mailbox, ")


def test_init_overwrites_nothing(shell: Shell) -> None:
    """Where there is a configuration, init leaves it alone and says so with 2."""
    before = shell.configuration.read_text()
    ran = shell.run("init", str(shell.folder))
    assert (ran.code, ran.out) == (2, "")
    assert f"{shell.configuration}: " in ran.err
    assert shell.configuration.read_text() == before


def test_check_counts_what_is_there(shell: Shell) -> None:
    """A right configuration is said to be fine, with what it holds; nothing is connected to and nothing made."""
    ran = shell.run("check")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == "fine: 1 mailbox, 2 agents, 2 groups, 2 rules, 0 answers, 0 warnings\n"
    assert not (shell.folder / "desk.db").exists()


def test_check_warns_and_is_fine(shell: Shell) -> None:
    """What may be meant is a warning with its place on standard error, and no reason to leave with 2."""
    groups = shell.folder / "groups.yaml"
    groups.write_text(groups.read_text() + "  - {name: nobody}\n")
    ran = shell.run("check")
    assert (ran.code, ran.out[:5]) == (0, "fine:")
    assert ran.err.startswith(f"{groups}:8:")
    assert "(a warning)" in ran.err


@pytest.mark.parametrize(
    ("file", "old", "new", "place"),
    [
        ("gateway.yaml", "admin:", "admn:", "gateway.yaml:5:1: "),
        ("groups.yaml", "members: [bob]", "members: [bobb]", "groups.yaml:7:"),
        ("routing.yaml", "group: hardware", "group: hardwear", "routing.yaml:5:"),
        ("routing.yaml", "contains: lottery", "matches: '(['", "routing.yaml:8:"),
        ("routing.yaml", "stop: true", "stop: [", "routing.yaml:"),
    ],
)
def test_check_finds_what_is_wrong(shell: Shell, file: str, old: str, new: str, place: str) -> None:
    """A mistake in any file leaves with 2 and a line that begins with its place."""
    path = shell.folder / file
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    ran = shell.run("check")
    assert (ran.code, ran.out) == (2, "")
    assert any(line.startswith(f"{shell.folder}/{place}") for line in ran.err.splitlines())


def test_check_renders_own_templates(shell: Shell) -> None:
    """A template that would fail for some notice is found with its line before any customer waits for it."""
    own = shell.folder / "own" / "en"
    own.mkdir(parents=True)
    (own / "acknowledgement.txt").write_text("Hello,\n{{ ticket.numbr }}\n")
    text = shell.configuration.read_text().replace("files: {", "files: {templates: own, ")
    shell.configuration.write_text(text)
    ran = shell.run("check")
    assert (ran.code, ran.out) == (2, "")
    assert "acknowledgement.txt:2:1: " in ran.err
    assert 'no "numbr" here; did you mean "number"?' in ran.err


def test_rules_are_checked(shell: Shell) -> None:
    """`rules check` counts right rules, and places wrong ones."""
    assert shell.run("rules", "check").out == "fine: 2 rules\n"
    rules = shell.folder / "routing.yaml"
    rules.write_text(rules.read_text().replace("subject, contains: printer", "subjct, contains: printer"))
    ran = shell.run("rules", "check")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"{rules}:4:")
    assert "subject" in ran.err


def test_rules_are_explained(shell: Shell) -> None:
    """`rules explain --json` gives an object a file: rules that matched, what they decided, every step and why."""
    files = [str(shell.mail("one.eml", "My printer")), str(shell.mail("two.eml"))]
    ran = shell.run("rules", "explain", "--json", *files)
    one, two = ran.objects
    assert ran.code == 0
    assert list(one) == ["file", "matched", "actions", "steps", "final", "left_out", "version"]
    assert (one["file"], one["matched"]) == (files[0], ["printers"])
    assert one["actions"]["group"] == {"value": "hardware", "rule": "printers"}
    (step,) = one["steps"]
    assert step.keys() == {"rule", "line", "result", "why"}
    assert (step["line"], step["result"]) == (3, True)
    assert "My printer" in step["why"]
    assert (two["matched"], two["final"]["group"], len(two["steps"])) == ([], "first-line", 2)
    assert not (shell.folder / "desk.db").exists()


def test_an_explanation_for_people_obeys_nobody(shell: Shell) -> None:
    """Without --json the steps are shown, and which rule or default decided; the mail's words are text."""
    ran = shell.run("rules", "explain", str(shell.mail("one.eml", "A printer [blink]\x1b[5m")))
    assert ran.code == 0
    assert "printers (line 3)" in ran.out
    assert "(rule printers)" in ran.out
    assert "(the mailbox's default)" in ran.out
    assert "\x1b" not in ran.out


def test_what_is_no_mail_cannot_be_explained(shell: Shell) -> None:
    """A file that is no mail is named, the others are explained, and the exit code is 1."""
    (shell.folder / "junk").write_bytes(b"\xff" * 99)
    ran = shell.run("rules", "explain", "--json", str(shell.folder / "junk"), str(shell.mail("one.eml")))
    assert (ran.code, len(ran.objects)) == (1, 1)
    assert ran.err.startswith(f"{shell.folder}/junk: no mail")


@pytest.mark.parametrize(
    ("words", "said"),
    [(["nowhere.eml"], "nowhere.eml: cannot be read"), (["--mailbox", "sales", "x"], "there are: support")],
)
def test_what_is_not_there_cannot_be_explained(shell: Shell, words: list[str], said: str) -> None:
    """A missing file and an unknown mailbox are wrong usage."""
    ran = shell.run("rules", "explain", *words)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


@pytest.mark.parametrize("name", ["gateway", "groups", "routing"])
def test_schemas_are_shown(shell: Shell, name: str) -> None:
    """`schema NAME` prints the JSON Schema of each file."""
    ran = shell.run("schema", name)
    assert ran.code == 0
    assert json.loads(ran.out)["title"] == f"{name}.yaml"


def test_an_unknown_schema_is_wrong_usage(shell: Shell) -> None:
    """A name that has no schema leaves with 2 and those that have one."""
    ran = shell.run("schema", "gatewy")
    assert (ran.code, ran.out) == (2, "")
    assert "there are: assets, gateway, groups, organisations, routing" in ran.err
