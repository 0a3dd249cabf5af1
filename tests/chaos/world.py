"""Several daemons over one PostgreSQL, mailboxes on a server, a peer for letters, and a disk that can be full."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from email.policy import SMTP
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from mailgateway.app import open_gateway
from tests.end_to_end.daemon import Daemon
from tests.end_to_end.office import GROUPS, ROUTING, message
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.postgres import Postgres
from tests.servers.prepared import prepare
from tests.servers.sink import Sink

HOSTS = 3
MAILBOXES = 5
DISK_MEGABYTES = 64
LONGEST_GOODBYE = 20.0

_GATEWAY = """
domain: example.com
database: {database}
blobs: file://{blobs}
admin: postmaster@example.com
mailboxes:
{mailboxes}
smtp: {{host: 127.0.0.1, port: {smtp_port}, tls: none, connections: 2}}
notifications: {{gather: 0}}
agents: {{evidence: token_or_dmarc, trusted_authserv: [mx.example.com], receipts: never}}
files: {{groups: groups.yaml, rules: routing.yaml}}
"""
_MAILBOX = """
  - name: {name}
    address: {name}@example.com
    imap: {{host: 127.0.0.1, port: {imap_port}, tls: none, username: {user}, password: {{env: OFFICE_PASSWORD}}}}
    settle: {{processed: "move:Processed", quarantined: "move:Quarantine"}}
    default: {{group: first-line, type: incident, priority: normal, language: en}}
"""


class Disk:
    """A small disk of its own for the blobs, where we may mount one; elsewhere a folder that is never full."""

    def __init__(self, folder: Path) -> None:
        """Mount it."""
        self.folder = folder
        self.folder.mkdir(exist_ok=True)
        options = ["-t", "tmpfs", "-o", f"size={DISK_MEGABYTES}m", "tmpfs", str(folder)]
        done = subprocess.run(["mount", *options], capture_output=True, check=False) if os.geteuid() == 0 else None
        self.is_small = done is not None and done.returncode == 0
        self._filler = folder / "filler"

    def fill(self) -> None:
        """Leave no room."""
        with suppress(OSError), self._filler.open("wb", buffering=0) as file:
            for size in (1_000_000, 1000, 1):
                with suppress(OSError):
                    while file.write(bytes(size)):
                        pass

    def free(self) -> None:
        """Make room again."""
        self._filler.unlink(missing_ok=True)

    def close(self) -> None:
        """Take the disk away."""
        if self.is_small:
            subprocess.run(["umount", "--lazy", str(self.folder)], check=True)


class World:
    """All of it on loopback. `written` are the Message-IDs of the mails that were delivered."""

    def __init__(
        self, folder: Path, dovecot: Dovecot, postgres: Postgres, sink: Sink, database: str, hosts: int = HOSTS
    ) -> None:
        """Write the configuration and start the daemons."""
        os.environ["OFFICE_PASSWORD"] = PASSWORD
        self.dovecot, self.postgres, self.sink = dovecot, postgres, sink
        self.database = database.replace("+psycopg", "")
        prepare(database)
        self._lose_nothing()
        self.mailboxes = {
            f"box{number}": f"{self.database.rpartition('/')[2]}box{number}" for number in range(MAILBOXES)
        }
        self.configuration = folder / "gateway.yaml"
        boxes = [_MAILBOX.format(name=name, user=at, imap_port=dovecot.port) for name, at in self.mailboxes.items()]
        written = _GATEWAY.format(
            database=database, blobs=folder / "blobs", mailboxes="".join(boxes), smtp_port=sink.port
        )
        self.configuration.write_text(written)
        (folder / "groups.yaml").write_text(GROUPS)
        (folder / "routing.yaml").write_text(ROUTING)
        self.gateway = open_gateway(self.configuration)
        self.written: list[str] = []
        self.ended: list[Daemon] = []
        self.disk = Disk(folder / "blobs")  # late: what fails before leaves nothing mounted
        self.daemons = [Daemon(self.configuration) for _ in range(hosts)]
        self.frozen: set[int] = set()

    def deliver(self, mailbox: str) -> None:
        """Put the next mail into a mailbox."""
        number = len(self.written)
        mail = message(
            f"c{number}@customer.example", f"Matter {number}", f"Text {number}.", to=f"{mailbox}@example.com"
        )
        self.dovecot.deliver(self.mailboxes[mailbox], mail.as_bytes(policy=SMTP))
        self.written.append(str(mail["Message-ID"]).strip("<>"))

    def kill(self, host: int) -> None:
        """Kill a daemon without warning, and start another in its place."""
        self.daemons[host].process.kill()
        self._start_anew(host)

    def tend(self) -> None:
        """Start daemons anew that have left, as systemd does: one does that begins while the database is away."""
        for host, daemon in enumerate(self.daemons):
            if daemon.process.poll() is not None:
                self._start_anew(host)

    def _start_anew(self, host: int) -> None:
        self.daemons[host].__exit__(None, None, None)
        self.ended.append(self.daemons[host])
        self.daemons[host] = Daemon(self.configuration)

    def freeze(self, host: int) -> None:
        """Let a daemon stand still."""
        self.frozen.add(host)
        self.daemons[host].process.send_signal(signal.SIGSTOP)

    def awake(self) -> list[int]:
        """Return the daemons that do not stand still."""
        return [host for host in range(len(self.daemons)) if host not in self.frozen]

    def thaw(self, host: int) -> None:
        """Let it go on."""
        self.daemons[host].process.send_signal(signal.SIGCONT)
        self.frozen.discard(host)

    def cut(self, pick: Callable[[list[int]], list[int]]) -> int:
        """Let PostgreSQL end some connections of the daemons; return how many."""
        with psycopg.connect(self.database, autocommit=True) as connection:
            found = connection.execute(
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            chosen = pick([pid for (pid,) in found])
            for pid in chosen:
                connection.execute("SELECT pg_terminate_backend(%s)", [pid])
        return len(chosen)

    def _lose_nothing(self) -> None:
        """Let commits outlive a crash of PostgreSQL, as they do unless somebody asks for speed."""
        name = sql.Identifier(self.database.rpartition("/")[2])
        with psycopg.connect(self.database, autocommit=True) as connection:
            connection.execute(sql.SQL("ALTER DATABASE {} SET synchronous_commit = on").format(name))

    def log(self, *events: str) -> list[dict[str, Any]]:
        """Return the log lines of these events, of all daemons there ever were."""
        return [line for one in (*self.ended, *self.daemons) for line in one.lines if line["event"] in events]

    def end(self) -> list[int]:
        """Ask all daemons to leave; return their exit codes."""
        for daemon in self.daemons:
            daemon.process.send_signal(signal.SIGTERM)
        return [daemon.process.wait(LONGEST_GOODBYE) for daemon in self.daemons]

    def close(self) -> None:
        """Leave nothing behind."""
        for daemon in self.daemons:
            daemon.__exit__(None, None, None)
        self.gateway.close()
        self.disk.close()


def wait_until(done: Callable[[], bool], seconds: float) -> bool:
    """Ask now and then whether something is so, at most so long; return whether it is."""
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() > end:
            return False
        time.sleep(0.2)
    return True
