"""Facts: everything that must be known, nothing that is not so, in a fixed number of statements."""

from dataclasses import replace

import pytest
from sqlalchemy import event

from mailgateway.desk.facts import Evidence, Facts, ThreadKeys
from mailgateway.desk.model import ArticleKind, Direction
from mailgateway.desk.plan import AddArticle, AddParticipants, ChangeTags
from mailgateway.desk.policy import SeveralMailboxes
from mailgateway.mail.model import Address
from mailgateway.mail.outgoing.tokens import ReplyToken
from mailgateway.store.engine import Store
from mailgateway.store.gather import MOST_CANDIDATES, gather, gather_ticket
from mailgateway.store.incoming.spool import Arrival
from mailgateway.store.outgoing import outbox
from mailgateway.store.tickets.apply import apply
from tests.store.examples import (
    JANE,
    MINUTE,
    NOW,
    arrival,
    article,
    file_mail,
    letter,
    open_ticket,
    opening,
    queued,
    raw_mail,
    spool_one,
    ticket,
    waiting,
    working,
)

BOB = Address("Bob", "Bob@Customer.example")


def _facts(store: Store, keys: ThreadKeys, *addresses: str, come: Arrival | None = None) -> Facts:
    spool_id = spool_one(store, come or arrival(9000))
    with store.writing() as tx:
        return gather(tx, keys, waiting(tx, spool_id), addresses, NOW, SeveralMailboxes.SHARED)


def _opened(store: Store, message_id: str) -> int:
    return open_ticket(store, opening(first=article(message_id=message_id)))


def test_a_new_mail_knows_nothing(store: Store) -> None:
    """No candidate, nothing earlier, no letters; the occasion is the mail's own for ever."""
    spool_id = spool_one(store, arrival())
    with store.writing() as tx:
        spooled = waiting(tx, spool_id)
        facts = gather(tx, ThreadKeys(), spooled, ["Jane@Customer.example"], NOW, SeveralMailboxes.SHARED)
    occasion = f"mail-{spool_id}-{spooled.identity.fingerprint[:16]}"
    counted = {"jane@customer.example": 0}
    at, size = spooled.received_at, spooled.size
    assert facts == Facts(now=NOW, occasion=occasion, automatic_mails=counted, received_at=at, size=size)


def test_an_id_given_again_is_another_occasion(store: Store) -> None:
    """After a backup was restored spool ids are given again; another mail under an old id makes other letters."""
    spool_id = spool_one(store, arrival())
    with store.writing() as tx:
        first = waiting(tx, spool_id)
        again = replace(first, identity=replace(first.identity, fingerprint="f" * 64))
        occasions = {
            gather(tx, ThreadKeys(), spooled, [], NOW, SeveralMailboxes.SHARED).occasion for spooled in (first, again)
        }
    assert len(occasions) == 2


def test_a_ticket_is_found_by_number_token_and_id(store: Store) -> None:
    """Each way to name a ticket makes it a candidate, with the ids that led there."""
    numbers = [_opened(store, f"first-{count}@x") for count in range(4)]
    keys = ThreadKeys((ReplyToken(numbers[0], "a" * 20),), ("first-2@x", "unknown@x"), numbers[1])
    facts = _facts(store, keys)
    assert [found.ticket.number for found in facts.candidates] == numbers[:3]
    assert [dict(found.named_by) for found in facts.candidates] == [{}, {}, {"first-2@x": Evidence.MESSAGE_ID}]


def test_a_candidate_is_the_whole_ticket(store: Store) -> None:
    """The head comes back as it was opened, with participants and tags."""
    head = ticket(participants=(BOB,), tags=("fire", "printer"), assignee="anna")
    number = open_ticket(store, opening(head))
    (candidate,) = _facts(store, ThreadKeys(subject_number=number)).candidates
    assert candidate.ticket == ticket(number=number, participants=(BOB,), tags=("fire", "printer"), assignee="anna")


def test_ids_that_we_made_are_told_apart(store: Store) -> None:
    """A letter's id leads to its ticket and is known as ours; nearer ids come first."""
    number = _opened(store, "first@x")
    with store.writing() as tx:
        outbox.put(tx, [queued("k1", number)], NOW)
    (candidate,) = _facts(store, ThreadKeys(message_ids=("k1@example.com", "first@x"))).candidates
    assert list(candidate.named_by.items()) == [
        ("k1@example.com", Evidence.OUR_MESSAGE_ID),
        ("first@x", Evidence.MESSAGE_ID),
    ]


