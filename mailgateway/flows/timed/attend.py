"""Tickets whose time has come: each in a transaction of its own, once, whatever restarts or hosts there are."""

from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256

from mailgateway import log
from mailgateway.desk.facts import Candidate, Facts
from mailgateway.desk.plan import Disposition, Plan, RecordEvent, RecordFiring, SetAttention
from mailgateway.desk.policy import Policy
from mailgateway.desk.timed.attend import ACTOR, attend
from mailgateway.errors import StoreBusy, StoreUnusable
from mailgateway.flows.carry_out import carry_out
from mailgateway.flows.desk import Desk, Stop
from mailgateway.flows.races import despite_races
from mailgateway.flows.timed import watch
from mailgateway.store.engine import Transaction
from mailgateway.store.gather import gather_ticket
from mailgateway.store.service.workload import gather_workload, known_requester
from mailgateway.store.tickets import attention
from mailgateway.store.tickets.apply import apply
from mailgateway.store.tickets.attention import Due
from mailgateway.store.tickets.links import open_problems

BATCH = 100
TRY_AGAIN_AFTER = timedelta(hours=1)
"""A ticket that breaks us may break us again: it waits, and the others go on."""

_log = log.logger("attend")


def attend_due(desk: Desk, stop: Stop) -> int:
    """Attend to every ticket that is due, the longest waiting first; return how many were.

    Raises StoreUnusable, which is no ticket's fault.
    """
    done, behind = 0, None
    while batch := _due(desk, behind):
        for one in batch:
            if stop():
                return done
            done += _attend_until_later(desk, one[1], stop)
        behind = batch[-1]
    return done


def _due(desk: Desk, behind: Due | None) -> list[Due]:
    with desk.store.reading() as tx:
        return attention.due(tx, desk.clock(), BATCH, behind)


def _attend_until_later(desk: Desk, number: int, stop: Stop) -> bool:
    """Go through all that a ticket missed, a moment after the other; tell whether there was any."""
    was_due = False
    while not stop() and _attend(desk, number):
        was_due = True
    return was_due


def _attend(desk: Desk, number: int) -> bool:
    """Bring a ticket one moment further; False where it is not due, or somebody else has it."""
    with log.about(ticket=number):
        try:
            plan = despite_races(lambda: _in_one_transaction(desk, number))
        except StoreBusy as busy:
            _log.warning("attend.postponed", why=str(busy))
            return False
        except StoreUnusable:
            raise
        except Exception as error:  # noqa: BLE001 - a bug of ours, or in a rule, must not stop the tickets behind
            kind = type(error).__name__
            _log.error("attend.broken", error=kind, exception=log.frames(error))
            _put_off(desk, number, kind)
            return False
        if plan is None:
            return False
        desk.observer().planned(plan)
        if plan.notices:
            desk.letters_waiting()
        _log.info("attend.done", why=plan.reason, fired=len(_fired(plan)), letters=len(plan.notices))
        return True


def _in_one_transaction(desk: Desk, number: int) -> Plan | None:
    policy = desk.policy()
    with desk.store.writing() as tx:
        now = desk.clock()
        since = attention.take(tx, number, now)
        if since is None:
            return None
        facts = gather_ticket(tx, number, "", now)
        candidate = facts.candidate(number)
        if candidate is None:
            return None
        plan, facts = _planned(tx, candidate, facts, policy)
        carry_out(desk, tx, plan, replace(facts, occasion=_occasion(number, since, plan)), policy)
    return plan


def _planned(tx: Transaction, candidate: Candidate, facts: Facts, policy: Policy) -> tuple[Plan, Facts]:
    requester = policy.organisations.addresses_of(candidate.ticket.requester.address)
    if policy.ruleset.asks_for("requester.known") or policy.ruleset.asks_for("requester.open_tickets"):
        facts = replace(facts, requester=known_requester(tx, requester))
    if policy.ruleset.links:
        facts = replace(facts, open_problems=open_problems(tx, policy.ruleset.links))
    plan = attend(candidate, facts, policy)
    team = policy.directory.group(plan.waits_for)
    if team is not None:
        facts = replace(facts, workload=gather_workload(tx, plan.waits_for, team.members, requester))
        plan = attend(candidate, facts, policy)
    return plan, facts


def _occasion(number: int, since: datetime, plan: Plan) -> str:
    """Name what caused the letters: what fired, so that doing it again makes the same ones."""
    fired = "\n".join((since.isoformat(), *_fired(plan)))
    return f"attend-{number}-{sha256(fired.encode()).hexdigest()[:32]}"


def _fired(plan: Plan) -> tuple[str, ...]:
    return tuple(change.name for change in plan.changes if isinstance(change, RecordFiring))


def _put_off(desk: Desk, number: int, kind: str) -> None:
    """Have a ticket wait that cannot be attended to, and tell the admin once of it."""
    with desk.store.writing() as tx:
        now = desk.clock()
        if attention.take(tx, number, now) is None:
            return
        changes = (RecordEvent("not_attended", {"error": kind}), SetAttention(now + TRY_AGAIN_AFTER))
        apply(tx, Plan(now, ACTOR, Disposition.RECORDED, kind, number, changes, is_quiet=True), None)
    title = f"Ticket {number} cannot be attended to"
    lines = (f"{kind}: the log tells more (attend.broken). It is tried again every hour.",)
    watch.tell(desk, title, lines, f"not-attended-{number}-{kind}")
