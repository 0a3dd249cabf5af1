"""What gateway.yaml may say of how the admin is told of the quarantine."""

from datetime import timedelta

from pydantic import Field

from mailgateway.config.reading.kinds import Duration, Strict
from mailgateway.desk.quarantine.decision import QuarantinePolicy


class Quarantine(Strict):
    """When the admin gets a digest of what was set aside, to answer by mail."""

    digest_every: Duration = Field(
        default=timedelta(hours=1),
        description="the first mail set aside is told at once, what follows within this time in one digest",
    )
    remind_after: Duration = Field(
        default=timedelta(days=3), description="how long after it was told the admin is reminded of what still waits"
    )

    def as_policy(self) -> QuarantinePolicy:
        """Return the plain value that the desk decides by."""
        return QuarantinePolicy(self.digest_every, self.remind_after)
