"""`tickets list` and `show`: what tickets wait for, whose they are, and names that are not known."""

import pytest

from tests.cli.shell import Shell

CUSTOMERS = """\
organisations:
  - name: acme
    domains: [customer.example]
    vips: [carla@customer.example]
    contract: {name: gold}
  - {name: globex, domains: [globex.example]}
"""


@pytest.fixture
def number(shell: Shell) -> int:
    """Give the number of a VIP's ticket on a desk with organisations, where groups accept what they are given."""
    (shell.folder / "organisations.yaml").write_text(CUSTOMERS)
    gateway = shell.folder / "gateway.yaml"
    text = gateway.read_text().replace("files: {", "files: {organisations: organisations.yaml, ")
    gateway.write_text(text + "handovers: {accept_within: 2h}\n")
    assert shell.run("ingest", str(shell.mail("one.eml", "Help"))).code == 0
    found: int = shell.run("tickets", "list", "--json").only["number"]
    return found


def test_a_list_is_narrowed_by_what_a_ticket_waits_for(shell: Shell, number: int) -> None:
    """Offered, put aside, watched, major; each marked before the subject and told in JSON."""
    for words in (["--offered"], ["--snoozed"], ["--watcher", "bob"], ["--major"]):
        assert shell.run("tickets", "list", "--json", *words).out == ""
    assert shell.run("tickets", "set", str(number), "--group", "hardware", "--snooze", "2d", "--watch", "bob").code == 0
    for words in (["--offered"], ["--offered-by", "First-Line"], ["--snoozed"], ["--watcher", "Bob"]):
        found = shell.run("tickets", "list", "--json", *words).only
        assert found["offered"]["by"] == "first-line"
        assert found["snoozed_until"] is not None
    assert shell.run("tickets", "list", "--json", "--offered-by", "hardware").out == ""
    shown = shell.run("tickets", "list", "--open").out.split()
    assert {"VIP", "OFFERED", "SNOOZED", "Help"} <= set(shown)
    assert shell.run("tickets", "accept", str(number), "--as", "bob").code == 0
    assert shell.run("tickets", "list", "--json", "--offered").out == ""


def test_a_list_is_narrowed_by_whose_a_ticket_is(shell: Shell, number: int) -> None:
    """People who matter more, and contracts in any case."""
    for words in (["--vip"], ["--contract", "Gold"], ["--organisation", "ACME"], ["--mailbox", "Support"]):
        found = shell.run("tickets", "list", "--json", *words).only
        assert (found["number"], found["vip"]) == (number, True)
    assert shell.run("tickets", "list", "--json", "--organisation", "globex").out == ""


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("--organisation acmee", "did you mean acme?"),
        ("--mailbox suport", "did you mean support?"),
        ("--contract golden", "there are: gold"),
        ("--watcher carla", "there are: anna, bob"),
        ("--offered-by hardwear", "did you mean hardware?"),
    ],
)
@pytest.mark.usefixtures("number")
def test_names_that_are_not_known_are_refused(shell: Shell, words: str, said: str) -> None:
    """With 2 and the nearest one; a list that is empty would say that there are no such tickets."""
    ran = shell.run("tickets", "list", *words.split())
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


def test_what_the_configuration_forgot_is_found_as_long_as_tickets_have_it(shell: Shell, number: int) -> None:
    """An organisation that is a customer no more."""
    path = shell.folder / "organisations.yaml"
    path.write_text(CUSTOMERS.replace("acme", "renamed"))
    assert shell.run("tickets", "list", "--json", "--organisation", "acme").only["number"] == number


def test_a_ticket_tells_what_rules_alone_knew(shell: Shell, number: int) -> None:
    """Its mailbox, until when it is put aside, its fields and that its requester is a VIP."""
    shell.run("tickets", "set", str(number), "--snooze", "2d", "--field", "site=Rome")
    found = shell.run("tickets", "show", str(number), "--json").only
    assert (found["mailbox"], found["vip"]) == ("support", True)
    assert found["snoozed_until"] is not None
    shown = shell.run("tickets", "show", str(number)).out
    assert "VIP" in shown
    assert "Snoozed      until" in shown
    assert "Fields       site=Rome" in shown