def test_a_mail_cannot_take_over_the_id_of_a_letter(store: Store) -> None:
    """Whichever comes first: an id that we made stays ours, and what a customer may see stays so."""
    number = _opened(store, "first@x")
    stolen = article(message_id="k1@example.com", kind=ArticleKind.NOTE)
    with store.writing() as tx:
        apply(tx, working(number, AddArticle(stolen)), None)
        outbox.put(tx, [queued("k1", number)], NOW)
        apply(tx, working(number, AddArticle(stolen)), None)
    (candidate,) = _facts(store, ThreadKeys(message_ids=("k1@example.com",))).candidates
    assert candidate.named_by == {"k1@example.com": Evidence.OUR_MESSAGE_ID}
    assert candidate.public_ids == ("first@x", "k1@example.com")


def test_public_ids_are_those_that_customers_may_see(store: Store) -> None:
    """Mails of customers and letters to them; no notes, no agents' own mails, no letters to agents."""
    number = _opened(store, "first@x")
    note = article(message_id="note@agent.example", kind=ArticleKind.NOTE)
    answer = article(message_id="answer@agent.example", direction=Direction.OUT)
    with store.writing() as tx:
        apply(tx, working(number, AddArticle(note), AddArticle(answer)), None)
        outbox.put(tx, [queued("reply", number), queued("told", number, audience="agent")], NOW)
    (candidate,) = _facts(store, ThreadKeys(subject_number=number)).candidates
    assert candidate.public_ids == ("first@x", "reply@example.com")


def test_of_many_public_ids_the_first_and_the_last_nine_stay(store: Store) -> None:
    """References stay bounded and keep both ends of the conversation, oldest first."""
    number = _opened(store, "m0@x")
    with store.writing() as tx:
        apply(tx, working(number, *(AddArticle(article(message_id=f"m{count}@x")) for count in range(1, 30))), None)
    (candidate,) = _facts(store, ThreadKeys(subject_number=number)).candidates
    assert candidate.public_ids == ("m0@x", *(f"m{count}@x" for count in range(21, 30)))


def test_a_long_id_is_found_and_comes_back_whole(store: Store) -> None:
    """Ids longer than an index takes are looked up by their digest."""
    long_id = "x" * 3000 + "@x"
    number = _opened(store, long_id)
    (candidate,) = _facts(store, ThreadKeys(message_ids=(long_id,))).candidates
    assert candidate.ticket.number == number
    assert candidate.named_by == {long_id: Evidence.MESSAGE_ID}
    assert candidate.public_ids == (long_id,)


@pytest.mark.parametrize("number", [0, 4711, 999_999_999_999, 2**63, 10**30])
def test_numbers_that_no_ticket_has_are_nothing(store: Store, number: int) -> None:
    """A subject may name any number, even one that no database can hold."""
    assert _facts(store, ThreadKeys(subject_number=number)).candidates == ()


def test_candidates_are_bounded(store: Store) -> None:
    """A mail that names many tickets gets the named ones and the nearest ids, twenty in all."""
    numbers = [_opened(store, f"m{count}@x") for count in range(MOST_CANDIDATES + 5)]
    ids = tuple(f"m{count}@x" for count in range(1, MOST_CANDIDATES + 5))
    facts = _facts(store, ThreadKeys(message_ids=ids, subject_number=numbers[-1]))
    assert [found.ticket.number for found in facts.candidates] == [numbers[-1], *numbers[1:MOST_CANDIDATES]]


def test_the_number_of_statements_is_fixed(store: Store) -> None:
    """A mail that names twenty tickets costs as many statements as one that names one."""
    for count in range(MOST_CANDIDATES):
        _opened(store, f"m{count}@x")
    counts = [_statements(store, tuple(f"m{count}@x" for count in range(many))) for many in (0, 1, MOST_CANDIDATES)]
    # of another writer: the lock on the identity
    lock = store.engine.dialect.name == "postgresql"
    assert counts == [2 + lock, 8 + lock, 8 + lock]


def _statements(store: Store, message_ids: tuple[str, ...]) -> int:
    spool_id = spool_one(store, arrival(len(message_ids) + 1))
    seen: list[str] = []

    def count(*arguments: object) -> None:
        seen.append(str(arguments[2]))

    with store.writing() as tx:
        spooled = waiting(tx, spool_id)
        event.listen(tx.connection, "before_cursor_execute", count)
        gather(tx, ThreadKeys(message_ids=message_ids), spooled, [JANE.address], NOW, SeveralMailboxes.SHARED)
    return len(seen)


