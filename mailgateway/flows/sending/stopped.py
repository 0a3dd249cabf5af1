"""Automatic mail that is too much for its reader is not sent: the ticket is marked, and the admin told once."""

from collections.abc import Sequence
from datetime import datetime

from mailgateway import log
from mailgateway.desk.letters import notices
from mailgateway.desk.letters.loops import TAG, Budget
from mailgateway.desk.letters.pingpong import ALIKE, PROMPT
from mailgateway.desk.plan import Audience, Automatic, Change, ChangeTags, Disposition, Notice, Plan, RecordEvent
from mailgateway.desk.policy import Policy
from mailgateway.store import health
from mailgateway.store.engine import Transaction
from mailgateway.store.outgoing.traffic import traffic
from mailgateway.store.tickets.apply import apply

ALARM = "loop:"
"""Begins the names of the alarms that stand for an address, or for an address and a ticket."""

_TOO_MUCH = frozenset({notices.ENOUGH, ALIKE, PROMPT})

_log = log.logger("loops")


def within_limits(
    tx: Transaction, wanted: Sequence[Notice], number: int | None, now: datetime, policy: Policy
) -> tuple[Notice, ...]:
    """Return what may be sent of the notices of a plan about a ticket, with word to the admin of what may not."""
    automatic = {notice.recipient.key for notice in wanted if notice.automatic is not Automatic.NO}
    limited = {key for key in automatic if not policy.is_unlimited(key)}
    if not limited:
        return tuple(wanted)
    budget = Budget(traffic(tx, limited, number, now))
    judged = [(notice, budget.excess(notice, policy)) for notice in wanted]
    stopped = [(notice, why) for notice, why in judged if why]
    told = [alarm for notice, why in stopped for alarm in _told(tx, notice, why, number, now, policy)]
    if stopped and number is not None:
        _mark(tx, number, now, [_event(notice, why) for notice, why in stopped])
    return (*(notice for notice, why in judged if not why), *told)


def unanswered(tx: Transaction, plan: Plan, number: int | None, policy: Policy) -> tuple[Notice, ...]:
    """Return word to the admin where a plan leaves a receipt out because its reader had enough, or seems a machine."""
    whys = [one.detail.get("why") for one in plan.changes if isinstance(one, RecordEvent)]
    why = next((str(one) for one in whys if one in _TOO_MUCH), "")
    if not why or number is None:
        return ()
    if why == notices.ENOUGH:
        _mark(tx, number, plan.at)
    return _alarm(tx, plan.actor, None, why, plan.at, policy)


def _event(notice: Notice, why: str) -> RecordEvent:
    return RecordEvent("automatic_mail_stopped", {"to": notice.recipient.key, "notice": notice.kind.value, "why": why})


def _mark(tx: Transaction, number: int, now: datetime, events: Sequence[RecordEvent] = ()) -> None:
    changes: tuple[Change, ...] = (ChangeTags((TAG,)), *events)
    apply(tx, Plan(now, "gateway", Disposition.RECORDED, TAG, number, changes, is_quiet=True), None)


def _told(
    tx: Transaction, notice: Notice, why: str, number: int | None, now: datetime, policy: Policy
) -> tuple[Notice, ...]:
    """Return the alarm, if it is the first; nobody is told that the admin gets too much."""
    _log.warning("loops.stopped", notice=notice.kind.value, ticket=number, why=why)
    alarm = _alarm(tx, notice.recipient.key, number, why, now, policy)
    return () if notice.audience is Audience.ADMIN else alarm


def _alarm(
    tx: Transaction, address: str, number: int | None, why: str, now: datetime, policy: Policy
) -> tuple[Notice, ...]:
    about = f" about ticket {number}" if number is not None else ""
    title = f"Automatic mail to {address}{about} is stopped: it may be a loop"
    if not health.raise_or_renew(tx, f"{ALARM}{address.casefold()}:{number or ''}", title, now):
        return ()
    lines = (
        f"{why[:1].upper()}{why[1:]}.",
        "Mails from there are filed as before. It ends by itself an hour after the last mail that was too much;",
        "for mails that say the same, or come within seconds of ours, a day after them.",
        "Addresses that may get more stand in gateway.yaml under limits: exempt.",
    )
    return (notices.alarm(title, lines, policy),)
