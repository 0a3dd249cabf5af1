"""The service level of a ticket as plain JSON values."""

from datetime import datetime

from mailgateway.desk.as_json import instant
from mailgateway.desk.levels.clocks import current
from mailgateway.desk.levels.timepiece import Clock, Target
from mailgateway.desk.model import Ticket


def service_level(ticket: Ticket, now: datetime) -> dict[str, object] | None:
    """Return the `service_level` of `tickets show --json`, None for a ticket to which nothing was ever promised."""
    if not ticket.clocks:
        return None
    found = {target: current(ticket.clocks, target) for target in Target}
    newest = max(ticket.clocks, key=lambda clock: (clock.is_open, clock.started_at))
    return {
        "policy": newest.policy,
        **{target.value: _clock(clock, now) if clock else None for target, clock in found.items()},
    }


def _clock(clock: Clock, now: datetime) -> dict[str, object]:
    return {
        "due_at": instant(clock.due_at),
        "met_at": instant(clock.met_at),
        "breached": clock.is_breached(now),
        "called_off_at": instant(clock.ended_at),
        "paused": clock.is_open and clock.running_since is None,
        "cycle": clock.cycle,
    }
