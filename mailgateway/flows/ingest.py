"""From the spool to the ticket: the way of one mail. The file to read first.

raw bytes ─ parse ─ classify ─ keys ─┐                      ┌─ apply ─ letters ─ outbox
                              gather ┴─ facts ─ decide ─ plan ┘        one transaction
  understand.py                          judge.py                 carry_out.py
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from mailgateway import log
from mailgateway.desk.decide import Incoming
from mailgateway.desk.plan import Disposition, Plan
from mailgateway.desk.policy import Policy
from mailgateway.errors import PoisonMessage, ScanFailed, StoreUnusable, TransientError
from mailgateway.flows.carry_out import carry_out
from mailgateway.flows.desk import Desk, Stop
from mailgateway.flows.health.observer import Stage
from mailgateway.flows.health.stopwatch import Stopwatch
from mailgateway.flows.judge import judge
from mailgateway.flows.quarantine import to_be_filed
from mailgateway.flows.races import despite_races
from mailgateway.flows.screening import screen
from mailgateway.flows.understand import understand
from mailgateway.store.engine import Transaction
from mailgateway.store.incoming import quarantine, spool
from mailgateway.store.incoming.spool import Spooled

POSTPONEMENT = timedelta(seconds=30)
BATCH = 50
LEFT_OVER = timedelta(seconds=30)
"""Who fetches a mail files it at once: what still waits after that, nobody takes care of."""

_log = log.logger("ingest")


def ingest_waiting(desk: Desk, mailbox: str | None, stop: Stop) -> int:
    """Ingest what waits in the spool (of one mailbox, or of all), oldest first; return how many got their outcome."""
    return _ingest_due(desk, mailbox, desk.clock(), stop)


def ingest_left_over(desk: Desk, stop: Stop) -> int:
    """Ingest what no mailbox worker has: its mailbox is gone from the configuration, or its server does not answer."""
    return _ingest_due(desk, None, desk.clock() - LEFT_OVER, stop)


def _ingest_due(desk: Desk, mailbox: str | None, by: datetime, stop: Stop) -> int:
    with desk.store.reading() as tx:
        waiting = spool.waiting(tx, mailbox, by, BATCH)
    done = 0
    for spool_id in waiting:
        if stop():
            break
        done += ingest(desk, spool_id) is not None
    return done


def ingest(desk: Desk, spool_id: int) -> Disposition | None:
    """Bring one spooled mail to its one outcome. A mail that breaks us is quarantined; the next one goes on.

    Returns None where nothing was left to do, or where it is postponed because the database cannot be used now. Raises
    StoreUnusable, which is no mail's fault.
    """
    with log.about(spool_id=spool_id, mailbox=None, message_id=None):
        try:
            return _file(desk, spool_id)
        except TransientError as error:
            _postpone(desk, spool_id, error)
            return None
        except StoreUnusable:
            raise
        except PoisonMessage as poison:
            return _quarantine(desk, spool_id, poison, why=poison.problem)
        except Exception as error:  # noqa: BLE001 - the one place where a bug of ours must not stop the mails behind
            kind = type(error).__name__
            _log.error("ingest.broken", error=kind, exception=log.frames(error))
            return _quarantine(desk, spool_id, PoisonMessage("ingest", f"{kind}: {error}"), why=kind)


@dataclass(frozen=True, slots=True)
class _Work:
    """One mail on its way, with what all of its stages need."""

    desk: Desk
    spooled: Spooled
    policy: Policy
    watch: Stopwatch


@dataclass(frozen=True, slots=True)
class _Filed:
    """What a mail was understood to be, what was decided about it, and the ticket that it went to."""

    incoming: Incoming
    plan: Plan
    ticket: int | None = None


def _file(desk: Desk, spool_id: int) -> Disposition | None:
    work = _begun(desk, spool_id)
    if work is None:
        return None
    incoming = _understand_and_keep(work)
    # understood by now: what is large is not in memory twice
    work = replace(work, spooled=replace(work.spooled, raw=b""))
    filed = _decide_and_apply(work, incoming)
    if filed is None:
        return None
    return _go_on(work, filed.plan) if filed.plan.is_unfinished else _tell(work, filed)


def _begun(desk: Desk, spool_id: int) -> _Work | None:
    spooled = despite_races(partial(_read, desk, spool_id))
    if spooled is None:
        return None
    log.also(mailbox=spooled.mailbox, message_id=spooled.identity.message_id)
    return _Work(desk, spooled, desk.policy(), Stopwatch(desk.observer()))


def _read(desk: Desk, spool_id: int) -> Spooled | None:
    with desk.store.reading() as tx:
        return spool.read(tx, spool_id)


def _understand_and_keep(work: _Work) -> Incoming:
    """Understand the mail, and keep its files: before there is a transaction that others would wait for."""
    incoming = _understood(work, work.spooled)
    work.watch.lap(Stage.UNDERSTAND)
    work.desk.store.blobs.put_all([file.content for file in incoming.mail.attachments if not file.refused])
    work.watch.lap(Stage.KEEP)
    return incoming


def _understood(work: _Work, spooled: Spooled) -> Incoming:
    return screen(work.desk, spooled, understand(spooled, work.policy), work.policy)


def _decide_and_apply(work: _Work, incoming: Incoming) -> _Filed | None:
    """Decide about the mail and carry that out; None where somebody else has it, or it is done.

    A mail of an agent's may decide about others: they are read between two transactions, never parsed in one.
    """
    filed = despite_races(partial(_transact, work, incoming))
    while filed is not None and filed.plan.asks_mail:
        incoming = _with_mail(work, filed.plan.asks_mail, incoming)
        filed = despite_races(partial(_transact, work, incoming))
    return filed


def _with_mail(work: _Work, spool_id: int, incoming: Incoming) -> Incoming:
    """Read a mail of an agent's that this one decides about, and what tickets its orders name."""
    with work.desk.store.reading() as tx:
        kept = spool.kept(tx, spool_id)
    held = _understood(work, kept)
    names = replace(incoming.keys, ordered=held.keys.ordered)
    return replace(incoming, keys=names, held={**incoming.held, spool_id: held})


