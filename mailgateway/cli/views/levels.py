"""The service level of a ticket for the eyes."""

from datetime import datetime, timedelta

from mailgateway.cli.views.tables import moment, span
from mailgateway.desk.levels.clocks import current
from mailgateway.desk.levels.timepiece import Clock, Target
from mailgateway.desk.model import Ticket


def facts(ticket: Ticket, now: datetime) -> dict[str, str]:
    """Return a line for each target that is promised: when it is due, or what became of it."""
    clocks = [clock for target in Target if (clock := current(ticket.clocks, target)) is not None]
    return {name_of(clock.target).capitalize(): _spoken(clock, now) for clock in clocks}


def policy_of(ticket: Ticket) -> str:
    """Return the policy that its clocks are of, or the one that was named for it; "" for none."""
    clocks = [clock for target in Target if (clock := current(ticket.clocks, target)) is not None]
    return clocks[0].policy if clocks else ticket.service_level or ""


def name_of(target: Target) -> str:
    """Return what people call a target."""
    return _NAMES[target]


_NAMES = {
    Target.FIRST_RESPONSE: "first answer",
    Target.NEXT_RESPONSE: "next answer",
    Target.RESOLUTION: "solution",
    Target.OWN: "owner",
}


def _spoken(clock: Clock, now: datetime) -> str:
    if clock.ended_at is not None:
        return f"called off {moment(clock.ended_at)}"
    late = f", late: it was due {moment(clock.due_at)}" if clock.is_breached(now) else ""
    if clock.met_at is not None:
        return f"met {moment(clock.met_at)}{late}"
    if clock.due_at is None:
        return f"paused, with {hours(clock.length - clock.counted)} left"
    if late:
        return f"was due {moment(clock.due_at)}, {span(now - clock.due_at)} ago"
    return f"due {moment(clock.due_at)}, in {span(clock.due_at - now)}"


def hours(length: timedelta) -> str:
    """Return business time in hours and minutes: 7h 30m; the seconds too where there are some."""
    seconds = round(length.total_seconds())
    whole, rest = divmod(abs(seconds), 3600)
    minutes, left = divmod(rest, 60)
    parts = [f"{whole}h" if whole else "", f"{minutes}m" if minutes else "", f"{left}s" if left else ""]
    return ("-" if seconds < 0 else "") + (" ".join(part for part in parts if part) or "0m")
