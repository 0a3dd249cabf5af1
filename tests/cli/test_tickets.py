"""`tickets`: looked at and worked on from the shell."""

from datetime import UTC, datetime
from typing import Any

import pytest

from mailgateway.cli.views.happened import in_words
from mailgateway.desk.events import Event
from mailgateway.store.tickets import listed as ticket_list
from tests.cli.shell import Shell, names

LINE = names(
    "number subject status type priority group assignee requester tags created_at updated_at organisation ci due_at"
    " major offered snoozed_until vip"
)
SHEET = names(
    "number subject status type priority group assignee requester participants tags language created_at updated_at"
    " service_level articles events trace organisation ci fields links watchers held beside major offered"
    " mailbox snoozed_until vip"
)
ARTICLE = names("id ticket at from kind direction text html attachments message_id")


@pytest.fixture
def number(shell: Shell) -> int:
    """Give the number of a ticket that Carla opened."""
    assert shell.run("ingest", str(shell.mail("one.eml", Cc="Jan <jan@klient.example>"))).code == 0
    number: int = shell.run("tickets", "list", "--json").only["number"]
    return number


def _shown(shell: Shell, number: int) -> dict[str, Any]:
    ran = shell.run("tickets", "show", str(number), "--json")
    assert ran.code == 0
    return ran.only


def _letters(shell: Shell) -> list[tuple[str, str]]:
    return [(one["template"], one["to"]) for one in reversed(shell.run("outbox", "list", "--json").objects)]


def test_a_list_is_newest_first_and_limited(shell: Shell, number: int) -> None:
    """`list --json` gives one object a line with the contract's keys; --limit takes the newest, 0 takes all."""
    for name in ("two", "three"):
        shell.run("ingest", str(shell.mail(name, f"Matter {name}")))
    every = shell.run("tickets", "list", "--json", "--limit", "0").objects
    assert [one["number"] for one in every] == [number + 2, number + 1, number]
    assert all(list(one) == LINE for one in every)
    assert shell.run("tickets", "list", "--json", "--limit", "1").only["subject"] == "Matter three"
    assert every[2]["requester"] == {"name": "Carla Rossi", "address": "carla@customer.example"}


def test_a_list_may_be_narrowed(shell: Shell, number: int) -> None:
    """Status, group and assignee choose among the tickets."""
    shell.run("ingest", str(shell.mail("two", "The printer")))
    shell.run("tickets", "set", str(number), "--assign", "anna", "--status", "pending")
    for words, wanted in (
        (["--group", "Hardware"], [number + 1]),
        (["--status", "pending"], [number]),
        (["--assignee", "anna", "--status", "new"], []),
    ):
        assert [one["number"] for one in shell.run("tickets", "list", "--json", *words).objects] == wanted


@pytest.mark.parametrize(
    ("words", "subjects"),
    [
        ("--open", ["Printer", "Help"]),
        ("--status pending --status new", ["Printer", "Help"]),
        ("--status solved", ["Solved"]),
        ("--assignee none --open", ["Printer"]),
        ("--requester CARLA@customer.example --subject PRINT", ["Printer"]),
        ("--requester nobody@customer.example", []),
        ("--tag Printer --tag paper", ["Printer"]),
        ("--type request", ["Help"]),
        ("--priority high --priority urgent", ["Printer"]),
        ("--mailbox support --sort oldest --limit 2", ["Help", "Solved"]),
        ("--organisation acme", []),
        ("--created-since 1h", ["Printer", "Solved", "Help"]),
        ("--created-before 2026-01-01", []),
        ("--updated-since 2026-01-01T00:00:00Z --sort priority", ["Printer", "Help", "Solved"]),
        ("--updated-before 1d", []),
        ("--overdue", []),
        ("--due-within 4h --sort due", []),
        ("--problem 4711", []),
    ],
)
def test_a_list_is_narrowed_and_sorted(few: Shell, words: str, subjects: list[str]) -> None:
    """Each option asks the store for what its help says."""
    assert [one["subject"] for one in few.run("tickets", "list", "--json", *words.split()).objects] == subjects


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """Give a desk with three tickets that differ; nothing is changed in it."""
    shell = Shell(tmp_path_factory.mktemp("few"))
    shell.configure()
    for subject in ("Help", "Solved", "Printer"):
        shell.run("ingest", str(shell.mail(subject, subject)))
    first, second, third = sorted(one["number"] for one in shell.run("tickets", "list", "--json").objects)
    shell.run("tickets", "set", str(first), "--assign", "anna", "--status", "pending", "--type", "request")
    shell.run("tickets", "set", str(second), "--status", "solved")
    shell.run("tickets", "set", str(third), "--tag", "paper")
    return shell


