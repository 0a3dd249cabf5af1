"""Which business time holds for a ticket, and whether people are at work to be told of something."""

from datetime import UTC, datetime, timedelta

from mailgateway.desk.levels.calendar import Calendar
from mailgateway.desk.model import Ticket
from mailgateway.desk.policy import Policy

TICK = timedelta(microseconds=1)
_GRACE = timedelta(minutes=15)
"""What is due at closing time is not put off until the morning because it is looked at a little later."""

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


def are_at_work(hours: Calendar, since: datetime, now: datetime) -> bool:
    """Tell whether people are at work, or were when something was due, a moment ago."""
    return hours.is_open(now) or (hours.is_open(since - TICK) and now - since < _GRACE)
