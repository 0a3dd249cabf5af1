"""Every statement that runs per mail is a look-up by an index: the databases' own plans say so."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, event, insert, literal, select

from mailgateway.desk.answers.knowledge import Answer, Library
from mailgateway.desk.customers.counting import SetOrganisation, SpendTime
from mailgateway.desk.customers.organisations import Unit
from mailgateway.desk.facts import ThreadKeys
from mailgateway.desk.holding.changes import HeldEnd, HoldAnswer, HoldOn, ReleaseAnswer
from mailgateway.desk.letters.delivery import Delivery, DeliveryState, failed, sent
from mailgateway.desk.model import ArticleKind, Direction, LinkKind, Status, StoredFile, TicketType
from mailgateway.desk.plan import (
    AddArticle,
    AddLink,
    AddParticipants,
    ChangeTags,
    Disposition,
    MergeInto,
    NameBy,
    RecordFiring,
    RemoveLink,
    SetAttention,
    SetStatus,
)
from mailgateway.desk.policy import SeveralMailboxes
from mailgateway.desk.problems.changes import LinkOthers, SetMajor
from mailgateway.desk.problems.major import Major
from mailgateway.mail.model import Address, Identity
from mailgateway.reports.asked import BY_ANSWER, Asked
from mailgateway.reports.counted import Scope
from mailgateway.reports.period import Window
from mailgateway.store import events, health
from mailgateway.store.engine import Store, Transaction
from mailgateway.store.gather import gather, gather_ticket
from mailgateway.store.incoming import first_sights, imports, ledger, spool
from mailgateway.store.incoming.delayed import delayed_since
from mailgateway.store.outgoing import outbox
from mailgateway.store.reports import rows as report_rows
from mailgateway.store.reports.lists import all_of, listed
from mailgateway.store.reports.populations import charged
from mailgateway.store.service import answers, usage
from mailgateway.store.service.lately import lately
from mailgateway.store.service.likeness import known_of, open_alike, recent_incidents
from mailgateway.store.service.majors import majors_of, open_majors
from mailgateway.store.tables.base import Base
from mailgateway.store.tables.tickets import ArticleRow
from mailgateway.store.tickets import attention
from mailgateway.store.tickets import listed as ticket_list
from mailgateway.store.tickets import shown as tickets
from mailgateway.store.tickets.apply import apply
from mailgateway.store.tickets.beside import open_beside
from mailgateway.store.tickets.course import course
from mailgateway.store.tickets.handovers import handovers
from mailgateway.store.tickets.heads import read_heads
from mailgateway.store.tickets.links import linked_tickets
from mailgateway.store.tickets.listed import OPEN, Order, Wanted
from tests.store.examples import (
    JANE,
    MINUTE,
    NOW,
    arrival,
    article,
    file_mail,
    open_ticket,
    opening,
    queued,
    spool_one,
    ticket,
    waiting,
    working,
)

Statement = tuple[str, Any]


def test_no_statement_of_a_mail_scans_a_table(store: Store) -> None:
    """From the spool to the outbox and out, nothing grows with the number of tickets or mails."""
    _fill(store)
    statements = _statements_of_a_mail(store)
    assert len(statements) > 30
    assert _all_scans(store, statements) == {}
    assert sum("message_ids" in one and one.startswith(("DELETE", "INSERT")) for one in statements) >= 2


def test_answers_are_found_by_their_index(store: Store) -> None:
    """The search reads the index of words; what a customer awaits is looked up by the ticket."""
    _fill(store)
    _answer_all(store)
    library = Library((Answer("toner", "en", "Change the toner", "Push it in.", version="1"),), version="v1")
    with store.writing() as tx:
        answers.search(tx, library, ["toner"], "en")
    statements: dict[str, Any] = {}

    def note(*arguments: Any) -> None:
        statements[arguments[2]] = _once(arguments[3])

    event.listen(store.engine, "before_cursor_execute", note)
    with store.writing() as tx:
        assert answers.search(tx, library, ["toner"], "en")
        answers.awaited(tx, [10001])
    event.remove(store.engine, "before_cursor_execute", note)
    asked = {
        one: parameters for one, parameters in statements.items() if "answer_words" in one or "sent_answers" in one
    }
    assert len(asked) == 2
    with store.writing() as tx:
        scans = [scan for one, values in asked.items() for scan in _scans(tx, one, values)]
    assert scans == []


def test_what_answers_did_and_what_contracts_were_used_for_is_found_by_an_index(store: Store) -> None:
    """In a report, the answers of its period alone are looked at, and what counts for one organisation."""
    _fill(store)
    window = Window(NOW, NOW + MINUTE)
    with _noted(store) as statements, store.reading() as tx:
        for counting in BY_ANSWER:
            listed(tx, Asked(counting), window, Scope())
            listed(tx, Asked(counting, answer="toner"), window, Scope(organisation="acme"))
        report_rows.by_answer(tx, window, Scope())
        for unit in Unit:
            all_of(tx, charged("acme", unit, window))
    assert len(statements) > 2 * len(BY_ANSWER)
    assert _all_scans(store, statements) == {}


@pytest.mark.parametrize(
    ("asked", "order"),
    [
        (Wanted(changed_since=NOW), Order.NEWEST),
        (Wanted(changed_since=NOW, below=10005), Order.NEWEST),
        (Wanted(created_since=NOW), Order.NEWEST),
        (Wanted(statuses=(Status.PENDING,)), Order.NEWEST),
        (Wanted(statuses=OPEN), Order.PRIORITY),
        (Wanted(statuses=OPEN), Order.DUE),
        (Wanted(statuses=OPEN, subject="x"), Order.NEWEST),
        (Wanted(group="hardware"), Order.NEWEST),
        (Wanted(group="hardware", statuses=OPEN), Order.CHANGED),
        (Wanted(assignee="anna"), Order.NEWEST),
        (Wanted(assignee="", statuses=OPEN), Order.NEWEST),
        (Wanted(requester=JANE.address), Order.NEWEST),
        (Wanted(organisation="acme"), Order.NEWEST),
        (Wanted(ci="web"), Order.NEWEST),
        (Wanted(tags=("x",)), Order.NEWEST),
        (Wanted(problem=10001), Order.NEWEST),
        (Wanted(due_before=NOW), Order.DUE),
        (Wanted(subject="x"), Order.NEWEST),
        (Wanted(types=(TicketType.PROBLEM,), mailbox="support"), Order.PRIORITY),
    ],
)
def test_a_list_of_tickets_is_found_by_an_index(store: Store, asked: Wanted, order: Order) -> None:
    """Whatever it is narrowed to; what has no index is sought in a part of the table, by its key."""
    _fill(store)
    with _noted(store) as statements, store.reading() as tx, pytest.MonkeyPatch.context() as patch:
        patch.setattr(ticket_list, "LOOKED_THROUGH", 3)
        ticket_list.listed(tx, 50, asked, order)
    assert _all_scans(store, statements) == {}


def test_events_are_found_by_their_time(store: Store) -> None:
    """Where the stream is to begin at a moment, an index leads there."""
    _fill(store)
    with _noted(store) as statements:
        events.number_before(store, NOW)
    assert len(statements) == 1
    assert _all_scans(store, statements) == {}


def test_a_scan_would_be_seen(store: Store) -> None:
    """The test above is able to fail: a look-up without an index is called a scan."""
    _fill(store)
    with store.writing() as tx:
        assert list(_scans(tx, "SELECT number FROM tickets WHERE subject = 'x'", ()))
        assert not list(_scans(tx, "SELECT subject FROM tickets WHERE number = 10001", ()))


def _fill(store: Store) -> None:
    for uid in range(1, 6):
        file_mail(store, spool_one(store, arrival(uid)))


def _answer_all(store: Store) -> None:
    """Give every ticket many answers: of an index without entries PostgreSQL reads all there is."""
    columns = [column for column in ArticleRow.__table__.columns if column.name != "id"]
    answer = {"kind": ArticleKind.PUBLIC, "direction": Direction.OUT}
    copied = select(*(literal(answer[one.name], one.type) if one.name in answer else one for one in columns))
    with store.writing() as tx:
        for _ in range(6):
            tx.connection.execute(insert(ArticleRow).from_select([one.name for one in columns], copied))
    with store.writing() as tx:
        tx.connection.exec_driver_sql("ANALYZE articles")


def _statements_of_a_mail(store: Store) -> Mapping[str, Any]:
    """Do everything that a mail and its letters cause, and return each statement with its parameters."""
    with _noted(store) as seen:
        _live(store)
    return seen


@contextmanager
def _noted(store: Store) -> Iterator[dict[str, Any]]:
    """Give the statements of the block with their parameters, once it is over."""
    seen: dict[str, Any] = {}

    def note(*arguments: Any) -> None:
        _, _, statement, parameters, *_ = arguments
        if not statement.startswith("BEGIN"):
            seen[statement] = _once(parameters)

    event.listen(store.engine, "before_cursor_execute", note)
    yield seen
    event.remove(store.engine, "before_cursor_execute", note)


def _all_scans(store: Store, statements: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the statements that read a whole table, with what their plans say of it."""
    with store.writing() as tx:
        found = {one: list(_scans(tx, one, parameters)) for one, parameters in statements.items()}
    return {one: scans for one, scans in found.items() if scans}


