"""Tests beside the rules: run when the rules are read, and refused with the place of what came out otherwise."""

from pathlib import Path

import pytest

from mailgateway.config.example import write_example
from mailgateway.config.load import load
from mailgateway.config.routing.rule_tests import Expected
from mailgateway.errors import ConfigError
from mailgateway.rules.schema import ActionName
from tests.unit.config.examples import write

ROUTING = """\
timezone: Europe/Warsaw
rules:
  - {name: vip, when: {field: from, in: {file: vip.txt}}, then: {priority: urgent, tags: [vip, fast]}}
  - {name: night, when: {field: received.time, gt: "20:00"}, then: {fields: {shift: night}, no_acknowledgement: true}}
  - {name: junk, when: {field: attachment.name, glob: "*.exe"}, then: {discard: true}}
  - name: outage
    when: {field: subject, contains: outage}
    then: {link: 10234, watchers: [anna], forward: [it@x.example]}
  - name: again
    on: follow_up
    when: {all: [{field: ticket.status, equals: solved}, {field: ticket.idle, lt: 3d}, {field: reply, contains: "no"}]}
    then: {priority: high, tags: [again], watchers: [anna], cc: [boss@x.example], forward: [it@x.example], link: 10234}
  - name: silent
    on: timer
    when:
      all:
        - {field: ticket.status, equals: pending}
        - {field: ticket.status_age, gt: 3d}
        - {field: requester.open_tickets, lt: 3}
        - {field: subject, contains: printer}
    then: {status: solved, assign: anna, tags: [silent], ci: printer-1, fields: {shift: late}, type: request}
"""


def problems(folder: Path, tests: str) -> list[str]:
    """Return what is wrong with a configuration that has these tests, without folders."""
    path = write(folder, routing=ROUTING)
    (folder / "vip.txt").write_text("# our best\nboss@x.example\n\n", encoding="utf-8")
    (folder / "routing.tests.yaml").write_text(tests, encoding="utf-8")
    (folder / "one.eml").write_bytes(b"From: boss@x.example\r\nSubject: Hi\r\n\r\nHello\r\n")
    try:
        load(path)
    except ConfigError as error:
        return [str(finding).replace(f"{folder}/", "") for finding in error.findings]
    return []


def test_tests_that_hold_are_silent(tmp_path: Path) -> None:
    """Mails by fields and as files; what is expected of them is so."""
    tests = """\
tests:
  - {name: a, mail: {from: BOSS@x.example}, expect: {priority: urgent, tags: [fast, vip], matched: [vip]}}
  - {name: b, file: one.eml, expect: {priority: urgent, group: first-line, discard: false}}
  - {name: c, received: "2026-11-02 21:00", mail: {attachments: [a.EXE]}, expect: {fields: {shift: night}}}
  - {name: d, received: "2026-11-02T19:30+00:00", mail: {}, expect: {no_acknowledgement: true}}
"""
    assert problems(tmp_path, tests) == []


def test_follow_ups_and_timers_are_tested(tmp_path: Path) -> None:
    """A mail with a ticket asks the rules for follow-ups, a ticket alone those for timers; each change is expected."""
    tests = """\
tests:
  - name: what rules add to a mail is seen
    mail: {subject: An outage}
    expect: {link: 10234, watchers: [anna], forward: [it@x.example], no_acknowledgement: false}
  - name: solved again
    mail: {body: "No.\\n\\nOn Monday Anna wrote:\\n> ok"}
    ticket: {status: solved, idle: 2d, tags: [old], assignee: anna, organisation: acme}
    expect:
      {priority: high, tags: [old, again], watchers: [anna], cc: [boss@x.example], forward: [it@x.example], link: 10234,
       status: open, group: first-line, assign: anna, organisation: acme, matched: [again]}
  - name: what is quoted is not new
    mail: {body: "Yes.\\n\\nOn Monday Anna wrote:\\n> no"}
    ticket: {status: solved, idle: 2d}
    expect: {matched: [], priority: normal}
  - {name: too late, file: one.eml, ticket: {status: solved, idle: 4d}, expect: {matched: []}}
  - name: nobody answered
    ticket: {subject: The printer, status: pending, status_age: 4d, priority: low, ci: old}
    requester: {known: true, open_tickets: 2}
    expect: {status: solved, assign: anna, tags: [silent], ci: printer-1, fields: {shift: late}, type: request,
             priority: low, matched: [silent]}
  - name: not yet
    ticket: {subject: The printer, status: pending, age: 9d, status_age: 3d}
    expect: {status: pending, matched: []}
  - name: they have much to wait for
    ticket: {subject: The printer, status: pending, status_age: 4d}
    requester: {open_tickets: 3}
    expect: {matched: []}
"""
    assert problems(tmp_path, tests) == []


