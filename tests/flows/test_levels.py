"""Service levels at work: mails and orders move clocks, and the customer is told by when to expect an answer."""

from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from mailgateway.desk.agents.orders import Orders
from mailgateway.desk.levels.clocks import current
from mailgateway.desk.levels.explained import explained
from mailgateway.desk.levels.timepiece import Clock, Target
from mailgateway.desk.model import Agent, Priority, Status, TicketType
from mailgateway.desk.timed.agenda import next_attention
from mailgateway.flows.operate import operate
from mailgateway.flows.timed.attend import attend_due
from mailgateway.flows.timed.inform import inform_incidents
from mailgateway.flows.timed.refusals import tell_workers
from mailgateway.flows.timed.renew import renew
from mailgateway.store.outgoing import outbox
from tests.end_to_end.office import message
from tests.flows.bench import Bench
from tests.flows.hosts import at_once
from tests.servers.sink import Sink

LEVELS = """
calendars:
  - {name: office, timezone: Europe/Warsaw, hours: {weekdays: "08:00-16:00"}}
  - {name: always}
policies:
  - name: standard
    calendar: office
    targets:
      - {priority: urgent, first_response: 1h}
      - {first_response: 4h, next_response: 8h, resolution: 16h, own: 2h}
"""
ANNA = Agent("anna", "Anna Kowalska", "anna@example.com")
MONDAY = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def desk(bench: Bench, tmp_path: Path) -> Bench:
    """Give the bench service levels."""
    promise(bench, tmp_path, LEVELS)
    return bench


def promise(bench: Bench, tmp_path: Path, levels: str) -> None:
    """Give the bench these service levels; it is monday, an hour after noon in Warsaw."""
    (tmp_path / "service_levels.yaml").write_text(levels)
    configuration = tmp_path / "gateway.yaml"
    files = "files: {groups: groups.yaml,"
    configuration.write_text(configuration.read_text().replace(files, f"{files} service_levels: service_levels.yaml,"))
    bench.gateway.reload()
    bench.now = MONDAY


def clock(bench: Bench, target: Target, number: int = 10001) -> Clock:
    """Return the last clock of a target."""
    found = current(bench.ticket(number).ticket.clocks, target)
    assert found is not None
    return found


def text_of(bench: Bench, letter_id: int) -> str:
    """Return the text of a letter, on one line and with plain spaces."""
    with bench.store.reading() as tx:
        content = outbox.letter(tx, letter_id).content
    body = message_from_bytes(content, policy=default).get_body(("plain",))
    assert body is not None
    return " ".join(str(body.get_content()).split())


def order(bench: Bench, orders: Orders) -> None:
    """Let Anna carry out orders on the ticket."""
    assert operate(bench.desk, 10001, orders, ANNA, f"order-{bench.now}") == ""


def test_a_mail_starts_the_clocks_and_its_receipt_tells_by_when_to_expect_an_answer(desk: Bench) -> None:
    """Four hours from one o'clock end on Tuesday at nine, told in the zone of the calendar."""
    desk.arrive(message("carla@customer.example", "Printer", "It is broken."))
    desk.ingest()
    assert clock(desk, Target.FIRST_RESPONSE).due_at == datetime(2026, 11, 3, 8, 0, tzinfo=UTC)
    [receipt] = [one.id for one in desk.letters() if one.template == "acknowledgement"]
    assert "by Tuesday, November 3, 2026, 9:00 AM CET" in text_of(desk, receipt)


def test_a_note_meets_nothing_and_an_answer_does(desk: Bench) -> None:
    """What only colleagues read is no answer."""
    desk.arrive(message("carla@customer.example", "Printer", "It is broken."))
    desk.ingest()
    desk.now += HOUR
    order(desk, Orders(text="Looks like the fuser.", note=True))
    assert clock(desk, Target.FIRST_RESPONSE).is_open
    order(desk, Orders(text="We are on our way."))
    assert clock(desk, Target.FIRST_RESPONSE).met_at == desk.now
    assert clock(desk, Target.RESOLUTION).is_open


def test_waiting_for_the_customer_stops_the_clock_until_they_write(desk: Bench) -> None:
    """The hour pending is not counted; the mail that wakes the ticket starts the clock of the next answer."""
    desk.arrive(message("carla@customer.example", "Printer", "It is broken."))
    desk.ingest()
    order(desk, Orders(text="Which printer?", status=Status.PENDING))
    assert clock(desk, Target.RESOLUTION).running_since is None
    desk.now += HOUR
    desk.arrive(message("carla@customer.example", "Re: [#10001] Printer", "The green one."))
    desk.ingest()
    assert clock(desk, Target.RESOLUTION).counted == timedelta()
    assert clock(desk, Target.NEXT_RESPONSE).started_at == desk.now