def _once(parameters: Any) -> Any:
    """Return the parameters of one execution, where there are those of many."""
    if not isinstance(parameters, list):
        return parameters
    return parameters[0] if isinstance(parameters[0], (tuple, dict)) else tuple(parameters)


def _live(store: Store) -> None:
    spool_id, second = spool_one(store, arrival(100)), spool_one(store, arrival(101))
    bob = Address("Bob", "bob@customer.example")
    files = (StoredFile("a.png", "image/png", 3, "0" * 64),)
    number = open_ticket(store, opening(ticket(tags=("a",), participants=(bob,)), article(attachments=files)))
    with store.writing() as tx:
        _fetch(tx)
        spool.claim(tx, spool_id)
        keys = ThreadKeys(
            message_ids=("m1@customer.example", "m2@customer.example"),
            subject_number=number,
            thread_index="thread-index 01",
            same_subject="subject 01",
        )
        spooled = waiting(tx, spool_id)
        gather(tx, keys, spooled, [JANE.address], NOW, SeveralMailboxes.SHARED)
        gather(tx, keys, spooled, [JANE.address], NOW, SeveralMailboxes.SEPARATE)
        gather_ticket(tx, number, "test", NOW)
        _attend(tx, number)
        changes = (
            SetStatus(Status.NEW, Status.OPEN),
            ChangeTags(("x",), ("a",)),
            AddParticipants((JANE,)),
            RecordFiring("solve"),
            NameBy(("m9@third.example", "thread-index 01"), "subject 01"),
            SetAttention(NOW),
        )
        apply(tx, working(number, AddArticle(article(message_id="m100@x")), *changes), spooled)
        _count(tx, number)
        tickets.opening(tx, number)
        other = apply(tx, opening(), None) or 0
        apply(tx, working(other, AddLink(number, LinkKind.PROBLEM), MergeInto(number, (bob,))), None)
        apply(tx, working(number, RemoveLink(other, LinkKind.PROBLEM)), None)
        gather(tx, ThreadKeys(subject_number=other), spooled, [], NOW, SeveralMailboxes.SHARED)
        linked_tickets(tx, number)
        outbox.put(tx, [queued("a", number), queued("b", number)], NOW)
        spool.finish(tx, spool_id, Disposition.FOLLOWED_UP, "by number", number, NOW)
        _put_aside(tx, second)
        ledger.unsettled(tx, "support", "INBOX", 7, 50)
        ledger.settled(tx, [spool_id, second], NOW)
    _deliver(store)


