"""Rules at work from the command line: doubts are told, turns are taken, tickets keep what was decided."""

from datetime import datetime, timedelta

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


WAITING = """
rules:
  - name: again
    on: follow_up
    when: {field: requester.known, equals: true}
    then: {priority: urgent, tags: [again], link: 10005}
  - name: silent
    on: timer
    when: {all: [{field: ticket.status, equals: new}, {field: ticket.idle, gt: 3d}]}
    then: {priority: high}
  - name: refused
    when: {field: subject, contains: order}
    then: {reject: We take no orders., no_acknowledgement: false}
"""


def test_a_follow_up_of_a_real_ticket_is_explained(shell: Shell) -> None:
    """With --ticket the rules for follow-ups are asked, what the database knows included; only changes are shown."""
    (shell.folder / "routing.yaml").write_text(WAITING)
    file = str(shell.mail("a.eml", "The scanner"))
    assert shell.run("ingest", file).code == 0
    (number,) = (one["number"] for one in shell.run("tickets", "list", "--json").objects)
    explained = shell.run("rules", "explain", file, "--ticket", str(number), "--json").only
    assert (explained["ticket"], explained["matched"]) == (number, ["again"])
    assert explained["final"]["group"] == "first-line"
    assert (explained["final"]["tags"], explained["final"]["link"]) == (["again"], 10005)
    out = shell.run("rules", "explain", file, "--ticket", str(number)).out
    assert f"normal mail in support, joins #{number}" in out
    assert "link      10005  (rule again)" in out
    assert "the mailbox's default" not in out


def test_timers_of_a_real_ticket_are_explained(shell: Shell) -> None:
    """Without a mail: what timer rules see of the ticket now, and when each comes due."""
    (shell.folder / "routing.yaml").write_text(WAITING)
    assert shell.run("ingest", str(shell.mail("a.eml", "The scanner"))).code == 0
    (ticket,) = shell.run("tickets", "list", "--json").objects
    number = str(ticket["number"])
    explained = shell.run("rules", "explain", "--ticket", number, "--json").only
    assert (explained["file"], explained["matched"]) == (None, [])
    assert [step["rule"] for step in explained["steps"]] == ["silent"]
    (timer,) = explained["timers"]
    due = datetime.fromisoformat(timer.pop("due_at"))
    assert timer == {"rule": "silent", "line": 7, "fired": False}
    assert timedelta(0) < due - datetime.fromisoformat(ticket["updated_at"]) - timedelta(days=3) < timedelta(seconds=1)
    assert (
        f"due {due.astimezone():%Y-%m-%d %H:%M}, if nothing changes"
        in shell.run("rules", "explain", "--ticket", number).out
    )
    shell.run("tickets", "set", number, "--status", "pending")
    assert "not as the ticket is" in shell.run("rules", "explain", "--ticket", number).out


def test_what_cannot_be_explained_is_told(shell: Shell) -> None:
    """Neither a mail nor a ticket; a ticket that there is not; a database that is not there yet."""
    assert shell.run("rules", "explain").code == 2
    assert shell.run("rules", "explain", "--ticket", "10001").code != 0
    assert shell.run("ingest", str(shell.mail("a.eml"))).code == 0
    ran = shell.run("rules", "explain", "--ticket", "99999")
    assert (ran.code, ran.err) == (1, "there is no ticket 99999\n")


def test_the_requester_is_looked_up_where_a_rule_asks(shell: Shell) -> None:
    """Before there is a database nothing is known and none is made; afterwards the explanation says what it knows."""
    (shell.folder / "routing.yaml").write_text(ROUTING)
    (shell.folder / "groups.yaml").write_text(GROUPS)
    file = str(shell.mail("a.eml", "Help"))
    assert shell.run("rules", "explain", file, "--json").only["matched"] == []
    assert not (shell.folder / "desk.db").exists()
    shell.run("ingest", file)
    assert shell.run("rules", "explain", file, "--json").only["matched"] == ["regulars"]


def test_what_ends_a_mail_is_shown_as_yes_or_no(shell: Shell) -> None:
    """Refusals and receipts read as an answer, with the rule that gave it."""
    (shell.folder / "routing.yaml").write_text(WAITING)
    out = shell.run("rules", "explain", str(shell.mail("a.eml", "An order"))).out
    assert "reject              yes  (rule refused)" in out
    assert "no_acknowledgement  no  (rule refused)" in out
