"""What belongs to a ticket beside its head and its articles: tags, who takes part, who watches."""

from collections.abc import Sequence

from sqlalchemy import delete

from mailgateway.mail.model import Address
from mailgateway.store.engine import Transaction
from mailgateway.store.tables.lookup import address_key, lookup_key
from mailgateway.store.tables.tickets import ParticipantRow, TagRow, WatcherRow
from mailgateway.store.upsert import insert_new

_ADD_PEOPLE = insert_new(ParticipantRow)
_ADD_TAGS = insert_new(TagRow)
_ADD_WATCHERS = insert_new(WatcherRow)


def add_tags(tx: Transaction, number: int, tags: Sequence[str]) -> None:
    """Put tags on; one that is on stays."""
    rows = [{"ticket": number, "tag": tag} for tag in dict.fromkeys(lookup_key(tag) for tag in tags)]
    if rows:
        tx.connection.execute(_ADD_TAGS[tx.dialect], rows)


def remove_tags(tx: Transaction, number: int, tags: Sequence[str]) -> None:
    """Take tags off."""
    if tags:
        gone = TagRow.tag.in_([lookup_key(tag) for tag in tags])
        tx.connection.execute(delete(TagRow).where(TagRow.ticket == number, gone))


def add_people(tx: Transaction, number: int, people: Sequence[Address]) -> None:
    """Let people take part; who does already stays as they are."""
    rows = [
        {"ticket": number, "key": address_key(person.address), "name": person.name, "address": person.address}
        for person in people
    ]
    if rows:
        tx.connection.execute(_ADD_PEOPLE[tx.dialect], rows)


def add_watchers(tx: Transaction, number: int, agents: Sequence[str]) -> None:
    """Let agents watch, by name."""
    if agents:
        tx.connection.execute(_ADD_WATCHERS[tx.dialect], [{"ticket": number, "agent": agent} for agent in agents])


def remove_watchers(tx: Transaction, number: int, agents: Sequence[str]) -> None:
    """Let agents no longer watch."""
    if agents:
        tx.connection.execute(delete(WatcherRow).where(WatcherRow.ticket == number, WatcherRow.agent.in_(agents)))
