"""Tell systemd how we are (sd_notify(3)): a datagram to $NOTIFY_SOCKET, nothing where there is none."""

import os
import socket

from mailgateway import log

_log = log.logger("service_manager")


def tell(state: str) -> None:
    """Send one state line, such as `READY=1`, `STOPPING=1` or `WATCHDOG=1`; nobody listening ends no daemon."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as channel:
            channel.sendto(state.encode("ascii", "replace"), address)
    except OSError as error:
        _log.warning("service_manager.deaf", state=state, why=error.strerror)


def watchdog_seconds() -> float | None:
    """Return how often the service manager wants a sign of life, None where it does not ask for any."""
    microseconds = os.environ.get("WATCHDOG_USEC", "")
    return int(microseconds) / 1_000_000 if microseconds.isdigit() and int(microseconds) > 0 else None
