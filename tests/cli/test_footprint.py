"""What the process takes of the machine beside its work."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

# four threads are there at the same time and have something of C's heap; then the C library tells of its heaps
_THREADS = """
import ctypes, threading
{before}
together = threading.Barrier(4)
def work():
    kept = bytes(100_000)
    together.wait()
for thread in [threading.Thread(target=work) for _ in range(4)]:
    thread.start()
libc = ctypes.CDLL(None)
libc.fopen.restype = ctypes.c_void_p
libc.malloc_info(0, ctypes.c_void_p(file := libc.fopen(b"{told}", b"w")))
libc.fclose(ctypes.c_void_p(file))
"""
_LIGHTLY = "from mailgateway.cli.footprint import tread_lightly; tread_lightly()"


def heaps(told: Path, before: str) -> int:
    """Return how many heaps a process with threads has."""
    subprocess.run([sys.executable, "-c", _THREADS.format(before=before, told=told)], check=True)
    return len(re.findall(r"<heap nr=", told.read_text()))


def test_threads_share_one_heap(tmp_path: Path) -> None:
    """Else each keeps the most that it ever needed, and a daemon grows for days."""
    if heaps(tmp_path / "usual", "") == 1:
        pytest.skip("this C library has one heap for all")
    assert heaps(tmp_path / "lightly", _LIGHTLY) == 1
