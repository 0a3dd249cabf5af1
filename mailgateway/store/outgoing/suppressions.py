"""What is known of addresses that letters came back from, or that an operator closed."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import bindparam, delete, select, update

from mailgateway.desk.letters.suppression import Reachability, SentLetter
from mailgateway.desk.model import ArticleKind, Direction
from mailgateway.store.engine import Transaction
from mailgateway.store.tables.lookup import address_key, lookup_key
from mailgateway.store.tables.tickets import ArticleRow, OutboxRow, SuppressionRow
from mailgateway.store.upsert import insert_or_update

FOR_EVER = datetime(9999, 12, 31, tzinfo=UTC)

# in the order of a Reachability's fields
_KNOWN = select(
    SuppressionRow.address,
    SuppressionRow.failures,
    SuppressionRow.since,
    SuppressionRow.until,
    SuppressionRow.reason,
    SuppressionRow.by,
)
_OF = _KNOWN.where(SuppressionRow.key.in_(bindparam("keys", expanding=True)))
_LETTER = (
    select(
        OutboxRow.id,
        OutboxRow.ticket,
        OutboxRow.recipient,
        OutboxRow.audience,
        OutboxRow.notice,
        OutboxRow.created_at,
    )
    .where(OutboxRow.message_id.in_(bindparam("ids", expanding=True)))
    .order_by(OutboxRow.id)
    .limit(1)
)
_KEEP = insert_or_update(
    SuppressionRow,
    ("key",),
    lambda new: {name: new[name] for name in ("address", "failures", "since", "until", "reason", "made_by")},
)
_ANSWERS = select(ArticleRow.id, ArticleRow.flags).where(
    ArticleRow.ticket == bindparam("of_ticket"),
    ArticleRow.at == bindparam("sent_at"),
    ArticleRow.direction == Direction.OUT,
    ArticleRow.kind == ArticleKind.PUBLIC,
)


def known(tx: Transaction, addresses: Iterable[str]) -> dict[str, Reachability]:
    """Return what is known of these addresses, by the casefolded address; nothing for those nothing is known of."""
    keys = {address_key(address): address.casefold() for address in addresses}
    if not keys:
        return {}
    found = (Reachability(*row) for row in tx.connection.execute(_OF, {"keys": list(keys)}))
    return {keys.get(address_key(one.address), one.address.casefold()): one for one in found}


def letter_about(tx: Transaction, message_ids: Sequence[str]) -> SentLetter | None:
    """Return the letter of ours with one of these Message-IDs, None where there is none."""
    ids = [lookup_key(message_id) for message_id in message_ids]
    row = tx.connection.execute(_LETTER, {"ids": ids}).first() if ids else None
    if row is None:
        return None
    address = row.recipient
    return SentLetter(*row, known(tx, [address]).get(address.casefold(), Reachability(address)))


def keep(tx: Transaction, found: Iterable[Reachability]) -> None:
    """Keep what is known of addresses from now on; of one that can be reached nothing has to be known."""
    for one in found:
        key = address_key(one.address)
        if not one.failures and one.until is None:
            tx.connection.execute(delete(SuppressionRow).where(SuppressionRow.key == key))
        else:
            tx.connection.execute(_KEEP[tx.dialect], _row(key, one))


def listed(tx: Transaction, now: datetime, limit: int) -> tuple[Reachability, ...]:
    """Return the addresses that nothing is sent to now, those closed last first; `limit` 0 gives all of them."""
    closed = _KNOWN.where(SuppressionRow.until > now).order_by(SuppressionRow.since.desc(), SuppressionRow.key)
    return tuple(Reachability(*row) for row in tx.connection.execute(closed.limit(limit or None)))


def remove(tx: Transaction, addresses: Iterable[str]) -> int:
    """Let addresses be written to again; return how many were closed."""
    gone = SuppressionRow.key.in_([address_key(address) for address in addresses])
    return tx.connection.execute(delete(SuppressionRow).where(gone)).rowcount


def mark_undelivered(tx: Transaction, ticket: int, sent_at: datetime, address: str) -> None:
    """Flag the answers of a ticket that went out at this moment: they did not reach the address."""
    flag = f"undelivered:{address}"
    for article_id, flags in tx.connection.execute(_ANSWERS, {"of_ticket": ticket, "sent_at": sent_at}).all():
        if flag not in flags:
            marked = update(ArticleRow).where(ArticleRow.id == article_id)
            tx.connection.execute(marked.values(flags=[*flags, flag]))


def _row(key: str, one: Reachability) -> Mapping[str, Any]:
    return {
        "key": key,
        "address": one.address,
        "failures": one.failures,
        "since": one.since,
        "until": one.until,
        "reason": one.reason,
        "made_by": one.by,
    }