def test_a_search_that_leaves_out_old_tickets_says_so(few: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """On standard error, where there are older ones and not enough was found."""
    monkeypatch.setattr(ticket_list, "LOOKED_THROUGH", 1)
    ran = few.run("tickets", "list", "--json", "--subject", "e")
    assert [one["subject"] for one in ran.objects] == ["Printer"]
    assert "only the newest" in ran.err
    assert few.run("tickets", "list", "--json", "--subject", "e", "--limit", "1").err == ""
    assert few.run("tickets", "list", "--json", "--subject", "e", "--open").err == ""


def test_a_table_fits_80_columns_and_obeys_nobody(shell: Shell) -> None:
    """For the eyes there is a table; markup and escapes in a subject are shown, not obeyed."""
    shell.run("ingest", str(shell.mail("one", "[bold]Very[/bold] \x1b[31m" + "long " * 30)))
    ran = shell.run("tickets", "list")
    assert ran.code == 0
    assert "[bold]Very[/bold]" in ran.out
    assert "\x1b" not in ran.out
    assert max(map(len, ran.out.splitlines())) <= 80


def test_no_tickets_are_said_to_be_none(shell: Shell) -> None:
    """An empty list is a line for people and nothing for programs."""
    shell.run("db", "upgrade")
    assert shell.run("tickets", "list").out == "There are no tickets.\n"
    assert shell.run("tickets", "list", "--json").out == ""


def test_a_ticket_is_shown_whole(shell: Shell, number: int) -> None:
    """`show --json` has exactly the contract's keys: articles, events, routing trace."""
    ticket = _shown(shell, number)
    assert sorted(ticket) == sorted(SHEET)
    (article,) = ticket["articles"]
    assert sorted(article) == sorted(ARTICLE)
    assert (article["kind"], article["direction"], article["text"]) == ("public", "in", "It is broken.")
    assert article["message_id"] == "one.eml@customer.example"
    assert ticket["participants"] == [{"name": "Jan", "address": "jan@klient.example"}]
    assert all({"at", "actor", "what"} <= event.keys() for event in ticket["events"])
    assert [step["rule"] for step in ticket["trace"]["steps"]] == ["printers", "suspicious"]
    assert (ticket["service_level"], ticket["language"]) == (None, "en")


def test_tickets_are_merged(shell: Shell, number: int) -> None:
    """`merge` closes the one, tells its requester, and both show the other; what cannot be merged says why."""
    shell.run("ingest", str(shell.mail("two.eml", "The printer again")))
    ran = shell.run("tickets", "merge", str(number), str(number + 1))
    assert ran.code == 0
    assert f"Merged into ticket {number + 1}. Ticket {number}: closed" in ran.out
    assert _shown(shell, number)["links"] == [
        {"kind": "merged_into", "ticket": number + 1, "subject": "The printer again", "status": "new"}
    ]
    assert [link["kind"] for link in _shown(shell, number + 1)["links"]] == ["merged"]
    assert [article["ticket"] for article in _shown(shell, number + 1)["articles"]] == [number, number + 1]
    assert ("merged", "carla@customer.example") in _letters(shell)
    told = shell.run("tickets", "show", str(number + 1)).out
    assert f"#{number}" in told
    assert f"ticket {number} was merged into it" in told
    for words, why in (
        (("merge", str(number + 1), str(number + 1)), "itself"),
        (("merge", str(number + 1), "4711"), "no ticket 4711"),
        (("set", str(number), "--status", "open"), f"was merged into {number + 1}"),
    ):
        refused = shell.run("tickets", *words)
        assert (refused.code, why in refused.err) == (1, True)


def test_a_ticket_is_shown_to_people(shell: Shell, number: int) -> None:
    """For the eyes there is the same: head, articles, what happened, why it is here."""
    ran = shell.run("tickets", "show", str(number))
    assert ran.code == 0
    for words in (f"#{number}", "Carla Rossi <carla@customer.example>", "It is broken.", "printers", "opened"):
        assert words in ran.out


def test_a_reply_goes_to_the_customer_and_everybody_who_takes_part(shell: Shell, number: int) -> None:
    """`reply` files an article and queues the letters, in the display name of the service desk."""
    ran = shell.run("tickets", "reply", str(number), "Try again, please.")
    assert ran.code == 0
    ticket = _shown(shell, number)
    answer = ticket["articles"][1]
    assert (answer["kind"], answer["direction"], answer["text"]) == ("public", "out", "Try again, please.")
    assert answer["from"]["name"] == "Service desk"
    assert ticket["status"] == "open"
    assert _letters(shell)[-2:] == [("reply", "carla@customer.example"), ("reply", "jan@klient.example")]


@pytest.mark.parametrize("words", [["--file", "{folder}/text"], ["-"], []])
def test_the_text_may_come_from_a_file_or_a_pipe(shell: Shell, number: int, words: list[str]) -> None:
    """A note's text is taken from --file, or from standard input; no letter goes to the customer."""
    (shell.folder / "text").write_text("Zażółć\r\ngęślą.\n")
    before = _letters(shell)
    words = [word.format(folder=shell.folder) for word in words]
    ran = shell.run("tickets", "note", str(number), "--as", "bob", *words, stdin="Zażółć\r\ngęślą.\n".encode())
    assert ran.code == 0
    note = _shown(shell, number)["articles"][1]
    assert (note["kind"], note["text"], note["from"]["name"]) == ("note", "Zażółć\ngęślą.", "Bob Stone")
    assert [letter for letter in _letters(shell)[len(before) :] if letter[0] == "reply"] == []


def test_a_ticket_is_changed_and_those_who_must_know_are_told(shell: Shell, number: int) -> None:
    """`set` changes what it is given, writes it down, and tells the new group and the requester."""
    ran = shell.run(
        *("tickets", "set", str(number), "--status", "solved", "--group", "Hardware", "--priority", "urgent"),
        *("--type", "request", "--tag", "Printer", "--tag", "paper", "--as", "anna"),
    )
    assert ran.code == 0
    ticket = _shown(shell, number)
    assert (ticket["status"], ticket["group"]) == ("solved", "hardware")
    assert (ticket["priority"], ticket["type"]) == ("urgent", "request")
    assert sorted(ticket["tags"]) == ["paper", "printer"]
    assert "anna" in [event["actor"] for event in ticket["events"]]
    letters = _letters(shell)
    assert ("agent_notification", "bob@example.com") in letters
    assert ("status_changed", "carla@customer.example") in letters
    assert shell.run("tickets", "set", str(number), "--untag", "PAPER").code == 0
    assert _shown(shell, number)["tags"] == ["printer"]


def test_several_tickets_are_changed_and_one_holds_up_no_other(shell: Shell, number: int) -> None:
    """Each as if it had been given alone; what stands against one is said, and the exit code is 1."""
    shell.run("ingest", str(shell.mail("two.eml", "The printer again")))
    asked = (str(number), "4711", str(number + 1), "--tag", "moved", "--json")
    ran = shell.run("tickets", "set", *asked)
    assert (ran.code, ran.err) == (1, "there is no ticket 4711\n")
    assert [(one["number"], "moved" in one["tags"]) for one in ran.objects] == [(number, True), (number + 1, True)]
    assert list(ran.objects[0]) == LINE


def test_all_that_a_ticket_has_can_be_set(shell: Shell, number: int) -> None:
    """Who watches it and takes part, its own fields, whom it counts for, what is promised for it; and taken away."""
    (shell.folder / "organisations.yaml").write_text("organisations: [{name: acme, domains: [acme.example]}]\n")
    levels = """
    calendars: [{name: always}]
    policies: [{name: gold, calendar: always, targets: [{resolution: 8h}]}]
    """
    (shell.folder / "service_levels.yaml").write_text(levels)
    text = shell.configuration.read_text()
    more = "rules: routing.yaml, organisations: organisations.yaml, service_levels: service_levels.yaml"
    shell.configuration.write_text(text.replace("rules: routing.yaml", more))
    ran = shell.run(
        *("tickets", "set", str(number), "--watch", "BOB", "--field", "site=Rome, 3", "--field", "cost=K7"),
        *("--organisation", "ACME", "--service-level", "Gold", "--cc", "Eve <eve@customer.example>"),
        *("--uncc", "JAN@klient.example"),
    )
    assert (ran.code, ran.err) == (0, "")
    ticket = _shown(shell, number)
    assert ticket["watchers"] == ["bob"]
    assert ticket["fields"] == {"site": "Rome, 3", "cost": "K7"}
    assert (ticket["organisation"], ticket["service_level"]["policy"]) == ("acme", "gold")
    assert [one["address"] for one in ticket["participants"]] == ["eve@customer.example"]
    assert _letters(shell)[-1] == ("added", "eve@customer.example")
    (line,) = shell.run("tickets", "list", "--json", "--due-within", "9h", "--sort", "due").objects
    assert line["due_at"] == ticket["service_level"]["resolution"]["due_at"]
    assert "in 7 h" in shell.run("tickets", "list", "--due-within", "9h").out
    taken = ("--unwatch", "bob", "--field", "cost=", "--organisation", "none", "--service-level", "none")
    assert shell.run("tickets", "set", str(number), *taken).code == 0
    ticket = _shown(shell, number)
    assert (ticket["watchers"], ticket["fields"], ticket["organisation"]) == ([], {"site": "Rome, 3"}, None)


def test_a_ticket_is_set_right(shell: Shell, number: int) -> None:
    """Its subject, whose it is and their language; who it is told, and the history says what was before."""
    asked = ("--subject", "Toner, floor 3", "--requester", "Eve <eve@other.example>", "--language", "DE", "--json")
    ran = shell.run("tickets", "set", str(number), *asked, "--cc", "carla@customer.example")
    assert (ran.code, ran.err, ran.only["subject"]) == (0, "", "Toner, floor 3")
    ticket = _shown(shell, number)
    assert (ticket["requester"], ticket["language"]) == ({"name": "Eve", "address": "eve@other.example"}, "de")
    assert "carla@customer.example" in [one["address"] for one in ticket["participants"]]
    assert ("added", "eve@other.example") in _letters(shell)
    told = {event["what"]: event for event in ticket["events"]}
    assert told["requester"]["before"]["address"] == "carla@customer.example"
    assert (told["language"]["before"], told["language"]["after"]) == ("en", "de")
    shown = shell.run("tickets", "show", str(number)).out
    assert "made it a matter of Eve <eve@other.example>" in " ".join(shown.split())
    assert "called it Toner, floor 3 (it was" in " ".join(shown.split())


def test_files_go_along(shell: Shell, number: int) -> None:
    """With an answer to the customer and with a note; the answer may solve the ticket, and go to one alone."""
    (shell.folder / "manual.pdf").write_bytes(b"%PDF-1.7 manual")
    words = ("Here it is.", "--attach", str(shell.folder / "manual.pdf"), "--only", "--status", "solved", "--json")
    ran = shell.run("tickets", "reply", str(number), *words)
    assert (ran.code, ran.only["status"]) == (0, "solved")
    shell.run("tickets", "note", str(number), "For us.", "--attach", str(shell.folder / "manual.pdf"))
    *_, answer, note = _shown(shell, number)["articles"]
    assert [(one["filename"], one["content_type"], one["size"]) for one in answer["attachments"]] == [
        ("manual.pdf", "application/pdf", 15)
    ]
    assert note["attachments"] == answer["attachments"]
    assert [letter for letter in _letters(shell) if letter[0] == "reply"] == [("reply", "carla@customer.example")]


@pytest.mark.parametrize(("assign", "wanted"), [("BOB", "bob"), ("me", "anna"), ("none", None)])
def test_a_ticket_is_assigned(shell: Shell, number: int, assign: str, wanted: str | None) -> None:
    """--assign takes an agent's name in any case, `me` for who acts, `none` for nobody."""
    shell.run("tickets", "set", str(number), "--assign", "bob")
    assert shell.run("tickets", "set", str(number), "--assign", assign, "--as", "anna").code == 0
    assert _shown(shell, number)["assignee"] == wanted


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["set", "{n}"], "nothing to change"),
        (["set", "{n}", "--group", "nobody"], "there are: first-line, hardware"),
        (["set", "{n}", "--assign", "carla"], "there are: anna, bob, me, none"),
        (["set", "{n}", "--assign", "me"], "say who you are with --as NAME"),
        (["set", "{n}", "--tag", "a b"], "a tag is one word"),
        (["set", "{n}", "--tag", "a,b"], "a tag is one word"),
        (["set", "{n}", "--tag", ""], "a tag is one word"),
        (["set", "{n}", "--untag", "x" * 65], "a tag is one word"),
        (["list", "--group", "hardwear"], "did you mean hardware?"),
        (["list", "--assignee", "carla"], "there are: anna, bob, none"),
        (["set", "{n}", "--status", "finished"], "--status"),
        (["set", "{n}", "--tag", "x", "--as", "carla"], "there are: anna, bob"),
        (["reply", "{n}", "   "], "there is no text"),
        (["reply", "{n}"], "there is no text"),
        (["note", "{n}", "--file", "nowhere"], "nowhere: cannot be read"),
        (["note", "{n}", "text", "--file", "nowhere"], "twice"),
        (["note", "{n}", "text", "--attach", "nowhere"], "nowhere: cannot be read"),
        (["reply", "{n}", "text", "--attach", "{folder}/large"], "larger than 25 MB"),
        (["set", "{n}", "--watch", "carla"], "there are: anna, bob"),
        (["set", "{n}", "--cc", "anna@example.com"], "the desk's own"),
        (["set", "{n}", "--cc", "nobody"], "no address"),
        (["set", "{n}", "--subject", " "], "a subject has words"),
        (["set", "{n}", "--language", "ed"], "there are no words in this language"),
        (["set", "{n}", "--requester", "nobody"], "this is no address"),
        (["set", "{n}", "--requester", "support@example.com"], "mail to this address arrives here"),
        (["set", "{n}", "--requester", "noreply@shop.example"], "nobody reads answers"),
        (["set", "{n}", "--field", "Site=x"], "small letters"),
        (["set", "{n}", "--field", "site"], "NAME=VALUE"),
        (["set", "{n}", "--organisation", "acme"], "there are: none"),
        (["set", "{n}", "--service-level", "gold"], "there are: none"),
        (["list", "--open", "--status", "new"], "give one of them"),
        (["list", "--created-since", "yesterday"], "2026-11-02"),
        (["list", "--due-within", "soon"], "a span of time"),
        (["list", "--sort", "colour"], "--sort"),
    ],
)
def test_wrong_usage_changes_nothing(shell: Shell, number: int, words: list[str], said: str) -> None:
    """What cannot be done as it was asked for leaves with 2, a line that says why, and the ticket as it was."""
    before = _shown(shell, number)
    with (shell.folder / "large").open("wb") as file:
        file.truncate(25_000_001)
    ran = shell.run("tickets", *(word.format(n=number, folder=shell.folder) for word in words))
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert _shown(shell, number) == before