def _fetch(tx: Transaction) -> None:
    ledger.highest_uid(tx, "support", "INBOX", 7)
    first_sights.read(tx, "support", "INBOX", 7)
    first_sights.highest_uid_below(tx, "support", "INBOX", 7, 100)
    imports.known(tx, "support", [Identity("m1@customer.example", "1" * 64), Identity("", "2" * 64)])
    spool.waiting(tx, None, NOW, 10)
    spool.waiting(tx, "support", NOW, 10)


def _hold(tx: Transaction, number: int) -> None:
    course(tx, (number,), ("m1@customer.example", "l1@example.com"))
    apply(tx, working(number, AddArticle(article(message_id="held@x")), HoldAnswer("anna")), None)
    (held,) = read_heads(tx, [number])[number].held
    apply(tx, working(number, HoldOn(held)), None)
    apply(tx, working(number, ReleaseAnswer(held, HeldEnd.SENT)), None)


def _attend(tx: Transaction, number: int) -> None:
    lately(tx, JANE.address, NOW)
    attention.fired(tx, number)
    attention.due(tx, NOW, 10)
    attention.due(tx, NOW, 10, (NOW, number))
    attention.take(tx, number, NOW)


def _put_aside(tx: Transaction, spool_id: int) -> None:
    spool.postpone(tx, spool_id, "busy", NOW)
    delayed_since(tx)
    spool.quarantine(tx, spool_id, "parse", "too deep", NOW)


