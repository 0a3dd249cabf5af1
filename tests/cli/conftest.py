"""A configured folder to run commands in."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from mailgateway import log
from tests.cli.shell import Shell


@pytest.fixture(autouse=True)
def _log_as_before() -> Iterator[None]:
    """Forget where a command sent its log: that output is closed when the command has ended."""
    yield
    structlog.reset_defaults()
    log._Logger.configured = None


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """Give a folder whose configuration connects to nothing."""
    made = Shell(tmp_path)
    made.configure()
    return made
