"""Signals: they wake the main thread, whichever thread the kernel gave them to."""

import signal
import threading
import time
from collections.abc import Iterator

import pytest

from mailgateway.daemon.signals import OBEYED, Signals

LONG = 60.0


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    """Leave the handlers of the test run as they were."""
    before = {number: signal.getsignal(number) for number in OBEYED}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", OBEYED)
def test_one_that_another_thread_got_ends_the_wait(number: int) -> None:
    """To wait for an Event would have taken until its time is over."""
    heard: list[int] = []
    began = time.monotonic()
    with Signals(heard.append) as signals:
        other = threading.Thread(target=lambda: signal.pthread_kill(threading.get_ident(), number))
        other.start()
        signals.wait(LONG)
        other.join()
    assert heard == [number]
    assert time.monotonic() - began < LONG / 2


def test_one_that_came_before_the_wait_ends_it() -> None:
    """None is missed between two waits, and none ends two of them."""
    heard: list[int] = []
    with Signals(heard.append) as signals:
        signal.raise_signal(signal.SIGHUP)
        began = time.monotonic()
        signals.wait(LONG)
        assert time.monotonic() - began < LONG / 2
        signals.wait(0.01)
    assert heard == [signal.SIGHUP]
