"""The index of ids by which mails name tickets, as plans write it; letters' own ids come from the outbox."""

from collections.abc import Sequence

from sqlalchemy import and_, bindparam, delete, or_

from mailgateway.store.engine import Transaction
from mailgateway.store.tables.lookup import LONGEST_KEY, lookup_key
from mailgateway.store.tables.tickets import MessageIdRow
from mailgateway.store.upsert import insert_or_update

# Where the ticket knows the id it stays as it is: a mail cannot take over a letter's. Unless it was only spoken of.
_ADD = insert_or_update(
    MessageIdRow,
    ("key", "ticket"),
    lambda refused: {
        "public": or_(MessageIdRow.public, and_(MessageIdRow.mentioned, refused.public)),
        "mentioned": and_(MessageIdRow.mentioned, refused.mentioned),
    },
)
_FORGET = delete(MessageIdRow).where(MessageIdRow.key == bindparam("name"))


def add_names(tx: Transaction, number: int, names: Sequence[str], subject: str) -> None:
    """Let mails find the ticket by what a mail of it mentions; by the key of a subject, no other any more."""
    if subject:
        tx.connection.execute(_FORGET, {"name": subject})
    add_ids(tx, number, (*names, subject) if subject else names, mentioned=True)


def add_ids(tx: Transaction, number: int, ids: Sequence[str], *, public: bool = False, mentioned: bool = False) -> None:
    """Let mails name the ticket by these ids."""
    rows = [
        {
            "key": lookup_key(message_id),
            "message_id": message_id if len(message_id) > LONGEST_KEY else None,
            "ticket": number,
            "ours": False,
            "public": public,
            "mentioned": mentioned,
        }
        for message_id in ids
    ]
    if rows:
        tx.connection.execute(_ADD[tx.dialect], rows)
