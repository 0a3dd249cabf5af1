"""Answers by full-text search: FTS5 on SQLite, tsvector on PostgreSQL. Both are asked for the words of a mail.

A query is made of words alone (letters and digits, quoted besides), so that nothing in a mail is syntax. Longer words
are looked for by their beginnings, which finds the forms of languages that nobody stems; PostgreSQL also stems where it
knows the language. What is found is ranked here to choose ten, and judged by `desk.knowledge.likeness`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Integer, bindparam, case, delete, func, insert, select, text, update
from sqlalchemy.sql.elements import TextClause

from mailgateway.desk.answers.changes import (
    AnswerChange,
    AnswerUse,
    InsertAnswer,
    JudgeAnswer,
    ProposeAnswers,
    SendAnswer,
)
from mailgateway.desk.answers.knowledge import Answer, AnswerOutcome, Found, Library
from mailgateway.desk.answers.words import bare, beginning, is_short
from mailgateway.desk.model import ArticleKind, Direction
from mailgateway.store.engine import Transaction
from mailgateway.store.tables.answers import AnswerIndexRow, AnswerRow, AnswerUseRow, SentAnswerRow
from mailgateway.store.tables.tickets import ArticleRow
from mailgateway.store.upsert import insert_new

MOST_FOUND = 10

_CONFIGURATIONS = {
    "ar": "arabic",
    "da": "danish",
    "de": "german",
    "en": "english",
    "es": "spanish",
    "fi": "finnish",
    "fr": "french",
    "hu": "hungarian",
    "it": "italian",
    "nl": "dutch",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sv": "swedish",
    "tr": "turkish",
}
_SIMPLE = "simple"
_VERSION = select(AnswerIndexRow.version)
_LOCKED = _VERSION.with_for_update()
_FIRST = insert_new(AnswerIndexRow)
_KNOWN = select(AnswerRow.id, AnswerRow.name, AnswerRow.language, AnswerRow.version)
_ADD = insert(AnswerRow).returning(AnswerRow.id)
_REMOVE = delete(AnswerRow).where(AnswerRow.id == bindparam("of"))
_SEND = insert(SentAnswerRow)
_USE = insert(AnswerUseRow)
_JUDGE = update(SentAnswerRow).where(SentAnswerRow.ticket == bindparam("of"), SentAnswerRow.outcome.is_(None))
_SENT = select(
    SentAnswerRow.name,
    func.count().label("sent"),
    func.sum(case((SentAnswerRow.outcome == AnswerOutcome.HELPED, 1), else_=0)).label("helped"),
    func.sum(case((SentAnswerRow.outcome == AnswerOutcome.NOT_HELPED, 1), else_=0)).label("not_helped"),
).group_by(SentAnswerRow.name)
_USES = select(
    AnswerUseRow.name,
    func.sum(case((AnswerUseRow.use == AnswerUse.PROPOSED, 1), else_=0)).label("proposed"),
    func.sum(case((AnswerUseRow.use == AnswerUse.INSERTED, 1), else_=0)).label("inserted"),
).group_by(AnswerUseRow.name)
# looked up for each ticket by itself: as an anti-join PostgreSQL may go through the answers of all tickets
_ANSWERED = (
    select(func.min(ArticleRow.id))
    .where(
        ArticleRow.ticket == SentAnswerRow.ticket,
        ArticleRow.kind == ArticleKind.PUBLIC,
        ArticleRow.direction == Direction.OUT,
    )
    .correlate(SentAnswerRow)
    .scalar_subquery()
)
_AWAITED = select(SentAnswerRow.ticket, SentAnswerRow.name).where(
    SentAnswerRow.ticket.in_(bindparam("numbers", expanding=True)),
    SentAnswerRow.outcome.is_(None),
    _ANSWERED.is_(None),
)
_ADD_WORDS: Mapping[str, TextClause] = {
    "sqlite": text("INSERT INTO answer_words (rowid, title, keywords, body) VALUES (:id, :title, :keywords, :body)"),
    "postgresql": text(
        "INSERT INTO answer_words (answer, words) VALUES (:id, "
        "setweight(to_tsvector('simple', :title) || to_tsvector(CAST(:config AS regconfig), :title), 'A') || "
        "setweight(to_tsvector('simple', :keywords) || to_tsvector(CAST(:config AS regconfig), :keywords), 'B') || "
        "setweight(to_tsvector('simple', :body) || to_tsvector(CAST(:config AS regconfig), :body), 'D'))"
    ),
}
_REMOVE_WORDS: Mapping[str, TextClause] = {
    "sqlite": text("DELETE FROM answer_words WHERE rowid = :of"),
    "postgresql": text("DELETE FROM answer_words WHERE answer = :of"),
}
_SEARCH: Mapping[str, TextClause] = {
    "sqlite": text(
        "SELECT answers.name, answers.language FROM answer_words JOIN answers ON answers.id = answer_words.rowid "
        "WHERE answer_words MATCH :beginnings ORDER BY bm25(answer_words, 10.0, 6.0, 1.0), answers.id LIMIT :most"
    ).bindparams(bindparam("most", type_=Integer)),
    "postgresql": text(
        "SELECT answers.name, answers.language FROM answer_words JOIN answers ON answers.id = answer_words.answer, "
        "(SELECT to_tsquery('simple', :beginnings) || to_tsquery(CAST(:config AS regconfig), :wholes) AS words) asked "
        "WHERE answer_words.words @@ asked.words "
        "ORDER BY ts_rank(answer_words.words, asked.words, 1) DESC, answers.id LIMIT :most"
    ).bindparams(bindparam("most", type_=Integer)),
}


def search(tx: Transaction, library: Library, words: Sequence[str], language: str) -> tuple[Found, ...]:
    """Return the answers that have some of these words, likeliest first; `language` is that of the words, or "".

    The index is renewed before, where the files are others than those it was made of.
    """
    if not words or not library.answers:
        return ()
    _renew(tx, library)
    asked = {
        "beginnings": _query(tx.dialect, words, by_beginning=True),
        "wholes": _query(tx.dialect, words, by_beginning=False),
        "config": _configuration(language),
        "most": MOST_FOUND,
    }
    statement = _SEARCH[tx.dialect]
    return tuple(Found(*row) for row in tx.connection.execute(statement, _only(statement, asked)))


@dataclass(frozen=True, slots=True)
class Counts:
    """How often an answer was proposed to agents, inserted by one, and sent to a customer with the receipt.

    Of those sent, how many helped and how many did not; of the rest nobody said.
    """

    proposed: int = 0
    inserted: int = 0
    sent: int = 0
    helped: int = 0
    not_helped: int = 0


def note_answer(tx: Transaction, ticket: int, change: AnswerChange, at: datetime) -> tuple[str, dict[str, str]]:
    """Note what happens to a ticket by an answer; return the event. What a customer says of theirs is noted once."""
    match change:
        case ProposeAnswers(proposed):
            _note_uses(tx, ticket, AnswerUse.PROPOSED, [one.name for one in proposed], at)
            return "answers_proposed", {"answers": ", ".join(f"{one.name} ({one.likeness:.2f})" for one in proposed)}
        case InsertAnswer(name, language, version):
            _note_uses(tx, ticket, AnswerUse.INSERTED, [name], at)
            return "answer_inserted", {"name": name, "language": language, "version": version}
        case SendAnswer(name, language, version):
            sent = {"name": name, "language": language, "version": version}
            tx.connection.execute(_SEND, {"ticket": ticket, "sent_at": at, **sent})
            return "answer_sent", sent
        case JudgeAnswer(name, outcome):
            tx.connection.execute(_JUDGE, {"of": ticket, "outcome": outcome, "ended_at": at})
            return "answer_judged", {"name": name, "outcome": outcome}


def _note_uses(tx: Transaction, ticket: int, use: AnswerUse, names: Sequence[str], at: datetime) -> None:
    tx.connection.execute(_USE, [{"ticket": ticket, "name": name, "use": use, "at": at} for name in names])


def counts(tx: Transaction) -> dict[str, Counts]:
    """Return what was counted of every answer that ever had a part in anything, by its name; in order of names."""
    found: dict[str, dict[str, int]] = {}
    for statement in (_USES, _SENT):
        for row in tx.connection.execute(statement).mappings():
            found.setdefault(row["name"], {}).update({key: row[key] for key in row if key != "name"})
    return {name: Counts(**found[name]) for name in sorted(found)}


def awaited(tx: Transaction, numbers: Sequence[int]) -> dict[int, str]:
    """Return, by ticket, the names of sent answers of which nobody said whether they helped.

    Left out are tickets where the desk has answered since: what is said then is said to a person.
    """
    if not numbers:
        return {}
    found = tx.connection.execute(_AWAITED, {"numbers": list(numbers)})
    return {row.ticket: row.name for row in found}


def _query(dialect: str, words: Sequence[str], *, by_beginning: bool) -> str:
    """Return a query for any of the words; each is quoted, and has neither quotes nor backslashes itself."""
    if dialect == "sqlite":
        return " OR ".join(f'"{word}"' if is_short(word) else f'"{beginning(word)}"*' for word in words)
    if by_beginning:
        return " | ".join(f"'{word}'" if is_short(word) else f"'{beginning(word)}':*" for word in words)
    return " | ".join(f"'{word}'" for word in words)


def _renew(tx: Transaction, library: Library) -> None:
    """Make the index that of these files. Of two that find it old, the second waits and finds it new."""
    if tx.connection.execute(_VERSION).scalar_one_or_none() == library.version:
        return
    tx.connection.execute(_FIRST[tx.dialect], {"id": 1, "version": ""})
    if tx.connection.execute(_LOCKED).scalar_one() == library.version:
        return
    wanted = {(answer.name, answer.language): answer for answer in library.answers}
    for row in tx.connection.execute(_KNOWN).all():
        answer = wanted.get((row.name, row.language))
        if answer is not None and answer.version == row.version:
            del wanted[row.name, row.language]
        else:
            tx.connection.execute(_REMOVE_WORDS[tx.dialect], {"of": row.id})
            tx.connection.execute(_REMOVE, {"of": row.id})
    for answer in wanted.values():
        _add(tx, answer)
    tx.connection.execute(update(AnswerIndexRow).values({AnswerIndexRow.version: library.version}))


def _add(tx: Transaction, answer: Answer) -> None:
    head = {"name": answer.name, "language": answer.language, "version": answer.version}
    words = {
        "id": tx.connection.execute(_ADD, head).scalar_one(),
        "title": bare(answer.title),
        "keywords": bare(" ".join((*answer.tags, *answer.keywords))),
        "body": bare(answer.source),
        "config": _configuration(answer.language),
    }
    statement = _ADD_WORDS[tx.dialect]
    tx.connection.execute(statement, _only(statement, words))


def _only(statement: TextClause, values: Mapping[str, object]) -> dict[str, object]:
    """Return those values that the statement of this database takes."""
    return {name: value for name, value in values.items() if name in statement.compile().params}


def _configuration(language: str) -> str:
    return _CONFIGURATIONS.get(language.partition("-")[0].casefold(), _SIMPLE)