@pytest.mark.parametrize("words", ["show 9", "show 9 --json", "reply 9 x", "note 9 x", "set 9 --tag x"])
def test_a_ticket_that_is_not_there_leaves_with_1(shell: Shell, words: str) -> None:
    """An unknown number is said to be unknown."""
    shell.run("db", "upgrade")
    ran = shell.run("tickets", *words.split())
    assert (ran.code, ran.out, ran.err) == (1, "", "there is no ticket 9\n")


def test_what_happened_is_told_in_words(shell: Shell, number: int) -> None:
    """Events are shown to people as sentences: no keys, no lists of a programming language."""
    changes = ("--status", "on_hold", "--assign", "me", "--as", "bob", "--tag", "drum", "--tag", "belt")
    shell.run("tickets", "set", str(number), *changes)
    shell.run("tickets", "reply", str(number), "Try again.", "--as", "anna")
    shell.run("tickets", "set", str(number), "--assign", "none", "--untag", "drum")
    shown = " ".join(shell.run("tickets", "show", str(number)).out.split())
    for words in (
        "opened it as normal incident in group first-line",
        "carla@customer.example: wrote (article 1)",
        "bob: status new → on hold",
        "bob: assigned it to bob",
        "bob: put on the tags drum and belt",
        "anna: answered (article 2)",
        "took it from bob",
        "took off the tag drum",
    ):
        assert words in shown


