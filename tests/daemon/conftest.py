"""What the tests of the running daemon share."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.flows.bench import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """Give a desk whose time stands still."""
    made = Bench(tmp_path)
    yield made
    made.gateway.close()


@pytest.fixture
def _signals() -> Iterator[None]:
    """Put the handlers of the test run back."""
    numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    before = [signal.getsignal(number) for number in numbers]
    yield
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)
