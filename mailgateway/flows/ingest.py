"""From the spool to the ticket: the way of one mail. The file to read first.

raw bytes ─ parse ─ classify ─ keys ─┐                      ┌─ apply ─ letters ─ outbox
                              gather ┴─ facts ─ decide ─ plan ┘        one transaction
  understand.py                          judge.py                 carry_out.py
"""

from dataclasses import replace
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


def _file(desk: Desk, spool_id: int) -> Disposition | None:
    spooled = despite_races(partial(_read, desk, spool_id))
    if spooled is None:
        return None
    log.also(mailbox=spooled.mailbox, message_id=spooled.identity.message_id)
    policy, watch = desk.policy(), Stopwatch(desk.observer())
    incoming = screen(desk, spooled, understand(spooled, policy), policy)
    watch.lap(Stage.UNDERSTAND)
    spooled = replace(spooled, raw=b"")  # understood by now: what is large is not in memory twice
    desk.store.blobs.put_all([file.content for file in incoming.mail.attachments if not file.refused])
    watch.lap(Stage.KEEP)

    def decide_and_apply(incoming: Incoming) -> tuple[Plan | None, int | None]:
        with desk.store.writing() as tx:
            made = _decide_and_apply(desk, tx, spooled, incoming, policy, watch)
        watch.lap(Stage.COMMIT)
        return made

    plan, number = despite_races(partial(decide_and_apply, incoming))
    while plan is not None and plan.asks_mail:
        # outside the transaction: a mail is never parsed while others wait to write
        incoming = _with_mail(desk, plan.asks_mail, incoming, policy)
        plan, number = despite_races(partial(decide_and_apply, incoming))
    if plan is not None and plan.is_unfinished:
        return _go_on(desk, spool_id, plan)
    if plan is None:
        return None
    desk.observer().planned(plan)
    desk.observer().filed(plan.disposition, _waited(spooled, plan.at))
    return _told(desk, incoming, plan, number)


def _read(desk: Desk, spool_id: int) -> Spooled | None:
    with desk.store.reading() as tx:
        return spool.read(tx, spool_id)


def _with_mail(desk: Desk, spool_id: int, incoming: Incoming, policy: Policy) -> Incoming:
    """Read a mail of an agent's that this one decides about, and what tickets its orders name."""
    with desk.store.reading() as tx:
        kept = spool.kept(tx, spool_id)
    held = screen(desk, kept, understand(kept, policy), policy)
    names = replace(incoming.keys, ordered=held.keys.ordered)
    return replace(incoming, keys=names, held={**incoming.held, spool_id: held})


def _go_on(desk: Desk, spool_id: int, plan: Plan) -> Disposition | None:
    """File what the mail takes out of quarantine, then look at the mail again; what is not done now is done later."""
    for entry in to_be_filed(plan.decisions):
        ingest(desk, entry)
    return _file(desk, spool_id) if plan.decisions else None


def _decide_and_apply(
    desk: Desk, tx: Transaction, spooled: Spooled, incoming: Incoming, policy: Policy, watch: Stopwatch
) -> tuple[Plan | None, int | None]:
    if not spool.claim(tx, spooled.id):
        return None, None
    plan, facts = judge(desk, tx, spooled, incoming, policy)
    watch.lap(Stage.DECIDE)
    if plan.is_unfinished:
        quarantine.decide(tx, plan.decisions, plan.actor, plan.at, asked_by=spooled.id)
        spool.postpone(tx, spooled.id, plan.reason, plan.at + POSTPONEMENT)
        return plan, None
    if plan.asks_mail:
        return plan, None
    number = carry_out(desk, tx, plan, facts, policy, spooled, incoming.mail.attachments)
    # what is filed for old was decided for its own time, and ends today; else its events are found by this moment
    ended_at = desk.clock() if spooled.backfill else plan.at
    if plan.disposition is Disposition.QUARANTINED:
        spool.quarantine(tx, spooled.id, "decide", plan.reason, ended_at)
    else:
        spool.finish(tx, spooled.id, plan.disposition, plan.reason, number, ended_at)
    return plan, number


def _told(desk: Desk, incoming: Incoming, plan: Plan, number: int | None) -> Disposition:
    if plan.notices:
        desk.letters_waiting()
    _log.info(
        "ingest.done",
        ticket=number,
        disposition=plan.disposition.value,
        kind=incoming.verdict.kind.value,
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
