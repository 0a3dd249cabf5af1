"""Storms of automatic mail end by themselves, are told once, and leave no mail unfiled."""

from dataclasses import replace
from datetime import timedelta

from mailgateway.desk.letters import notices
from mailgateway.desk.plan import Disposition, Plan
from mailgateway.flows.health.beats import beat, fetching
from mailgateway.flows.sending.letters import queue_letters
from mailgateway.flows.timed import watch
from mailgateway.mail.model import Address
from mailgateway.mail.parse import parse
from mailgateway.store.health import raised
from tests.end_to_end.office import message
from tests.flows.bench import MINUTE, NOON, Bench

CARLA = "carla@customer.example"
THRESHOLDS = watch.Thresholds(timedelta(days=1), timedelta(days=1))


def follow_ups(bench: Bench, count: int) -> None:
    """Let Carla write to her ticket again and again, as a machine that says nothing of being one does."""
    (receipt,) = [one for one in bench.letters() if one.template == "acknowledgement"][:1]
    for number in range(count):
        mail = message(CARLA, "Re: Help", f"And another thing: {number}.")
        mail["In-Reply-To"] = f"<{receipt.message_id}>"
        bench.arrive(mail)
        bench.ingest()


def alarms(bench: Bench) -> int:
    """Count the mails to the admin."""
    return sum(one.template == "alarm" for one in bench.letters())


def standing(bench: Bench) -> list[str]:
    """Return the names of the alarms that stand."""
    with bench.store.reading() as tx:
        return list(raised(tx))


def look(bench: Bench) -> None:
    """Let the watch look once."""
    beat(bench.desk, fetching("support"), None)
    watch.watch(bench.desk, ["support"], THRESHOLDS, bench.now)


def test_a_storm_of_notices_to_agents_is_capped_told_once_and_over_after_an_hour(bench: Bench) -> None:
    """Ten notices about one ticket, then silence, a marked ticket and one alarm; everything is filed; then anew."""
    bench.arrive(message(CARLA, "Help", "It is broken."))
    bench.ingest()
    follow_ups(bench, 30)
    assert sum(one.to == "anna@example.com" for one in bench.letters()) == 10
    sheet = bench.ticket(10001)
    assert "mail-loop" in sheet.ticket.tags
    assert len(sheet.articles) == 31
    assert [event.what for event in sheet.events].count("automatic_mail_stopped") == 21
    look(bench)
    assert alarms(bench) == 1
    assert standing(bench) == ["loop:anna@example.com:10001"]
    bench.now += 61 * MINUTE
    look(bench)
    assert standing(bench) == []
    assert alarms(bench) == 2, "the admin is told that it is over"
    follow_ups(bench, 16)
    assert alarms(bench) == 3


def test_who_opens_ticket_after_ticket_gets_five_receipts_and_the_admin_one_alarm(bench: Bench) -> None:
    """A machine that opens tickets is answered five times an hour; the tickets behind that are marked."""
    for number in range(9):
        bench.arrive(message(CARLA, f"Alert {number}", "It is broken."))
    bench.ingest()
    assert sum(one.template == "acknowledgement" for one in bench.letters()) == 5
    assert alarms(bench) == 1
    assert [("mail-loop" in bench.ticket(10001 + number).ticket.tags) for number in range(9)] == [False] * 5 + [
        True
    ] * 4


def test_two_machines_over_tickets_end_after_four_rounds_and_the_admin_is_told_once(bench: Bench) -> None:
    """Each receipt makes a desk that drops every trace write anew: the fourth of its mails is silent, and ends it."""
    for number in range(6):
        receipts = sum(one.template == "acknowledgement" for one in bench.letters())
        text = f"Thank you for writing to us. Your case is CS-{number}, and somebody will look at it within two days."
        bench.arrive(message("desk@other.example", f"[CS-{number}] We got your mail", text))
        bench.ingest()
        bench.now += 20 * MINUTE
        if sum(one.template == "acknowledgement" for one in bench.letters()) == receipts:
            break
    assert number == 3
    assert alarms(bench) == 1
    assert standing(bench) == ["loop:desk@other.example:"]
    silent = bench.ticket(10004)
    assert "mail-loop" in silent.ticket.tags
    assert [link.number for link in silent.links] == [10001]
    assert sum(one.template == "agent_notification" for one in bench.letters()) == 4
    bench.arrive(message(CARLA, "Help", "It is broken."))
    bench.ingest()
    assert [one.to for one in bench.letters() if one.template == "acknowledgement"][-1] == CARLA


def test_a_person_who_sends_the_same_twice_gets_two_receipts(bench: Bench) -> None:
    """Nobody is a machine for pressing a button twice."""
    text = "The printer on the second floor prints nothing but black pages, whatever we try."
    for _ in range(2):
        bench.arrive(message(CARLA, "Printer", text))
        bench.ingest()
        bench.now += MINUTE
    assert sum(one.template == "acknowledgement" for one in bench.letters()) == 2


def test_a_refusal_is_told_once_for_a_reason_and_a_day(bench: Bench) -> None:
    """Who sends the same too large mail all day hears of it once, and again the next day."""
    policy = bench.gateway.policy
    mail, mailbox = parse(b"From: c@d.example\r\n\r\n"), policy.mailboxes[0]
    notice = notices.rejected(mail, Address("", CARLA), mailbox, "too large", "en")
    for hours, reason in ((0, "too large"), (3, "too large"), (3, "another reason"), (25, "too large")):
        at = NOON + timedelta(hours=hours)
        told = replace(notice, values={**notice.values, "reason": reason})
        with bench.store.writing() as tx:
            plan = Plan(at, "intake", Disposition.REFUSED, reason, notices=(told,))
            queue_letters(bench.desk, tx, plan, None, f"mail-{hours}-{reason}", policy)
    assert len(bench.letters()) == 3
