"""What tickets are to each other."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import bindparam, delete, literal, select, update

from mailgateway.desk.model import LinkKind, Status, TicketType
from mailgateway.store.engine import Transaction
from mailgateway.store.tables.lookup import possible_ids
from mailgateway.store.tables.tickets import LinkRow, TicketRow
from mailgateway.store.upsert import insert_new


@dataclass(frozen=True, slots=True)
class LinkedTicket:
    """A ticket that another one is tied to: `relation` says what it is to that one."""

    relation: str
    number: int
    subject: str
    status: Status


_ADD = insert_new(LinkRow)
_THIS = LinkRow.ticket == bindparam("this")
_REMOVE = delete(LinkRow).where(_THIS, LinkRow.kind == bindparam("of_kind"), LinkRow.other == bindparam("that"))
_OF = select(LinkRow.ticket, LinkRow.kind, LinkRow.other).where(
    LinkRow.ticket.in_(bindparam("numbers", expanding=True))
)
_REPOINT = update(LinkRow).where(LinkRow.other == bindparam("this"), LinkRow.kind == LinkKind.MERGED_INTO)
_PROBLEM = LinkRow.kind == LinkKind.PROBLEM
_OPEN_PROBLEMS = select(TicketRow.number).where(
    TicketRow.number.in_(bindparam("numbers", expanding=True)),
    TicketRow.type == TicketType.PROBLEM,
    TicketRow.status.not_in((Status.SOLVED, Status.CLOSED)),
)
_SEEN_FROM_OTHER = {
    LinkKind.PROBLEM: "incident",
    LinkKind.RELATED: "related",
    LinkKind.LIKE: "like",
    LinkKind.MERGED_INTO: "merged",
}


def add_link(tx: Transaction, number: int, kind: LinkKind, other: int) -> None:
    """Tie a ticket to another one; a tie that is there stays."""
    tx.connection.execute(_ADD[tx.dialect], {"ticket": number, "kind": kind, "other": other})


def add_links(tx: Transaction, numbers: Collection[int], kind: LinkKind, other: int) -> None:
    """Tie several tickets to another one; ties that are there stay."""
    rows = [{"ticket": number, "kind": kind, "other": other} for number in numbers]
    if rows:
        tx.connection.execute(_ADD[tx.dialect], rows)


def remove_link(tx: Transaction, number: int, kind: LinkKind, other: int) -> None:
    """Take a tie away, where there is one."""
    tx.connection.execute(_REMOVE, {"this": number, "of_kind": kind, "that": other})


def merge_links(tx: Transaction, number: int, survivor: int) -> None:
    """Let the survivor of a merge have what its ticket had: those merged into it, its problem, its incidents.

    What was merged before leads to the survivor itself, so that no chain of tickets has to be followed, ever.
    """
    tx.connection.execute(_REPOINT.values(other=survivor), {"this": number})
    add_link(tx, number, LinkKind.MERGED_INTO, survivor)
    add = insert_new(LinkRow)[tx.dialect]
    columns = ["ticket", "kind", "other"]
    theirs = select(literal(survivor), LinkRow.kind, LinkRow.other).where(LinkRow.ticket == number, _PROBLEM)
    tx.connection.execute(add.from_select(columns, theirs.where(LinkRow.other != survivor)))
    incidents = select(LinkRow.ticket, LinkRow.kind, literal(survivor)).where(LinkRow.other == number, _PROBLEM)
    tx.connection.execute(add.from_select(columns, incidents.where(LinkRow.ticket != survivor)))
    tx.connection.execute(delete(LinkRow).where(LinkRow.ticket == number, _PROBLEM))
    tx.connection.execute(delete(LinkRow).where(LinkRow.other == number, _PROBLEM))


def links_of(tx: Transaction, numbers: Collection[int]) -> Mapping[int, list[tuple[LinkKind, int]]]:
    """Return what each of these tickets is tied to."""
    found: dict[int, list[tuple[LinkKind, int]]] = defaultdict(list)
    for ticket, kind, other in tx.connection.execute(_OF, {"numbers": list(numbers)}):
        found[ticket].append((kind, other))
    return found


def open_problems(tx: Transaction, numbers: Collection[int]) -> frozenset[int]:
    """Return those of the tickets that are problems and neither solved nor closed."""
    wanted = possible_ids(numbers)
    return frozenset(tx.connection.execute(_OPEN_PROBLEMS, {"numbers": wanted}).scalars()) if wanted else frozenset()


def linked_tickets(tx: Transaction, number: int) -> tuple[LinkedTicket, ...]:
    """Return every ticket that this one is tied to, from either side, by its number."""
    there = select(LinkRow.kind, TicketRow.number, TicketRow.subject, TicketRow.status, literal(0))
    there = there.join(TicketRow, TicketRow.number == LinkRow.other).where(LinkRow.ticket == number)
    back = select(LinkRow.kind, TicketRow.number, TicketRow.subject, TicketRow.status, literal(1))
    back = back.join(TicketRow, TicketRow.number == LinkRow.ticket).where(LinkRow.other == number)
    rows = [*tx.connection.execute(there), *tx.connection.execute(back)]
    found = (
        LinkedTicket(_SEEN_FROM_OTHER[kind] if seen_back else kind.value, *ticket) for kind, *ticket, seen_back in rows
    )
    return tuple(sorted(found, key=lambda one: (one.relation, one.number)))
