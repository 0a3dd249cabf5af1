"""Rules at work from the command line: doubts are told, turns are taken, tickets keep what was decided."""

from tests.cli.shell import Shell

ROUTING = """
rules:
  - name: hosts
    when: {field: subject, matches: 'host (?P<host>[a-z]+-[0-9]+)'}
    then: {group: first-line, assign: round_robin, ci: '{host}'}
  - name: regulars
    when: {field: requester.known, equals: true}
    then: {tags: [regular]}
"""
GROUPS = """
agents:
  - {name: anna, display: Anna Kowalska, address: anna@example.com}
  - {name: bob, display: Bob Stone, address: bob@example.com}
groups:
  - {name: first-line, display: Service desk, members: [anna, bob]}
"""


def test_doubts_are_told(shell: Shell) -> None:
    """A rule that is never reached is told with its place, and `rules check` leaves with 1; the rules still work."""
    more = "  - {name: late, when: {field: subject, contains: printers}, then: {group: hardware}}\n"
    rules = shell.folder / "routing.yaml"
    rules.write_text(rules.read_text() + more)
    ran = shell.run("rules", "check")
    assert (ran.code, ran.out) == (1, "")
    assert "this rule is never reached" in ran.err
    assert shell.run("check").code == 0


def test_tickets_are_given_in_turn_and_keep_what_was_found(shell: Shell) -> None:
    """Members get tickets alternately, a group of an expression becomes a field, a writer who comes again is known."""
    (shell.folder / "routing.yaml").write_text(ROUTING)
    (shell.folder / "groups.yaml").write_text(GROUPS)
    for number in range(4):
        assert shell.run("ingest", str(shell.mail(f"{number}.eml", f"host web-{number} is down"))).code == 0
    listed = [one["number"] for one in shell.run("tickets", "list", "--json").objects]
    shown = [shell.run("tickets", "show", str(number), "--json").only for number in reversed(listed)]
    assert [one["assignee"] for one in shown] == ["anna", "bob", "anna", "bob"]
    assert [one["ci"] for one in shown] == [f"web-{number}" for number in range(4)]
    assert shell.run("tickets", "list", "--json", "--ci", "web-2").only["number"] == listed[1]
    assert "web-2" in shell.run("tickets", "show", str(listed[1])).out
    assert [one["tags"] for one in shown] == [[], ["regular"], ["regular"], ["regular"]]
    versions = {one["trace"]["version"] for one in shown}
    assert len(versions) == 1
    assert f"rules {versions.pop()}" in shell.run("tickets", "show", str(listed[0])).out
