"""`refusals`: whoever was not told why their mail was not carried out, the admin can."""

import pytest

from tests.cli.shell import Shell, names

LINE = names("id at mailbox ticket outcome from subject reason not_told")
PROVEN = "mx.example.com; dmarc=pass header.from=example.com"


@pytest.fixture
def number(shell: Shell) -> int:
    """Give the number of a ticket of Carla's, at a desk that believes its own server and holds what crosses."""
    text = shell.configuration.read_text()
    agents = "{evidence: token_or_dmarc, trusted_authserv: [mx.example.com], collision: hold}"
    shell.configuration.write_text(text.replace("{evidence: token}", agents))
    (shell.folder / "routing.yaml").write_text(
        "rules:\n  - {name: offers, when: {field: subject, contains: offer}, then: {reject: {reason: No offers.}}}\n"
    )
    assert shell.run("ingest", str(shell.mail("one.eml"))).code == 0
    opened: int = shell.run("tickets", "list", "--json").only["number"]
    return opened


def written(shell: Shell, number: int, text: str, **headers: str) -> None:
    """Let Anna write about the ticket."""
    name = f"anna-{abs(hash(text))}"
    headers = {"From": "Anna <anna@example.com>", "Authentication-Results": PROVEN, **headers}
    assert shell.run("ingest", str(shell.mail(name, f"Re: [#{number}] Help", text, **headers))).code == 0


def test_what_was_refused_is_listed_with_its_reason(shell: Shell, number: int) -> None:
    """Newest first: wrong orders and what a rule rejects, and whether the writer heard of it."""
    assert shell.run("refusals", "list").out == "No mail was refused.\n"
    written(shell, number, "#slove\nDone.")
    written(shell, number, "#assign zoe\nDone.", X_Auto_Response_Suppress="All")
    shell.run("ingest", str(shell.mail("two.eml", "An offer", From="Mall <mall@evil.example>")))
    rejected, untold, told = shell.run("refusals", "list", "--json").objects
    assert all(list(one) == LINE for one in (rejected, untold, told))
    assert (told["ticket"], told["outcome"], told["from"], told["not_told"]) == (
        number,
        "refused",
        "anna@example.com",
        "",
    )
    assert told["subject"] == f"Re: [#{number}] Help"
    assert "#slove is not a command" in told["reason"]
    assert untold["not_told"] == "X-Auto-Response-Suppress: all"
    assert (rejected["ticket"], rejected["reason"], rejected["from"]) == (None, "rule offers", "mall@evil.example")
    assert shell.run("refusals", "list", "--json", "--limit", "1").only == rejected
    shown = shell.run("refusals", "list").out
    assert "told:" in shown


def test_one_is_shown_with_what_its_writer_wrote(shell: Shell, number: int) -> None:
    """As text, as an object, and as it came; another mail is none."""
    written(shell, number, "#slove\nDone.")
    entry = str(shell.run("refusals", "list", "--json").only["id"])
    shown = shell.run("refusals", "show", entry)
    for words in ("#slove is not a command", f"ticket   {number}", "anna@example.com", "Done."):
        assert words in shown.out
    assert shell.run("refusals", "show", entry, "--json").only["mail"]["text"].startswith("#slove")
    assert b"\r\n\r\n#slove" in shell.run("refusals", "show", entry, "--raw").raw
    other = shell.run("refusals", "show", "1")
    assert (other.code, "no mail that was refused" in other.err) == (1, True)


def test_an_answer_is_listed_as_long_as_it_is_held(shell: Shell, number: int) -> None:
    """What its writer gave up waits for nobody."""
    question = {"In_Reply_To": "<one.eml@customer.example>"}
    shell.run("tickets", "reply", str(number), "Try the other socket.", "--as", "bob")
    written(shell, number, "It is the cable.", **question)
    held = shell.run("refusals", "list", "--json").only
    assert (held["outcome"], held["ticket"]) == ("held", number)
    assert [one["agent"] for one in shell.run("tickets", "show", str(number), "--json").only["held"]] == ["anna"]
    assert "Held         answer of anna" in shell.run("tickets", "show", str(number)).out
    written(shell, number, "#drop")
    assert shell.run("refusals", "list", "--json").objects == []
