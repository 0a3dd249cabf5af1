"""`organisations`: the customers from the shell, and what they used of their contracts."""

from email import message_from_bytes

import pytest

from mailgateway.store.engine import open_store
from mailgateway.store.outgoing import outbox
from tests.cli.shell import Shell

CUSTOMERS = """\
organisations:
  - name: customer
    display: The customer
    domains: [customer.example]
    timezone: Europe/Warsaw
    people: [{address: eve@customer.example, aliases: [eve@home.example], name: Eve}]
    contract: {name: gold, plan: {tickets: 1, per: year}, when_used_up: reply}
  - name: acme
    domains: [acme.example]
    contract: {name: silver, plan: {hours: 10, per: month}}
  - name: flat
    domains: [flat.example]
    contract: {name: gold, plan: flat}
"""


@pytest.fixture
def desk(shell: Shell) -> Shell:
    """Give a shell with three organisations."""
    (shell.folder / "organisations.yaml").write_text(CUSTOMERS)
    gateway = shell.folder / "gateway.yaml"
    gateway.write_text(gateway.read_text().replace("files: {", "files: {organisations: organisations.yaml, "))
    assert shell.run("db", "upgrade").code == 0
    return shell


def test_use_is_counted_and_what_goes_beyond_is_marked(desk: Shell) -> None:
    """The first ticket is within the plan; the second is tagged, its requester and its agents are told."""
    for name in ("one", "two"):
        assert desk.run("ingest", str(desk.mail(f"{name}.eml", name))).code == 0
    second, first = desk.run("tickets", "list", "--json", "--organisation", "customer").objects
    assert (first["tags"], second["tags"]) == ([], ["beyond-contract"])
    assert second["organisation"] == "customer"
    found = desk.run("organisations", "show", "Customer", "--json").only
    usage = found["usage"]
    assert (usage["unit"], usage["used"], usage["amount"], usage["percent"]) == ("tickets", 2.0, 1.0, 200)
    shown = " ".join(desk.run("tickets", "show", str(second["number"])).out.split())
    assert "the contract gold of customer had no room left: 1 of 1 tickets this year" in shown


def test_hours_are_those_that_agents_note(desk: Shell) -> None:
    """`tickets set --time` counts for the ticket's organisation."""
    desk.run("ingest", str(desk.mail("one.eml", "one")))
    (number,) = [one["number"] for one in desk.run("tickets", "list", "--json").objects]
    ran = desk.run("tickets", "set", str(number), "--time", "1h30m", "--as", "anna")
    assert ran.code == 0
    assert "anna: worked on it for 90 minutes" in desk.run("tickets", "show", str(number)).out
    assert desk.run("tickets", "set", str(number), "--time", "soon").code == 2


def test_a_list_is_by_name(desk: Shell) -> None:
    """Each with its contract, and what is used where something is counted."""
    listed = desk.run("organisations", "list", "--json").objects
    assert [one["name"] for one in listed] == ["acme", "customer", "flat"]
    assert [one["usage"] is None for one in listed] == [False, False, True]
    table = desk.run("organisations", "list").out
    assert "10 hours per month" in table
    assert "flat" in table


def test_one_is_shown_whole(desk: Shell) -> None:
    """By the name for people too; an unknown name leaves with 2 and the nearest one."""
    shown = desk.run("organisations", "show", "the customer").out
    for part in ("customer, The customer", "Eve (eve@customer.example, eve@home.example)", "Europe/Warsaw", "0 (0 %)"):
        assert part in shown
    ran = desk.run("organisations", "show", "costumer")
    assert (ran.code, "did you mean customer?" in ran.err) == (2, True)


def test_without_organisations_the_list_says_where_they_are_written(shell: Shell) -> None:
    """An empty list is no riddle."""
    assert shell.run("db", "upgrade").code == 0
    assert "files.organisations" in shell.run("organisations", "list").out


def test_the_tickets_that_count_for_a_contract_are_listed(desk: Shell) -> None:
    """In the contract's own period, which is longer than the report's; hours by the work that was noted."""
    for name, sender in (("one", "eve@customer.example"), ("two", "joe@acme.example")):
        desk.run("ingest", str(desk.mail(f"{name}.eml", name, From=sender)))
    for spent in ("45m", "30m"):
        assert desk.run("tickets", "set", "10002", "--time", spent, "--as", "anna").code == 0
    (ticket,) = desk.run("report", "--list", "contract:CUSTOMER", "--period", "today", "--json").objects
    assert (ticket["number"], ticket["seconds"]) == (10001, None)
    work = desk.run("report", "--list", "contract:acme", "--period", "today", "--json").objects
    assert [(one["number"], one["seconds"]) for one in work] == [(10002, 1_800), (10002, 2_700)]
    made = desk.run("report", "--period", "today", "--json").only
    used = {one["list"]: one["used"] for one in made["contracts"]}
    assert used == {"contract:customer": 1.0, "contract:acme": 1.25}
    assert desk.run("report", "--period", "today", "--send").code == 0
    (letter,) = [one for one in desk.run("outbox", "list", "--json").objects if one["template"] == "report"]
    store = open_store(f"sqlite:///{desk.folder}/desk.db", f"{desk.folder}/blobs")
    with store.reading() as tx:
        mail = message_from_bytes(outbox.letter(tx, letter["id"]).content)
    store.close()
    assert {"contract-customer.csv", "contract-acme.csv"} <= {part.get_filename() for part in mail.walk()}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("contract",), "such as contract:acme"),
        (("contract:custommer",), 'did you mean "customer"?'),
        (("contract:flat",), '"flat" has no contract with an allowance'),
        (("contract:acme", "--group", "hardware"), "for all of its organisation, and for no other"),
        (("contract:acme", "--organisation", "customer"), "for all of its organisation, and for no other"),
    ],
)
def test_a_contract_that_cannot_be_listed_is_refused(desk: Shell, words: tuple[str, ...], said: str) -> None:
    """Exit code 2, and what would be right."""
    ran = desk.run("report", "--list", *words)
    assert (ran.code, said in ran.err) == (2, True)
