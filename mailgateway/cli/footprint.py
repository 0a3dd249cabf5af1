"""What the process takes of the machine beside its work: memory that threads keep, and looks for garbage."""

import ctypes
import gc
from contextlib import suppress

_M_ARENA_MAX = -8


def tread_lightly() -> None:
    """Set both for all that follows; to be called before there are threads."""
    # nothing that is imported is garbage, and to look for it again and again takes a tenth of a short command
    gc.set_threshold(20_000, 20, 50)
    # glibc gives each thread a heap of its own, which keeps the most that it ever needed: mallopt(3)
    with suppress(AttributeError, OSError):  # other C libraries have one heap for all
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)
