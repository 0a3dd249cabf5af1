"""What every test may use: the servers of the suite, and a Hypothesis that a busy machine does not disturb."""

from collections.abc import Iterator

import pytest
import structlog
from hypothesis import settings

from mailgateway import log

pytest_plugins = ["tests.leaks", "tests.servers.fixtures"]

settings.register_profile("suite", deadline=None)
settings.load_profile("suite")


@pytest.fixture(autouse=True)
def _log_as_before() -> Iterator[None]:
    """Forget where a command sent its log: that output is closed when the command has ended."""
    yield
    structlog.reset_defaults()
    log._Logger.configured = None
