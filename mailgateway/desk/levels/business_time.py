"""Which business time holds for a ticket, and whether people are at work to be told of something."""

from datetime import UTC, datetime, timedelta

from mailgateway.desk.levels.calendar import Calendar
from mailgateway.desk.model import Status, Ticket
from mailgateway.desk.policy import Policy

TICK = timedelta(microseconds=1)
_GRACE = timedelta(minutes=15)
"""What is due at closing time is not put off until the morning because it is looked at a little later."""

_PAUSES = frozenset({Status.PENDING})
_ROUND_THE_CLOCK = Calendar("", UTC)


def business_time(ticket: Ticket, policy: Policy) -> Calendar:
    """Return the calendar of the ticket's service level; without one the desk's first, or every hour of every day."""
    level = policy.level_of(ticket)
    if level is not None:
        return level.calendar
    return policy.calendars[0] if policy.calendars else _ROUND_THE_CLOCK


def hours_to_tell(ticket: Ticket, policy: Policy) -> Calendar:
    """Return the calendar within which people are told of a ticket."""
    level = policy.level_of(ticket)
    return level.hours if level is not None else business_time(ticket, policy)


def stands_still(ticket: Ticket, policy: Policy) -> bool:
    """Tell whether a ticket waits for its customer, by its service level, or else because it is pending."""
    level = policy.level_of(ticket)
    return ticket.status in (level.pauses if level is not None else _PAUSES)


def are_at_work(hours: Calendar, since: datetime, now: datetime) -> bool:
    """Tell whether people are at work, or were when something was due, a moment ago."""
    return hours.is_open(now) or (hours.is_open(since - TICK) and now - since < _GRACE)
