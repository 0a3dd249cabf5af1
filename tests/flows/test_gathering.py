"""What is told within a short time comes in one mail, whatever happens in between."""

from dataclasses import replace
from datetime import timedelta

from mailgateway.desk.agents.orders import Orders
from mailgateway.desk.letters.delivery import DeliveryState
from mailgateway.desk.model import Status
from mailgateway.desk.policy import Notifications
from mailgateway.flows.operate import operate
from mailgateway.mail.parse import parse
from mailgateway.store.outgoing import outbox
from mailgateway.store.outgoing.outbox import OutboxLine
from tests.end_to_end.office import message
from tests.flows.bench import MINUTE, Bench
from tests.servers.sink import Sink

SECOND = timedelta(seconds=1)
CARLA = "carla@customer.example"


def opened(bench: Bench) -> int:
    """Open a ticket on a desk that gathers for a minute; return its number."""
    policy = replace(bench.gateway.policy, notifications=Notifications(MINUTE))
    bench.desk = replace(bench.desk, policy=lambda: policy)
    bench.arrive(message(CARLA, "Screen", "It is dead."))
    bench.ingest()
    return 10_001


def order(bench: Bench, number: int, orders: Orders, after: timedelta = SECOND) -> None:
    """Let Anna order something, a while after what was before."""
    bench.now += after
    operate(bench.desk, number, orders, bench.desk.policy().directory.agents[0], f"test-{bench.now.isoformat()}")


def told(bench: Bench, kind: str = "status_changed") -> list[OutboxLine]:
    """Return the letters of a kind that were sent or wait."""
    return [line for line in bench.letters() if line.template == kind and line.state is not DeliveryState.CANCELLED]


def text_of(bench: Bench, line: OutboxLine) -> str:
    """Return what a letter says, as one line."""
    with bench.store.reading() as tx:
        return " ".join(parse(outbox.letter(tx, line.id).content).text.split())


def test_three_changes_within_the_window_are_one_mail(bench: Bench) -> None:
    """It waits for the window that the first of them began, and says how the ticket stands in the end."""
    number = opened(bench)
    started = bench.now + SECOND
    order(bench, number, Orders(status=Status.PENDING))
    order(bench, number, Orders(group="hardware"))
    order(bench, number, Orders(status=Status.SOLVED))
    (line,) = told(bench)
    assert line.next_attempt_at == started + MINUTE
    assert "solved" in text_of(bench, line)
    assert "Another of our teams" in text_of(bench, line)


def test_a_change_that_is_taken_back_in_time_tells_nothing(bench: Bench) -> None:
    """A slip of the finger never reaches the customer."""
    number = opened(bench)
    order(bench, number, Orders(status=Status.OPEN))
    order(bench, number, Orders(status=Status.SOLVED))
    order(bench, number, Orders(status=Status.OPEN))
    assert told(bench) == []


def test_an_answer_goes_at_once_and_tells_what_waited(bench: Bench) -> None:
    """Solved, and then an answer: one mail, which says both; so does an answer that solves."""
    number = opened(bench)
    order(bench, number, Orders(status=Status.SOLVED))
    order(bench, number, Orders(text="The lamp is changed.", status=Status.SOLVED))
    (line,) = told(bench, "reply")
    assert (told(bench), line.next_attempt_at) == ([], bench.now)
    assert "We believe that everything is done" in text_of(bench, line).replace("=\r\n", "")


def test_what_an_answer_says_anyway_is_not_told_right_after_it(bench: Bench) -> None:
    """Who was answered a moment ago knows that they are waited for; later it is news."""
    number = opened(bench)
    order(bench, number, Orders(text="Which screen?"))
    order(bench, number, Orders(status=Status.PENDING))
    assert told(bench) == []
    order(bench, number, Orders(status=Status.OPEN), after=2 * MINUTE)
    assert len(told(bench)) == 1


def test_a_mail_that_is_sent_is_not_taken_back(bench: Bench, sink: Sink) -> None:
    """What comes after the window is a mail of its own."""
    number = opened(bench)
    order(bench, number, Orders(status=Status.PENDING))
    bench.send(sink)
    assert [line.state for line in told(bench)] == [DeliveryState.QUEUED]
    bench.now += MINUTE
    bench.send(sink)
    order(bench, number, Orders(status=Status.SOLVED))
    assert [line.state for line in told(bench)] == [DeliveryState.SENT, DeliveryState.QUEUED]


def test_what_is_being_sent_is_left_to_the_sender(bench: Bench) -> None:
    """A letter that the sender has taken arrives; what follows is told beside it."""
    number = opened(bench)
    order(bench, number, Orders(status=Status.PENDING))
    with bench.store.writing() as tx:
        outbox.claim_due(tx, bench.now + MINUTE, "elsewhere/1/1", 10)
    order(bench, number, Orders(status=Status.SOLVED))
    assert {line.state for line in told(bench)} == {DeliveryState.SENDING, DeliveryState.QUEUED}


def test_what_was_replaced_counts_for_no_limit(bench: Bench) -> None:
    """Many changes in a minute do not use up what an address may be told within the hour."""
    number = opened(bench)
    for _ in range(6):
        order(bench, number, Orders(status=Status.PENDING))
        order(bench, number, Orders(status=Status.SOLVED))
    assert len(told(bench)) == 1


def test_a_ticket_that_a_mail_opens_again_is_told(bench: Bench) -> None:
    """Who writes to what was solved learns that it goes on."""
    number = opened(bench)
    order(bench, number, Orders(status=Status.SOLVED))
    bench.now += 2 * MINUTE
    with bench.store.writing() as tx:
        outbox.cancel(tx, [line.id for line in told(bench)], bench.now)
    bench.arrive(message(CARLA, f"Re: [#{number}] Screen", "It is dead again."))
    bench.ingest()
    (line,) = told(bench)
    assert "We are looking at it again." in text_of(bench, line)
