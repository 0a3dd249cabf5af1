"""`mailgateway report`: figures, their lists, and what is said of wrong words."""

import csv
import io
from email import message_from_bytes

import pytest

from mailgateway.store.engine import open_store
from mailgateway.store.outgoing import outbox
from tests.cli.shell import Shell


@pytest.fixture
def busy(shell: Shell) -> Shell:
    """Give a desk with two tickets, one of which is answered and solved."""
    shell.run("ingest", str(shell.mail("a", "=cmd|' /C calc'!A0 printer")), str(shell.mail("b", "Invoice")))
    assert shell.run("tickets", "reply", "10001", "Done.", "--as", "bob").code == 0
    assert shell.run("tickets", "set", "10001", "--status", "solved").code == 0
    return shell


def test_a_report_tells_its_figures_as_json(busy: Shell) -> None:
    """One object has every figure with that of the period before, and how to list its tickets."""
    found = busy.run("report", "--period", "today", "--format", "json").only
    assert not found["is_over"]
    figures = found["figures"]
    assert figures["opened"] == {"unit": "count", "value": 2, "before": 0, "list": "opened"}
    assert (figures["solved"]["value"], figures["open"]["value"]) == (1, 1)
    assert figures["first_response_median"]["value"] is not None
    assert {share["value"]: share["opened"] for share in found["by"]["group"]} == {"hardware": 1, "first-line": 1}
    assert (found["measured"], found["plain"]) == (2, 2)


def test_a_report_of_a_group_counts_its_tickets_alone(busy: Shell) -> None:
    """With --group nothing else is counted."""
    found = busy.run("report", "--period", "today", "--group", "hardware", "--format", "json").only
    assert found["group"] == "hardware"
    assert found["figures"]["opened"]["value"] == 1


def test_the_tickets_behind_a_figure_are_listed(busy: Shell) -> None:
    """As text, JSON and CSV; a subject that is a formula is none in a spreadsheet."""
    (solved,) = busy.run("report", "--period", "today", "--list", "solved", "--format", "json").objects
    assert (solved["number"], solved["group"], solved["status"]) == (10001, "hardware", "solved")
    written = busy.run("report", "--period", "today", "--list", "opened:group=hardware", "--format", "csv").out
    (row,) = csv.DictReader(io.StringIO(written))
    assert row["subject"].startswith("'=cmd")
    assert "10002" in busy.run("report", "--period", "today", "--list", "open").out


def test_who_did_what_is_told_and_listed(busy: Shell) -> None:
    """Answers and noted time by the agent who did it, whoever has the ticket."""
    assert busy.run("tickets", "set", "10002", "--time", "45m", "--as", "anna").code == 0
    found = busy.run("report", "--period", "today", "--format", "json").only
    assert found["efforts"] == [
        {"agent": "bob", "answers": 1, "seconds": 0},
        {"agent": "anna", "answers": 0, "seconds": 2_700},
    ]
    assert (found["figures"]["replied"]["value"], found["figures"]["worked"]["value"]) == (1, 2_700)
    assert found["figures"]["rated_good_rate"]["value"] is None
    (answer,) = busy.run("report", "--period", "today", "--list", "replied:by=bob", "--format", "json").objects
    assert answer["number"] == 10001
    assert busy.run("report", "--period", "today", "--list", "replied:by=anna", "--format", "json").objects == []
    (noted,) = busy.run("report", "--period", "today", "--list", "worked:by=anna", "--format", "json").objects
    assert (noted["number"], noted["seconds"]) == (10002, 2_700)
    assert "Who did what" in busy.run("report", "--period", "today").out


def test_text_fits_eighty_columns_in_every_language(busy: Shell) -> None:
    """Figures stand in tables; times that no service level counted are said to be plain."""
    for language, word in (("en", "Opened"), ("pl", "Nowe"), ("de", "Eröffnet")):
        out = busy.run("report", "--period", "today", "--language", language).out
        assert word in out
        assert max(map(len, out.splitlines())) <= 80


def test_a_page_holds_its_charts_and_describes_them(busy: Shell) -> None:
    """HTML loads nothing from elsewhere, and every picture has words for those who do not see it."""
    page = busy.run("report", "--period", "today", "--format", "html").out
    assert page.count('src="data:image/png;base64,') == 2
    assert 'alt="Bar chart: 2 tickets opened and 1 solved' in page
    assert 'src="http' not in page


def test_a_value_a_line_is_csv(busy: Shell) -> None:
    """The columns are named first."""
    rows = list(csv.reader(io.StringIO(busy.run("report", "--period", "today", "--format", "csv").out)))
    assert rows[0] == ["table", "row", "measure", "value"]
    assert ["figures", "opened", "now", "2"] in rows


@pytest.fixture
def scheduled(busy: Shell) -> Shell:
    """Give the desk two scheduled reports."""
    text = busy.configuration.read_text()
    weekly = "{name: weekly, every: week, to: [boss@example.com]}"
    groups = "{name: groups, what: digest, every: day, for: groups}"
    busy.configuration.write_text(f"{text}reports: [{weekly}, {groups}]\n")
    return busy


