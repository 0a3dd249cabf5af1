"""What stops automatic mail that goes round in circles: no address gets more than so many within so long.

The limits hold for every automatic mail, whoever it is for and whatever caused it; what a person wrote is not limited.
"""

from dataclasses import dataclass, field

from mailgateway.desk.letters.loop_limits import IN_ALL, MINUTES, WINDOWS
from mailgateway.desk.plan import Audience, Automatic, Notice
from mailgateway.desk.policy import Policy

STAFF = 10
"""Who works for the desk may get so many times more in all: each new ticket is told to a whole group."""

TAG = "mail-loop"
"""Marks a ticket about which no more automatic mail is sent for now."""


@dataclass(frozen=True, slots=True)
class Traffic:
    """How many automatic mails an address got within each window: in all, and about the ticket in hand."""

    in_all: tuple[int, ...] = (0,) * IN_ALL
    about_ticket: tuple[int, ...] = (0,) * len(WINDOWS)


@dataclass(slots=True)
class Budget:
    """What may still be sent, mail after mail of one plan; `traffic` is by address, casefolded."""

    traffic: dict[str, Traffic]
    spent: dict[str, int] = field(default_factory=dict)

    def excess(self, notice: Notice, policy: Policy) -> str:
        """Return why the mail would be too much, or "" and count it."""
        key = notice.recipient.key
        if notice.automatic is Automatic.NO or policy.is_unlimited(key):
            return ""
        got, more = self.traffic.get(key, Traffic()), self.spent.get(key, 0)
        times = 1 if notice.audience is Audience.CUSTOMER else STAFF
        why = _exceeded(got.about_ticket, policy.loops.about_one_ticket, more, " about this ticket")
        why = why or _exceeded(got.in_all, tuple(times * limit for limit in policy.loops.in_all), more, "")
        if not why:
            self.spent[key] = more + 1
        return why


def _exceeded(counts: tuple[int, ...], limits: tuple[int, ...], more: int, about: str) -> str:
    for minutes, count, limit in zip(MINUTES, counts, limits, strict=False):
        if count + more >= limit:
            return f"the address had {limit} automatic mails{about} within {minutes} minutes"
    return ""