def test_every_action_can_be_expected() -> None:
    """Whatever a rule can do, a test can say."""
    assert {name.value for name in ActionName} <= set(Expected.model_fields)


@pytest.mark.parametrize(
    ("test", "said"),
    [
        (
            "{name: a, ticket: {status: pending, status_age: 4d, subject: printer}, expect: {status: pending}}",
            'the test "a" fails: status is solved, not pending; matched: [silent]',
        ),
        ("{name: a, ticket: {group: fist-line}, expect: {}}", 'unknown group "fist-line"; did you mean "first-line"?'),
        ("{name: a, ticket: {assignee: ana}, expect: {}}", 'unknown agent "ana"; did you mean "anna"?'),
        ("{name: a, mail: {}, ticket: {}, expect: {discard: true}}", "discard is false, not true"),
        (
            "{name: a, mail: {from: boss@x.example}, expect: {priority: low}}",
            'routing.tests.yaml:2:54: the test "a" fails: priority is urgent, not low; matched: [vip]',
        ),
        (
            "{name: a, mail: {attachments: [a.exe]}, expect: {discard: false}}",
            'routing.tests.yaml:2:54: the test "a" fails: discard is true by rule junk, not false; matched: [junk]',
        ),
        ("{name: a, expect: {}}", "routing.tests.yaml:2:5: a test has one mail: write mail: with its fields, or file:"),
        ("{name: a, file: no.eml, expect: {}}", "routing.tests.yaml:2:15: the mail cannot be read"),
        ("{name: a, mail: {}, mailbox: sales, expect: {}}", "routing.tests.yaml:2:25: no mailbox is called sales"),
        ("{name: a, mail: {}, received: soon, expect: {}}", "routing.tests.yaml:2:25: soon is no time"),
        ("{name: a, mail: {form: x}, expect: {}}", 'did you mean "from"?'),
    ],
)
def test_what_comes_out_otherwise_is_refused_with_its_place(tmp_path: Path, test: str, said: str) -> None:
    """A failing or wrong test keeps the rules from being taken up."""
    (found,) = problems(tmp_path, f"tests:\n  - {test}\n")
    assert said in found


def test_the_examples_that_are_shipped_hold(tmp_path: Path) -> None:
    """The tests in the comments of the example are right for the rules of the example."""
    write_example(tmp_path / "desk")
    path = tmp_path / "desk" / "routing.tests.yaml"
    before, after = path.read_text(encoding="utf-8").split("tests: []\n")
    tests = "".join(f"{line[2:]}\n" for line in after.splitlines())
    assert tests.count("- name:") >= 4
    path.write_text(f"{before}tests:\n{tests}", encoding="utf-8")
    load(tmp_path / "desk" / "gateway.yaml")


def test_lists_and_tests_are_watched(tmp_path: Path) -> None:
    """A change of a list or of the tests is a change of the configuration."""
    problems(tmp_path, "tests: []\n")
    names = [file.name for file in load(tmp_path / "gateway.yaml").files]
    assert names == ["gateway.yaml", "groups.yaml", "routing.yaml", "vip.txt", "routing.tests.yaml"]


def test_the_version_names_the_content(tmp_path: Path) -> None:
    """Comments change nothing; a rule or an entry of a list does."""
    problems(tmp_path, "tests: []\n")
    versions = [load(tmp_path / "gateway.yaml").ruleset.version]
    for file, text in (("routing.yaml", f"# more\n{ROUTING}"), ("vip.txt", "boss@x.example\nmore@x.example\n")):
        (tmp_path / file).write_text(text, encoding="utf-8")
        versions.append(load(tmp_path / "gateway.yaml").ruleset.version)
    assert versions[0] == versions[1] != versions[2]
    assert len(versions[0]) == 12


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [("vip.txt", b"", "is empty"), ("vip.txt", b"\xff", "is not UTF-8"), ("other.txt", b"", "cannot be read")],
)
def test_a_list_that_cannot_be_used_is_told(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    """Missing, empty and unreadable lists are findings of the rule that names them."""
    path = write(tmp_path, routing=ROUTING)
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ConfigError, match=said):
        load(path)


def test_an_unknown_time_zone_is_told(tmp_path: Path) -> None:
    """The nearest usual one is named."""
    path = write(tmp_path, routing="timezone: Europe/Warsw\nrules: []\n")
    with pytest.raises(ConfigError, match='did you mean "Europe/Warsaw"'):
        load(path)
