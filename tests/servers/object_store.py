"""A real object store that speaks S3, moto's, on a free loopback port; what is in it is gone when it ends."""

import itertools
import re
import signal
import sys
import time
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self

import httpx

from mailgateway.accounts.object_store import Login, ObjectStore
from tests.servers.process import Child, on_own_port, wait_until

KEY = "a-key-id"
SECRET = "a-secret-key"


class S3Server:
    """A server whose buckets anybody may use who says a key and a secret."""

    def __init__(self) -> None:
        """Prepare a folder for its log."""
        self._folder = TemporaryDirectory(prefix="mailgateway-s3-", ignore_cleanup_errors=True)
        self.log = Path(self._folder.name) / "s3.log"
        self._child: Child | None = None
        self._serial = itertools.count(1)
        self.port = 0

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def running(self) -> bool:
        """Tell whether it is up."""
        return self._child is not None and self._child.running

    def start(self) -> None:
        """Start, and return when it answers; one started again keeps its port, and has forgotten its buckets."""
        on_own_port(self._start, self.port)

    def stop(self) -> None:
        """Take it away at once."""
        if self._child is not None:
            self._child.kill()
            self._child = None

    def freeze(self) -> None:
        """Let it accept connections and answer nothing."""
        if self._child is not None:
            self._child.send(signal.SIGSTOP)

    def wait_until_asked(self, within: float = 30.0) -> None:
        """Wait until somebody waits for an answer of the frozen server: the kernel holds words that nobody read."""
        deadline = time.monotonic() + within
        while not self._has_unread():
            assert time.monotonic() < deadline, "nobody asked"
            time.sleep(0.02)

    def _has_unread(self) -> bool:
        connections = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        here, established = f"0100007F:{self.port:04X}", "01"
        return any(one[1] == here and one[3] == established and not one[4].endswith(":00000000") for one in connections)

    def thaw(self) -> None:
        """Let it answer again."""
        if self._child is not None:
            self._child.send(signal.SIGCONT)

    def make_bucket(self, name: str = "") -> str:
        """Make a bucket, under a name of its own where none is given, and return its name."""
        name = name or f"bucket-{next(self._serial)}"
        httpx.put(f"{self.url}/{name}").raise_for_status()
        return name

    def at(self, bucket: str, *, timeout: float = 5) -> ObjectStore:
        """Return a folder in a bucket as settings."""
        login = Login(lambda: KEY, lambda: SECRET)
        return ObjectStore(f"s3://{bucket}/mail", self.url, "us-east-1", login, timedelta(seconds=timeout))

    def keys(self, bucket: str) -> list[str]:
        """Return the keys of the objects in a bucket, at most a thousand."""
        listed = httpx.get(f"{self.url}/{bucket}").raise_for_status().text
        return [part.partition("</Key>")[0] for part in listed.split("<Key>")[1:]]

    def requests(self) -> list[str]:
        """Return what it was asked since it was started, such as `HEAD /bucket/key`."""
        return re.findall(r"((?:GET|HEAD|PUT|POST|DELETE) \S+) HTTP/", self.log.read_text())

    def __enter__(self) -> Self:
        """Start."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop, and leave no file."""
        self.stop()
        self._folder.cleanup()

    def _start(self, port: int) -> None:
        self.port = port
        self.log.unlink(missing_ok=True)
        command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)]
        self._child = Child(command, self.log)
        wait_until(self._answers, self._child, self.log)

    def _answers(self) -> bool:
        try:
            return httpx.get(self.url).status_code == httpx.codes.OK
        except httpx.TransportError:
            return False
