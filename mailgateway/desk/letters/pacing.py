"""How fast letters go to one mail provider: those beyond its rate wait for a time of their own, and hold up none."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from mailgateway.desk.letters.urgency import Urgency

EVERY_OTHER = "*"


@dataclass(frozen=True, slots=True)
class Rate:
    """So many letters within so long."""

    count: int
    per: timedelta

    @property
    def interval(self) -> timedelta:
        """The time from one letter to the next where they leave evenly."""
        return self.per / self.count


@dataclass(frozen=True, slots=True)
class Due:
    """A letter that is due: its number, the domain it goes to (casefolded), and how urgent it is."""

    id: int
    domain: str
    urgency: Urgency


@dataclass(frozen=True, slots=True)
class Gone:
    """How many letters went to a domain within its rate's time, those under way included, and when the first did."""

    count: int = 0
    first_at: datetime | None = None


@dataclass(slots=True)
class Pace:
    """The rates by domain, and up to when letters that wait have got their times: a line for each degree of urgency."""

    rates: Mapping[str, Rate]
    lines: dict[tuple[str, Urgency], datetime] = field(default_factory=dict, compare=False)

    def rate(self, domain: str) -> Rate | None:
        """Return the rate of a domain, None where it has none."""
        return self.rates.get(domain) or self.rates.get(EVERY_OTHER)

    def waiting(self, due: Iterable[Due], gone: Mapping[str, Gone], now: datetime) -> dict[int, datetime]:
        """Return the letters that have to wait, and until when; `due` comes most urgent first.

        What is wanted now does not wait.

        The first of a line waits until the first letter that went is past the rate's time, those behind it an interval
        more each: so none comes in vain, unless more urgent ones take its place.
        """
        left: dict[str, int] = {}
        found: dict[int, datetime] = {}
        for one in due:
            rate = self.rate(one.domain)
            if rate is None or one.urgency is Urgency.NOW:
                continue
            went = gone.get(one.domain, Gone())
            left[one.domain] = left.get(one.domain, rate.count - went.count) - 1
            if left[one.domain] < 0:
                found[one.id] = self._place(one, rate, (went.first_at or now) + rate.per)
        return found

    def _place(self, one: Due, rate: Rate, free_at: datetime) -> datetime:
        last = self.lines.get((one.domain, one.urgency))
        at = free_at if last is None else max(free_at, last + rate.interval)
        self.lines[one.domain, one.urgency] = at
        return at
