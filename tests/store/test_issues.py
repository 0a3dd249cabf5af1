"""Scheduled reports are made once a period, whoever looks."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

from mailgateway.flows.races import despite_races
from mailgateway.store.engine import Store
from mailgateway.store.reports import issues
from tests.store.conftest import Opener
from tests.store.examples import NOW

MONDAY, NEXT = date(2026, 3, 2), date(2026, 3, 9)


def test_a_period_is_taken_once_and_never_an_earlier_one(store: Store) -> None:
    """Each copy has a row of its own; what is not known yet cannot be taken."""
    with store.writing() as tx:
        assert not issues.take(tx, "weekly", "", MONDAY, NOW)
        issues.begin(tx, "weekly", "", None, NOW)
        issues.begin(tx, "weekly", "acme", MONDAY, NOW)
        assert issues.last_issues(tx) == {("weekly", ""): None, ("weekly", "acme"): MONDAY}
        assert issues.take(tx, "weekly", "", NEXT, NOW)
        assert not issues.take(tx, "weekly", "", NEXT, NOW)
        assert not issues.take(tx, "weekly", "", MONDAY, NOW)
        assert not issues.take(tx, "weekly", "acme", MONDAY, NOW)
        assert issues.take(tx, "weekly", "acme", NEXT, NOW)
    with store.writing() as tx:
        issues.begin(tx, "weekly", "", MONDAY, NOW)
        assert issues.last_issues(tx) == {("weekly", ""): NEXT, ("weekly", "acme"): NEXT}


def test_of_two_hosts_one_makes_a_report(opener: Opener) -> None:
    """Both look at the same moment, again and again; each period has one that made it."""
    stores = [opener(), opener()]
    with stores[0].writing() as tx:
        issues.begin(tx, "daily", "", None, NOW)

    def takes(host: int) -> list[bool]:
        def take(day: int) -> bool:
            with stores[host].writing() as tx:
                return issues.take(tx, "daily", "", date(2026, 3, day), NOW)

        return [despite_races(lambda day=day: take(day)) for day in range(1, 29)]  # type: ignore[misc] # bound now

    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(takes, range(2))
    assert not any(first and second for first, second in zip(one, other, strict=True))
    assert one[-1] or other[-1]
