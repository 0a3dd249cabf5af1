"""By what a mail finds its ticket, as the index of ids keeps it: mentioned ids, conversations, subjects, copies."""

from itertools import count

import pytest

from mailgateway.desk.facts import Evidence, Facts, ThreadKeys, subject_key, thread_index_key
from mailgateway.desk.model import LinkKind
from mailgateway.desk.plan import AddArticle, AddLink, NameBy
from mailgateway.desk.policy import SeveralMailboxes
from mailgateway.store.engine import Store
from mailgateway.store.gather import gather
from mailgateway.store.incoming import spool
from mailgateway.store.incoming.spool import Arrival
from mailgateway.store.outgoing import outbox
from mailgateway.store.tickets.apply import apply
from tests.store.examples import (
    JANE,
    NOW,
    arrival,
    article,
    file_mail,
    open_ticket,
    opening,
    queued,
    raw_mail,
    spool_one,
    waiting,
    working,
)

THIRD = "between.us@third.example"
CONVERSATION = thread_index_key("01dc" + "ab" * 20)
SUBJECT = subject_key(JANE.address, "printer")
_UIDS = count(9000)


def _facts(store: Store, keys: ThreadKeys) -> Facts:
    with store.writing() as tx:
        (spool_id,) = spool.put(tx, [arrival(next(_UIDS))], NOW)
        return gather(tx, keys, waiting(tx, spool_id), [], NOW, SeveralMailboxes.SHARED)


def _named(store: Store, keys: ThreadKeys) -> list[tuple[int, dict[str, Evidence]]]:
    return [(found.ticket.number, dict(found.named_by)) for found in _facts(store, keys).candidates]


def _work(store: Store, number: int, *changes: NameBy | AddArticle | AddLink) -> None:
    with store.writing() as tx:
        apply(tx, working(number, *changes), None)


def _opened(store: Store, message_id: str, *changes: NameBy) -> int:
    return open_ticket(store, opening(None, article(message_id=message_id), *changes))


def test_an_id_that_a_mail_mentions_leads_to_its_ticket(store: Store) -> None:
    """It is evidence of a conversation, and no id that customers may be shown."""
    number = _opened(store, "first@x", NameBy((THIRD,)))
    (found,) = _facts(store, ThreadKeys(message_ids=(THIRD,))).candidates
    assert (found.ticket.number, dict(found.named_by)) == (number, {THIRD: Evidence.MENTIONED})
    assert found.public_ids == ("first@x",)


def test_a_mentioned_mail_that_arrives_is_received(store: Store) -> None:
    """What was only spoken of becomes the ticket's own mail; speaking of it again takes nothing back."""
    number = _opened(store, "first@x", NameBy((THIRD,)))
    _work(store, number, AddArticle(article(message_id=THIRD)))
    _work(store, number, NameBy((THIRD,)))
    (found,) = _facts(store, ThreadKeys(message_ids=(THIRD,))).candidates
    assert found.named_by == {THIRD: Evidence.MESSAGE_ID}
    assert found.public_ids == ("first@x", THIRD)


def test_speaking_of_a_letter_of_ours_changes_nothing(store: Store) -> None:
    """A letter's id stays one that we made."""
    number = _opened(store, "first@x")
    with store.writing() as tx:
        outbox.put(tx, [queued("k1", number)], NOW)
    _work(store, number, NameBy(("k1@example.com",)))
    assert _named(store, ThreadKeys(message_ids=("k1@example.com",))) == [
        (number, {"k1@example.com": Evidence.OUR_MESSAGE_ID})
    ]


def test_an_id_may_be_mentioned_for_several_tickets(store: Store) -> None:
    """All of them are candidates, the newest first; whoever received the mail itself goes before them."""
    older, newer = (_opened(store, f"first-{name}@x", NameBy((THIRD,))) for name in "ab")
    assert [number for number, _ in _named(store, ThreadKeys(message_ids=(THIRD,)))] == [newer, older]
    received = _opened(store, THIRD)
    found = _named(store, ThreadKeys(message_ids=(THIRD,)))
    assert found[0] == (received, {THIRD: Evidence.MESSAGE_ID})
    assert [number for number, _ in found[1:]] == [newer, older]


def test_an_exchange_conversation_leads_to_its_ticket(store: Store) -> None:
    """Its name is looked up beside the ids, and ranks below them all."""
    number = _opened(store, "first@x", NameBy((CONVERSATION,)))
    other = _opened(store, "other@x")
    keys = ThreadKeys(message_ids=("other@x",), thread_index=CONVERSATION)
    assert _named(store, keys) == [
        (other, {"other@x": Evidence.MESSAGE_ID}),
        (number, {CONVERSATION: Evidence.THREAD_INDEX}),
    ]


def test_a_subject_leads_to_the_newest_ticket_alone(store: Store) -> None:
    """The same person's next matter with the same subject takes it over."""
    first = _opened(store, "first@x", NameBy((), SUBJECT))
    assert _named(store, ThreadKeys(same_subject=SUBJECT)) == [(first, {SUBJECT: Evidence.SAME_SUBJECT})]
    second = _opened(store, "second@x", NameBy((THIRD,), SUBJECT))
    assert _named(store, ThreadKeys(same_subject=SUBJECT)) == [(second, {SUBJECT: Evidence.SAME_SUBJECT})]
    assert _named(store, ThreadKeys(same_subject=subject_key("bob@x", "printer"))) == []


@pytest.mark.parametrize("several", [SeveralMailboxes.LINKED, SeveralMailboxes.SEPARATE])
def test_the_copy_in_another_mailbox_is_known_as_one(store: Store, several: SeveralMailboxes) -> None:
    """It is no earlier mail of this mailbox, but what the new ticket can be linked to; the tie is seen from both."""
    raw = raw_mail("m1@customer.example")
    file_mail(store, spool_one(store, arrival(1, raw)), several=several)
    facts = file_mail(store, spool_one(store, _in_sales(raw)), several=several)
    assert facts is not None
    assert facts.earlier is None
    assert facts.copy is not None
    first = facts.copy.ticket
    assert first is not None
    found = _named(store, ThreadKeys(message_ids=("m1@customer.example",)))
    (second,) = [number for number, _ in found if number != first]
    _work(store, second, AddLink(first, LinkKind.RELATED, why="same_mail"))
    both = _facts(store, ThreadKeys(message_ids=("m1@customer.example",))).candidates
    ties = {one.ticket.number: one.links for one in both}
    assert ties[second] == ((LinkKind.RELATED, first),)


def _in_sales(raw: bytes) -> Arrival:
    return Arrival("sales", "INBOX", 7, 1, NOW, len(raw), raw)
