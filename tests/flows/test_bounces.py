"""A letter comes back: the report finds it, and the address is left alone until its owner writes again."""

from dataclasses import replace
from datetime import timedelta

from mailgateway.desk.agents.orders import Orders
from mailgateway.flows.operate import operate
from mailgateway.flows.timed import watch
from mailgateway.store.outgoing import outbox, suppressions
from tests.end_to_end.office import message
from tests.flows.bench import MINUTE, Bench
from tests.servers.sink import Sink

REPORT = """\
From: Mail Delivery System <MAILER-DAEMON@mx.customer.example>
To: support@example.com
Subject: Undelivered Mail Returned to Sender
Message-ID: <report-1@mx.customer.example>
Date: Mon, 02 Nov 2026 12:01:00 +0000
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b

It did not work.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.customer.example

Final-Recipient: rfc822; carla@customer.example
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 no such user

--b
Content-Type: text/rfc822-headers

Message-ID: <{message_id}>
To: carla@customer.example

--b--
"""


def report(message_id: str) -> bytes:
    """Return a delivery report (RFC 3464) about the letter with this Message-ID."""
    return REPORT.format(message_id=message_id).replace("\n", "\r\n").encode()


def test_a_bounced_acknowledgement_closes_the_address(bench: Bench) -> None:
    """The report joins the ticket, the group is told, no further automatic mail goes there until Carla writes again."""
    bench.arrive(message("carla@customer.example", "Help", "It is broken."))
    bench.ingest()
    (acknowledgement,) = [one for one in bench.letters() if one.template == "acknowledgement"]
    bench.arrive(report(acknowledgement.message_id))
    bench.ingest()
    ticket = acknowledgement.ticket
    assert ticket is not None
    assert [event.what for event in bench.ticket(ticket).events].count("undelivered") == 1
    told = [one for one in bench.letters() if one.template == "undelivered"]
    assert {one.ticket for one in told} == {ticket}
    assert "carla@customer.example" not in {one.to for one in told}
    bench.now += MINUTE
    machine = message("carla@customer.example", "Away", "I am away.")
    machine["Auto-Submitted"] = "auto-replied"
    bench.arrive(machine)
    bench.ingest()
    bench.arrive(message("carla@customer.example", "Again", "I am back."))
    bench.ingest()
    sent = [one.to for one in bench.letters() if one.template == "acknowledgement"]
    assert sent == ["carla@customer.example"] * 2


def test_an_answer_refused_at_once_is_marked_and_told(either_bench: Bench, sink: Sink) -> None:
    """Where the server says no while we send, that is as a report: one word to the agent, and the address is closed."""
    bench = either_bench
    bench.arrive(message("carla@customer.example", "Help", "It is broken."))
    bench.ingest()
    bench.send(sink)
    anna = bench.desk.policy().directory.agents[0]
    sink.answer("RCPT", "550 5.1.1 no such user", recipient="carla@customer.example", times=None)
    operate(bench.desk, 10_001, Orders(text="Try this."), anna, "answer-1")
    bench.send(sink)
    for _ in range(2):
        watch.watch(bench.desk, [], watch.Thresholds(MINUTE * 60, MINUTE * 60), bench.now)
    told = [one for one in bench.letters() if one.template == "undelivered"]
    assert [(one.to, one.ticket) for one in told] == [("anna@example.com", 10_001)]
    assert bench.ticket(10_001).articles[-1].article.flags == ("undelivered:carla@customer.example",)
    with bench.store.reading() as tx:
        (closed,) = suppressions.listed(tx, bench.now, 0)
        assert suppressions.listed(tx, bench.now + timedelta(days=31), 0) == ()
    assert (closed.address, "no such user" in closed.reason) == ("carla@customer.example", True)


def test_a_server_that_refuses_us_closes_no_address(bench: Bench, sink: Sink) -> None:
    """Relaying denied says nothing of the customer: the agent is told, and the address stays open."""
    bench.arrive(message("carla@customer.example", "Help", "It is broken."))
    bench.ingest()
    sink.answer("RCPT", "550 5.7.1 relaying denied", recipient="carla@customer.example", times=None)
    bench.send(sink)
    watch.watch(bench.desk, [], watch.Thresholds(MINUTE * 60, MINUTE * 60), bench.now)
    assert [one.to for one in bench.letters() if one.template == "undelivered"] == ["anna@example.com"]
    with bench.store.reading() as tx:
        assert suppressions.listed(tx, bench.now, 0) == ()


BARE = """\
From: Mail Delivery System <MAILER-DAEMON@old.example>
To: {to}
Subject: failure notice
Message-ID: <report-{number}@old.example>
Date: Mon, 02 Nov 2026 12:01:00 +0000

Hi. This is the qmail-send program at old.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<carla@customer.example>:
This address no longer accepts mail.
"""


def test_a_report_that_names_nothing_finds_its_letter_by_the_address_it_came_to(bench: Bench) -> None:
    """With `verp` the envelope sender names the letter; without, or with an invented name, the report finds none."""
    policy = replace(bench.gateway.policy, verp=True)
    bench.desk = replace(bench.desk, policy=lambda: policy)
    bench.arrive(message("carla@customer.example", "Help", "It is broken."))
    bench.ingest()
    (receipt,) = [one for one in bench.letters() if one.template == "acknowledgement"]
    with bench.store.reading() as tx:
        envelope_from = outbox.letter(tx, receipt.id).envelope_from
    assert envelope_from == f"support+b.{receipt.message_id.partition('@')[0]}@example.com"
    tos = ("support@example.com", f"support+b.{'a' * 32}@example.com", envelope_from)
    for number, to in enumerate(tos):
        bench.arrive(BARE.format(to=to, number=number).replace("\n", "\r\n").encode())
        bench.ingest()
        told = [one for one in bench.letters() if one.template == "undelivered"]
        assert bool(told) is (to == envelope_from)
    assert bench.subjects() == ["Help"]