def test_learning_of_a_policy_keeps_the_time_that_runs(desk: Bench) -> None:
    """A daemon that starts with other files, or for the first time, forgets no promise of an open ticket."""
    desk.arrive(message("carla@customer.example", "Printer", "It is broken."))
    desk.ingest()
    due = desk.ticket(10001).ticket.attend_at
    assert due is not None
    renew(desk.desk, "", lambda: False)
    assert desk.ticket(10001).ticket.attend_at == due


CLOSED = LEVELS.replace(
    '08:00-16:00"}}', '08:00-16:00"}, closures: [{name: Stocktaking, from: 2026-11-03, to: 2026-11-04}]}'
)


def explained_due(bench: Bench) -> list[datetime | None]:
    """Return when the clocks of the ticket are due as its history and the calendars have it."""
    calendars = {one.name: one for one in bench.desk.policy().calendars}
    return [one.clock.due_at for one in explained(bench.ticket(10001).events, bench.now, calendars)]


@pytest.mark.parametrize("by", ["renewal", "work"])
def test_a_calendar_that_is_changed_reaches_the_clocks_that_go(desk: Bench, tmp_path: Path, by: str) -> None:
    """By itself, or with what happens to the ticket: what is due is what the explanation says, and looked at then."""
    desk.arrive(message("carla@customer.example", "Printer", "It is broken."))
    desk.ingest()
    assert renew(desk.desk, "", lambda: False) == renew(desk.desk, "", lambda: False)
    (tmp_path / "service_levels.yaml").write_text(CLOSED)
    desk.gateway.reload()
    desk.now += timedelta(minutes=5)
    if by == "renewal":
        renew(desk.desk, "", lambda: False)
    else:
        order(desk, Orders(text="Looks like the fuser.", note=True, add_tags=("fuser",)))
    ticket = desk.ticket(10001).ticket
    assert clock(desk, Target.FIRST_RESPONSE).due_at == datetime(2026, 11, 5, 8, 0, tzinfo=UTC)
    assert sorted(one.due_at for one in ticket.clocks if one.due_at) == sorted(
        one for one in explained_due(desk) if one
    )
    assert ticket.attend_at == next_attention(ticket, (), desk.desk.policy())


def test_targets_that_are_changed_reach_open_tickets_and_none_begins_by_it(desk: Bench, tmp_path: Path) -> None:
    """Less time for the first answer holds at once; a target that is new waits for what happens next."""
    (tmp_path / "service_levels.yaml").write_text(LEVELS.replace("resolution: 16h, ", ""))
    desk.gateway.reload()
    desk.arrive(message("carla@customer.example", "Printer", "It is broken."))
    desk.ingest()
    (tmp_path / "service_levels.yaml").write_text(LEVELS.replace("first_response: 4h", "first_response: 2h"))
    desk.gateway.reload()
    renew(desk.desk, "", lambda: False)
    assert clock(desk, Target.FIRST_RESPONSE).due_at == MONDAY + 2 * HOUR
    assert current(desk.ticket(10001).ticket.clocks, Target.RESOLUTION) is None


def test_news_of_its_problem_meets_no_promise_and_forgets_none(desk: Bench) -> None:
    """What is said to a problem reaches its incident by itself: that answers it, and the other clocks go on."""
    for subject in ("Printer", "Print server"):
        desk.arrive(message("carla@customer.example", subject, "It is broken."))
    desk.ingest()
    for number, orders in ((10002, Orders(type=TicketType.PROBLEM)), (10001, Orders(problem=10002))):
        assert operate(desk.desk, number, orders, ANNA, f"tie-{number}") == ""
    desk.now += HOUR
    assert operate(desk.desk, 10002, Orders(text="We know of it."), ANNA, "news") == ""
    assert inform_incidents(desk.desk, lambda: False) == 1
    ticket = desk.ticket(10001).ticket
    assert clock(desk, Target.RESOLUTION).started_at == MONDAY
    assert clock(desk, Target.FIRST_RESPONSE).met_at == desk.now
    running = [one.due_at for one in ticket.clocks if one.running_since and one.due_at]
    assert ticket.attend_at == min(running)