def test_the_schedule_tells_who_gets_what_when(scheduled: Shell) -> None:
    """A row for each copy, with its readers; nothing was made yet."""
    weekly, first, second = scheduled.run("report", "--scheduled", "--format", "json").objects
    assert (weekly["name"], weekly["of"], weekly["to"]) == ("weekly", None, ["boss@example.com"])
    assert (weekly["what"], weekly["made_for"]) == ("report", None)
    assert weekly["next_at"].endswith("T07:00:00Z")
    assert [(one["of"], one["to"]) for one in (first, second)] == [
        ("first-line", ["anna@example.com"]),
        ("hardware", ["bob@example.com"]),
    ]
    assert "boss@example.com" in scheduled.run("report", "--scheduled").out


def test_a_scheduled_report_is_tried_by_hand(scheduled: Shell) -> None:
    """Shown first, then sent to its readers; the schedule goes on as it was. Who has nothing to do gets nothing."""
    shown = scheduled.run("report", "--name", "groups")
    assert shown.out.startswith("To: anna@example.com\nSubject: Service desk: 1 open, 1 unassigned\n")
    assert "bob@example.com" not in shown.out
    weekly = scheduled.run("report", "--name", "weekly", "--format", "json").only
    assert weekly["to"] == ["boss@example.com"]
    assert "figures.csv" in weekly["attachments"]
    ran = scheduled.run("report", "--name", "weekly", "--send")
    assert ran.out == "The report weekly is queued for boss@example.com.\n"
    assert [one["to"] for one in scheduled.run("outbox", "list", "--json").objects if one["template"] == "report"] == [
        "boss@example.com"
    ]
    assert scheduled.run("report", "--scheduled", "--format", "json").objects[0]["made_for"] is None
    wrong = scheduled.run("report", "--name", "weekli")
    assert (wrong.code, "did you mean weekly?" in wrong.err) == (2, True)


def test_without_a_schedule_nothing_is_shown(busy: Shell) -> None:
    """And it is said how to have one."""
    assert "write one below reports: in gateway.yaml" in busy.run("report", "--scheduled").out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--from", "2026-13-01"), "--from 2026-13-01: this is no date; write it as 2026-03-01"),
        (("--from", "2026-03-02", "--to", "2026-03-01"), "the first day comes first"),
        (("--from", "2026-03-02", "--period", "today"), "give one or the other"),
        (("--group", "hardwar"), "did you mean hardware?"),
        (("--list", "solvd"), 'did you mean "solved"?'),
        (("--list", "broken"), '"broken" wants a target, such as broken:resolution'),
        (("--list", "opened:age=7"), "narrows nothing"),
        (("--list", "opened:answer=toner"), "narrows nothing"),
        (("--list", "helped:anser=toner"), 'did you mean "answer"?'),
        (("--list", "open:age=8"), "one of 0, 1, 3, 7, 30"),
        (("--list", "open", "--format", "html"), "text, csv or json"),
        (("--timezone", "Mars/Base"), "there is no such time zone"),
        (("--language", "xx"), "--language xx: there are no words in this language"),
        (("--list", "open", "--send"), "--send does nothing beside --list"),
        (("--name", "weekly", "--period", "today"), "--period does nothing beside --name"),
        (("--name", "weekly", "--group", "hardware"), "--group does nothing beside --name"),
        (("--name", "weekly", "--format", "html"), "--name is written as text or json"),
        (("--scheduled", "--format", "csv"), "--scheduled is written as text or json"),
        (("--scheduled", "--send"), "--send does nothing beside --scheduled"),
        (("--send", "--format", "csv"), "--send is written as text or json"),
        (("--json", "--format", "csv"), "give one of them"),
    ],
)
def test_wrong_words_are_told(busy: Shell, words: tuple[str, ...], said: str) -> None:
    """Exit code 2, and what would be right."""
    ran = busy.run("report", *words)
    assert ran.code == 2
    assert said in ran.err


def test_what_is_sent_is_told_as_an_object(scheduled: Shell) -> None:
    """To the admin, and to the readers of a report by name."""
    sent = scheduled.run("report", "--period", "today", "--language", "de-AT", "--send", "--json").only
    assert sent == {"report": None, "of": None, "to": ["postmaster@example.com"], "queued": True}
    named = scheduled.run("report", "--name", "weekly", "--send", "--json").only
    assert named == {"report": "weekly", "of": None, "to": ["boss@example.com"], "queued": True}


def test_a_report_is_mailed_with_its_charts_and_lists(busy: Shell) -> None:
    """--send queues one letter for the admin: pictures within the page, figures and tickets as CSV beside it."""
    ran = busy.run("report", "--period", "today", "--send")
    assert (ran.code, ran.out) == (0, "The report to postmaster@example.com is queued.\n")
    (line,) = [one for one in busy.run("outbox", "list", "--json").objects if one["template"] == "report"]
    store = open_store(f"sqlite:///{busy.folder}/desk.db", f"{busy.folder}/blobs")
    with store.reading() as tx:
        mail = message_from_bytes(outbox.letter(tx, line["id"]).content)
    store.close()
    parts = {part.get_filename(): part for part in mail.walk()}
    assert {"figures.csv", "solved.csv", "opened.csv", "flow.png", "ages.png"} <= parts.keys()
    page = next(part for part in mail.walk() if part.get_content_type() == "text/html").get_payload(decode=True)
    assert isinstance(page, bytes)
    assert b'src="cid:flow.report"' in page
    assert parts["flow.png"]["Content-ID"] == "<flow.report>"
