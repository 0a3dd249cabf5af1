"""The gateway on a host whose clock is wrong: SKEW_MINUTES are added to the time of day that it reads."""

import os
from datetime import datetime, timedelta, tzinfo
from typing import Self

from apscheduler.schedulers import base
from apscheduler.triggers import interval

from mailgateway import clock
from mailgateway.cli import main

_SKEW = timedelta(minutes=int(os.environ["SKEW_MINUTES"]))


class Skewed(datetime):
    """Stands in for the class that is asked for the time of day, where the scheduler of periodic work asks as well."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        """Return a wrong time."""
        return super().now(tz) + _SKEW


if __name__ == "__main__":
    for reader in (clock, base, interval):
        vars(reader)["datetime"] = Skewed
    main()
