"""What Linux tells of a process: its memory, in bytes (see proc(5))."""

import re
from pathlib import Path


def resident(pid: int) -> int:
    """Return how much memory a process has now."""
    return _field(pid, "VmRSS")


def peak(pid: int) -> int:
    """Return how much it had at most since it began, or since `forget_peak`."""
    return _field(pid, "VmHWM")


def forget_peak(pid: int) -> None:
    """Let the peak begin anew."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def _field(pid: int, name: str) -> int:
    found = re.search(rf"^{name}:\s+(\d+) kB$", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    return int(found[1]) * 1024 if found else 0
