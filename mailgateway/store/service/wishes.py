"""Ratings, and who wants to be told less."""

from datetime import datetime

from sqlalchemy import delete, select

from mailgateway.store.engine import Transaction
from mailgateway.store.tables.lookup import address_key
from mailgateway.store.tables.tickets import ParticipantRow
from mailgateway.store.tables.wishes import RatingRow, UnsubscriptionRow
from mailgateway.store.upsert import insert_new, insert_or_update

_RATE = insert_or_update(RatingRow, ("ticket",), lambda new: {"value": new["value"], "at": new["at"]})
_UNSUBSCRIBE = insert_new(UnsubscriptionRow)


def rate(tx: Transaction, ticket: int, value: str, at: datetime) -> None:
    """Keep a rating of a ticket, in the place of the one before."""
    tx.connection.execute(_RATE[tx.dialect], {"ticket": ticket, "value": value, "at": at})


def rating(tx: Transaction, ticket: int) -> str:
    """Return the rating of a ticket, "" where there is none."""
    return tx.connection.execute(select(RatingRow.value).where(RatingRow.ticket == ticket)).scalar() or ""


def unsubscribe(tx: Transaction, address: str, ticket: int, at: datetime) -> None:
    """Keep that an address wants no status mails about a ticket; 0 for any."""
    tx.connection.execute(_UNSUBSCRIBE[tx.dialect], {"key": address_key(address), "ticket": ticket, "at": at})


def remove_person(tx: Transaction, ticket: int, address: str) -> None:
    """Let somebody take part in a ticket no longer."""
    who = (ParticipantRow.ticket == ticket, ParticipantRow.key == address_key(address))
    tx.connection.execute(delete(ParticipantRow).where(*who))
