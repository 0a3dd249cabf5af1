"""Scheduled reports: each made once a period, to whom it is for, whatever stops, starts or runs beside it."""

from concurrent.futures import ThreadPoolExecutor
from csv import DictReader
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from io import StringIO

import pytest

from mailgateway.desk.agents.orders import Orders
from mailgateway.desk.customers.organisations import Allowance, Contract, Organisation, Per, Unit, organisations
from mailgateway.desk.letters.suppression import Reachability
from mailgateway.desk.policy import Policy
from mailgateway.desk.reporting.schedule import Every, Schedule
from mailgateway.desk.reporting.subscription import About, Attach, Content, Role, Subscription
from mailgateway.flows.desk import Desk
from mailgateway.flows.ingest import ingest_waiting
from mailgateway.flows.operate import operate
from mailgateway.flows.report import make_report
from mailgateway.flows.timed import issue
from mailgateway.flows.timed.issue import issue_due
from mailgateway.reports.counted import Scope
from mailgateway.reports.period import Period
from mailgateway.reports.report import Report
from mailgateway.store.engine import Transaction
from mailgateway.store.outgoing import outbox, suppressions
from mailgateway.store.outgoing.outbox import OutboxLine
from mailgateway.store.reports import issues
from tests.end_to_end.office import message
from tests.flows.bench import NOON, Bench

DAY = timedelta(days=1)
WEEKLY = Subscription("weekly", Schedule(Every.WEEK), addresses=("boss@example.com",), attach=frozenset(Attach))
AGENTS = Subscription("mine", Schedule(Every.DAY), Content.DIGEST, About.AGENTS)
GROUPS = Subscription(
    "groups", Schedule(Every.DAY), Content.DIGEST, About.GROUPS, roles=frozenset({Role.MEMBERS}), language="de"
)
MONTHLY = Subscription(
    "customers", Schedule(Every.MONTH), about=About.ORGANISATIONS, attach=frozenset({Attach.FIGURES})
)
ACME = Organisation("acme", "ACME Corporation", ("customer.example",), language="pl", contacts=("it@customer.example",))
GLOBEX = Organisation("globex", "Globex", ("globex.example",), contacts=("it@globex.example",))


def desk_with(bench: Bench, *reports: Subscription) -> Desk:
    """Return the desk with these reports."""
    policy = replace(bench.gateway.policy, reports=reports, organisations=organisations([ACME, GLOBEX]))
    return replace(bench.desk, policy=lambda: policy)


def look(bench: Bench, desk: Desk, at: datetime | None = None) -> int:
    """Look for what is due, at a moment."""
    bench.now = at or bench.now
    return issue_due(desk, lambda: False)


def sent(bench: Bench) -> list[OutboxLine]:
    """Return the letters that carry reports, oldest first."""
    return [one for one in bench.letters() if one.template in ("report", "customer_report", "digest")]


def mail(bench: Bench, line: OutboxLine) -> EmailMessage:
    """Return a letter as its reader gets it."""
    with bench.store.reading() as tx:
        return message_from_bytes(outbox.letter(tx, line.id).content, policy=SMTP)


def test_a_report_begins_with_the_next_period_and_comes_once(bench: Bench) -> None:
    """What was due before is not made; the next is, once, however often and by whom it is looked for."""
    desk = desk_with(bench, WEEKLY)
    assert look(bench, desk, NOON) == 0
    monday = datetime(2026, 11, 9, 7, tzinfo=UTC)
    assert look(bench, desk, monday - timedelta(seconds=1)) == 0
    assert look(bench, desk, monday) == 1
    assert [look(bench, desk_with(bench, WEEKLY), monday + n * DAY) for n in range(7)] == [0] * 7
    (letter,) = sent(bench)
    assert letter.to == "boss@example.com"
    read = mail(bench, letter)
    assert "November 2, 2026 – November 8, 2026" in str(read["Subject"])
    assert read["Auto-Submitted"] == "auto-generated"
    assert bench.woken == 1


def test_a_stopped_daemon_makes_up_for_the_newest_alone(bench: Bench) -> None:
    """Three weeks away: one report, of the last week; and the next comes in its time."""
    desk = desk_with(bench, WEEKLY)
    look(bench, desk, NOON)
    assert look(bench, desk, NOON + 22 * DAY) == 1
    (letter,) = sent(bench)
    assert "November 16, 2026 – November 22, 2026" in str(mail(bench, letter)["Subject"])
    assert look(bench, desk, NOON + 28 * DAY) == 1


def test_two_hosts_send_one(bench: Bench) -> None:
    """They count at the same time, and one of them queues it, with the note that it did in the same transaction."""
    desk = desk_with(bench, WEEKLY)
    look(bench, desk, NOON)
    bench.now = NOON + 7 * DAY
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda _: issue_due(desk, lambda: False), range(2)))
    assert sum(done) == 1
    assert len(sent(bench)) == 1


