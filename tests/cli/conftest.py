"""A configured folder to run commands in."""

from pathlib import Path

import pytest

from tests.cli.shell import Shell


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """Give a folder whose configuration connects to nothing."""
    made = Shell(tmp_path)
    made.configure()
    return made
