"""A server as a child of the test run: in its own process group, and gone when the run is gone, however it ended."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

# The kernel sends the parent-death signal when the *thread* that started the child ends; this one lives as long as we
_starter = ThreadPoolExecutor(max_workers=1, thread_name_prefix="server-starter")


class ServerFailed(Exception):
    """A server did not come up; the message holds the end of its log."""


class PortTaken(ServerFailed):
    """Somebody else was quicker to take the port."""


class Child:
    """One running server program, leader of its own process group."""

    def __init__(
        self, command: Sequence[str], log: Path, *, user: str | None = None, stop: int = signal.SIGTERM
    ) -> None:
        """Start `command`, as `user` where one is named (we must be root then), its output added to the file `log`."""
        self._stop = stop
        death = signal.Signals(stop).name.removeprefix("SIG")
        drop = ["--reuid", user, "--regid", user, "--init-groups"] if user else []
        with log.open("ab") as output:
            self._process = _starter.submit(
                subprocess.Popen[bytes],
                [program("setpriv"), *drop, "--pdeathsig", death, "--", *command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd="/",
                start_new_session=True,
            ).result()

    @property
    def running(self) -> bool:
        """Tell whether the program has not ended."""
        return self._process.poll() is None

    def send(self, number: int) -> None:
        """Send a signal to the whole process group, if anything is left of it."""
        try:
            os.killpg(self._process.pid, number)
        except ProcessLookupError:
            return

    def end(self, within: float = 10.0) -> None:
        """End the program in its orderly way; what is left after `within` seconds is killed."""
        if self.running:
            self._process.send_signal(self._stop)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(within)
        self.kill()

    def kill(self) -> None:
        """End the program and its children at once, as a power cut does."""
        self.send(signal.SIGKILL)
        self._process.wait()


def program(name: str, *folders: str) -> str:
    """Return the path of a program, looked for in PATH, the system's folders and `folders`.

    Raises:
        FileNotFoundError: it is not installed.
    """
    places = [os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin", *folders]
    found = shutil.which(name, path=os.pathsep.join(places))
    if found is None:
        raise FileNotFoundError(f"{name} is not installed")
    return found


def free_port() -> int:
    """Return a port of the loopback interface that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def on_own_port(start: Callable[[int], None], port: int = 0) -> None:
    """Call `start` with a port that is free, `port` where one is given; with another where somebody was quicker.

    Raises:
        PortTaken: somebody was quicker five times.
    """
    for attempts_left in reversed(range(5)):
        try:
            start(port or free_port())
        except PortTaken:
            if not attempts_left:
                raise
            port = 0
        else:
            return


def wait_until(ready: Callable[[], bool], child: Child, log: Path, within: float = 30.0) -> None:
    """Ask `ready` again and again until it says yes.

    Raises:
        PortTaken: the program ended because its port was taken.
        ServerFailed: it ended, or was not ready in time.
    """
    deadline = time.monotonic() + within
    while not ready():
        if child.running and time.monotonic() < deadline:
            time.sleep(0.02)
            continue
        child.kill()
        end = log.read_text(errors="replace")[-2000:]
        if "ddress already in use" in end:
            raise PortTaken(end)
        raise ServerFailed(end)
