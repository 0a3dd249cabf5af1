"""A desk with years of work behind it, made by the database itself: so many tickets, with all that belongs to them."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import text

from mailgateway.store.engine import Store
from mailgateway.store.tables.base import Base

EVENTS_A_TICKET = 5
YEARS = 2
_PART = 100_000
_NUMBERED = (("tickets", "number"), ("events", "id"))
MESSAGE_ID = "'m' || i || '@customer.example'"
_SPAN = YEARS * 365 * 86_400
_PARTS = {
    "sqlite": {
        "numbers": "WITH RECURSIVE n(i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM n WHERE i < {last})",
        "at": "strftime('%Y-%m-%d %H:%M:%S', '{start}', ({0}) || ' seconds') || '.000000'",
        "pick": "json_extract('{0}', '$[' || ({1}) || ']')",
    },
    "postgresql": {
        "numbers": "WITH n(i) AS (SELECT generate_series({first}::bigint, {last}))",
        "at": "'{start}+00'::timestamptz + ({0}) * interval '1 second'",
        "pick": "('{0}'::json ->> ({1})::int)",
    },
}


def fill(store: Store, size: int, start: str, *, mails: bool = False) -> None:
    """Fill an empty database with so many tickets, opened evenly over two years from `start` (2026-01-01 00:00:00).

    With `mails`, the mail that opened each, its Message-ID, and the two letters about it are there too.
    """
    indexes = [index for table in Base.metadata.sorted_tables for index in table.indexes]
    with store.engine.begin() as connection:
        for index in indexes:
            index.drop(connection)
    for first in range(1, size + 1, _PART):
        numbers = _PARTS[store.engine.dialect.name]["numbers"].format(first=first, last=min(size, first + _PART - 1))
        with store.engine.begin() as connection:
            for statement in _Work(store.engine.dialect.name, numbers, size, start).statements():
                connection.execute(text(statement))
            for statement in _mails(store.engine.dialect.name, numbers, size, start) if mails else ():
                connection.execute(text(statement))
    with store.engine.begin() as connection:
        for index in indexes:
            index.create(connection)
    with store.engine.begin() as connection:
        for table, column in _NUMBERED if store.engine.dialect.name == "postgresql" else ():
            sequence = f"pg_get_serial_sequence('{table}', '{column}')"
            connection.execute(text(f"SELECT setval({sequence}, max({column})) FROM {table}"))
    with store.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))


@dataclass(frozen=True, slots=True)
class _Work:
    """The statements that make what happened to a part of the tickets, in the words of one database.

    `numbers` gives the tickets' numbers as n(i). A ticket's seconds from the start at which it was opened, first
    answered and solved are SQL too; one of forty is open still.
    """

    dialect: str
    numbers: str
    size: int
    start: str

    @property
    def opened(self) -> str:
        return f"(i * {_SPAN} / {self.size})"

    @property
    def answered(self) -> str:
        return f"({self.opened} + 300 + i * 7919 % 20011)"

    @property
    def solved(self) -> str:
        return f"({self.opened} + 30000 + i * 104729 % 500009)"

    @property
    def is_solved(self) -> str:
        return f"(i % 40 <> 0 AND {self.solved} < {_SPAN})"

    def at(self, seconds: str) -> str:
        return _PARTS[self.dialect]["at"].format(seconds, start=self.start)

    def pick(self, words: str, place: str) -> str:
        listed = ", ".join(f'"{word}"' for word in words.split())
        return _PARTS[self.dialect]["pick"].format(f"[{listed}]", place)

    def statements(self) -> Iterator[str]:
        yield self.tickets()
        yield from self.spells()
        yield from self.clocks()
        yield from self.events()
        yield from self.articles()
        yield from self.told()

    def tickets(self) -> str:
        opened = self.at(self.opened)
        return (
            "INSERT INTO tickets (number, subject, status, type, priority, group_name, assignee, requester_name, "
            "requester_address, requester_key, mailbox, language, created_at, updated_at, organisation, ci, "
            f"status_since, answered_at, fields, trace) {self.numbers} SELECT i, 'Matter ' || i, "
            f"CASE WHEN {self.is_solved} THEN 'closed' ELSE 'open' END, "
            f"{self.pick('incident request question complaint', 'i * 31 % 4')}, "
            f"{self.pick('low normal normal high urgent', 'i % 5')}, "
            f"{self.pick('first-line hardware network billing', 'i * 17 % 4')}, "
            "CASE WHEN i % 9 = 0 THEN NULL ELSE 'agent' || (i * 13 % 40) END, '', "
            "'c' || (i % 50000) || '@customer.example', 'c' || (i % 50000) || '@customer.example', 'support', 'en', "
            f"{opened}, {opened}, CASE WHEN i % 3 = 0 THEN NULL ELSE 'org' || (i * 7 % 400) END, "
            f"CASE WHEN i % 4 = 0 THEN 'ci' || (i * 11 % 300) END, {opened}, {self.at(self.answered)}, "
            "'{}', '{}' FROM n"
        )

    def spells(self) -> Iterator[str]:
        into = f"INSERT INTO spells (ticket, spell, began_at, ended_at) {self.numbers}"
        ended = f"CASE WHEN {self.is_solved} THEN {self.at(self.solved)} END"
        yield f"{into} SELECT i, 1, {self.at(self.opened)}, {ended} FROM n"
        again, until = f"({self.solved} + 86400)", f"({self.solved} + 200000)"
        came_back = f"i % 20 = 7 AND {self.is_solved} AND {until} < {_SPAN}"
        yield f"{into} SELECT i, 2, {self.at(again)}, {self.at(until)} FROM n WHERE {came_back}"

    def clocks(self) -> Iterator[str]:
        targets = (
            ("first_response", self.answered, 14_400, "1 = 1"),
            ("resolution", self.solved, 259_200, self.is_solved),
        )
        for target, met, length, is_met in targets:
            yield (
                "INSERT INTO clocks (ticket, target, cycle, policy, calendar, length, started_at, counted, due_at, "
                f"met_at) {self.numbers} SELECT i, '{target}', 1, 'gold', 'office', "
                f"CAST({length} AS BIGINT) * 1000000, {self.at(self.opened)}, "
                f"CAST({met} - {self.opened} AS BIGINT) * 333333, {self.at(f'{self.opened} + {length}')}, "
                f"CASE WHEN {is_met} THEN {self.at(met)} END FROM n WHERE i % 3 <> 1"
            )

    def events(self) -> Iterator[str]:
        words = ("'opened'", "'article'", "'article'", "'status'")
        for place, what in enumerate(words):
            yield self.event(place, what, f"{self.opened} + {600 * place}")
        yield self.event(len(words), "CASE WHEN i % 70 = 0 THEN 'undelivered' ELSE 'tags' END", self.opened)

    def event(self, place: int, what: str, seconds: str) -> str:
        return (
            f"INSERT INTO events (id, ticket, at, actor, what, detail) {self.numbers} "
            f"SELECT i * {EVENTS_A_TICKET} + {place}, i, {self.at(seconds)}, 'desk', {what}, '{{}}' FROM n"
        )

    def articles(self) -> Iterator[str]:
        for direction, sender, moment in (
            ("in", "'c' || (i % 50000) || '@customer.example'", self.opened),
            ("out", "'agent' || (i * 13 % 40) || '@example.com'", self.answered),
        ):
            yield (
                "INSERT INTO articles (ticket, kind, direction, sender_name, sender_address, at, text, full_text, "
                f"mail_kind, flags) {self.numbers} SELECT i, 'public', '{direction}', '', {sender}, {self.at(moment)}, "
                "'It prints stripes.', '', 'normal', '[]' FROM n"
            )

    def told(self) -> Iterator[str]:
        """Give what customers said of it, the answers that were sent, and the work that was noted."""
        yield (
            f"INSERT INTO ratings (ticket, value, at) {self.numbers} SELECT i, "
            f"{self.pick('good good good ok bad', 'i * 3 % 5')}, {self.at(self.solved)} FROM n "
            f"WHERE i % 5 = 1 AND {self.is_solved}"
        )
        yield (
            f"INSERT INTO sent_answers (ticket, name, language, version, sent_at, outcome) {self.numbers} SELECT i, "
            f"'toner', 'en', '1', {self.at(self.opened)}, CASE WHEN i % 2 = 0 THEN 'helped' END FROM n WHERE i % 7 = 0"
        )
        yield (
            f"INSERT INTO answer_uses (ticket, name, use, at) {self.numbers} SELECT i, "
            f"{self.pick('toner vpn password mailbox', 'i * 31 % 4')}, "
            f"CASE WHEN i % 3 = 0 THEN 'inserted' ELSE 'proposed' END, {self.at(self.opened)} FROM n WHERE i % 3 <> 1"
        )
        yield (
            f"INSERT INTO work (ticket, organisation, agent, at, minutes) {self.numbers} SELECT i, "
            "CASE WHEN i % 3 = 0 THEN NULL ELSE 'org' || (i * 7 % 400) END, 'agent' || (i * 13 % 40), "
            f"{self.at(self.answered)}, 5 + i % 40 FROM n WHERE i % 6 = 0"
        )


def _mails(dialect: str, numbers: str, size: int, start: str) -> Iterator[str]:
    """Give what a mail leaves behind in the spool, among the names of its ticket, and in the outbox."""
    at = _PARTS[dialect]["at"].format(f"(i * {_SPAN} / {size})", start=start)
    digest = "substr('0000000000000000000000000000000000000000000000000000000000000000' || i, -64)"
    if dialect == "postgresql":
        digest = "lpad(i::text, 64, '0')"
    yield (
        "INSERT INTO spool (mailbox, folder, uidvalidity, uid, received_at, accepted_at, size, headers_only, sha256, "
        "message_id, fingerprint, state, due_at, attempts, released, stage, error, subject, sender, disposition, "
        f"reason, filed, ticket, ended_at, settled_at) {numbers} SELECT 'support', 'INBOX', 7, i, {at}, {at}, 9000, "
        f"FALSE, {digest}, {MESSAGE_ID}, {digest}, 'finished', {at}, 0, FALSE, '', '', '', '', 'opened', "
        f"'a new matter in support', TRUE, i, {at}, {at} FROM n"
    )
    yield (
        "INSERT INTO message_ids (key, ticket, ours, public, mentioned) "
        f"{numbers} SELECT {MESSAGE_ID}, i, FALSE, TRUE, FALSE FROM n"
    )
    customer = "'c' || (i % 50000) || '@customer.example'"
    for notice, whom in (("acknowledgement", customer), ("agent_notification", "'anna@example.com'")):
        yield (
            "INSERT INTO outbox (dedupe_key, notice, audience, automatic, recipient, recipient_key, domain, "
            "envelope_from, ticket, message_id, state, attempts, uncertain, created_at, first_at, ended_at, answer) "
            f"{numbers} SELECT '{notice}-' || i, '{notice}', 'customer', TRUE, {whom}, {whom}, 'customer.example', "
            f"'support@example.com', i, '{notice}-' || i || '@example.com', 'sent', 1, FALSE, {at}, {at}, {at}, '' "
            "FROM n"
        )
