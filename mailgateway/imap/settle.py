"""Settling: what happens on the server to mails that are safely ours, in one command a batch; harmless to repeat."""

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import assert_never

from mailgateway.errors import FolderMissing
from mailgateway.imap.connection import Connection
from mailgateway.imap.errors import CommandRefused, printable
from mailgateway.imap.session import Session

# RFC 2683 section 3.2.1.5: a command line of 8,000 bytes at most
_MOST_UIDS = 500
_DELETED = b"\\Deleted"
# RFC 3501 section 9, flag: an atom, with a backslash before it for the system's own
_FLAG = re.compile(r"\\?[^\x00-\x20\x7f-\U0010ffff(){%*\"\\\]]+")


@dataclass(frozen=True, slots=True)
class Move:
    """Move to the folder, which is made where it is missing."""

    folder: str


@dataclass(frozen=True, slots=True)
class Flag:
    """Set a system flag (`\\Flagged`) or a keyword (`Ticketed`). Raises ValueError for what is neither."""

    name: str

    def __post_init__(self) -> None:
        """Keep everything out that could end the command and begin another."""
        if not _FLAG.fullmatch(self.name):
            raise ValueError(
                f"{self.name!r} is no IMAP flag: a word of ASCII letters, or a system flag such as \\Flagged"
            )


@dataclass(frozen=True, slots=True)
class Delete:
    """Delete for good."""


Settlement = Move | Flag | Delete


def settle(session: Session, uids: Sequence[int], action: Settlement) -> None:
    """Do the action to the mails; those already gone are fine.

    Raises MailboxUnavailable, and FolderMissing where the target folder cannot be made.
    """
    session.catch_up(max(uids, default=0))
    for start in range(0, len(uids), _MOST_UIDS):
        _settle(session, uids[start : start + _MOST_UIDS], action)


def _settle(session: Session, uids: Sequence[int], action: Settlement) -> None:
    match action:
        case Move(folder):
            _ensured(session, uids, lambda connection, left: _move(connection, left, folder), folder)
        case Flag(name):
            _ensured(session, uids, lambda connection, left: connection.add_flags(left, [name], silent=True))
        case Delete():
            _ensured(session, uids, _delete)
        case _:
            assert_never(action)


def _ensured(
    session: Session, uids: Sequence[int], act: Callable[[Connection, Sequence[int]], None], folder: str = ""
) -> None:
    """Act; where the server refuses, make the target folder or leave out the mails that are gone, and act once more."""
    try:
        with session.asking("settling") as connection:
            act(connection, uids)
    except CommandRefused:
        made = bool(folder) and _made(session, folder)
        left = session.still_there(uids)
        if not made and len(left) == len(uids):
            raise
        if left:
            with session.asking("settling") as connection:
                act(connection, left)


def _move(connection: Connection, uids: Sequence[int], folder: str) -> None:
    if connection.has_capability("MOVE"):
        connection.move(uids, folder)
    else:
        connection.copy(uids, folder)
        _delete(connection, uids)


def _delete(connection: Connection, uids: Sequence[int]) -> None:
    connection.add_flags(uids, [_DELETED], silent=True)
    if connection.has_capability("UIDPLUS"):
        connection.uid_expunge(uids)
    else:
        connection.expunge()


def _made(session: Session, folder: str) -> bool:
    """Make the folder where it is missing, and tell whether that was needed."""
    if _exists(session, folder):
        return False
    try:
        with session.asking("CREATE") as connection:
            connection.create_folder(folder)
    except CommandRefused as refusal:
        if not _exists(session, folder):
            raise FolderMissing(f"folder {printable(folder)!r} is missing and cannot be made: {refusal}") from None
    with suppress(CommandRefused), session.asking("SUBSCRIBE") as connection:
        connection.subscribe_folder(folder)  # mail clients show what is subscribed
    return True


def _exists(session: Session, folder: str) -> bool:
    with session.asking("LIST") as connection:
        return any(name == folder for _flags, _delimiter, name in connection.list_folders("", folder))
