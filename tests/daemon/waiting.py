"""Waiting for what threads of a daemon do by themselves."""

import threading
from collections.abc import Callable


def wait_until(done: Callable[[], bool]) -> None:
    """Wait until something is so, twenty seconds at most."""
    pause = threading.Event()
    for _ in range(1000):
        if done():
            return
        pause.wait(0.02)
    assert done()
