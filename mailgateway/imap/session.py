"""One folder of one account, open for reading and writing. Not for use by two threads at once."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from threading import Event
from types import TracebackType
from typing import Self

from mailgateway.accounts.server import Server
from mailgateway.errors import FolderMissing, GatewayError, MailboxUnavailable
from mailgateway.imap.connection import Connection, abandon, connect
from mailgateway.imap.errors import CommandRefused, printable, translated
from mailgateway.imap.idle import idle
from mailgateway.imap.login import log_in

_NAMED_FOLDERS = 20


class Session:
    """A selected folder. `uidvalidity` says in which life of the folder its UIDs count (RFC 3501 section 2.3.1.1).

    `uid_next` is the UID that the next mail would get when it was selected, None where the server did not say.
    """

    def __init__(self, connection: Connection, folder: str, uidvalidity: int, uid_next: int | None = None) -> None:
        """Take over a connection on which the folder is selected."""
        self.folder = folder
        self.uidvalidity = uidvalidity
        self.uid_next = uid_next
        self._connection = connection
        self._told_up_to = (uid_next or 1) - 1
        self._lost = False
        with translated("CAPABILITY"):
            self.has_idle = bool(connection.has_capability("IDLE"))

    @classmethod
    def open(cls, server: Server, folder: str) -> Self:
        """Connect, log in and select the folder.

        Raises MailboxUnavailable, LoginRefused, FolderMissing (naming the folders there are), and what the login's
        secret raises.
        """
        connection = connect(server)
        try:
            if server.login is not None:
                log_in(connection, server.login)
            return cls(connection, folder, *_select(connection, folder))
        except BaseException:
            abandon(connection)
            raise

    @contextmanager
    def asking(self, what: str) -> Iterator[Connection]:
        """Give the connection for a command; the libraries' exceptions leave as the gateway's own."""
        try:
            with translated(what):
                yield self._connection
        except GatewayError as error:
            self._lost = self._lost or not isinstance(error, CommandRefused)
            raise

    def was_told(self, up_to: int) -> None:
        """Take note that the server told this session of mails up to a UID."""
        self._told_up_to = max(self._told_up_to, up_to)

    def catch_up(self, up_to: int) -> None:
        """Have the server tell of all mails up to a UID, where it did not yet.

        It says OK to a command about mails that it has not told a session of, and does nothing (RFC 3501 section
        6.4.8): such as those that another host filed while this one was frozen.
        """
        if up_to > self._told_up_to:
            with self.asking("NOOP") as connection:
                connection.noop()
            self.was_told(up_to)

    def still_there(self, uids: Sequence[int]) -> list[int]:
        """Return those of the UIDs (at most some hundreds) that the folder still has, as of now."""
        with self.asking("SEARCH") as connection:
            connection.noop()  # only now may the server tell what others removed
            found = set(connection.search("UID " + ",".join(str(uid) for uid in uids)))
        return [uid for uid in uids if uid in found]

    def wait(self, longest: timedelta, stop: Event) -> bool:
        """Wait for mail: True as soon as the server announces some, False after `longest` or when `stop` is set.

        Announcements made since the last `new_mails` count too. Without IDLE, or where the server offers and refuses
        it, it only waits, and the caller looks for itself. Raises MailboxUnavailable.
        """
        if self.has_idle:
            try:
                with self.asking("IDLE") as connection:
                    return connection.announced() or idle(connection, longest, stop)
            except CommandRefused:
                self.has_idle = False
        stop.wait(longest.total_seconds())
        return False

    def close(self) -> None:
        """Log out, and close the connection; a connection already lost is closed without a word."""
        if not self._lost:
            try:
                with translated("LOGOUT"):
                    self._connection.logout()
            except MailboxUnavailable:
                pass  # the mails are settled, and the server sees the connection end
        abandon(self._connection)

    def __enter__(self) -> Self:
        """Use the session in a `with` block."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        self.close()


def _select(connection: Connection, folder: str) -> tuple[int, int | None]:
    """Select the folder for reading and writing, and return its UIDVALIDITY and UIDNEXT."""
    try:
        with translated(f"SELECT {folder}"):
            answer = connection.select_folder(folder)
    except CommandRefused:
        with translated("LIST"):
            names = sorted(str(name) for _flags, _delimiter, name in connection.list_folders())
        if folder in names:
            raise
        raise FolderMissing(f"there is no folder {folder!r}; there are: {_shown(names)}") from None
    with translated(f"SELECT {folder}: no UIDVALIDITY, without which UIDs cannot be trusted"):
        uid_next = answer.get(b"UIDNEXT")
        return int(answer[b"UIDVALIDITY"]), uid_next if isinstance(uid_next, int) else None


def _shown(names: list[str]) -> str:
    more = f" and {len(names) - _NAMED_FOLDERS} more" if len(names) > _NAMED_FOLDERS else ""
    return ", ".join(printable(name) for name in names[:_NAMED_FOLDERS]) + more
