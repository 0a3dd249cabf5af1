"""What becomes of a letter after an attempt to send it."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgateway.desk.letters.delivery import Attempt, Delivery, DeliveryState, deferred, failed, sent
from tests.unit.desk.builders import NOW

DAYS = timedelta(days=3)


def defer(attempts: int, jitter: float = 0.0, waited: timedelta = timedelta(0), *, uncertain: bool = False) -> Delivery:
    """Defer a letter now that has waited so long."""
    return deferred(Attempt(attempts, NOW - waited), "451 later", NOW, jitter, DAYS, uncertain=uncertain)


def test_what_the_server_took_is_sent_and_what_it_refused_for_good_has_failed() -> None:
    """Neither is tried again."""
    assert sent("250 ok", NOW) == Delivery(DeliveryState.SENT, None, "250 ok", uncertain=False, at=NOW)
    assert failed("550 no", NOW) == Delivery(DeliveryState.FAILED, None, "550 no", uncertain=False, at=NOW)


@pytest.mark.parametrize(("attempts", "minutes"), [(0, 1), (1, 1), (2, 5), (3, 30), (4, 60), (100, 60)])
def test_a_deferred_letter_waits_longer_each_time(attempts: int, minutes: int) -> None:
    """After 1, 5 and 30 minutes, then hourly."""
    delivery = defer(attempts)
    assert (delivery.state, delivery.answer) == (DeliveryState.QUEUED, "451 later")
    assert delivery.next_attempt_at == NOW + timedelta(minutes=minutes)


@pytest.mark.parametrize("uncertain", [True, False])
def test_a_letter_that_waited_too_long_has_failed(uncertain: bool) -> None:  # noqa: FBT001 - a column of the table
    """Its last answer and its uncertainty are kept."""
    assert defer(9, waited=DAYS - timedelta(seconds=1), uncertain=uncertain).state is DeliveryState.QUEUED
    delivery = defer(9, waited=DAYS, uncertain=uncertain)
    assert (delivery.state, delivery.next_attempt_at, delivery.uncertain) == (DeliveryState.FAILED, None, uncertain)
    assert delivery.answer == "gave up after 72 hours: 451 later"


def test_a_letter_that_an_outage_held_up_for_too_long_is_tried_a_few_times() -> None:
    """It waits as at any other server that says "later", and fails with its fourth attempt."""
    waits = [defer(attempts, waited=2 * DAYS).next_attempt_at for attempts in (1, 2, 3, 4)]
    assert waits == [NOW + timedelta(minutes=1), NOW + timedelta(minutes=5), NOW + timedelta(minutes=30), None]


@given(st.integers(0, 1000), st.floats(min_value=0, max_value=1, exclude_max=True))
def test_retries_grow_and_stay_within_bounds(attempts: int, jitter: float) -> None:
    """A minute at least, an hour and a tenth at most, never sooner after one attempt more."""
    now, then = defer(attempts, jitter).next_attempt_at, defer(attempts + 1, jitter).next_attempt_at
    assert now is not None
    assert then is not None
    assert timedelta(minutes=1) <= now - NOW <= timedelta(minutes=66)
    assert then >= now
