"""Escalations: what happens when the time for a promise runs out. Each step of each clock happens once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from mailgateway.desk.facts import Candidate, Facts
from mailgateway.desk.levels import escalated
from mailgateway.desk.levels.business_time import TICK, are_at_work
from mailgateway.desk.levels.clocks import share_used_at
from mailgateway.desk.levels.service_levels import ServiceLevel, Step
from mailgateway.desk.levels.timepiece import Clock
from mailgateway.desk.model import Ticket
from mailgateway.desk.plan import Assign, Change, MoveToGroup, Notice, RecordEvent, SetPriority
from mailgateway.desk.policy import Policy
from mailgateway.desk.timed.moments import Effect, Moment, Source

BREACH, STEP = "breach", "step"


@dataclass(frozen=True, slots=True)
class _Reached:
    """A step of a clock that goes, and when the clock has used up its share of the time."""

    name: str
    clock: Clock
    step: Step
    level: ServiceLevel
    at: datetime

    def is_held_back(self, now: datetime) -> bool:
        """Tell whether it waits for working hours."""
        return not (self.step.anytime or self.step.on_call or self.is_working_time(now))

    def is_working_time(self, now: datetime) -> bool:
        """Tell whether people are at work, or were when it was reached, a moment ago."""
        return are_at_work(self.level.hours, self.at, now)


def _moments(ticket: Ticket, policy: Policy) -> Iterator[Moment]:
    if not policy.service_levels:
        return
    for clock in ticket.clocks:
        if clock.running_since is not None and clock.due_at is not None:
            yield Moment(clock.due_at + TICK, f"{_name(clock)}/{BREACH}", BREACH)
    for one in _steps(ticket, policy):
        at = one.level.hours.next_opening(one.at) if one.is_held_back(one.at) else one.at
        if at is not None:
            yield Moment(at, one.name, STEP)


def _name(clock: Clock) -> str:
    return f"level/{clock.target.value}/{clock.cycle}"


def _steps(ticket: Ticket, policy: Policy) -> Iterator[_Reached]:
    for clock in ticket.clocks:
        level = policy.level(clock.policy)
        if level is None or clock.running_since is None:
            continue
        level = level.counted_in(policy.calendar(clock.calendar) or level.calendar)
        for number, step in enumerate(level.steps):
            at = share_used_at(clock, level.calendar, step.share) if clock.target in step.of else None
            if at is not None:
                yield _Reached(f"{_name(clock)}/{step.share}%/{number}", clock, step, level, at)


def _take(due: Sequence[Moment], candidate: Candidate, facts: Facts, policy: Policy) -> Effect:
    """Take what is due; where several steps of a clock were missed, the last of them alone tells people."""
    known = {one.name: one for one in _steps(candidate.ticket, policy)}
    breaches = [moment for moment in due if moment.what == BREACH]
    steps = [known[moment.name] for moment in due if moment.name in known]
    waiting = [one for one in steps if one.is_held_back(facts.now)]
    taken = [one for one in steps if one not in waiting]
    changes: list[Change] = [_breached(candidate.ticket, moment) for moment in breaches]
    told: dict[str, Notice] = {}
    for one in sorted(taken, key=lambda one: one.step.share):
        is_overtaken = any(_overtakes(other, one, facts.now) for other in known.values())
        notices = () if is_overtaken else _told(one, candidate, facts, policy)
        changes.append(_noted(one, notices))
        # who is told of several things at once gets one mail, of what is most used up
        told |= {notice.recipient.key: notice for notice in notices}
    moves, handed = _moved(taken, candidate, policy)
    openings = [at for one in waiting if (at := one.level.hours.next_opening(facts.now)) is not None]
    return Effect(
        changes=(*changes, *moves),
        notices=(*told.values(), *handed),
        fired=(*(moment.name for moment in breaches), *(one.name for one in taken)),
        again=min(openings, default=None),
    )


def _overtakes(other: _Reached, one: _Reached, now: datetime) -> bool:
    is_later = other.clock == one.clock and other.step.share > one.step.share
    return is_later and other.at <= now and bool(other.step.notify)


def _breached(ticket: Ticket, moment: Moment) -> RecordEvent:
    clock = next(clock for clock in ticket.clocks if moment.name == f"{_name(clock)}/{BREACH}")
    due = clock.due_at.isoformat() if clock.due_at else ""
    return RecordEvent("breached", {"target": clock.target.value, "policy": clock.policy, "due_at": due})


def _noted(one: _Reached, notices: tuple[Notice, ...]) -> RecordEvent:
    told = ", ".join(notice.recipient.name or notice.recipient.address for notice in notices)
    share = f"{one.step.share}%"
    return RecordEvent("escalated", {"target": one.clock.target.value, "share": share, "told": told})


def _told(one: _Reached, candidate: Candidate, facts: Facts, policy: Policy) -> tuple[Notice, ...]:
    ticket, step = candidate.ticket, one.step
    if step.on_call and not one.is_working_time(facts.now):
        people = escalated.team(step.on_call, policy)
    else:
        people = escalated.told(step.notify, ticket, policy)
    values = {
        "target": one.clock.target.value,
        "share": step.share,
        "due_at": one.clock.due_at,
        "is_over": one.clock.is_breached(facts.now),
        "timezone": str(one.level.calendar.zone),
    }
    return escalated.notices(people, values, candidate, policy)


def _moved(taken: Sequence[_Reached], candidate: Candidate, policy: Policy) -> tuple[list[Change], tuple[Notice, ...]]:
    """Return what the steps change of the ticket itself, once however many say so, and who gets it thereby."""
    ticket = candidate.ticket
    changes: list[Change] = []
    priority = next((one.step.priority_for(ticket) for one in taken if one.step.raises), ticket.priority)
    if priority is not ticket.priority:
        changes.append(SetPriority(ticket.priority, priority))
    wanted = next((one.step.group for one in reversed(taken) if one.step.group), "")
    group = policy.directory.group(wanted) if wanted else None
    if group is None or group.name == ticket.group:
        return changes, ()
    changes.append(MoveToGroup(ticket.group, group.name))
    if ticket.assignee is not None and ticket.assignee not in group.members:
        changes.append(Assign(ticket.assignee, None))
    return changes, escalated.handed_over(changes, candidate, policy)


SOURCE = Source(_moments, _take)
