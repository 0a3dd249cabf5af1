"""Facts: all that the database knows of one mail or one wish, in a fixed small number of statements.

The tickets that may be changed are locked here, before anything is decided about them, and stay so until the
transaction ends: what is decided from their state is still true when `apply` writes it. `apply` proves it once more, at
no cost, by naming the state it replaces.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from typing import TypedDict

from sqlalchemy import ColumnElement, Select, bindparam, func, literal, or_, select, union_all

from mailgateway.desk.facts import Candidate, Earlier, Evidence, Facts, ThreadKeys
from mailgateway.desk.letters.suppression import Reachability
from mailgateway.desk.model import Status, Ticket
from mailgateway.desk.policy import SeveralMailboxes
from mailgateway.errors import StoreBusy
from mailgateway.store.engine import Transaction
from mailgateway.store.incoming.spool import Spooled
from mailgateway.store.outgoing import suppressions
from mailgateway.store.service.clocks import with_clocks
from mailgateway.store.tables.lookup import address_key, lookup_key, possible_ids
from mailgateway.store.tables.tickets import MessageIdRow, OutboxRow, SpoolRow, SuppressionRow, TicketRow
from mailgateway.store.tables.time import FiringRow
from mailgateway.store.tables.wishes import UnsubscriptionRow
from mailgateway.store.tickets.heads import read_heads
from mailgateway.store.tickets.links import links_of

MOST_CANDIDATES = 20
_MOST_IDS = 64
_MOST_NAMED = 400
_MOST_ADDRESSES = 400
_FIRST_IDS, _LAST_IDS = 1, 9
_MOST_STEPS = 4
_WINDOW = timedelta(hours=1)

_LOCK = select(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("identity"), 0)))
_NAMED = (
    select(MessageIdRow.key, MessageIdRow.ticket, MessageIdRow.ours, MessageIdRow.mentioned)
    .where(MessageIdRow.key.in_(bindparam("keys", expanding=True)))
    .limit(_MOST_NAMED)
)
_RANKED = (
    select(
        MessageIdRow.id,
        MessageIdRow.ticket,
        MessageIdRow.key,
        MessageIdRow.message_id,
        func.row_number().over(partition_by=MessageIdRow.ticket, order_by=MessageIdRow.id).label("from_first"),
        func.row_number().over(partition_by=MessageIdRow.ticket, order_by=MessageIdRow.id.desc()).label("from_last"),
    )
    .where(MessageIdRow.ticket.in_(bindparam("numbers", expanding=True)), MessageIdRow.public.is_(True))
    .subquery("ranked")
)
_PUBLIC = (
    select(_RANKED.c.ticket, func.coalesce(_RANKED.c.message_id, _RANKED.c.key))
    .where(or_(_RANKED.c.from_first <= _FIRST_IDS, _RANKED.c.from_last <= _LAST_IDS))
    .order_by(_RANKED.c.ticket, _RANKED.c.id)
)
_FIRED = select(FiringRow.ticket, FiringRow.name).where(FiringRow.ticket.in_(bindparam("numbers", expanding=True)))
_OPEN_BEHIND = (
    select(TicketRow.number)
    .where(TicketRow.number > bindparam("behind"), TicketRow.status != Status.CLOSED)
    .order_by(TicketRow.number)
    .limit(bindparam("most"))
)
_FILED = SpoolRow.filed.is_(True) & (SpoolRow.message_id == bindparam("message_id"))
_SAME, _OTHER, _COPY = 1, 0, 2


def _filed(as_what: int, *conditions: ColumnElement[bool]) -> Select[int, int | None, str, int]:
    found = select(SpoolRow.id, SpoolRow.ticket, SpoolRow.mailbox, literal(as_what).label("same"))
    return found.where(_FILED, *conditions).limit(1)


_IS_SAME = SpoolRow.fingerprint == bindparam("fingerprint")
_IS_HERE = SpoolRow.mailbox == bindparam("mailbox")
_REUSED = _filed(_OTHER, bindparam("message_id") != "", ~_IS_SAME)
_EARLIER = union_all(
    select(_filed(_SAME, _IS_SAME, SpoolRow.ticket.is_not(None)).subquery("same_mail")),
    select(_filed(_SAME, _IS_SAME, _IS_HERE).subquery("same_here")),
    select(_REUSED.subquery("same_id")),
)
_EARLIER_IN = union_all(
    select(_filed(_SAME, _IS_SAME, _IS_HERE).subquery("same_mail")),
    select(_filed(_COPY, _IS_SAME, ~_IS_HERE, SpoolRow.ticket.is_not(None)).subquery("copy")),
    select(_REUSED.subquery("same_id")),
)
_SUPPRESSED = -1
_COUNTED = (
    select(OutboxRow.recipient_key, func.count())
    .where(
        OutboxRow.recipient_key.in_(bindparam("keys", expanding=True)),
        OutboxRow.automatic.is_(True),
        OutboxRow.created_at > bindparam("since"),
    )
    .group_by(OutboxRow.recipient_key)
)
_CLOSED = select(SuppressionRow.key, literal(_SUPPRESSED)).where(
    SuppressionRow.key.in_(bindparam("keys", expanding=True)), SuppressionRow.until > bindparam("now")
)
# the number of a ticket, below what counts and _SUPPRESSED: all of it in one statement
_UNSUBSCRIBED = select(UnsubscriptionRow.key, _SUPPRESSED - 1 - UnsubscriptionRow.ticket).where(
    UnsubscriptionRow.key.in_(bindparam("keys", expanding=True))
)
_AUTOMATIC = union_all(_COUNTED, _CLOSED, _UNSUBSCRIBED)


def gather(
    tx: Transaction,
    keys: ThreadKeys,
    spooled: Spooled,
    addresses: Collection[str],
    now: datetime,
    several_mailboxes: SeveralMailboxes,
) -> Facts:
    """Gather what must be known of a mail, and lock the tickets that it names.

    `automatic_mails` tells of `addresses` and of everybody who takes part in a candidate.
    """
    earlier, copy = _earlier(tx, spooled, several_mailboxes)
    named = _named(tx, keys)
    candidates = _surviving(tx, _candidates(tx, _most_telling(keys, named), named))
    return Facts(
        now=now,
        # Not the id alone: after a backup was restored ids are given again, and letters must not get an old Message-ID.
        occasion=f"mail-{spooled.id}-{spooled.identity.fingerprint[:16]}",
        received_at=spooled.received_at,
        size=spooled.size,
        candidates=candidates,
        earlier=earlier,
        copy=copy,
        **limits(tx, [*addresses, *_people(candidates)], now),
    )


def gather_open(tx: Transaction, behind: int, most: int) -> tuple[Candidate, ...]:
    """Gather the tickets behind a number that are not closed, `most` at a time, and lock them."""
    numbers = tx.connection.execute(_OPEN_BEHIND, {"behind": behind, "most": most}).scalars().all()
    return with_clocks(tx, _candidates(tx, list(numbers), {})) if numbers else ()


def gather_ticket(
    tx: Transaction,
    number: int,
    occasion: str,
    now: datetime,
    others: Collection[int] = (),
    newcomers: Iterable[str] = (),
) -> Facts:
    """Gather what must be known to work on a ticket without a mail, and lock it; no candidate where there is none.

    `others` are tickets that the work is about too, `newcomers` addresses that it may write to. A ticket that was
    merged stays itself here, and says so.
    """
    candidates = with_clocks(tx, _candidates(tx, possible_ids({number, *others}), {}))
    return Facts(
        now=now,
        occasion=occasion,
        candidates=candidates,
        **limits(tx, (*newcomers, *_people(candidates)), now),
    )


def about_letter(tx: Transaction, facts: Facts, keys: ThreadKeys) -> Facts:
    """Add the letter of ours that a delivery report is about, where it names one."""
    return replace(facts, letter=suppressions.letter_about(tx, keys.message_ids[:_MOST_IDS]))


def _earlier(tx: Transaction, spooled: Spooled, several: SeveralMailboxes) -> tuple[Earlier | None, Earlier | None]:
    """Look for the same mail filed before, or another with its Message-ID; and for its copy in another mailbox."""
    identity = spooled.identity
    wanted = {"message_id": lookup_key(identity.message_id), "fingerprint": identity.fingerprint}
    if tx.dialect == "postgresql":
        # Copies of a mail wait for each other here: what two mailboxes file at once, no unique constraint can catch.
        tx.connection.execute(_LOCK, {"identity": "|".join(wanted.values())})
    statement = _EARLIER if several is SeveralMailboxes.SHARED else _EARLIER_IN
    found = {
        what: Earlier(spool_id, ticket, same=what != _OTHER, mailbox=mailbox)
        for spool_id, ticket, mailbox, what in reversed(
            tx.connection.execute(statement, {**wanted, "mailbox": spooled.mailbox}).all()
        )
    }
    return found.get(_SAME) or found.get(_OTHER), found.get(_COPY)


def _named(tx: Transaction, keys: ThreadKeys) -> dict[int, dict[str, Evidence]]:
    """Return, for each ticket that the names in a mail lead to, these names with what they prove; the best first."""
    by_key = {lookup_key(name): name for name in islice(keys.names, _MOST_IDS)}
    if not by_key:
        return {}
    rows = tx.connection.execute(_NAMED, {"keys": list(by_key)}).all()
    found = [(_evidence(by_key[key], keys, ours, mentioned), key, ticket) for key, ticket, ours, mentioned in rows]
    rank = {evidence: place for place, evidence in enumerate(Evidence)}
    nearness = {key: place for place, key in enumerate(by_key)}
    named: dict[int, dict[str, Evidence]] = defaultdict(dict)
    # of tickets with equal claims the newest
    for evidence, key, ticket in sorted(found, key=lambda one: (rank[one[0]], nearness[one[1]], -one[2])):
        named[ticket][by_key[key]] = evidence
    return named


def _evidence(name: str, keys: ThreadKeys, ours: bool, mentioned: bool) -> Evidence:  # noqa: FBT001 - a row's columns
    if name in (keys.thread_index, keys.same_subject):
        return Evidence.THREAD_INDEX if name == keys.thread_index else Evidence.SAME_SUBJECT
    if ours:
        return Evidence.OUR_MESSAGE_ID
    return Evidence.MENTIONED if mentioned else Evidence.MESSAGE_ID


def _most_telling(keys: ThreadKeys, named: Mapping[int, object]) -> list[int]:
    """Return the tickets to look at: those named outright before those that an id leads to, twenty at most."""
    return list(dict.fromkeys([*possible_ids(keys.numbers), *named]))[:MOST_CANDIDATES]


def _candidates(
    tx: Transaction, numbers: list[int], named: Mapping[int, Mapping[str, Evidence]]
) -> tuple[Candidate, ...]:
    heads = read_heads(tx, numbers, lock=True)
    if not heads:
        return ()
    public: dict[int, list[str]] = defaultdict(list)
    for ticket, message_id in tx.connection.execute(_PUBLIC, {"numbers": list(heads)}):
        public[ticket].append(message_id)
    links = links_of(tx, list(heads))
    fired: dict[int, list[str]] = defaultdict(list)
    for ticket, name in tx.connection.execute(_FIRED, {"numbers": list(heads)}):
        fired[ticket].append(name)
    return tuple(
        Candidate(
            heads[number],
            dict(named.get(number, {})),
            tuple(public[number]),
            frozenset(fired[number]),
            tuple(links[number]),
        )
        for number in numbers
        if number in heads
    )


def _surviving(tx: Transaction, candidates: tuple[Candidate, ...]) -> tuple[Candidate, ...]:
    """Put in the place of merged tickets those that go on for them, with all that led to the merged ones.

    One step is enough, as merging leaves no chains; another is taken only where somebody merged the survivor before it
    was locked here.
    """
    for _ in range(_MOST_STEPS):
        leads = {one.ticket.number: one.survivor for one in candidates if one.survivor is not None}
        if not leads:
            return candidates
        known = {one.ticket.number: one for one in candidates}
        missing = possible_ids(set(leads.values()) - set(known))
        known |= {one.ticket.number: one for one in _candidates(tx, missing, {})}
        found: dict[int, Candidate] = {}
        for one in candidates:
            number = leads.get(one.ticket.number, one.ticket.number)
            found[number] = _joined(found.get(number, known[number]), one)
        candidates = tuple(found.values())
    raise StoreBusy("the tickets of this mail are being merged")


def _joined(into: Candidate, one: Candidate) -> Candidate:
    if one.ticket.number == into.ticket.number:
        return into
    return replace(
        into,
        named_by={**one.named_by, **into.named_by},
        formerly=tuple(dict.fromkeys((*into.formerly, one.ticket.number, *one.formerly))),
    )


def _people(candidates: Iterable[Candidate]) -> list[str]:
    tickets: list[Ticket] = [candidate.ticket for candidate in candidates]
    return [person.key for ticket in tickets for person in (ticket.requester, *ticket.participants)]


class Limits(TypedDict):
    """What keeps automatic mails from addresses, as Facts has it."""

    automatic_mails: dict[str, int]
    suppressed: dict[str, Reachability]
    unsubscribed: dict[str, frozenset[int]]


def limits(tx: Transaction, addresses: Iterable[str], now: datetime) -> Limits:
    """Count the automatic mails of addresses and find who gets nothing, or no status mails, in one statement."""
    asked = islice(dict.fromkeys(address.casefold() for address in addresses), _MOST_ADDRESSES)
    by_key = {address_key(address): address for address in asked}
    if not by_key:
        return Limits(automatic_mails={}, suppressed={}, unsubscribed={})
    counts = dict.fromkeys(by_key.values(), 0)
    closed: list[str] = []
    unwanted: dict[str, set[int]] = defaultdict(set)
    for key, count in tx.connection.execute(_AUTOMATIC, {"keys": list(by_key), "since": now - _WINDOW, "now": now}):
        if count == _SUPPRESSED:
            closed.append(by_key[key])
        elif count < _SUPPRESSED:
            unwanted[by_key[key]].add(_SUPPRESSED - 1 - count)
        else:
            counts[by_key[key]] = count
    return Limits(
        automatic_mails=counts,
        suppressed=suppressions.known(tx, closed),
        unsubscribed={address: frozenset(tickets) for address, tickets in unwanted.items()},
    )
