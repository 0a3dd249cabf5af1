"""Answers that cross: held, asked about, sent or given up, each exactly once."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage

import pytest

from mailgateway.desk.agents.orders import Orders
from mailgateway.desk.agents.policy import Collision, Receipts
from mailgateway.desk.model import ArticleKind, Direction, HeldAnswer, Status
from mailgateway.desk.timed.held import REMIND_AFTER
from mailgateway.flows.operate import operate
from mailgateway.flows.timed.attend import attend_due
from mailgateway.store.outgoing.outbox import OutboxLine
from tests.end_to_end.office import message
from tests.flows.bench import MINUTE, Bench

CUSTOMER, ANNA, BOB = "carla@customer.example", "anna@example.com", "bob@example.com"
PROVEN = ("Authentication-Results", "mx.example.com; dmarc=pass header.from=example.com")
NUMBER = 10_001


@pytest.fixture
def holding(bench: Bench) -> Bench:
    """Give a desk that holds what is out of date, with a ticket that Anna was told of."""
    return opened(bench, Collision.HOLD)


def opened(bench: Bench, collision: Collision) -> Bench:
    """Let the desk treat collisions like this, and Carla write to it."""
    policy = bench.gateway.policy
    policy = replace(policy, agents=replace(policy.agents, collision=collision, receipts=Receipts.CHANGES))
    bench.desk = replace(bench.desk, policy=lambda: policy)
    come(bench, message(CUSTOMER, "Slow network", "It is slow."))
    return bench


def come(bench: Bench, *mails: EmailMessage) -> None:
    """Let mails come in, each in a minute of its own."""
    for mail in mails:
        bench.now += MINUTE
        bench.arrive(mail)
        bench.ingest()


def to(bench: Bench, address: str, *templates: str) -> list[OutboxLine]:
    """Return the letters to an address, oldest first; only of these kinds, where some are named."""
    found = (line for line in bench.letters() if line.to == address)
    return [line for line in found if not templates or line.template in templates]


def answers(bench: Bench) -> list[str]:
    """Return what was answered to customers."""
    found = (filed.article for filed in bench.ticket(NUMBER).articles)
    return [one.text for one in found if (one.kind, one.direction) == (ArticleKind.PUBLIC, Direction.OUT)]


def written(sender: str, answered: OutboxLine, text: str, attached: bytes = b"") -> EmailMessage:
    """Make the answer of a proven agent to a letter."""
    headers = [PROVEN, ("In-Reply-To", f"<{answered.message_id}>")]
    made = message(sender, f"Re: [#{NUMBER}] Slow network", text, headers=headers)
    if attached:
        made.add_attachment(attached, maintype="application", subtype="pdf", filename="plan.pdf")
    return made


def again(text: str = "It is broken now.") -> EmailMessage:
    """Make Carla's next mail about the ticket."""
    return message(CUSTOMER, f"Re: [#{NUMBER}] Slow network", text)


def crossed(bench: Bench, text: str = "#solved\nTry the other socket.", attached: bytes = b"") -> OutboxLine:
    """Let Carla write again before Anna's answer comes; return the question that Anna gets."""
    (notice,) = to(bench, ANNA, "agent_notification")
    come(bench, again(), written(ANNA, notice, text, attached))
    return to(bench, ANNA, "answer_held")[-1]


def held(bench: Bench) -> tuple[HeldAnswer, ...]:
    """Return what is held with the ticket."""
    return bench.ticket(NUMBER).ticket.held


def happened(bench: Bench, what: str) -> list[dict[str, object]]:
    """Return what events of a kind say."""
    return [dict(event.detail) for event in bench.ticket(NUMBER).events if event.what == what]


def outcomes(bench: Bench) -> Sequence[str | None]:
    """Return how the mails ended, oldest first."""
    with bench.store.reading() as tx:
        return tx.connection.exec_driver_sql("SELECT disposition FROM spool ORDER BY id").scalars().all()


def test_what_crosses_a_mail_of_the_customers_is_told_in_the_receipt(bench: Bench) -> None:
    """The answer is sent; without anything meanwhile nothing is told."""
    opened(bench, Collision.TELL)
    (notice,) = to(bench, ANNA, "agent_notification")
    come(bench, written(ANNA, notice, "#open\nTry the other socket."))
    told = len(to(bench, ANNA, "agent_receipt"))
    come(bench, written(ANNA, notice, "And the other cable."))
    assert len(to(bench, ANNA, "agent_receipt")) == told
    come(bench, again(), written(ANNA, notice, "Or another machine."))
    assert len(to(bench, ANNA, "agent_receipt")) == told + 1
    assert len(answers(bench)) == 3


def test_a_held_answer_is_shown_and_does_nothing(holding: Bench) -> None:
    """No letter to the customer, no order carried out; `tickets show` tells whose answer waits."""
    crossed(holding)
    sheet = holding.ticket(NUMBER)
    assert (answers(holding), sheet.ticket.status) == ([], Status.NEW)
    (one,) = sheet.ticket.held
    assert (one.agent, one.at) == ("anna", holding.now)
    (kept,) = (filed for filed in sheet.articles if filed.id == one.article)
    assert (kept.article.kind, kept.article.text) == (ArticleKind.NOTE, "#solved\nTry the other socket.")
    assert to(holding, CUSTOMER, "reply", "status_changed") == []
    assert outcomes(holding) == ["opened", "followed_up", "held"]
    assert happened(holding, "answer_held") == [{"agent": "anna", "article": one.article}]


