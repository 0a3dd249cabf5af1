"""Ties between tickets, and what names a merged ticket."""

from itertools import count, pairwise

from mailgateway.desk.facts import Candidate, Evidence, ThreadKeys
from mailgateway.desk.model import LinkKind, Status
from mailgateway.desk.plan import AddLink, MergeInto, RemoveLink, SetStatus
from mailgateway.desk.policy import SeveralMailboxes
from mailgateway.mail.model import Address
from mailgateway.mail.outgoing.tokens import ReplyToken
from mailgateway.store.engine import Store
from mailgateway.store.gather import gather, gather_ticket
from mailgateway.store.outgoing import outbox
from mailgateway.store.tickets import shown as tickets
from mailgateway.store.tickets.apply import apply
from mailgateway.store.tickets.shown import TicketSheet
from tests.store.examples import (
    NOW,
    arrival,
    article,
    open_ticket,
    opening,
    queued,
    spool_one,
    waiting,
    working,
)

_UIDS = count(9000)
BOB = Address("Bob", "bob@customer.example")


def _work(store: Store, number: int, *changes: AddLink | RemoveLink | MergeInto | SetStatus) -> None:
    with store.writing() as tx:
        apply(tx, working(number, *changes), None)


def _sheet(store: Store, number: int) -> TicketSheet:
    with store.reading() as tx:
        sheet = tickets.shown(tx, number)
    assert sheet is not None
    return sheet


def _relations(store: Store, number: int) -> list[tuple[str, int]]:
    return [(link.relation, link.number) for link in _sheet(store, number).links]


def _open(store: Store, many: int) -> list[int]:
    return [open_ticket(store, opening(first=article(message_id=f"m{number}@x"))) for number in range(many)]


def _candidates(store: Store, keys: ThreadKeys) -> tuple[Candidate, ...]:
    spool_id = spool_one(store, arrival(next(_UIDS)))
    with store.writing() as tx:
        return gather(tx, keys, waiting(tx, spool_id), [], NOW, SeveralMailboxes.SHARED).candidates


def test_both_tickets_know_of_a_link(store: Store) -> None:
    """Each shows the other as what it is to it, and both have the event; a tie twice is one."""
    incident, problem = _open(store, 2)
    _work(store, incident, AddLink(problem, LinkKind.PROBLEM, why="rule"))
    _work(store, incident, AddLink(problem, LinkKind.PROBLEM))
    assert _relations(store, incident) == [("problem", problem)]
    assert _relations(store, problem) == [("incident", incident)]
    here, there = _sheet(store, incident).events[2], _sheet(store, problem).events[2]
    assert (here.what, here.detail) == ("linked", {"kind": "problem", "why": "rule", "ticket": str(problem)})
    assert (there.what, there.detail) == ("linked", {"kind": "problem", "why": "rule", "from": str(incident)})
    _work(store, incident, RemoveLink(problem, LinkKind.PROBLEM))
    assert _relations(store, incident) == _relations(store, problem) == []


def test_merging_brings_the_people_and_closes_nothing_else(store: Store) -> None:
    """The survivor gets the people and its own event; the articles of both are shown with it, each where it lies."""
    loser, survivor = _open(store, 2)
    _work(store, loser, SetStatus(Status.NEW, Status.CLOSED), MergeInto(survivor, (BOB,)))
    sheet = _sheet(store, survivor)
    assert sheet.ticket.participants == (BOB,)
    assert sheet.ticket.status is Status.NEW
    assert sheet.ticket.updated_at > NOW
    assert [filed.ticket for filed in sheet.articles] == [loser, survivor]
    assert [event.what for event in sheet.events][-2:] == ["linked", "participants"]
    assert _relations(store, survivor) == [("merged", loser)]
    assert _relations(store, loser) == [("merged_into", survivor)]
    assert [filed.ticket for filed in _sheet(store, loser).articles] == [loser]


def test_every_evidence_leads_to_the_survivor(store: Store) -> None:
    """Reply token, subject, a customer's id and an id of ours give one candidate, which remembers the old number."""
    loser, survivor = _open(store, 2)
    with store.writing() as tx:
        outbox.put(tx, [queued("ours", loser)], NOW)
    _work(store, loser, MergeInto(survivor, (BOB,)))
    for keys in (
        ThreadKeys(tokens=(ReplyToken(loser, "x"),)),
        ThreadKeys(subject_number=loser),
        ThreadKeys(message_ids=("m0@x", "ours@example.com")),
        ThreadKeys(message_ids=("m0@x", "m1@x"), subject_number=survivor, ordered=(loser,)),
    ):
        (found,) = _candidates(store, keys)
        assert (found.ticket.number, found.formerly) == (survivor, (loser,))
        assert found.ticket.participants == (BOB,)
        assert "m1@x" in found.public_ids
        if "ours@example.com" in keys.message_ids:
            assert found.named_by == {"m0@x": Evidence.MESSAGE_ID, "ours@example.com": Evidence.OUR_MESSAGE_ID}


def test_a_chain_of_merges_is_never_walked(store: Store) -> None:
    """What was merged before is pointed to the last survivor, however many there were."""
    numbers = _open(store, 12)
    for loser, survivor in pairwise(numbers):
        _work(store, loser, MergeInto(survivor))
    (found,) = _candidates(store, ThreadKeys(subject_number=numbers[0]))
    assert found.ticket.number == numbers[-1]
    assert _relations(store, numbers[-1]) == [("merged", number) for number in numbers[:-1]]


def test_work_without_a_mail_sees_the_merged_ticket_itself(store: Store) -> None:
    """It is told where the ticket went, and no other ticket is worked on by surprise."""
    loser, survivor = _open(store, 2)
    _work(store, loser, MergeInto(survivor))
    with store.writing() as tx:
        facts = gather_ticket(tx, loser, "test", NOW, [survivor, 4711])
    found = facts.candidate(loser)
    assert found is not None
    assert (found.ticket.number, found.survivor) == (loser, survivor)
    assert facts.candidate(survivor) is not None
    assert facts.candidate(4711) is None


def test_the_survivor_inherits_problem_and_incidents(store: Store) -> None:
    """An incident's problem goes along, a problem's incidents go along, and nothing is linked to itself."""
    incident, problem, other, second = _open(store, 4)
    _work(store, incident, AddLink(problem, LinkKind.PROBLEM))
    _work(store, incident, MergeInto(other))
    assert _relations(store, other) == [("merged", incident), ("problem", problem)]
    _work(store, problem, MergeInto(second))
    assert ("problem", second) in _relations(store, other)
    _work(store, other, MergeInto(second))
    assert _relations(store, second) == [("merged", incident), ("merged", problem), ("merged", other)]
