"""How a ticket went on, as far as an agent's answer may be out of date: one statement, bounded by indexes."""

from collections.abc import Sequence
from itertools import islice

from sqlalchemy import Text, bindparam, func, literal, select, type_coerce, union_all

from mailgateway.desk.facts import AnsweredLetter, Course, Entry
from mailgateway.desk.model import ArticleKind, Direction
from mailgateway.mail.model import Address
from mailgateway.store.engine import Transaction
from mailgateway.store.tables.lookup import lookup_key
from mailgateway.store.tables.tickets import ArticleRow, OutboxRow

MOST_ENTRIES = 50
_MOST_IDS = 32
_MOST_LETTERS = 100
_LONGEST_TEXT = 400

_LETTERS = (
    select(
        OutboxRow.id,
        OutboxRow.created_at,
        OutboxRow.message_id,
        OutboxRow.notice,
        literal("").label("direction"),
        literal("").label("sender_name"),
        literal("").label("sender_address"),
        literal("").label("text"),
    )
    .where(
        OutboxRow.message_id.in_(bindparam("ids", expanding=True)),
        OutboxRow.ticket.in_(bindparam("numbers", expanding=True)),
    )
    .limit(_MOST_LETTERS)
    .subquery("letters")
)
_ENTRIES = (
    select(
        ArticleRow.id,
        ArticleRow.at,
        ArticleRow.message_id,
        type_coerce(ArticleRow.kind, Text).label("kind"),
        type_coerce(ArticleRow.direction, Text).label("direction"),
        ArticleRow.sender_name,
        ArticleRow.sender_address,
        func.substr(ArticleRow.text, 1, _LONGEST_TEXT).label("text"),
    )
    .where(ArticleRow.ticket == bindparam("number"))
    .order_by(ArticleRow.id.desc())
    .limit(MOST_ENTRIES)
    .subquery("entries")
)
_COURSE = union_all(select(_LETTERS), select(_ENTRIES))


def course(tx: Transaction, numbers: Sequence[int], answered: Sequence[str]) -> Course:
    """Return how the first of these tickets went on, and which letters about all of them a mail answers.

    `numbers` are a ticket's and those of the tickets merged into it, `answered` the ids that a mail answers, nearest
    first.
    """
    nearness = {lookup_key(name): place for place, name in enumerate(islice(answered, _MOST_IDS))}
    asked = {"number": numbers[0], "numbers": list(numbers), "ids": list(nearness)}
    letters: list[tuple[int, AnsweredLetter]] = []
    entries: list[tuple[int, Entry]] = []
    for number, at, message_id, what, direction, name, address, text in tx.connection.execute(_COURSE, asked):
        if not direction:
            letters.append((nearness[message_id], AnsweredLetter(what, at)))
        else:
            person = Address(name, address)
            entry = Entry(at, ArticleKind(what), Direction(direction), person, text, message_id or "")
            entries.append((number, entry))
    return Course(
        tuple(letter for _, letter in sorted(letters, key=lambda one: one[0])),
        tuple(entry for _, entry in sorted(entries, key=lambda one: one[0])),
    )
