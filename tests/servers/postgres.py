"""A real PostgreSQL on a free loopback port, with its own cluster in a temporary folder."""

import itertools
import os
import pwd
import signal
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self

import psycopg
from psycopg import sql

from tests.servers.process import Child, on_own_port, program, wait_until

_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "32MB",
    "max_connections": "200",
    "jit": "off",
}


class Postgres:
    """A database server whose user `postgres` needs no password; nothing in it survives `close`."""

    host = "127.0.0.1"

    def __init__(self) -> None:
        """Make an empty cluster.

        Raises:
            FileNotFoundError: PostgreSQL is not installed.
        """
        folders = [str(folder) for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)]
        self._program = program("postgres", *folders)
        initdb = program("initdb", *folders)
        # PostgreSQL refuses to run as root
        self._user = "postgres" if os.geteuid() == 0 else None
        self._folder = TemporaryDirectory(prefix="mailgateway-postgres-", ignore_cleanup_errors=True)
        self.folder = Path(self._folder.name)
        self.log = self.folder / "postgres.log"
        self._cluster = self.folder / "cluster"
        self._cluster.mkdir(mode=0o700)
        if self._user:
            self.folder.chmod(0o755)
            os.chown(self._cluster, *_ids(self._user))
        options = ["--no-sync", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C.UTF-8"]
        subprocess.run(
            [initdb, *options, str(self._cluster)],
            check=True,
            capture_output=True,
            user=self._user,
            group=_ids(self._user)[1] if self._user else None,
            extra_groups=[] if self._user else None,
            cwd="/",
        )
        self._child: Child | None = None
        self._serial = itertools.count(1)
        self.port = 0

    @property
    def running(self) -> bool:
        """Tell whether the server is up."""
        return self._child is not None and self._child.running

    def url(self, database: str = "postgres") -> str:
        """Return the SQLAlchemy address of a database."""
        return f"postgresql+psycopg://postgres@{self.host}:{self.port}/{database}"

    def start(self) -> None:
        """Start, and return when queries are answered; a server started again keeps its port and databases."""
        on_own_port(self._start, self.port)

    def stop(self) -> None:
        """Stop; connections are cut in the orderly way."""
        if self._child is not None:
            self._child.end()
            self._child = None

    def kill(self) -> None:
        """Take the server away at once; the next start recovers as after a crash."""
        if self._child is not None:
            # not SIGKILL: backends that outlive it for a moment would keep the next start from the shared memory
            self._child.send(signal.SIGQUIT)
            self._child.end()
            self._child = None

    def restart(self) -> None:
        """Stop and start; port and databases stay."""
        self.stop()
        self.start()

    def close(self) -> None:
        """Stop and remove every file."""
        self.stop()
        self._folder.cleanup()

    def __enter__(self) -> Self:
        """Start."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop and remove every file."""
        self.close()

    def create_database(self, like: str | None = None) -> str:
        """Make a new database and return its address: empty, or a copy of `like`, the address of one not in use."""
        name = f"test_{next(self._serial)}"
        template = like.rpartition("/")[2] if like else "template1"
        make = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        self._execute(make.format(sql.Identifier(name), sql.Identifier(template)))
        return self.url(name)

    def drop_database(self, url: str) -> None:
        """Remove a database, whoever is still connected to it."""
        name = url.rpartition("/")[2]
        self._execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _start(self, port: int) -> None:
        self.port = port
        settings = {**_SETTINGS, "port": str(self.port), "unix_socket_directories": str(self._cluster)}
        options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        self.log.unlink(missing_ok=True)
        command = [self._program, "-D", str(self._cluster), *options]
        # fast shutdown is SIGINT: clients do not hold it up
        self._child = Child(command, self.log, user=self._user, stop=signal.SIGINT)
        wait_until(self._answers, self._child, self.log)

    def _answers(self) -> bool:
        try:
            with self._connect():
                return True
        except psycopg.OperationalError:
            return False

    def _execute(self, statement: sql.Composed) -> None:
        with self._connect() as connection:
            connection.execute(statement)

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(host=self.host, port=self.port, user="postgres", dbname="postgres", autocommit=True)


def _ids(user: str) -> tuple[int, int]:
    entry = pwd.getpwnam(user)
    return entry.pw_uid, entry.pw_gid
