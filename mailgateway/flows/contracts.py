"""How much of their contracts organisations used, of now."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from mailgateway.desk.customers.allowance import Period, Use, allowance_of, period, zone_of
from mailgateway.desk.customers.organisations import Organisation, Unit
from mailgateway.desk.policy import Policy
from mailgateway.store.engine import Transaction
from mailgateway.store.service.usage import used


def count_use(tx: Transaction, name: str, now: datetime, policy: Policy) -> dict[str, float]:
    """Return how much of its allowance one organisation used in the current period, by its name."""
    organisation = policy.organisations.named(name)
    if organisation is None:
        return {}
    return {name: use.used for name, (use, _) in uses(tx, [organisation], now, policy).items()}


def uses(
    tx: Transaction, wanted: Iterable[Organisation], now: datetime, policy: Policy
) -> dict[str, tuple[Use, Period]]:
    """Return what organisations with an allowance used of it, and when; a statement for each kind of period."""
    together: dict[tuple[Unit, Period], list[Organisation]] = defaultdict(list)
    for one in wanted:
        allowance = allowance_of(one)
        if allowance is not None:
            together[allowance.unit, period(allowance.per, now, zone_of(one, policy))].append(one)
    found: dict[str, tuple[Use, Period]] = {}
    for (unit, current), alike in together.items():
        counted = used(tx, [one.name for one in alike], unit, current.begins, current.ends)
        for one in alike:
            allowance = allowance_of(one)
            if allowance is not None:
                found[one.name] = (Use(allowance, counted[one.name]), current)
    return found
