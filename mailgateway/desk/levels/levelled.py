"""A plan and the clocks of its ticket: the one place where what happens moves them, whoever makes the plan."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, tzinfo

from mailgateway.desk.after import after, fired_by
from mailgateway.desk.facts import Candidate, Facts
from mailgateway.desk.levels import firings
from mailgateway.desk.levels.clocks import Calendars, Happened, current, rewound, wound
from mailgateway.desk.levels.level_changes import SetClocks
from mailgateway.desk.levels.timepiece import Clock, Target
from mailgateway.desk.model import ArticleKind, Direction, Status, Ticket
from mailgateway.desk.plan import (
    AddArticle,
    Change,
    MergeInto,
    MoveToGroup,
    Notice,
    NoticeKind,
    OpenTicket,
    Plan,
    RecordFiring,
)
from mailgateway.desk.policy import Policy


def levelled(plan: Plan, facts: Facts, policy: Policy) -> Plan:
    """Have a plan move the clocks of its ticket, and tell in the receipt by when there will be an answer.

    Machine mail and notes move none.
    """
    before, fired = _before(plan, facts)
    if before is None or any(isinstance(change, SetClocks) for change in plan.changes):
        return plan
    happened = _happened(plan, before)
    is_moved = happened.opened or happened.wrote or happened.answered or happened.ticket != before
    if not is_moved:
        return plan
    clocks = wound(before.clocks, happened, policy.level_of(happened.ticket), _calendars(policy))
    if clocks == before.clocks:
        return plan
    moved = _moved(before.clocks, clocks, happened.ticket.status, fired | fired_by(plan.changes))
    zone = _zone_of(happened.ticket, policy)
    notices = tuple(_with_expectation(notice, clocks, zone, policy) for notice in plan.notices)
    return replace(plan, changes=(*plan.changes, *moved), notices=notices)


def renewed(candidate: Candidate, at: datetime, policy: Policy) -> tuple[Change, ...]:
    """Return what another policy makes of the clocks that a ticket has; those that it newly promises begin later."""
    ticket = candidate.ticket
    clocks = rewound(ticket.clocks, Happened(at, ticket), policy.level_of(ticket), _calendars(policy))
    return () if clocks == ticket.clocks else _moved(ticket.clocks, clocks, ticket.status, candidate.fired)


def _calendars(policy: Policy) -> Calendars:
    return {calendar.name: calendar for calendar in policy.calendars}


def _before(plan: Plan, facts: Facts) -> tuple[Ticket | None, frozenset[str]]:
    """Return the ticket as it was, and the names of what has had its effect at it."""
    match plan.changes:
        case (OpenTicket(ticket, _), *_):
            return ticket, frozenset()
    candidate = None if plan.ticket is None else facts.candidate(plan.ticket)
    return (None, frozenset()) if candidate is None else (candidate.ticket, candidate.fired)


def _moved(
    before: tuple[Clock, ...], clocks: tuple[Clock, ...], status: Status, fired: frozenset[str]
) -> tuple[Change, ...]:
    """Return the change of clocks; what they have passed with another length before does not happen again."""
    again = firings.carried(before, clocks, fired)
    return (SetClocks(before, clocks, status), *map(RecordFiring, again))


def _happened(plan: Plan, before: Ticket) -> Happened:
    articles = [change.article for change in plan.changes if isinstance(change, AddArticle)]
    public = [article.direction for article in articles if article.kind is ArticleKind.PUBLIC]
    return Happened(
        at=plan.at,
        ticket=after(before, plan.changes, plan.at),
        opened=_has(OpenTicket, plan.changes),
        wrote=Direction.IN in public,
        answered=Direction.OUT in public,
        handed=_has(MoveToGroup, plan.changes),
        merged=_has(MergeInto, plan.changes),
    )


def _has(kind: type[Change], changes: Iterable[Change]) -> bool:
    return any(isinstance(change, kind) for change in changes)


def _zone_of(ticket: Ticket, policy: Policy) -> tzinfo | None:
    customer = policy.organisations.named(ticket.organisation)
    return customer.timezone if customer is not None else None


def _with_expectation(notice: Notice, clocks: tuple[Clock, ...], theirs: tzinfo | None, policy: Policy) -> Notice:
    """Give a receipt the time by which somebody will answer, by the clock of its readers, or else the calendar's."""
    first = current(clocks, Target.FIRST_RESPONSE)
    if notice.kind is not NoticeKind.ACKNOWLEDGEMENT or first is None or first.due_at is None:
        return notice
    calendar = policy.calendar(first.calendar)
    known = theirs or (calendar.zone if calendar is not None else None)
    zone = {} if known is None else {"timezone": str(known)}
    return replace(notice, values={**zone, **notice.values, "expected_by": first.due_at})
