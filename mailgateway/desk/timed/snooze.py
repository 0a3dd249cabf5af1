"""A ticket that was put aside wakes up at its time, and whoever works on it is told."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta, tzinfo

from mailgateway.desk.facts import Candidate, Facts
from mailgateway.desk.letters import notices
from mailgateway.desk.model import Ticket
from mailgateway.desk.plan import Snooze
from mailgateway.desk.policy import Policy
from mailgateway.desk.timed.moments import Effect, Moment, Source


def _moments(ticket: Ticket, _policy: Policy) -> Iterator[Moment]:
    if ticket.snoozed_until is not None:
        yield Moment(ticket.snoozed_until, f"snooze/{ticket.snoozed_until.isoformat()}", "wake")


def _take(due: Sequence[Moment], candidate: Candidate, _facts: Facts, policy: Policy) -> Effect:
    ticket = candidate.ticket
    return Effect(
        changes=(Snooze(ticket.snoozed_until, None),),
        notices=notices.agent_reminder(ticket, candidate, policy),
        fired=tuple(moment.name for moment in due),
    )


Wanted = timedelta | datetime
"""How long a ticket is put aside, zero to wake it up; or until when, in the desk's own time zone."""

AWAKE = timedelta(0)
LONGEST = timedelta(days=366)
SHOWN = "30m, 4h, 2d, 1w, a date such as 2026-12-01 or 2026-12-01 09:30, or none"
_SPAN = re.compile(r"(\d{1,4}) ?(m|h|d|w)", re.ASCII | re.IGNORECASE)
_DATE = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[ T](\d{1,2}:\d{2}))?", re.ASCII)
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_MORNING = "08:00"


def read_snooze(written: str) -> Wanted | None:
    """Return how long or until when is meant, None where nothing is; a date without a time means its morning."""
    text = written.strip().rstrip(".!")
    if text.casefold() == "none":
        return AWAKE
    if span := _SPAN.fullmatch(text):
        return int(span[1]) * _UNITS[span[2].casefold()] or None
    if date := _DATE.fullmatch(text):
        try:
            return datetime.fromisoformat(f"{date[1]}T{(date[2] or _MORNING).zfill(5)}")
        except ValueError:
            return None
    return None


def until(wanted: Wanted, now: datetime, timezone: tzinfo) -> datetime | None:
    """Return when a ticket that is put aside now wakes up, None for at once."""
    if isinstance(wanted, timedelta):
        return now + wanted if wanted else None
    return wanted.replace(tzinfo=timezone)


def against_snooze(wanted: Wanted | None, now: datetime, timezone: tzinfo) -> str:
    """Return why a ticket cannot be put aside like this, "" where it can."""
    at = until(wanted, now, timezone) if wanted is not None else None
    if at is None:
        return ""
    if at <= now:
        return "#snooze: that time is over; name one to come"
    return f"#snooze: a ticket can sleep for {LONGEST.days} days at most" if at > now + LONGEST else ""


SOURCE = Source(_moments, _take)
