"""Hand-overs: to and fro they are counted from what happened; and groups accept them, decline them, or are told of."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from mailgateway.desk.agents.orders import Orders
from mailgateway.desk.as_json import ticket_head
from mailgateway.desk.handovers.answer import OfferAnswer
from mailgateway.desk.model import ArticleKind, Status
from mailgateway.desk.policy import Handovers
from mailgateway.flows.operate import operate
from mailgateway.flows.timed.attend import attend_due
from mailgateway.flows.timed.renew import renew
from tests.end_to_end.office import message
from tests.flows.bench import Bench
from tests.flows.hosts import at_once
from tests.unit.desk.builders import BOB, token

FIRST = 10001


SPAN = timedelta(hours=2)


def told(bench: Bench) -> int:
    """Count the letters about it."""
    return sum(one.template == "to_and_fro" for one in bench.letters())


def test_it_is_told_once_and_only_of_late(bench: Bench) -> None:
    """The third hand-over within two days tells; a fourth does not, and what is longer ago does not count."""
    bench.arrive(message("carla@customer.example", "Printer", "Help."))
    bench.ingest()
    here = bench.ticket(FIRST).ticket.group
    there = next(one.name for one in bench.gateway.policy.directory.groups if one.name != here)
    bench.order(FIRST, group=there)
    bench.now += timedelta(days=2)
    bench.order(FIRST, group=here)
    bench.order(FIRST, group=there, note=True, text="Not ours.")
    assert told(bench) == 0
    bench.now += timedelta(hours=1)
    bench.order(FIRST, group=here, note=True, text="Nor ours.")
    first = told(bench)
    assert first > 0
    bench.order(FIRST, group=there, note=True, text="It is yours.")
    assert told(bench) == first
    assert [event.what for event in bench.ticket(FIRST).events].count("to_and_fro") == 1


def offer(bench: Bench) -> None:
    """Open a ticket with first-line, and hand it to hardware, which has two hours to accept it."""
    policy = replace(bench.gateway.policy, handovers=Handovers(accept_within=SPAN))
    bench.desk = replace(bench.desk, policy=lambda: policy)
    bench.arrive(message("carla@customer.example", "Screen", "Help."))
    bench.ingest()
    bench.order(FIRST, group="hardware")


def happened(bench: Bench) -> list[str]:
    """Return what happened to the ticket, in order."""
    return [event.what for event in bench.ticket(FIRST).events]


def test_a_new_ticket_that_is_routed_is_no_hand_over(either_bench: Bench) -> None:
    """Nobody has to accept what came to the group by itself."""
    bench = either_bench
    offer(bench)
    bench.arrive(message("carla@customer.example", "Printer", "It is broken."))
    bench.ingest()
    routed = bench.ticket(FIRST + 1).ticket
    assert (routed.group, routed.offer, routed.attend_at) == ("hardware", None, None)
    head = ticket_head(bench.ticket(FIRST).ticket)
    assert head["offered"] == {
        "by": "first-line",
        "at": "2026-11-02T12:00:00Z",
        "accept_by": "2026-11-02T14:00:00Z",
        "paused": False,
    }


def test_it_stands_still_while_the_customer_is_waited_for(either_bench: Bench) -> None:
    """Nobody is told in the meantime; two hours of their own after the hand-over they are, days later."""
    bench = either_bench
    offer(bench)
    bench.now += timedelta(hours=1)
    bench.order(FIRST, status=Status.PENDING)
    waiting = bench.ticket(FIRST).ticket.offer
    assert waiting is not None
    assert (waiting.accept_by, waiting.left) == (None, timedelta(hours=1))
    bench.now += timedelta(days=2)
    attend_due(bench.desk, lambda: False)
    assert "not_accepted" not in happened(bench)
    bench.arrive(message("carla@customer.example", f"Re: [#{FIRST}] Screen", "It is black."))
    bench.ingest()
    bench.now += timedelta(minutes=59)
    attend_due(bench.desk, lambda: False)
    assert "not_accepted" not in happened(bench)
    bench.now += timedelta(minutes=1)
    attend_due(bench.desk, lambda: False)
    told_of = [what for what in happened(bench) if what.startswith(("offer", "not_"))]
    assert told_of == ["offered", "offer_paused", "offer_resumed", "not_accepted"]


def test_a_calendar_that_is_changed_reaches_it(either_bench: Bench, tmp_path: Path) -> None:
    """The ticket's history says when it is to be accepted by, and it is looked at then."""
    bench = either_bench
    levels, configuration = tmp_path / "service_levels.yaml", tmp_path / "gateway.yaml"
    levels.write_text('calendars: [{name: office, timezone: UTC, hours: {weekdays: "08:00-16:00"}}]\n')
    files = "files: {groups: groups.yaml, service_levels: service_levels.yaml,"
    configuration.write_text(
        configuration.read_text().replace("files: {groups: groups.yaml,", files) + "handovers: {accept_within: 2h}\n"
    )
    bench.gateway.reload()
    bench.arrive(message("carla@customer.example", "Screen", "Help."))
    bench.ingest()
    bench.order(FIRST, group="hardware")
    known = renew(bench.desk, "", lambda: False)
    closed = "}, closures: [{name: Stocktaking, from: 2026-11-02, to: 2026-11-02}]}]"
    levels.write_text(levels.read_text().replace("}}]", closed))
    bench.gateway.reload()
    renew(bench.desk, known, lambda: False)
    ticket, tuesday = bench.ticket(FIRST).ticket, datetime(2026, 11, 3, 10, 0, tzinfo=UTC)
    assert ticket.offer is not None
    assert (ticket.offer.accept_by, ticket.attend_at) == (tuesday, tuesday)
    assert happened(bench)[-1] == "offer_retimed"
    bench.now = tuesday
    assert attend_due(bench.desk, lambda: False) == 1
    assert "not_accepted" in happened(bench)


