"""Escalations: what happens when the time for a promise runs out. Each step of each clock happens once."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from mailgateway.desk.facts import Candidate, Facts
from mailgateway.desk.levels import escalated, firings
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

    clock: Clock
    step: Step
    level: ServiceLevel
    at: datetime

    @property
    def share(self) -> str:
        """The name of all that happens at this share of the clock's time."""
        return firings.share(self.clock, self.step.share)

    @property
    def name(self) -> str:
        """The name by which it has its effect once: its share's, or that of what of it does not wait."""
        return firings.at_once(self.clock, self.step.share) if self.is_at_once else self.share

    @property
    def is_at_once(self) -> bool:
        """Tell whether it happens outside working hours as well."""
        return self.step.anytime or bool(self.step.on_call)

    def is_held_back(self, now: datetime) -> bool:
        """Tell whether it waits for working hours."""
        return not (self.is_at_once or self.is_working_time(now))

    def tells_somebody(self, now: datetime) -> bool:
        """Tell whether it is there to tell people now."""
        is_night_call = bool(self.step.on_call) and not self.is_working_time(now)
        return not self.is_held_back(now) and (bool(self.step.notify) or is_night_call)

    def is_working_time(self, now: datetime) -> bool:
        """Tell whether people are at work, or were when it was reached, a moment ago."""
        return are_at_work(self.level.hours, self.at, now)


def _moments(ticket: Ticket, policy: Policy) -> Iterator[Moment]:
    if not policy.service_levels:
        return
    for clock in ticket.clocks:
        if clock.running_since is not None and clock.due_at is not None:
            yield Moment(clock.due_at + TICK, firings.breach(clock), BREACH)
    for one in _steps(ticket, policy):
        at = one.level.hours.next_opening(one.at) if one.is_held_back(one.at) else one.at
        if at is not None:
            yield Moment(at, one.name, STEP)


def _steps(ticket: Ticket, policy: Policy) -> Iterator[_Reached]:
    for clock in ticket.clocks:
        level = policy.level(clock.policy)
        if level is None or clock.running_since is None:
            continue
        level = level.counted_in(policy.calendar(clock.calendar) or level.calendar)
        for step in level.steps:
            at = share_used_at(clock, level.calendar, step.share) if clock.target in step.of else None
            if at is not None:
                yield _Reached(clock, step, level, at)


def _take(due: Sequence[Moment], candidate: Candidate, facts: Facts, policy: Policy) -> Effect:
    """Take what is due; where several steps of a clock were missed, the last of them alone tells people."""
    known = tuple(_steps(candidate.ticket, policy))
    names = {moment.name for moment in due}
    breaches = [moment for moment in due if moment.what == BREACH]
    steps = [one for one in known if one.name in names]
    waiting = [one for one in steps if one.is_held_back(facts.now)]
    taken = [one for one in steps if one not in waiting]
    changes: list[Change] = [_breached(candidate.ticket, moment) for moment in breaches]
    told: dict[str, Notice] = {}
    for one in sorted(taken, key=lambda one: one.step.share):
        is_overtaken = any(_overtakes(other, one, facts.now) for other in known)
        notices = () if is_overtaken else _told(one, candidate, facts, policy)
        changes.append(_noted(one, notices))
        # who is told of several things at once gets one mail, of what is most used up
        told |= {notice.recipient.key: notice for notice in notices}
    moves, handed = _moved(taken, candidate, facts, policy)
    openings = [at for one in waiting if (at := one.level.hours.next_opening(facts.now)) is not None]
    return Effect(
        changes=(*changes, *moves),
        notices=(*told.values(), *handed),
        fired=(*(moment.name for moment in breaches), *_done(taken, known, candidate.fired)),
        again=min(openings, default=None),
    )


def _done(taken: Sequence[_Reached], known: Sequence[_Reached], fired: Collection[str]) -> list[str]:
    """Name what was done: a share as a whole, too, where nothing of it waits any more.

    So a step that is written in another way later does not happen again.
    """
    waiting = {one.share for one in known if one not in taken and not one.is_at_once}
    done = [firings.at_once(one.clock, one.step.share) for one in taken]
    done += [one.share for one in taken if one.share not in waiting]
    return [name for name in dict.fromkeys(done) if name not in fired]


def _overtakes(other: _Reached, one: _Reached, now: datetime) -> bool:
    is_later = other.clock == one.clock and other.step.share > one.step.share
    return is_later and other.at <= now and other.tells_somebody(now)


def _breached(ticket: Ticket, moment: Moment) -> RecordEvent:
    clock = next(clock for clock in ticket.clocks if moment.name == firings.breach(clock))
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


def _moved(
    taken: Sequence[_Reached], candidate: Candidate, facts: Facts, policy: Policy
) -> tuple[list[Change], tuple[Notice, ...]]:
    """Return what the steps change of the ticket itself, once however many say so, and who is told: whom it goes to
    now, and the requester, where a hand-over is news to them.
    """
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
    return changes, escalated.handed_over(changes, candidate, facts, policy)


SOURCE = Source(_moments, _take)
