"""What becomes of a ticket when its time has come, without a mail and without anybody's order."""

from dataclasses import replace
from datetime import datetime

from mailgateway.desk.after import after, fired_by
from mailgateway.desk.facts import Candidate, Facts
from mailgateway.desk.handovers.offering import offered
from mailgateway.desk.levels.levelled import levelled
from mailgateway.desk.plan import Change, Disposition, Notice, Plan, RecordFiring, SetAttention
from mailgateway.desk.policy import Policy
from mailgateway.desk.timed.agenda import SOURCES, moments, next_attention

ACTOR = "clock"


def attend(candidate: Candidate, facts: Facts, policy: Policy) -> Plan:
    """Carry out what is due of a ticket, up to the moment that it waited for.

    After that only later moments count: what was looked at without an effect is not looked at again before a change.
    So a clock that stood still goes through what it missed in the order of time, a moment after the other.
    """
    as_it_was, ticket = candidate, candidate.ticket
    until = ticket.attend_at or facts.now
    changes: list[Change] = []
    told: list[Notice] = []
    fired: list[str] = []
    waits_for = ""
    again: list[datetime] = []
    for source in SOURCES:
        theirs = moments(candidate.ticket, policy, (source,))
        due = tuple(one for one in theirs if one.at <= until and one.name not in candidate.fired)
        if not due:
            continue
        effect = source.take(due, candidate, facts, policy)
        candidate = replace(candidate, ticket=after(candidate.ticket, effect.changes, facts.now))
        changes += effect.changes
        told += effect.notices
        fired += effect.fired
        waits_for = waits_for or effect.waits_for
        again += [effect.again] if effect.again is not None else []
    plan = Plan(
        at=facts.now,
        actor=ACTOR,
        disposition=Disposition.RECORDED,
        reason=f"due at {until.isoformat()}",
        ticket=ticket.number,
        changes=(*changes, *map(RecordFiring, fired)),
        notices=tuple(told),
        waits_for=waits_for,
        is_quiet=True,
    )
    plan = levelled(offered(plan, as_it_was, policy), facts, policy)
    left = after(ticket, plan.changes, facts.now)
    # what a changed clock has passed already is due at once
    since = until if left.clocks == ticket.clocks else None
    coming = next_attention(left, candidate.fired | fired_by(plan.changes), policy, since=since)
    earliest = min((at for at in (coming, *again) if at is not None), default=None)
    return replace(plan, changes=(*plan.changes, SetAttention(earliest)))
