"""What agents are told of their own mails, and what their answers do by themselves."""

from dataclasses import replace

import pytest

from mailgateway.desk.agents.policy import AgentPolicy, Receipts, ReplyTo
from mailgateway.desk.decide import decide_mail
from mailgateway.desk.model import Status, Ticket
from mailgateway.desk.plan import Assign, NoticeKind, Plan, SetStatus
from mailgateway.desk.threads.thread import bound_to_agent, for_notes
from tests.unit.desk.builders import (
    ANNA,
    AUTO_REPLY,
    CARLA,
    DAVE,
    FROM_ANNA,
    NORMAL,
    make_candidate,
    make_facts,
    make_incoming,
    make_mail,
    make_policy,
    make_ticket,
    token,
)

TO = token(bound_to_agent(ANNA))


def written(text: str, ticket: Ticket | None = None, *, sent: int = 0, **agents: object) -> Plan:
    """Let Anna answer a notice, having got `sent` mails within the hour."""
    policy = make_policy(agents=replace(AgentPolicy(), **agents))  # type: ignore[arg-type] # fields of the policy
    mail = make_mail(text, sender=FROM_ANNA, to=(TO,), message_id="anna-1@example.com")
    facts = make_facts(make_candidate(ticket), automatic_mails={ANNA.address: sent})
    return decide_mail(make_incoming(mail), facts, policy)


def receipts(plan: Plan) -> list[dict[str, object]]:
    """Return what the receipts of a plan say."""
    return [dict(one.values) for one in plan.notices if one.kind is NoticeKind.AGENT_RECEIPT]


@pytest.mark.parametrize(
    ("text", "wanted", "told"),
    [
        ("Hello.", Receipts.CHANGES, False),
        ("Hello.", Receipts.ALWAYS, True),
        ("#solved\nHello.", Receipts.CHANGES, True),
        ("#solved\nHello.", Receipts.NEVER, False),
        ("Hello.\n#note She is difficult.", Receipts.CHANGES, True),
        ("#note She is difficult.", Receipts.CHANGES, True),
        ("#slove\nHello.", Receipts.ALWAYS, False),
    ],
)
def test_a_receipt_comes_where_it_is_wanted(text: str, wanted: Receipts, told: bool) -> None:  # noqa: FBT001 - a column
    """With `changes` a plain answer says nothing; what failed has its own mail."""
    assert bool(receipts(written(text, receipts=wanted))) is told


def test_a_receipt_says_who_got_the_answer_and_what_changed() -> None:
    """In the ticket's own words; an answer to it stays inside."""
    plan = written("#pending\n#tag drum\n#assign bob\nHello.\n#note x", make_ticket(participants=(DAVE,)))
    (told,) = (one for one in plan.notices if one.kind is NoticeKind.AGENT_RECEIPT)
    assert told.values["sent"] == ["Carla Costa <carla@customer.example>", "Dave <dave@customer.example>"]
    assert told.values["noted"] is True
    changed = told.values["changed"]
    assert isinstance(changed, dict)
    assert {word: value for word, value in changed.items() if value} == {
        "status": "pending",
        "tags": "+drum",
        "assignee": "bob",
    }
    assert (told.recipient.address, told.bound_to) == (ANNA.address, for_notes("agent:anna"))
    assert told.ticket is not None
    assert told.ticket.status is Status.PENDING


def test_receipts_stop_at_the_agents_own_limit() -> None:
    """Well above that of customers, so that work goes on; the answer is sent all the same."""
    assert receipts(written("#solved\nHello.", sent=59))
    plan = written("#solved\nHello.", sent=60)
    assert [one.kind for one in plan.notices] == [NoticeKind.REPLY]


@pytest.mark.parametrize("verdict", [AUTO_REPLY, replace(NORMAL, answerable=False)])
def test_a_machine_gets_no_receipt_and_an_absence_reaches_no_customer(verdict: object) -> None:
    """An agent's out-of-office is kept with the ticket; what wants no answer gets none."""
    policy = make_policy(agents=AgentPolicy(receipts=Receipts.ALWAYS))
    mail = make_mail("I am away.", sender=FROM_ANNA, to=(TO,))
    facts = make_facts(make_candidate())
    plan = decide_mail(make_incoming(mail, verdict), facts, policy)  # type: ignore[arg-type] # both are verdicts
    assert receipts(plan) == []
    if verdict is AUTO_REPLY:
        assert plan.notices == ()


@pytest.mark.parametrize(
    ("command", "usual", "readers"),
    [
        ("", ReplyTo.ALL, [CARLA, DAVE]),
        ("", ReplyTo.REQUESTER, [CARLA]),
        ("#only\n", ReplyTo.ALL, [CARLA]),
        ("#all\n", ReplyTo.REQUESTER, [CARLA, DAVE]),
    ],
)
def test_an_answer_goes_to_all_or_to_the_requester(command: str, usual: ReplyTo, readers: list[object]) -> None:
    """As the desk usually does, or as the mail says."""
    plan = written(f"{command}Hello.", make_ticket(participants=(DAVE,)), reply_to=usual)
    assert [one.recipient for one in plan.notices if one.kind is NoticeKind.REPLY] == readers


@pytest.mark.parametrize(
    ("text", "ticket", "assigned"),
    [
        ("Hello.", make_ticket(), [Assign(None, "anna")]),
        ("Hello.", make_ticket(assignee="bob"), []),
        ("#note Hello.", make_ticket(), []),
        ("#assign none\nHello.", make_ticket(), []),
        ("#group hardware\nHello.", make_ticket(), []),
    ],
)
def test_who_answers_first_may_own_the_ticket(text: str, ticket: Ticket, assigned: list[Assign]) -> None:
    """Where nobody has it and nothing else is ordered; nobody is told of it as if it had been handed over."""
    plan = written(text, ticket, own_on_reply=True)
    assert [change for change in plan.changes if isinstance(change, Assign)] == assigned
    assert not assigned or NoticeKind.AGENT_NOTIFICATION not in {one.kind for one in plan.notices}
    usual = written(text, ticket)
    assert not any(isinstance(change, Assign) for change in usual.changes)


@pytest.mark.parametrize("status", [Status.SOLVED, Status.CLOSED])
def test_an_answer_to_what_is_done_leaves_it_so_unless_configured(status: Status) -> None:
    """It is sent either way."""
    for reopens in (False, True):
        plan = written("One more thing.", make_ticket(status=status), reopen_on_answer=reopens)
        moved = [change.after for change in plan.changes if isinstance(change, SetStatus)]
        assert moved == ([Status.OPEN] if reopens else [])
        assert NoticeKind.REPLY in {one.kind for one in plan.notices}
