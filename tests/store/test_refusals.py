"""What was refused, or is held, is found by its index, newest first, with the reason that the ticket knows."""

from mailgateway.desk.holding.changes import HeldEnd, HoldAnswer, ReleaseAnswer
from mailgateway.desk.model import ArticleKind
from mailgateway.desk.plan import AddArticle, Disposition, RecordEvent
from mailgateway.store.engine import Store
from mailgateway.store.incoming import refusals, spool
from mailgateway.store.incoming.refusals import Refusal
from mailgateway.store.tickets.apply import apply
from mailgateway.store.tickets.heads import read_heads
from tests.store.examples import JANE, MINUTE, NOW, arrival, article, open_ticket, raw_mail, spool_one, waiting, working


def listed(store: Store, limit: int = 0) -> tuple[Refusal, ...]:
    """Return what is listed."""
    with store.reading() as tx:
        return refusals.listed(tx, limit)


def refuse(store: Store, uid: int, number: int, **detail: str) -> int:
    """Refuse a mail about a ticket; return its entry in the spool."""
    spool_id = spool_one(store, arrival(uid, raw_mail(f"m{uid}@x", subject=f"Mail {uid}")))
    with store.writing() as tx:
        apply(tx, working(number, RecordEvent("orders_refused", detail)), waiting(tx, spool_id))
        spool.finish(tx, spool_id, Disposition.REFUSED, "orders with one problem", number, NOW + MINUTE)
    return spool_id


def test_a_refusal_tells_whose_and_why(store: Store) -> None:
    """Headline, ticket, and what its writer was told; other mails are none."""
    number = open_ticket(store)
    other = spool_one(store, arrival(1))
    with store.writing() as tx:
        spool.finish(tx, other, Disposition.FOLLOWED_UP, "by number", number, NOW)
    first = refuse(store, 2, number, why="#slove is not a command")
    late = spool_one(store, arrival(3))
    with store.writing() as tx:
        spool.finish(tx, late, Disposition.REFUSED, "rule junk", None, NOW)
    newest, oldest = listed(store)
    assert (newest.id, newest.ticket, newest.reason, newest.not_told) == (late, None, "rule junk", "")
    assert (oldest.id, oldest.ticket, oldest.at, oldest.outcome) == (first, number, NOW + MINUTE, Disposition.REFUSED)
    assert (oldest.sender, oldest.subject, oldest.reason) == (JANE.address, "Mail 2", "#slove is not a command")
    assert listed(store, limit=1) == (newest,)
    with store.reading() as tx:
        assert refusals.read(tx, first) == oldest
        assert refusals.read(tx, other) is None
        assert refusals.read(tx, 2**70) is None


def test_who_was_not_told_is_named(store: Store) -> None:
    """With the reason for that."""
    refuse(store, 2, open_ticket(store), why="#slove is not a command", not_told="they had enough")
    (one,) = listed(store)
    assert one.not_told == "they had enough"


def test_an_answer_is_listed_while_it_is_held(store: Store) -> None:
    """And no longer."""
    number = open_ticket(store)
    spool_id = spool_one(store, arrival(5))
    note = AddArticle(article(kind=ArticleKind.NOTE, message_id="m5@x"))
    with store.writing() as tx:
        apply(tx, working(number, note, HoldAnswer("anna", not_told="they had enough")), waiting(tx, spool_id))
        spool.finish(tx, spool_id, Disposition.HELD, "out of date", number, NOW + MINUTE)
    (one,) = listed(store)
    assert (one.outcome, one.reason, one.not_told) == (Disposition.HELD, "out of date", "they had enough")
    with store.writing() as tx:
        (held,) = read_heads(tx, [number])[number].held
        apply(tx, working(number, ReleaseAnswer(held, HeldEnd.DROPPED)), None)
    assert listed(store) == ()


def test_the_list_reads_its_index_alone(store: Store) -> None:
    """The spool is the ledger of every mail there ever was: nothing of the rest of it is looked at."""
    asked = str(refusals.LINES.limit(50).compile(store.engine, compile_kwargs={"literal_binds": True}))
    explain = "EXPLAIN QUERY PLAN " if store.engine.dialect.name == "sqlite" else "EXPLAIN "
    with store.reading() as tx:
        if store.engine.dialect.name == "postgresql":
            tx.connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        plan = "\n".join(str(tuple(row)) for row in tx.connection.exec_driver_sql(explain + asked))
    assert "ix_spool_turned_away" in plan
    assert "SCAN spool'" not in plan
    assert "Seq Scan" not in plan