def test_a_letter_that_failed_forgets_no_promise(desk: Bench) -> None:
    """That its receipt could not be delivered is told to who works on the ticket; its time goes on."""
    desk.arrive(message("carla@customer.example", "Printer", "It is broken."))
    desk.ingest()
    before = desk.ticket(10001).ticket
    with desk.store.writing() as tx:
        failed = [line for line in outbox.listed(tx, everything=True, limit=0) if line.template == "acknowledgement"]
        tell_workers(desk.desk, tx, failed, desk.now)
    ticket = desk.ticket(10001).ticket
    assert "undelivered" in {line.template for line in desk.letters()}
    assert (ticket.clocks, ticket.attend_at) == (before.clocks, before.attend_at)


AUTOMATIC = {
    "an absence": [("Auto-Submitted", "auto-replied")],
    "a mailing list": [("List-Id", "<news.customer.example>"), ("Precedence", "bulk")],
    "a bounce": [("Return-Path", "<>"), ("X-Failed-Recipients", "carla@customer.example")],
}


@pytest.mark.parametrize("status", [Status.OPEN, Status.PENDING])
@pytest.mark.parametrize("headers", AUTOMATIC.values(), ids=AUTOMATIC.keys())
def test_machine_mail_moves_no_clock(desk: Bench, headers: list[tuple[str, str]], status: Status) -> None:
    """It is kept with its ticket; what was going goes on, what stood still stands, and nothing is to be answered."""
    desk.arrive(message("carla@customer.example", "Printer", "It is broken."))
    desk.ingest()
    order(desk, Orders(text="Which printer?", status=status))
    before, articles = desk.ticket(10001).ticket, len(desk.ticket(10001).articles)
    desk.now += HOUR
    desk.arrive(message("carla@customer.example", "Re: [#10001] Printer", "I am away.", headers=headers))
    desk.ingest()
    assert len(desk.ticket(10001).articles) == articles + 1
    after = desk.ticket(10001).ticket
    assert (after.clocks, after.status, after.attend_at) == (before.clocks, before.status, before.attend_at)


STEPS = """    escalations:
      - {at: 50%, of: first_response, notify: lead}
      - {at: 100%, of: first_response, notify: group, priority: raise}
"""


TAKEN_OVER = """    escalations:
      - {at: 100%, of: own, notify: lead, group: hardware}
"""


def test_hosts_that_look_at_once_hand_over_once(either_bench: Bench, tmp_path: Path) -> None:
    """Nobody took it within two hours: of three hosts one hands it over and tells; a restart does nothing more."""
    bench = either_bench
    promise(bench, tmp_path, LEVELS + TAKEN_OVER)
    bench.arrive(message("carla@customer.example", "Invoice", "Where is it?"))
    bench.ingest()
    bench.now += 2 * HOUR + timedelta(seconds=1)
    at_once(lambda: attend_due(bench.desk, lambda: False))
    bench.gateway.reload()
    attend_due(bench.desk, lambda: False)
    sheet = bench.ticket(10001)
    assert sheet.ticket.group == "hardware"
    assert [event.what for event in sheet.events].count("escalated") == 1
    assert [event.what for event in sheet.events].count("group") == 1
    assert [one.to for one in bench.letters() if one.template == "escalation"] == ["anna@example.com"]
    taken_again = clock(bench, Target.OWN)
    assert (taken_again.cycle, taken_again.started_at) == (2, bench.now)


def test_an_escalation_is_mailed_once_when_its_time_comes(bench: Bench, tmp_path: Path, sink: Sink) -> None:
    """With a clock that runs fast: at half time the lead gets a real mail, once, though nobody took the ticket."""
    promise(bench, tmp_path, LEVELS + STEPS)
    bench.arrive(message("carla@customer.example", "Invoice", "Where is it?"))
    bench.ingest()
    for _ in range(40):
        bench.now += timedelta(minutes=30)
        attend_due(bench.desk, lambda: False)
        attend_due(bench.desk, lambda: False)
    bench.send(sink)
    escalations = [one for one in bench.letters() if one.template == "escalation"]
    assert [one.to for one in escalations] == ["anna@example.com", "anna@example.com"]
    mails = [one.content for one in sink.received if one.rcpt_tos == ("anna@example.com",)]
    assert sum(b"of the time is used up" in content.replace(b"\r\n", b" ") for content in mails) == 2
    events = [(event.what, event.actor) for event in bench.ticket(10001).events]
    assert events.count(("escalated", "clock")) == 3
    assert ("breached", "clock") in events
    assert bench.ticket(10001).ticket.priority is Priority.HIGH
