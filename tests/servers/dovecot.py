"""A real Dovecot 2.3 on free loopback ports, with its own configuration, mail and run-time folders."""

import grp
import imaplib
import itertools
import os
import pwd
import re
import shutil
import signal
import socket
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self

from tests.servers.authority import authority
from tests.servers.process import Child, free_port, on_own_port, program, wait_until

PASSWORD = "a-word-for-tests-alone"
"""Unlike anything else: it must not be found in what a test prints."""

_CONFIGURATION = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = /dev/stderr
protocols = imap
listen = 127.0.0.1
instance_name = mailgateway-{port}

ssl = yes
ssl_cert = <{certificate}
ssl_key = <{key}
disable_plaintext_auth = no
auth_failure_delay = 0

default_login_user = {login_user}
default_internal_user = {internal_user}
default_internal_group = {internal_group}
first_valid_uid = 1
first_valid_gid = 1

passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u
}}
mail_location = maildir:~/Maildir
mail_fsync = never
mail_max_userip_connections = 1000
maildir_very_dirty_syncs = no
namespace inbox {{
  inbox = yes
}}

service imap-login {{
  chroot =
  service_count = 0
  process_min_avail = 1
  client_limit = 1000
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service imap {{
  process_limit = 512
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
{settings}
"""


class Dovecot:
    """An IMAP server where any user name works with the PASSWORD and has an empty mail home of its own.

    Log-in is allowed without TLS, with STARTTLS (both on `port`) and with implicit TLS (`tls_port`, see `ca_file`).
    """

    host = "127.0.0.1"

    def __init__(self, settings: Mapping[str, str] | None = None) -> None:
        """Prepare a server; `settings` are more lines for its configuration, e.g. `imap_capability`.

        Raises:
            FileNotFoundError: Dovecot is not installed.
        """
        self._program = program("dovecot")
        self._settings = dict(settings or {})
        self._folder = TemporaryDirectory(prefix="mailgateway-dovecot-", ignore_cleanup_errors=True)
        self.folder = Path(self._folder.name)
        self.folder.chmod(0o755)
        self.log = self.folder / "dovecot.log"
        # Dovecot never opens mail as root
        self._owner = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
        self._make_folder(self.folder / "mail")
        self._child: Child | None = None
        self._serial = itertools.count(1)
        self.port = 0
        self.tls_port = 0

    @property
    def ca_file(self) -> str:
        """Path of the certificate that a client must trust to trust this server."""
        return authority().ca_file

    @property
    def running(self) -> bool:
        """Tell whether the server is up."""
        return self._child is not None and self._child.running

    def start(self) -> None:
        """Start, and return when log-ins are answered; a server started again keeps its ports and mails."""
        on_own_port(self._start, self.tls_port)

    def stop(self) -> None:
        """Stop in the orderly way; clients get BYE."""
        if self._child is not None:
            self._child.send(signal.SIGCONT)
            self._child.end()
            self._child = None

    def kill(self) -> None:
        """Take the server away at once, as a power cut does."""
        if self._child is not None:
            self._child.kill()
            self._child = None

    def restart(self) -> None:
        """Stop and start; ports and mails stay."""
        self.stop()
        self.start()

    def freeze(self) -> None:
        """Let the server hang: connections stay open, and nothing is answered until `thaw`."""
        if self._child is not None:
            self._child.send(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let a frozen server go on."""
        if self._child is not None:
            self._child.send(signal.SIGCONT)

    def close(self) -> None:
        """End at once and remove every file."""
        self.kill()
        self._folder.cleanup()

    def __enter__(self) -> Self:
        """Start."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End at once and remove every file."""
        self.close()

    @contextmanager
    def client(self, user: str) -> Iterator[imaplib.IMAP4]:
        """Log `user` in, without TLS."""
        with imaplib.IMAP4(self.host, self.port, timeout=30) as connection:
            connection.login(user, PASSWORD)
            yield connection

    def append(self, user: str, raw: bytes, folder: str = "INBOX") -> None:
        """Put a mail into a folder by IMAP; the folder is made when it is not there."""
        with self.client(user) as connection:
            if folder != "INBOX":
                connection.create(_quoted(folder))
            _checked(connection.append(_quoted(folder), "", "", raw))

    def deliver(self, user: str, raw: bytes) -> None:
        """Put a mail into the INBOX as a delivery agent does: written to tmp/, then moved to new/."""
        self._put(self._maildir(user), raw)

    def lay(self, user: str, mails: Iterable[tuple[bytes, datetime]]) -> None:
        """Put mails into the INBOX that arrived at these times, quickly: their time is their INTERNALDATE."""
        maildir = self._maildir(user)
        for raw, arrived in mails:
            self._put(maildir, raw, arrived)

    def mails(self, user: str, folder: str = "INBOX") -> list[bytes]:
        """Return the bytes of every mail of a folder, in the order of UIDs; none where there is no such folder."""
        with self.client(user) as connection:
            status, _ = connection.select(_quoted(folder), readonly=True)
            if status != "OK":
                return []
            _, parts = connection.fetch("1:*", "(BODY.PEEK[])") if self._exists(connection) else ("OK", [])
            return [part[1] for part in parts if isinstance(part, tuple)]

    def count(self, user: str, folder: str = "INBOX") -> int:
        """Return the number of mails in a folder; 0 where there is no such folder."""
        with self.client(user) as connection:
            status, answer = connection.select(_quoted(folder), readonly=True)
            return int(answer[0] or b"0") if status == "OK" else 0

    def uid_validity(self, user: str, folder: str = "INBOX") -> int:
        """Return the folder's UIDVALIDITY."""
        with self.client(user) as connection:
            answer = _checked(connection.status(_quoted(folder), "(UIDVALIDITY)"))
            found = re.search(rb"UIDVALIDITY (\d+)", answer)
            assert found
            return int(found[1])

    def recreate(self, user: str, folder: str = "INBOX", *, keep_mails: bool = True) -> None:
        """Delete the folder and make it anew: another UIDVALIDITY, UIDs from 1, the same mails unless told not to."""
        before = self.uid_validity(user, folder)
        kept = self.mails(user, folder) if keep_mails else []
        self._delete(user, folder)
        with self.client(user) as connection:
            if folder != "INBOX":
                _checked(connection.create(_quoted(folder)))
            for raw in kept:
                _checked(connection.append(_quoted(folder), "", "", raw))
        assert self.uid_validity(user, folder) != before

    def _start(self, tls_port: int) -> None:
        if tls_port != self.tls_port:
            self.port, self.tls_port = free_port(), tls_port
        configuration = self.folder / "dovecot.conf"
        configuration.write_text(self._configuration())
        self.log.unlink(missing_ok=True)
        self._child = Child([self._program, "-F", "-c", str(configuration)], self.log)
        wait_until(self._answers, self._child, self.log)

    def _configuration(self) -> str:
        root = os.geteuid() == 0
        me, group = self._owner.pw_name, grp.getgrgid(self._owner.pw_gid).gr_name
        return _CONFIGURATION.format(
            folder=self.folder,
            port=self.port,
            tls_port=self.tls_port,
            certificate=authority().certificate_file,
            key=authority().key_file,
            password=PASSWORD,
            uid=self._owner.pw_uid,
            gid=self._owner.pw_gid,
            login_user="dovenull" if root else me,
            internal_user="dovecot" if root else me,
            internal_group="dovecot" if root else group,
            settings="\n".join(f"{key} = {value}" for key, value in self._settings.items()),
        )

    def _answers(self) -> bool:
        try:
            with socket.create_connection((self.host, self.port), timeout=5) as connection:
                return connection.recv(4) == b"* OK"
        except OSError:
            return False

    def _put(self, maildir: Path, raw: bytes, arrived: datetime | None = None) -> None:
        name = f"{next(self._serial):09d}.{os.getpid()}.test"
        written = maildir / "tmp" / name
        written.write_bytes(raw)
        self._give(written)
        if arrived is not None:
            os.utime(written, (arrived.timestamp(), arrived.timestamp()))
        written.rename(maildir / "new" / name)

    def _maildir(self, user: str) -> Path:
        home = self.folder / "mail" / user
        maildir = home / "Maildir"
        if not (maildir / "new").exists():
            for folder in (home, maildir, *(maildir / name for name in ("tmp", "cur", "new"))):
                self._make_folder(folder)
        return maildir

    def _make_folder(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self._give(folder)

    def _give(self, path: Path) -> None:
        if os.geteuid() == 0:
            os.chown(path, self._owner.pw_uid, self._owner.pw_gid)

    def _delete(self, user: str, folder: str) -> None:
        if folder != "INBOX":
            with self.client(user) as connection:
                _checked(connection.delete(_quoted(folder)))
            return
        # IMAP forbids to delete INBOX; dovecot-uidvalidity stays, so that the new one differs within the same second
        maildir = self._maildir(user)
        for path in maildir.iterdir():
            if path.name in ("cur", "new", "tmp"):
                shutil.rmtree(path)
            elif path.name.startswith(("dovecot-uidlist", "dovecot.index")):
                path.unlink()
        self._maildir(user)

    @staticmethod
    def _exists(connection: imaplib.IMAP4) -> bool:
        _, answer = connection.response("EXISTS")
        return bool(answer and answer[-1] and int(answer[-1]))


def _quoted(folder: str) -> str:
    return '"' + folder.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _checked(answer: tuple[str, list[bytes]] | tuple[str, list[object]]) -> bytes:
    status, lines = answer
    assert status == "OK", lines
    return b" ".join(line for line in lines if isinstance(line, bytes))