def test_the_same_mail_is_known_again(store: Store) -> None:
    """The same Message-ID and content filed before is the same mail, with the ticket it went to."""
    first = spool_one(store, arrival(1, raw_mail("same@x")))
    file_mail(store, first)
    again = file_mail(store, spool_one(store, arrival(2, raw_mail("same@x"))))
    assert again is not None
    assert again.earlier is not None
    assert (again.earlier.spool_id, again.earlier.ticket, again.earlier.same) == (first, 10001, True)


def test_another_mail_with_the_same_id_is_told_apart(store: Store) -> None:
    """A reused Message-ID with other content is earlier, but not the same; among both, the same one counts."""
    first = spool_one(store, arrival(1, raw_mail("same@x", "one")))
    file_mail(store, first)
    second = spool_one(store, arrival(2, raw_mail("same@x", "two")))
    other = file_mail(store, second)
    third = file_mail(store, spool_one(store, arrival(3, raw_mail("same@x", "two"))))
    assert other is not None
    assert third is not None
    assert other.earlier is not None
    assert third.earlier is not None
    assert (other.earlier.spool_id, other.earlier.same) == (first, False)
    assert (third.earlier.spool_id, third.earlier.same) == (second, True)


def test_mails_without_id_are_known_by_their_bytes(store: Store) -> None:
    """Without a Message-ID only the very same bytes are the same mail; others have nothing to do with each other."""
    for uid, text in ((1, "one"), (2, "one"), (3, "two")):
        facts = file_mail(store, spool_one(store, arrival(uid, raw_mail("", text))))
        assert facts is not None
        assert (facts.earlier is not None and facts.earlier.same) is (uid == 2)


def test_one_mail_to_two_mailboxes_is_one_or_two(store: Store) -> None:
    """By default it is the same mail; where each mailbox has its own tickets it is not, and not a reused id either."""
    one, two, three = (
        spool_one(store, arrival(uid, raw_mail("same@x"), mailbox=mailbox))
        for uid, mailbox in ((1, "support"), (2, "sales"), (3, "sales"))
    )
    file_mail(store, one)
    apart = file_mail(store, two, several=SeveralMailboxes.SEPARATE)
    again = file_mail(store, three, several=SeveralMailboxes.SEPARATE)
    assert apart is not None
    assert apart.earlier is None
    assert again is not None
    assert again.earlier is not None
    assert again.earlier.spool_id == two


def test_automatic_mails_of_the_last_hour_are_counted(store: Store) -> None:
    """Only automatic ones, only within the hour, whatever the case of the address; for takers-part too."""
    number = open_ticket(store, opening(ticket(participants=(BOB,))))
    with store.writing() as tx:
        outbox.put(tx, [queued("old")], NOW - 61 * MINUTE)
        outbox.put(tx, [queued("a"), queued("b"), queued("by-hand", automatic=False)], NOW - 59 * MINUTE)
        outbox.put(tx, [queued("c", letter=letter("c@x", "BOB@customer.example"))], NOW)
    facts = _facts(store, ThreadKeys(subject_number=number), "JANE@customer.example", "nobody@x")
    assert facts.automatic_mails == {"jane@customer.example": 2, "bob@customer.example": 1, "nobody@x": 0}


def test_a_ticket_is_gathered_without_a_mail(store: Store) -> None:
    """An operator's wish knows the ticket and how much its people were written to; no candidate where there is none."""
    number = open_ticket(store)
    with store.writing() as tx:
        apply(tx, working(number, AddParticipants((BOB,)), ChangeTags(("fire",))), None)
        outbox.put(tx, [queued("a", number)], NOW)
    with store.writing() as tx:
        facts = gather_ticket(tx, number, "operator-1", NOW)
        nothing = gather_ticket(tx, 4711, "operator-2", NOW)
    assert facts.occasion == "operator-1"
    candidate = facts.candidate(number)
    assert candidate is not None
    assert (candidate.ticket.tags, candidate.ticket.participants) == (("fire",), (BOB,))
    assert candidate.public_ids == ("m1@customer.example", "a@example.com")
    assert facts.automatic_mails == {"jane@customer.example": 1, "bob@customer.example": 0}
    assert nothing.candidates == ()
