"""Which process claimed a letter, and whether it still runs: a dead one's letters need not wait for their lease."""

import itertools
import os
import socket
from functools import cache
from pathlib import Path

_serial = itertools.count(1)


def own_name() -> str:
    """Name this process: where its id counts, the id, and its start as the kernel counts it (ids are used again)."""
    return f"{_place()}/{os.getpid()}/{_started(os.getpid())}"


def shown_name() -> str:
    """Name this process for people."""
    return f"{host_name()}/{os.getpid()}"


def host_name() -> str:
    """Name this host among several."""
    return socket.gethostname()


def one_of(name: str) -> str:
    """Name one of the threads of a process, told from all that it ever had."""
    return f"{name}/{next(_serial)}"


def still_holds(owner: str, asks: str) -> bool:
    """Tell whether an owner may still have what it claimed; `asks` is who asks, and has nothing in hand.

    What is claimed in its name all the same was claimed by a transaction whose commit came through, although the
    connection was cut before it heard so.
    """
    return owner != asks and is_alive(owner)


def is_alive(owner: str) -> bool:
    """Tell whether the process may still run; one on another host is believed to, until its lease ends."""
    place, _, rest = owner.partition("/")
    pid, _, rest = rest.partition("/")
    started = rest.partition("/")[0]
    if place != _place() or not pid.isdigit():
        return True
    return _started(int(pid)) == started


@cache
def _place() -> str:
    """Name the host and, of two containers with the name of one host, this one: each counts processes for itself."""
    try:
        return f"{socket.gethostname()}:{Path('/proc/self/ns/pid').stat().st_ino}"
    except OSError:
        return socket.gethostname()


def _started(pid: int) -> str:
    try:
        stat = Path(f"/proc/{pid}/stat").read_bytes()
        fields = stat.rpartition(b")")[2].split()
    except OSError:
        return ""
    # Fields are counted from the state (3rd in proc(5)); the start time is the 22nd.
    return fields[19].decode("ascii")