def _count(tx: Transaction, number: int) -> None:
    _hold(tx, number)
    apply(tx, working(number, SetOrganisation(None, "acme"), SpendTime(30)), None)
    open_beside(tx, "web", number)
    recent_incidents(tx, NOW - MINUTE)
    known_of(tx, [number])
    apply(tx, working(number, LinkOthers((number - 1,), LinkKind.LIKE)), None)
    open_alike(tx, number)
    apply(tx, working(number, SetMajor(Major(number, {"": "Down."}, NOW))), None)
    open_majors(tx, NOW)
    majors_of(tx, [number])
    handovers(tx, number, NOW)
    apply(tx, working(number, SetMajor(None)), None)
    usage.used(tx, ["acme"], Unit.TICKETS, NOW, NOW + MINUTE)
    usage.used(tx, ["acme"], Unit.HOURS, NOW, NOW + MINUTE)


def _deliver(store: Store) -> None:
    with store.writing() as tx:
        outbox.next_due(tx)
        outbox.oldest_due(tx, NOW)
        (first, second, third, *_) = outbox.claim_due(tx, NOW, "one", 10)
        outbox.record(tx, {first.id: sent("250 ok", NOW)})
        outbox.record(tx, {second.id: failed("550 no", NOW)})
        outbox.record(tx, {third.id: Delivery(DeliveryState.QUEUED, NOW, "451 later", uncertain=False, at=NOW)})
        outbox.release_abandoned(tx, NOW, NOW - NOW, lambda _: False)
        outbox.letter(tx, third.id)
        outbox.put_back(tx, [third.id])
        health.beat(tx, "send", NOW, None)


def _scans(tx: Transaction, statement: str, parameters: Any) -> Iterator[str]:
    if tx.dialect == "sqlite":
        yield from _sqlite_scans(tx.connection, statement, parameters)
    else:
        # small tables are read whole, and joined by that, whatever indexes there are
        for way in ("seqscan", "hashjoin", "mergejoin"):
            tx.connection.exec_driver_sql(f"SET LOCAL enable_{way} = off")
        plan: Any = tx.connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters).scalar()
        yield from _postgres_scans((plan if isinstance(plan, list) else json.loads(plan))[0]["Plan"])


def _sqlite_scans(connection: Connection, statement: str, parameters: Any) -> Iterator[str]:
    tables = set(Base.metadata.tables)
    for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters):
        words = row[3].split()
        if words[0] == "SCAN" and words[1] in tables:
            yield row[3]


def _postgres_scans(node: Mapping[str, Any]) -> Iterator[str]:
    kind = node["Node Type"]
    is_table = not str(node.get("Relation Name", "")).endswith("_seq")  # a sequence is a single row
    if (kind == "Seq Scan" and is_table) or (kind.startswith(("Index", "Bitmap Index")) and "Index Cond" not in node):
        yield f"{kind} on {node.get('Relation Name', node.get('Index Name'))}"
    for child in node.get("Plans", ()):
        yield from _postgres_scans(child)


@pytest.mark.parametrize("name", sorted(Base.metadata.tables))
def test_every_table_has_a_key(name: str) -> None:
    """No row is without an identity."""
    assert list(Base.metadata.tables[name].primary_key)
