"""What is counted for an organisation: its tickets, and the time that agents note for them."""

import re
from dataclasses import dataclass

MOST_MINUTES = 24 * 60
_SPAN = re.compile(r"(?:(\d{1,3})(?:[.,](\d{1,2}))?\s?h)?\s?(?:(\d{1,4})\s?(?:min|m)?)?", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SetOrganisation:
    """Count it among the tickets of an organisation (by name), or of none."""

    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class SpendTime:
    """Note that the actor worked on it for so many minutes."""

    minutes: int


def read_minutes(written: str) -> int | None:
    """Return the minutes that `45`, `30m`, `1h`, `1.5h` or `1h 30m` say; None for anything else, nothing, or a day."""
    found = _SPAN.fullmatch(written.strip())
    if found is None or not (found[1] or found[3]):
        return None
    part = round(60 * float(f"0.{found[2]}")) if found[2] else 0
    minutes = 60 * int(found[1] or 0) + part + int(found[3] or 0)
    return minutes if 0 < minutes <= MOST_MINUTES else None