def test_a_narrow_terminal_gets_lines_instead_of_a_table(
    shell: Shell, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a table would cut its numbers, each ticket is a few lines, and all of it can be read."""
    monkeypatch.setenv("COLUMNS", "40")
    lines = shell.run("tickets", "list").out.splitlines()
    assert lines[0].split() == ["#", str(number)]
    assert ["Subject", "Help"] in [line.split() for line in lines]
    assert max(map(len, lines)) <= 40


@pytest.mark.parametrize(
    ("proof", "said"),
    [("", ""), ("arc", ", proven by ARC"), ("token, dmarc", ", proven by their own reply address and DMARC")],
)
def test_it_is_told_what_proved_an_agent(proof: str, said: str) -> None:
    """Where it was kept: tickets from before have no word of it."""
    detail = {"by": "subject", "named": "7", "as": "agent anna", **({"proof": proof} if proof else {})}
    told = in_words(Event(1, datetime(2026, 3, 2, tzinfo=UTC), "anna", "joined", detail))
    assert told == f"found the ticket by the number in its subject (7), as agent anna{said}"


def test_a_hand_over_is_shown_accepted_and_declined(shell: Shell, number: int) -> None:
    """By whom it is offered stands on the sheet; an agent declines it for a reason, another accepts it."""
    shell.configuration.write_text(shell.configuration.read_text() + "handovers: {accept_within: 2h}\n")
    here, there = _shown(shell, number)["group"], {"hardware": "first-line", "first-line": "hardware"}
    members = {"first-line": "anna", "hardware": "bob"}
    other = there[here]
    refused = shell.run("tickets", "accept", str(number))
    assert (refused.code, refused.err.strip()) == (
        1,
        f"accept: the ticket is not offered to {here}: it is theirs already",
    )
    assert shell.run("tickets", "set", str(number), "--group", other).code == 0
    assert _shown(shell, number)["offered"]["by"] == here
    assert f"Offered      by {here}, since " in shell.run("tickets", "show", str(number)).out
    assert shell.run("tickets", "decline", str(number), "--reason", "Not ours.", "--as", members[other]).code == 0
    back = _shown(shell, number)
    assert (back["group"], back["offered"], back["articles"][-1]["text"]) == (here, None, "Not ours.")
    assert f"declined it for {other}: it is back with {here}" in shell.run("tickets", "show", str(number)).out
    assert shell.run("tickets", "set", str(number), "--group", other).code == 0
    assert shell.run("tickets", "accept", str(number), "--as", members[other]).code == 0
    taken = _shown(shell, number)
    assert (taken["assignee"], taken["offered"]) == (members[other], None)
