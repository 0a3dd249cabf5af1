"""The daemon as a process of its own."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.leaks import noted, overheard
from tests.servers.dovecot import PASSWORD

_SECRET = re.compile(r"\{(env|file): ([^}]+)\}")


class Daemon:
    """`mailgateway run` as a process of its own, with its log lines as they come."""

    def __init__(self, configuration: Path, program: str = "mailgateway", **environment: str) -> None:
        """Start it, or a program that makes something of it, with more variables in its environment."""
        self._configuration = configuration
        self._environment = {**os.environ, "OFFICE_PASSWORD": PASSWORD, **environment}
        self._note_secrets()
        self.process = subprocess.Popen(
            [sys.executable, "-m", program, "-c", str(configuration), "run"],
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
            text=True,
            env=self._environment,
        )
        self.lines: list[dict[str, object]] = []
        self._news = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def wait_for(self, event: str, count: int = 1, timeout: float = 30) -> dict[str, object]:
        """Wait until the event was logged `count` times, and return its last line."""
        with self._news:
            found = self._news.wait_for(lambda: len(self.lines_of(event)) >= count or self._over(), timeout)
            assert found, f"no {event} in {timeout} s: {self.lines[-5:]}"
            assert len(self.lines_of(event)) >= count, f"ended without {event}: {self.lines[-5:]}"
            return self.lines_of(event)[count - 1]

    def end(self, by: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal, and return the exit code."""
        self.process.send_signal(by)
        code = self.process.wait(20)
        self._reader.join(20)
        return code

    def __enter__(self) -> Self:
        """Wait until it is ready."""
        try:
            self.wait_for("supervisor.ready")
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it, however the test went."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._reader.join()
        self._note_secrets()  # the configuration may be another by now
        if self.process.stderr:
            self.process.stderr.close()
        if "PYTEST_CURRENT_TEST" in os.environ:  # pytest shows it where the test failed
            print("what the daemon logged:", *self.lines, sep="\n")  # noqa: T201

    def _note_secrets(self) -> None:
        """Have what it logs searched for the secrets that its configuration names."""
        for kind, name in _SECRET.findall(self._configuration.read_text("utf-8")):
            path = self._configuration.parent / name
            if kind == "env":
                noted(self._environment.get(name, ""))
            elif path.is_file():
                noted(path.read_text("utf-8").strip())

    def _read(self) -> None:
        assert self.process.stderr
        for line in map(overheard, self.process.stderr):
            with self._news:
                self.lines.append(_understood(line))
                self._news.notify_all()
        with self._news:
            self._news.notify_all()

    def lines_of(self, event: str) -> list[dict[str, object]]:
        """Return the log lines of one event so far."""
        return [line for line in self.lines if line["event"] == event]

    def _over(self) -> bool:
        return not self._reader.is_alive()


def _understood(line: str) -> dict[str, object]:
    try:
        found: dict[str, object] = json.loads(line)
    except ValueError:
        return {"event": "", "text": line}
    return found