def _transact(work: _Work, incoming: Incoming) -> _Filed | None:
    with work.desk.store.writing() as tx:
        filed = _filed(work, tx, incoming) if spool.claim(tx, work.spooled.id) else None
    work.watch.lap(Stage.COMMIT)
    return filed


def _filed(work: _Work, tx: Transaction, incoming: Incoming) -> _Filed:
    desk, spooled, policy = work.desk, work.spooled, work.policy
    plan, facts = judge(desk, tx, spooled, incoming, policy)
    work.watch.lap(Stage.DECIDE)
    if plan.is_unfinished:
        quarantine.decide(tx, plan.decisions, plan.actor, plan.at, asked_by=spooled.id)
        spool.postpone(tx, spooled.id, plan.reason, plan.at + POSTPONEMENT)
    if plan.is_unfinished or plan.asks_mail:
        return _Filed(incoming, plan)
    number = carry_out(desk, tx, plan, facts, policy, spooled, incoming.mail.attachments)
    # what is filed for old was decided for its own time, and ends today; else its events are found by this moment
    ended_at = desk.clock() if spooled.backfill else plan.at
    if plan.disposition is Disposition.QUARANTINED:
        spool.quarantine(tx, spooled.id, "decide", plan.reason, ended_at)
    else:
        spool.finish(tx, spooled.id, plan.disposition, plan.reason, number, ended_at)
    return _Filed(incoming, plan, number)


def _go_on(work: _Work, plan: Plan) -> Disposition | None:
    """File what the mail takes out of quarantine, then look at the mail again; what is not done now is done later."""
    for entry in to_be_filed(plan.decisions):
        ingest(work.desk, entry)
    return _file(work.desk, work.spooled.id) if plan.decisions else None


def _tell(work: _Work, filed: _Filed) -> Disposition:
    plan = filed.plan
    work.desk.observer().planned(plan)
    work.desk.observer().filed(plan.disposition, _waited(work.spooled, plan.at))
    if plan.notices:
        work.desk.letters_waiting()
    _log.info(
        "ingest.done",
        ticket=filed.ticket,
        disposition=plan.disposition.value,
        kind=filed.incoming.verdict.kind.value,
        why=plan.reason,
        letters=len(plan.notices),
    )
    return plan.disposition


def _waited(spooled: Spooled, now: datetime) -> timedelta | None:
    accepted_at = None if spooled.released or spooled.backfill else spooled.accepted_at
    return None if accepted_at is None else max(now - accepted_at, timedelta(0))


def _postpone(desk: Desk, spool_id: int, error: TransientError) -> None:
    with desk.store.writing() as tx:
        is_its_own = isinstance(error, ScanFailed)
        spool.postpone(tx, spool_id, str(error), desk.clock() + POSTPONEMENT, counts=is_its_own)
    _log.warning("ingest.postponed", why=str(error))


def _quarantine(desk: Desk, spool_id: int, poison: PoisonMessage, why: str) -> Disposition:
    with desk.store.writing() as tx:
        if spool.claim(tx, spool_id):
            spool.quarantine(tx, spool_id, poison.stage, poison.problem, desk.clock())
    desk.observer().filed(Disposition.QUARANTINED, None)
    _log.warning("ingest.quarantined", stage=poison.stage, why=why)
    return Disposition.QUARANTINED