def test_it_is_told_once_whatever_hosts_there_are(either_bench: Bench) -> None:
    """Not before its time; then once, though three look at the same moment, and never again after."""
    bench = either_bench
    offer(bench)
    bench.now += SPAN - timedelta(seconds=1)
    assert attend_due(bench.desk, lambda: False) == 0
    bench.now += timedelta(seconds=1)
    at_once(lambda: attend_due(bench.desk, lambda: False))
    bench.now += timedelta(days=3)
    assert attend_due(bench.desk, lambda: False) == 0
    assert sorted(one.to for one in bench.letters() if one.template == "not_accepted") == [
        "anna@example.com",
        "bob@example.com",
    ]
    assert happened(bench).count("not_accepted") == 1
    bench.order(FIRST, group="first-line")
    bench.order(FIRST, group="hardware", note=True, text="It is yours after all.")
    bench.now += SPAN
    assert attend_due(bench.desk, lambda: False) == 1
    assert happened(bench).count("not_accepted") == 2


def test_it_is_accepted_by_mail_and_then_nobody_is_told(either_bench: Bench) -> None:
    """The answer to the notice, `#accept` and nothing else: it is his who wrote it."""
    bench = either_bench
    offer(bench)
    to_bob = str(token("agent:bob", FIRST, bench.gateway.policy.reply_keys[0]).address)
    bench.arrive(message("Bob Stone <bob@example.com>", "Re: Screen", "#accept", to=to_bob))
    bench.ingest()
    ticket = bench.ticket(FIRST).ticket
    assert (ticket.assignee, ticket.group, ticket.offer, ticket.attend_at) == ("bob", "hardware", None, None)
    assert [what for what in happened(bench) if what in ("offered", "accepted", "declined")] == ["offered", "accepted"]
    bench.now += timedelta(days=3)
    assert attend_due(bench.desk, lambda: False) == 0


def test_it_is_declined_by_mail(either_bench: Bench) -> None:
    """The reason becomes a note, the ticket goes back, and the customer gets no word of it."""
    bench = either_bench
    offer(bench)
    to_bob = str(token("agent:bob", FIRST, bench.gateway.policy.reply_keys[0]).address)
    bench.arrive(message("Bob Stone <bob@example.com>", "Re: Screen", "#decline\n\nIt is the network.", to=to_bob))
    bench.ingest()
    sheet = bench.ticket(FIRST)
    assert (sheet.ticket.group, sheet.ticket.offer) == ("first-line", None)
    note = sheet.articles[-1].article
    assert (note.kind, note.text) == (ArticleKind.NOTE, "It is the network.")
    assert "declined" in happened(bench)
    assert not [one for one in bench.letters() if one.template == "reply"]


def test_who_runs_the_desk_answers_too_and_only_once(bench: Bench) -> None:
    """What was accepted cannot be declined any more."""
    offer(bench)
    assert operate(bench.desk, FIRST, Orders(offer=OfferAnswer.ACCEPT), BOB, "a") == ""
    declined = operate(bench.desk, FIRST, Orders(offer=OfferAnswer.DECLINE), BOB, "b")
    assert declined == "decline: the ticket is not offered to hardware: it is theirs already"