def test_a_report_is_counted_by_one_host_at_a_time(shared_bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another host that looks meanwhile leaves it to the first; one that saw it due before finds that it is made."""
    desk = desk_with(shared_bench, WEEKLY)
    look(shared_bench, desk, NOON)
    counted: list[int] = []

    def make(tx: Transaction, period: Period, scope: Scope, policy: Policy, now: datetime) -> Report:
        counted.append(issue_due(desk, lambda: False))
        return make_report(tx, period, scope, policy, now)

    monkeypatch.setattr(issue, "make_report", make)
    with shared_bench.store.reading() as tx:
        stale = issues.last_issues(tx)
    assert look(shared_bench, desk, NOON + 7 * DAY) == 1
    monkeypatch.setattr(issues, "last_issues", lambda _tx: stale)
    assert look(shared_bench, desk) == 0
    assert counted == [0]


def test_who_dies_before_the_commit_has_sent_nothing(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """The letters and the note are one transaction: the next look makes it."""
    desk = desk_with(bench, WEEKLY)
    look(bench, desk, NOON)

    class Died(BaseException):
        """The process is gone."""

    def die(*_: object) -> int:
        raise Died

    with monkeypatch.context() as patch:
        patch.setattr(issue, "send", die)
        with pytest.raises(Died):
            look(bench, desk, NOON + 7 * DAY)
    assert sent(bench) == []
    assert look(bench, desk) == 1


def test_agents_hear_of_their_own_tickets_and_nothing_where_there_is_none(bench: Bench) -> None:
    """Bob has a ticket and gets a digest with an address for it; Anna has none and gets nothing; a day later again."""
    bench.arrive(message("carla@customer.example", "Printer is broken", "It is."))
    bench.ingest()
    desk = desk_with(bench, AGENTS)
    look(bench, desk, NOON)
    bob = desk.policy().directory.agents[1]
    assert operate(desk, 10001, Orders(assign="bob"), bob, "test") == ""
    assert look(bench, desk, NOON + DAY) == 2
    (letter,) = sent(bench)
    assert letter.to == "bob@example.com"
    read = mail(bench, letter)
    assert read["Subject"] == "Your tickets: 1 to do"
    text, page = (part.get_content() for part in read.walk() if part.get_content_maintype() == "text")
    assert "#10001 Printer is broken" in text
    assert "mailto:support+t10001." in page
    assert look(bench, desk, NOON + DAY) == 0
    assert look(bench, desk, NOON + 2 * DAY) == 2
    assert len(sent(bench)) == 2


def test_a_groups_digest_tells_of_what_nobody_took(bench: Bench) -> None:
    """Its members hear of it in the report's language; the other group has nothing, and hears nothing."""
    bench.arrive(message("carla@customer.example", "Printer is broken", "It is."))
    bench.ingest()
    desk = desk_with(bench, GROUPS)
    look(bench, desk, NOON)
    assert look(bench, desk, NOON + DAY) == 2
    (letter,) = sent(bench)
    assert letter.to == "bob@example.com"
    read = mail(bench, letter)
    assert read["Subject"] == "Hardware: 1 offen, 1 nicht zugewiesen"
    assert "mailto:" not in read.as_string()


def test_an_organisation_gets_its_own_figures_alone(bench: Bench) -> None:
    """In its language, to its contact, with no name of an agent or a group, and no figure of others."""
    bench.arrive(message("carla@customer.example", "Printer is broken", "It is."))
    bench.arrive(message("g@globex.example", "Printer of Globex", "It is."))
    desk = desk_with(bench, MONTHLY)
    ingest_waiting(desk, None, lambda: False)
    look(bench, desk, NOON)
    assert look(bench, desk, datetime(2026, 12, 1, 7, tzinfo=UTC)) == 2
    acme, globex = sent(bench)
    assert [(one.to, one.template) for one in (acme, globex)] == [
        ("it@customer.example", "customer_report"),
        ("it@globex.example", "customer_report"),
    ]
    read = mail(bench, acme)
    assert read["Subject"] == "Zgłoszenia Twojej organizacji: 1 listopada 2026 – 30 listopada 2026"
    parts = {part.get_filename() or part.get_content_type(): part for part in read.walk()}
    assert {"figures.csv", "flow.png", "ages.png"} <= parts.keys()
    assert "opened.csv" not in parts
    said = "\n".join(part.get_content() for part in read.walk() if part.get_content_maintype() == "text")
    for name in ("hardware", "Hardware", "first-line", "bob", "anna", "globex", "Globex"):
        assert name not in said
    assert "figures,opened,now,1" in said


def test_the_tickets_behind_an_organisations_figures_name_nobody_of_the_desk(bench: Bench) -> None:
    """Where the configuration wants them to go along, without group, agent and configuration item."""
    bench.arrive(message("carla@customer.example", "Printer is broken", "It is."))
    desk = desk_with(bench, replace(MONTHLY, only=("acme",), attach=frozenset(Attach)))
    ingest_waiting(desk, None, lambda: False)
    look(bench, desk, NOON)
    look(bench, desk, datetime(2026, 12, 1, 7, tzinfo=UTC))
    (letter,) = sent(bench)
    (listed,) = [part for part in mail(bench, letter).walk() if part.get_filename() == "opened.csv"]
    head, row = listed.get_content().split()[0], listed.get_content()
    assert head == "number,subject,status,type,priority,requester,created_at,at,seconds"
    assert "hardware" not in row


def test_an_organisation_gets_what_counts_for_its_contract(bench: Bench) -> None:
    """The tickets, or the work with its minutes and nobody's name; no list tells of an answer of the knowledge."""
    bench.arrive(message("carla@customer.example", "Printer is broken", "It is."))
    hours = Contract("gold", allowance=Allowance(5, Unit.HOURS, Per.MONTH))
    known = organisations([replace(ACME, contract=hours), GLOBEX])
    desk = desk_with(bench, replace(MONTHLY, only=("acme",), attach=frozenset(Attach)))
    policy = replace(desk.policy(), organisations=known)
    desk = replace(desk, policy=lambda: policy)
    ingest_waiting(desk, None, lambda: False)
    assert operate(desk, 10001, Orders(minutes=45), policy.directory.agents[0], "noted") == ""
    look(bench, desk, NOON)
    look(bench, desk, datetime(2026, 12, 1, 7, tzinfo=UTC))
    (letter,) = sent(bench)
    files = {part.get_filename(): part.get_content() for part in mail(bench, letter).walk() if part.get_filename()}
    (work,) = DictReader(StringIO(files["contract-acme.csv"]))
    assert (work["number"], work["seconds"]) == ("10001", "2700")
    assert {"assignee", "group", "answer"}.isdisjoint(work)
    assert {"proposed.csv", "inserted.csv"}.isdisjoint(files)


def test_nothing_is_sent_to_who_cannot_be_reached(bench: Bench) -> None:
    """Letters to the contact came back: the report is made for its period, and nobody is written to."""
    desk = desk_with(bench, replace(MONTHLY, only=("acme",)))
    look(bench, desk, NOON)
    first = datetime(2026, 12, 1, 7, tzinfo=UTC)
    with bench.store.writing() as tx:
        suppressions.keep(tx, [Reachability("it@customer.example", 1, NOON, first + DAY, "no such user")])
    assert look(bench, desk, first) == 1
    assert sent(bench) == []


def test_a_report_that_cannot_be_made_keeps_no_other_back(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """The admin is told once; in the next period it is tried again."""
    desk = desk_with(bench, WEEKLY, replace(WEEKLY, name="second"))
    look(bench, desk, NOON)
    broken = iter([True])

    def make(tx: Transaction, period: Period, scope: Scope, policy: Policy, now: datetime) -> Report:
        if next(broken, False):
            raise ZeroDivisionError
        return make_report(tx, period, scope, policy, now)

    monkeypatch.setattr(issue, "make_report", make)
    assert look(bench, desk, NOON + 7 * DAY) == 1
    assert [look(bench, desk) for _ in range(3)] == [0, 0, 0]
    (told,) = [one for one in bench.letters() if one.template == "alarm"]
    assert "The report weekly cannot be made" in str(mail(bench, told)["Subject"])
    assert look(bench, desk, NOON + 14 * DAY) == 2


def test_reports_leave_when_nothing_else_waits(bench: Bench) -> None:
    """What is queued after a report is sent before it."""
    desk = desk_with(bench, WEEKLY)
    look(bench, desk, NOON)
    look(bench, desk, NOON + 7 * DAY)
    bench.arrive(message("carla@customer.example", "Question", "Why?"))
    bench.ingest()
    bench.now += timedelta(minutes=5)
    with bench.store.writing() as tx:
        claimed = outbox.claim_due(tx, bench.now, "test", 10)
    last = sent(bench)[-1]
    assert claimed[-1].id == last.id
    assert len(claimed) > 1


def test_the_note_stands_for_the_period_that_it_was_made_for(bench: Bench) -> None:
    """What `report --scheduled` shows."""
    desk = desk_with(bench, WEEKLY)
    look(bench, desk, NOON + 7 * DAY)
    with bench.store.reading() as tx:
        assert issues.last_issues(tx) == {("weekly", ""): date(2026, 11, 9)}
