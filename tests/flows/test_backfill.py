"""Old mail is filed in silence: it finds its ticket and its group, and nothing leaves, fires or counts for it."""

from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from mailgateway.desk.agents.orders import Orders
from mailgateway.desk.model import Agent, Status
from mailgateway.flows.operate import operate
from mailgateway.flows.timed.attend import attend_due
from mailgateway.flows.timed.renew import renew
from mailgateway.flows.timed.watch import Thresholds, watch
from mailgateway.store.outgoing import calls
from tests.end_to_end.office import ROUTING, message
from tests.flows.bench import MINUTE, NOON, Bench
from tests.flows.test_levels import LEVELS, promise

DAY = timedelta(days=1)
LONG_AGO = NOON - 400 * DAY
ANNA = Agent("anna", "Anna Kowalska", "anna@example.com")
TIMER = """
  - name: forgotten
    on: timer
    when: {field: ticket.age, gt: 2d}
    then: {priority: urgent, group: hardware}
"""
HOOK = "webhooks: [{name: pager, url: 'https://pager.example/hook', secret: {env: OFFICE_PASSWORD}, events: all}]\n"


def old(bench: Bench, *mails: EmailMessage, age: int = 400) -> None:
    """Let these mails be filed as old ones."""
    for mail in mails:
        bench.arrive(mail, backfill=True, at=NOON - age * DAY)
    bench.ingest()


def carla(subject: str = "The printer prints stripes", text: str = "Since monday.") -> EmailMessage:
    """Return a mail of a customer's."""
    return message("carla@customer.example", subject, text)


def answer(to: EmailMessage, sender: str, text: str, **more: Any) -> EmailMessage:
    """Return an answer to a mail."""
    made = message(sender, f"Re: {to['Subject']}", text, **more)
    made["In-Reply-To"] = to["Message-ID"]
    return made


def test_a_conversation_is_put_together_in_its_own_time(bench: Bench) -> None:
    """Old mails are threaded and routed as ever; ticket, entries and events have the time at which the mails came."""
    first = carla()
    old(bench, first)
    old(bench, answer(first, "carla@customer.example", "It still does.", cc=["dave@customer.example"]), age=399)
    sheet = bench.ticket(10001)
    assert (sheet.ticket.group, sheet.ticket.status, sheet.ticket.dormant) == ("hardware", Status.NEW, True)
    assert [entry.article.at for entry in sheet.articles] == [LONG_AGO, LONG_AGO + DAY]
    assert {event.at for event in sheet.events} == {LONG_AGO, LONG_AGO + DAY}
    assert [person.address for person in sheet.ticket.participants] == ["dave@customer.example"]
    assert bench.subjects() == ["The printer prints stripes"]
    assert bench.letters() == ()


def test_nothing_leaves_whatever_the_mail_is(bench: Bench, tmp_path: Path) -> None:
    """No receipt, refusal, forwarded mail, notification, alarm or digest comes of old mail; no webhook is called."""
    rules = (
        "  - {name: spam, when: {field: subject, contains: lottery}, then: {reject: {reason: 'No.'}}}\n"
        "  - {name: on, when: {field: subject, contains: pass on}, then: {forward: [x@other.example], discard: true}}\n"
        "  - {name: aside, when: {field: subject, contains: odd}, then: {quarantine: true}}\n"
    )
    (tmp_path / "routing.yaml").write_text(ROUTING + rules)
    configuration = tmp_path / "gateway.yaml"
    configuration.write_text(configuration.read_text() + HOOK)
    bench.gateway.reload()
    old(bench, *map(carla, ("Help", "The lottery", "Please pass on", "How odd")), message("", "?", "x"))
    bench.arrive(b"\x00\xff" * 500, backfill=True, at=LONG_AGO)
    bench.ingest()
    bench.now += DAY
    watch(bench.desk, ["support"], Thresholds(5000 * MINUTE, 15 * MINUTE), bench.now)
    assert bench.letters() == ()
    assert sorted(bench.subjects()) == ["?", "Help", "Please pass on"]
    assert len(bench.aside()) == 2
    with bench.store.reading() as tx:
        assert calls.listed(tx, everything=True, limit=0) == ()


def test_an_old_mail_orders_nothing_and_moves_nothing(bench: Bench) -> None:
    """Orders of agents were meant for then; a ticket that is solved stays so, and joins all the same."""
    first = carla()
    bench.arrive(first)
    bench.ingest()
    solve(bench)
    letters = len(bench.letters())
    dmarc = ("Authentication-Results", "mx.example.com; dmarc=pass header.from=example.com")
    order = answer(first, "anna@example.com", "#priority urgent\n#close\nDone.", headers=[dmarc])
    old(bench, order, answer(first, "carla@customer.example", "Thanks!"), age=1)
    sheet = bench.ticket(10001)
    assert (sheet.ticket.status, sheet.ticket.priority.value) == (Status.SOLVED, "high")
    assert len(sheet.articles) == 3
    assert len(bench.letters()) == letters


def test_the_same_mail_again_is_recognised(bench: Bench) -> None:
    """Old or new, a mail is filed once; and what is old is told of by no letter either time."""
    mail = carla()
    old(bench, mail)
    old(bench, mail)
    bench.arrive(mail)
    bench.ingest()
    assert bench.subjects() == ["The printer prints stripes"]
    assert bench.letters() == ()


@pytest.mark.parametrize("by", ["agent", "customer"])
def test_a_ticket_of_old_mail_rests_until_somebody_does_something(bench: Bench, tmp_path: Path, by: str) -> None:
    """No timer rule and no promise counts before; then all of it begins, as for any other ticket."""
    promise(bench, tmp_path, LEVELS)
    (tmp_path / "routing.yaml").write_text(ROUTING + TIMER)
    bench.gateway.reload()
    first = carla()
    old(bench, first)
    bench.now += DAY
    renew(bench.desk, "", lambda: False)
    attend_due(bench.desk, lambda: False)
    resting = bench.ticket(10001).ticket
    assert (resting.clocks, resting.attend_at, resting.priority.value) == ((), None, "high")
    assert bench.letters() == ()
    if by == "agent":
        assert operate(bench.desk, 10001, Orders(assign="anna"), ANNA, "wake") == ""
    else:
        bench.arrive(answer(first, "carla@customer.example", "It still does."))
        bench.ingest()
    awake = bench.ticket(10001).ticket
    assert not awake.dormant
    assert {clock.started_at for clock in awake.clocks} == {bench.now}
    assert awake.attend_at is not None
    bench.now += MINUTE
    attend_due(bench.desk, lambda: False)
    assert bench.ticket(10001).ticket.priority.value == "urgent"


def solve(bench: Bench) -> None:
    """Let Anna solve the ticket."""
    assert operate(bench.desk, 10001, Orders(status=Status.SOLVED), ANNA, "solve") == ""