def test_send_sends_it_once_with_its_orders_and_files(holding: Bench) -> None:
    """To the ticket as it is now; a second `#send` finds nothing."""
    question = crossed(holding, attached=b"%PDF-1.4")
    come(holding, written(ANNA, question, "#send"))
    sheet = holding.ticket(NUMBER)
    assert (answers(holding), sheet.ticket.status, sheet.ticket.held) == (["Try the other socket."], Status.SOLVED, ())
    assert [one.filename for one in sheet.articles[-1].article.attachments] == ["plan.pdf"]
    assert len(to(holding, CUSTOMER, "reply")) == 1
    assert [one["end"] for one in happened(holding, "answer_released")] == ["sent"]
    come(holding, written(ANNA, question, "#send\n"), written(ANNA, question, "#drop"))
    assert len(answers(holding)) == 1
    assert len(to(holding, ANNA, "commands_refused")) == 2


def test_drop_gives_it_up(holding: Bench) -> None:
    """The customer never hears of it."""
    come(holding, written(ANNA, crossed(holding), "#drop"))
    assert (answers(holding), held(holding)) == ([], ())
    assert [one["end"] for one in happened(holding, "answer_released")] == ["dropped"]


def test_another_answer_goes_out_in_its_place(holding: Bench) -> None:
    """Once; a stale `#send` afterwards sends nothing."""
    question = crossed(holding)
    come(holding, written(ANNA, question, "I will come by."), written(ANNA, question, "#send"))
    assert (answers(holding), held(holding)) == (["I will come by."], ())
    assert [one["end"] for one in happened(holding, "answer_released")] == ["replaced"]


def test_it_is_asked_again_where_the_ticket_went_on(holding: Bench) -> None:
    """The old question then decides nothing; the new one does."""
    old = crossed(holding)
    come(holding, again("Now it smokes."), written(ANNA, old, "#send"))
    assert (answers(holding), len(held(holding))) == ([], 1)
    new = to(holding, ANNA, "answer_held")[-1]
    assert new.id != old.id
    come(holding, written(ANNA, old, "#drop"))
    assert len(held(holding)) == 1
    come(holding, written(ANNA, new, "#send"))
    assert (answers(holding), held(holding)) == (["Try the other socket."], ())
    assert outcomes(holding)[-3:] == ["refused", "refused", "followed_up"]


def test_two_agents_who_answer_at_once(holding: Bench) -> None:
    """The first answer is sent, the second is held; each agent's are their own."""
    (notice,) = to(holding, ANNA, "agent_notification")
    operate(holding.desk, NUMBER, Orders(group="hardware"), holding.gateway.policy.directory.agents[0], "hand-over")
    (handed,) = to(holding, BOB, "agent_notification")
    come(holding, written(ANNA, notice, "Anna's."), written(BOB, handed, "Bob's."))
    assert answers(holding) == ["Anna's."]
    assert [one.agent for one in held(holding)] == ["bob"]
    (question,) = to(holding, BOB, "answer_held")
    come(holding, written(ANNA, question, "#send"))
    assert answers(holding) == ["Anna's."]
    come(holding, written(BOB, question, "#send"))
    assert answers(holding) == ["Anna's.", "Bob's."]


def test_its_writer_is_reminded_once_and_may_answer_that(holding: Bench) -> None:
    """Four hours later, whoever looks how often."""
    crossed(holding)
    holding.now += REMIND_AFTER
    assert [attend_due(holding.desk, lambda: False) for _ in range(2)] == [1, 0]
    reminder = to(holding, ANNA, "answer_held")[1:]
    assert len(reminder) == 1
    holding.now += timedelta(days=30)
    attend_due(holding.desk, lambda: False)
    assert len(to(holding, ANNA, "answer_held")) == 2
    come(holding, written(ANNA, reminder[0], "#send"))
    assert answers(holding) == ["Try the other socket."]


def test_it_goes_along_when_its_ticket_is_merged(holding: Bench) -> None:
    """Its writer is still reminded, asked again about a ticket that they never saw, and sends it there."""
    question = crossed(holding, "Try the other socket.")
    come(holding, message("dave@customer.example", "No network", "None at all."))
    agent = holding.gateway.policy.directory.agents[0]
    assert operate(holding.desk, NUMBER, Orders(merge=NUMBER + 1), agent, "merge") == ""
    assert held(holding) == ()
    assert [one.agent for one in holding.ticket(NUMBER + 1).ticket.held] == ["anna"]
    holding.now += REMIND_AFTER
    attend_due(holding.desk, lambda: False)
    assert len(to(holding, ANNA, "answer_held")) == 2
    come(holding, written(ANNA, question, "#send"))
    come(holding, written(ANNA, to(holding, ANNA, "answer_held")[-1], "#send"))
    sent = [filed.article for filed in holding.ticket(NUMBER + 1).articles if filed.ticket == NUMBER + 1]
    assert sent[-1].text == "Try the other socket."
    assert holding.ticket(NUMBER + 1).ticket.held == ()


def test_orders_that_name_tickets_are_read_with_them(holding: Bench) -> None:
    """What is held may merge: the ticket that it names is looked up when it is sent."""
    come(holding, message("dave@customer.example", "No network", "None at all."))
    (notice, _) = to(holding, ANNA, "agent_notification")
    come(holding, again(), written(ANNA, notice, f"#merge {NUMBER + 1}\nSee there."))
    (question,) = to(holding, ANNA, "answer_held")
    come(holding, written(ANNA, question, "#send"))
    assert answers(holding) == ["See there."]
    assert holding.ticket(NUMBER).ticket.status is Status.CLOSED
