"""What the tests of the flows share."""

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
