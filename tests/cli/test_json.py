"""`--json`: every command that shows something takes it, and then says nothing else on standard output."""

import json

import pytest

from tests.cli.shell import Shell
from tests.docs.test_commands import COMMANDS

ACTS = {
    *("init", "run", "demo", "schema", "templates preview"),
}
"""Those that go on and on or write files to begin with, and two whose output is a file already."""

# with words that make each succeed at an empty desk; those that need more are tried where they are described
ALONE = {
    "check": "",
    "rules check": "",
    "knowledge check": "",
    "knowledge list": "",
    "organisations list": "",
    "outbox list": "--all",
    "suppressions list": "",
    "webhooks list": "--all",
    "quarantine list": "",
    "events": "",
    "tickets list": "",
    "report": "",
    "status": "",
    "db current": "",
    "db upgrade": "",
    "outbox retry": "--all",
    "outbox cancel": "1",
    "suppressions add": "gone@customer.example",
    "suppressions remove": "gone@customer.example",
    "keys rotate": "",
}


@pytest.mark.parametrize("command", sorted(COMMANDS.keys() - ACTS))
def test_whatever_shows_something_takes_json(command: str) -> None:
    """So that scripts need not read what is made for people."""
    assert "--json" in COMMANDS[command]


def test_nothing_is_called_an_act_that_is_none() -> None:
    """The list above names commands, and none that takes --json."""
    assert COMMANDS.keys() >= ACTS
    assert [command for command in ACTS if "--json" in COMMANDS[command]] == []


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """Give a desk with one ticket."""
    shell = Shell(tmp_path_factory.mktemp("desk"))
    shell.configure()
    shell.run("ingest", str(shell.mail("one.eml")))
    return shell


@pytest.mark.parametrize("command", sorted(ALONE))
def test_each_line_is_an_object(desk: Shell, command: str) -> None:
    """On standard output stands nothing but JSON, one object a line."""
    ran = desk.run(*command.split(), *ALONE[command].split(), "--json")
    assert ran.code == 0, ran.err
    assert all(isinstance(json.loads(line), dict) for line in ran.out.splitlines())


def test_what_was_done_is_told_in_objects(shell: Shell) -> None:
    """How many of those asked for, which mail became what, where the copy is."""
    bad = shell.mail("bad.eml", "You won the lottery")
    filed = shell.run("ingest", str(shell.mail("one.eml")), "--json").only
    assert (filed["outcome"], filed["ticket"]) == ("opened", 10001)
    assert filed["mail"].endswith("one.eml")
    assert shell.run("ingest", str(bad), "--json").only["outcome"] == "quarantined"
    (entry,) = shell.run("quarantine", "list", "--json").objects
    replayed = shell.run("quarantine", "replay", str(entry["id"]), "--json")
    assert (replayed.code, replayed.only) == (0, {"id": entry["id"], "disposition": "opened"})
    assert shell.run("quarantine", "discard", str(entry["id"]), "--json").out == ""
    (letter, *_) = shell.run("outbox", "list", "--json").objects
    assert shell.run("outbox", "cancel", str(letter["id"]), "--json").only == {"done": 1, "asked": 1}
    again = shell.run("outbox", "cancel", str(letter["id"]), "--json")
    assert (again.code, again.only) == (1, {"done": 0, "asked": 1})
    assert shell.run("suppressions", "add", "a@b.example", "--json").only == {"done": 1, "asked": 1}
    assert shell.run("keys", "rotate", "--json").only == {"rotated": True, "believed": 2}
    copy = shell.folder / "copy.db"
    assert shell.run("db", "backup", str(copy), "--json").only == {"file": str(copy), "bytes": copy.stat().st_size}
    revision = shell.run("db", "current", "--json").only["revision"]
    assert shell.run("db", "upgrade", "--json").only == {"revision": revision, "before": revision}


def test_what_is_wrong_with_the_configuration_is_told_in_objects(shell: Shell) -> None:
    """With file, line and column of each, and 2."""
    (shell.folder / "routing.yaml").write_text("rules:\n  - {name: x, when: {field: subjekt, contains: a}, then: {}}\n")
    for command in ("check", "rules check"):
        ran = shell.run(*command.split(), "--json")
        assert (ran.code, ran.err) == (2, "")
        assert all(one["kind"] == "error" and one["file"].endswith("routing.yaml") for one in ran.objects)
        assert {"kind", "file", "line", "column", "problem"} == ran.objects[0].keys()


def test_doubts_are_warnings(shell: Shell) -> None:
    """What deserves a second look is told as such; `rules check` leaves with 1 then."""
    twice = "  - {name: y, when: {field: subject, contains: printer}, then: {group: hardware}}\n"
    with (shell.folder / "routing.yaml").open("a") as file:
        file.write(twice)
    ran = shell.run("rules", "check", "--json")
    assert (ran.code, {one["kind"] for one in ran.objects}) == (1, {"warning"})
    assert shell.run("check", "--json").code == 0
