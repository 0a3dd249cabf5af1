"""How much of what a contract has room for is used, in periods by the calendar."""

from dataclasses import dataclass
from datetime import datetime, tzinfo

from mailgateway.desk.customers.organisations import Allowance, Organisation, Per
from mailgateway.desk.policy import Policy

_MONTHS = {Per.MONTH: 1, Per.QUARTER: 3, Per.YEAR: 12}


@dataclass(frozen=True, slots=True)
class Period:
    """From midnight of its first day to midnight after its last."""

    begins: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Use:
    """How much was used of an allowance, in its own unit."""

    allowance: Allowance
    used: float

    @property
    def percent(self) -> int:
        """How much that is of the whole, 100 and more where nothing is left."""
        return int(100 * self.used / self.allowance.amount)

    @property
    def is_used_up(self) -> bool:
        """Tell whether there is no room left."""
        return self.used >= self.allowance.amount


def period(per: Per, at: datetime, zone: tzinfo) -> Period:
    """Return the month, quarter or year of the calendar of a time zone that an instant lies in."""
    day = at.astimezone(zone)
    months = _MONTHS[per]
    first = (day.month - 1) // months * months + 1
    year, month = (day.year + 1, 1) if first + months > 12 else (day.year, first + months)
    return Period(datetime(day.year, first, 1, tzinfo=zone), datetime(year, month, 1, tzinfo=zone))


def zone_of(organisation: Organisation, policy: Policy) -> tzinfo:
    """Return whose midnight an organisation's periods begin at: its own, else that of the rules."""
    return organisation.timezone or policy.ruleset.timezone


def allowance_of(organisation: Organisation | None) -> Allowance | None:
    """Return what an organisation's contract has room for, None where it is flat or there is none."""
    contract = organisation.contract if organisation is not None else None
    return contract.allowance if contract is not None else None
