"""The systemd unit is right, and lets the service do little."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.docs.pages import page

UNIT = page("systemd/mailgateway.service")


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    """Give the unit with a program that every machine has, as ours is not installed here."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("left out because systemd-analyze is not installed (systemd)")
    path = tmp_path / "mailgateway.service"
    path.write_text(UNIT.replace("/opt/mailgateway/bin/mailgateway", "/bin/true"))
    return path


def test_systemd_understands_the_unit(unit: Path) -> None:
    """Not a word of it is unknown to systemd."""
    said = _analyze("verify", "--man=no", str(unit))
    assert (said.returncode, said.stderr) == (0, "")


def test_the_service_is_well_confined(unit: Path) -> None:
    """Of ten points of exposure it has less than one and a half."""
    said = _analyze("security", "--offline=true", "--threshold=14", str(unit))
    assert said.returncode == 0, said.stdout[-500:]


def test_what_the_service_needs_is_left_to_it() -> None:
    """Mail servers, the socket of PostgreSQL and of systemd, its own figures, and time for a large upgrade."""
    lines = UNIT.splitlines()
    assert "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX" in lines
    assert "StateDirectory=mailgateway" in lines
    assert "ProcSubset=pid" not in lines  # prometheus_client gives no figure of the process without /proc/stat
    assert "TimeoutStartSec=1h" in lines


def _analyze(*words: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "SYSTEMD_COLORS": "0", "SYSTEMD_PAGER": ""}
    return subprocess.run(["systemd-analyze", *words], env=env, capture_output=True, text=True, timeout=60, check=False)
