"""The steps that a ticket takes along its life cycle when nobody does anything: reminded, solved, closed."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

from mailgateway.desk.facts import Candidate, Facts
from mailgateway.desk.letters import news, notices
from mailgateway.desk.levels.business_time import are_at_work, hours_to_tell
from mailgateway.desk.model import Status, Ticket
from mailgateway.desk.plan import RecordEvent, SetStatus
from mailgateway.desk.policy import Policy
from mailgateway.desk.timed.moments import Effect, Moment, Source, last_change

_REMIND, _SOLVE, _CLOSE = "remind", "solve", "close"
_STATUSES = {_SOLVE: Status.SOLVED, _CLOSE: Status.CLOSED}


def _moments(ticket: Ticket, policy: Policy) -> Iterator[Moment]:
    """Give each step at the opening of the desk, since it writes to somebody; what follows a step keeps its distance.

    So who is reminded after a weekend has as long to answer as anybody.
    """
    base, hours = last_change(ticket), hours_to_tell(ticket, policy)
    at, waited = base, timedelta()
    for what, wait in _steps(ticket, policy):
        opening = hours.next_opening(at + wait - waited) if wait is not None else None
        if opening is None or wait is None:
            continue
        at, waited = opening, wait
        yield Moment(at, f"{what}/{base.isoformat()}", what)


def _steps(ticket: Ticket, policy: Policy) -> tuple[tuple[str, timedelta | None], ...]:
    cycle = policy.life_cycle_of(ticket)
    if ticket.status is Status.PENDING:
        return (_REMIND, cycle.remind_after), (_SOLVE, cycle.solve_after)
    return ((_CLOSE, cycle.close_after),) if ticket.status is Status.SOLVED else ()


def _take(due: Sequence[Moment], candidate: Candidate, facts: Facts, policy: Policy) -> Effect:
    """Take the farthest step that is due: who was not reminded in time is not reminded of what is solved by now."""
    hours = hours_to_tell(candidate.ticket, policy)
    if not are_at_work(hours, max(moment.at for moment in due), facts.now):
        return Effect(again=hours.next_opening(facts.now))
    fired = tuple(moment.name for moment in due)
    passed = {moment.what for moment in _moments(candidate.ticket, policy) if moment.at <= facts.now}
    what = next((step for step in (_CLOSE, _SOLVE, _REMIND) if step in passed), "")
    if what in _STATUSES and any(moment.what == what for moment in due):
        return replace(_moved(_STATUSES[what], candidate, facts, policy), fired=fired)
    if what == _REMIND:
        return replace(_reminded(candidate, facts, policy), fired=fired)
    return Effect(fired=fired)


def _moved(status: Status, candidate: Candidate, facts: Facts, policy: Policy) -> Effect:
    before = candidate.ticket
    after = replace(before, status=status, status_since=facts.now)
    told = news.of_status(before, after, candidate, facts, policy)
    return Effect((SetStatus(before.status, status),), told)


def _reminded(candidate: Candidate, facts: Facts, policy: Policy) -> Effect:
    notice = notices.reminder(candidate, policy)
    silence = notices.why_not(notice, facts, policy)
    if silence:
        return Effect((RecordEvent("not_reminded", {"why": silence}),))
    return Effect((RecordEvent("reminded", {"to": candidate.ticket.requester.address}),), (notice,))


SOURCE = Source(_moments, _take)
