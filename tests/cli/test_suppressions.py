"""`suppressions`: addresses that nothing is sent to, from the shell."""

from tests.cli.shell import Shell


def test_addresses_are_added_listed_and_removed(shell: Shell) -> None:
    """What is added is listed with its reason; nothing is acknowledged to it; what is removed is gone."""
    shell.run("db", "upgrade")
    assert shell.run("suppressions", "list").out == "No address is suppressed.\n"
    assert shell.run("suppressions", "add", "carla@customer.example", "--why", "asked for it").out == "1 suppressed.\n"
    listed = shell.run("suppressions", "list", "--json").only
    assert list(listed) == ["address", "since", "until", "failures", "by", "reason"]
    assert (listed["address"], listed["until"], listed["by"]) == ("carla@customer.example", None, "operator")
    assert "for good" in shell.run("suppressions", "list").out
    shell.run("ingest", str(shell.mail("one.eml")))
    assert [one["template"] for one in shell.run("outbox", "list", "--json").objects] == ["agent_notification"]
    ran = shell.run("suppressions", "remove", "carla@customer.example", "else@customer.example")
    assert ran.out == "1 of 2 may be written to again.\n"
    assert "were not suppressed" in ran.err


def test_what_is_no_address_is_told(shell: Shell) -> None:
    """A mistyped address ends with 2."""
    ran = shell.run("suppressions", "add", "carla")
    assert (ran.code, ran.err) == (2, "'carla' is no mail address\n")
