"""Ratings, and who wants to be told less."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import bindparam, delete, select

from mailgateway.store.engine import Transaction
from mailgateway.store.lookup import address_key
from mailgateway.store.tables import ParticipantRow
from mailgateway.store.upsert import insert_new, insert_or_update
from mailgateway.store.wish_tables import RatingRow, UnsubscriptionRow

_RATE = insert_or_update(RatingRow, ("ticket",), lambda new: {"value": new["value"], "at": new["at"]})
_UNSUBSCRIBE = insert_new(UnsubscriptionRow)
_UNSUBSCRIBED = select(UnsubscriptionRow.key, UnsubscriptionRow.ticket).where(
    UnsubscriptionRow.key.in_(bindparam("keys", expanding=True))
)


def rate(tx: Transaction, ticket: int, value: str, at: datetime) -> None:
    """Keep a rating of a ticket, in the place of the one before."""
    tx.connection.execute(_RATE[tx.dialect], {"ticket": ticket, "value": value, "at": at})


def rating(tx: Transaction, ticket: int) -> str:
    """Return the rating of a ticket, "" where there is none."""
    return tx.connection.execute(select(RatingRow.value).where(RatingRow.ticket == ticket)).scalar() or ""


def unsubscribe(tx: Transaction, address: str, ticket: int, at: datetime) -> None:
    """Keep that an address wants no status mails about a ticket; 0 for any."""
    tx.connection.execute(_UNSUBSCRIBE[tx.dialect], {"key": address_key(address), "ticket": ticket, "at": at})


def unsubscribed(tx: Transaction, by_key: Mapping[str, str]) -> dict[str, frozenset[int]]:
    """Return, for addresses by their keys, about which tickets they want no status mails."""
    found: dict[str, set[int]] = {}
    for key, ticket in tx.connection.execute(_UNSUBSCRIBED, {"keys": list(by_key)}):
        found.setdefault(by_key[key], set()).add(ticket)
    return {address: frozenset(tickets) for address, tickets in found.items()}


def remove_person(tx: Transaction, ticket: int, address: str) -> None:
    """Let somebody take part in a ticket no longer."""
    who = (ParticipantRow.ticket == ticket, ParticipantRow.key == address_key(address))
    tx.connection.execute(delete(ParticipantRow).where(*who))
