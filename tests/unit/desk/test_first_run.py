"""What becomes of the mails that lay in a folder when it was first seen: values in, values out."""

from datetime import UTC, datetime, timedelta

import pytest

from mailgateway.config.gateway.first_run import RECENT
from mailgateway.desk.first_run import EVER, Fate, FirstRun, FirstSight, first_seen, known_before, seen_anew

NOW = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
YEAR = timedelta(days=365)
LEAVE = FirstRun(timedelta())
ALL = FirstRun(timedelta(), EVER)
SINCE = FirstRun(timedelta(), NOW - 30 * DAY)
OLD, NEW = 7, 10


@pytest.mark.parametrize(
    ("policy", "age", "fate"),
    [
        (RECENT, 2 * DAY, Fate.SERVED),
        (RECENT, 4 * DAY, Fate.LEFT),
        (LEAVE, timedelta(), Fate.LEFT),
        (ALL, timedelta(), Fate.FILED),
        (ALL, 50 * YEAR, Fate.FILED),
        (SINCE, 29 * DAY, Fate.FILED),
        (SINCE, 30 * DAY, Fate.FILED),
        (SINCE, 31 * DAY, Fate.LEFT),
        (FirstRun(), 50 * YEAR, Fate.SERVED),
    ],
)
def test_what_lay_there_goes_by_the_policy_and_its_age(policy: FirstRun, age: timedelta, fate: Fate) -> None:
    """The watermark alone says what is old; the age, what becomes of it. What came since is served, whatever it is."""
    sight = first_seen(policy, NOW, NEW)
    assert sight.fate(OLD, NOW - age) is fate
    assert sight.fate(NEW, NOW - age) is Fate.SERVED


def test_a_mail_without_a_time_is_taken_for_the_newest() -> None:
    """A server that tells no time loses nobody's mail."""
    assert first_seen(RECENT, NOW, NEW).fate(OLD, None) is Fate.SERVED
    assert first_seen(SINCE, NOW, NEW).fate(OLD, None) is Fate.FILED
    assert first_seen(LEAVE, NOW, NEW).fate(OLD, None) is Fate.LEFT


def test_where_all_is_left_alone_there_is_nothing_to_do() -> None:
    """No look at what lay there is needed, then or later."""
    assert first_seen(LEAVE, NOW, NEW).is_done
    assert not first_seen(RECENT, NOW, NEW).is_done


@pytest.mark.parametrize("policy", [RECENT, LEAVE, ALL, SINCE])
def test_uids_that_begin_anew_lose_no_mail_and_wake_no_old_one(policy: FirstRun) -> None:
    """What arrived since the folder was first seen is served; of what lay there before, the fate stays the same."""
    first = first_seen(policy, NOW, NEW)
    again = seen_anew(first, 1000)
    assert again.fate(5, NOW + DAY) is Fate.SERVED
    assert again.fate(1000, NOW - YEAR) is Fate.SERVED
    assert not again.is_done
    for age in (DAY, 4 * DAY, 29 * DAY, 31 * DAY):
        assert again.fate(OLD, NOW - age) is first.fate(OLD, NOW - age)
    third = seen_anew(again, 2000)
    assert third == FirstSight(NOW, 2000, again.served_from, again.filed_from)


def test_a_folder_of_an_earlier_version_goes_on() -> None:
    """Where the ledger has mails of these UIDs, those above are new; under other UIDs all are looked at."""
    known = known_before(NOW, 41, 100)
    assert (known.uid_next, known.is_done) == (42, True)
    anew = known_before(NOW, 0, 100)
    assert anew.fate(5, NOW - YEAR) is Fate.SERVED
    assert not anew.is_done
