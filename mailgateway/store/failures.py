"""What the database's errors mean: translated once, here. No value of a statement ever gets into a message."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from mailgateway.errors import GatewayError, PermanentError, StoreBusy, StoreUnusable

if TYPE_CHECKING:
    import psycopg

UPGRADE = "run `mailgateway db upgrade`"

# https://www.sqlite.org/rescode.html: primary result codes
_SQLITE_BUSY = {5: "locked", 6: "locked", 9: "interrupted", 10: "input/output error", 13: "the disk is full"}
_SQLITE_UNUSABLE = {
    3: "permission denied",
    8: "it is read-only",
    11: "the file is damaged: restore it from a backup",
    14: "the file cannot be opened: check its folder and rights",
    23: "access denied",
    26: "the file is no SQLite database",
}
# https://www.postgresql.org/docs/current/errcodes-appendix.html
_POSTGRES_BUSY_CLASSES = {"08": "connection lost", "40": "deadlock or serialisation", "53": "out of resources"}
_POSTGRES_BUSY = {
    "23505": "another writer was first",
    "55P03": "locked",
    "57014": "cancelled",
    "57P01": "the server shuts down",
    "57P02": "the server crashed",
    "57P03": "the server is not ready",
    "57P05": "connection closed by the server",
}
_POSTGRES_UNUSABLE = {
    "25006": "it is read-only",
    "28000": "log-in refused: check user and password",
    "28P01": "log-in refused: check user and password",
    "3D000": "no such database: create it",
    "3F000": f"its tables are not there: {UPGRADE}",
    "42501": "the user has not enough rights",
    "42703": f"its tables are not up to date: {UPGRADE}",
    "42P01": f"its tables are not there: {UPGRADE}",
}
# A failed log-in carries no code, only the server's words (English unless its lc_messages says otherwise).
_POSTGRES_NOT_YET = (
    "starting up",
    "not yet accepting",
    "terminating connection",
    "shutting down",
    "in recovery",
    "too many",
    "remaining connection slots",
    "reserved",
)


@contextmanager
def translated() -> Iterator[None]:
    """Turn errors of the database within the block into StoreBusy, StoreUnusable or PermanentError."""
    try:
        yield
    except SQLAlchemyError as error:
        # the original is not chained: drivers quote values in their messages, and mails are values
        raise translate(error) from None


def translate(error: SQLAlchemyError) -> GatewayError:
    """Return the error of the gateway that says what this one means."""
    if isinstance(error, PoolTimeout):
        return StoreBusy("the database: every connection is in use")
    if not isinstance(error, DBAPIError):
        return PermanentError(f"the database: {type(error).__name__} in our own statement")
    original: Any = error.orig
    # psycopg's errors alone have one; to import it for asking would cost every command on SQLite
    if hasattr(original, "sqlstate"):
        return _postgres(original, disconnected=error.connection_invalidated)
    return _sqlite(error)


def translate_driver(error: psycopg.Error, *, disconnected: bool) -> GatewayError:
    """Return the same for an error of PostgreSQL's driver where it is used by itself."""
    return _postgres(error, disconnected=disconnected)


def _sqlite(error: DBAPIError) -> GatewayError:
    original = error.orig
    code: int = getattr(original, "sqlite_errorcode", 0) & 0xFF
    words = str(original)
    if code in _SQLITE_BUSY:
        return StoreBusy(f"the database: {_SQLITE_BUSY[code]}")
    if code in _SQLITE_UNUSABLE:
        return StoreUnusable(f"the database: {_SQLITE_UNUSABLE[code]}")
    if words.startswith(("no such table", "no such column")) or "has no column named" in words:
        return StoreUnusable(f"the database: its tables are not up to date: {UPGRADE}")
    if isinstance(error, IntegrityError) and words.startswith("UNIQUE"):
        return StoreBusy("the database: another writer was first")
    return _refused(error.orig)


def _postgres(original: psycopg.Error, *, disconnected: bool) -> GatewayError:
    from psycopg import OperationalError  # noqa: PLC0415 - it is there: this is its error

    code = original.sqlstate or ""
    if code in _POSTGRES_UNUSABLE:
        return StoreUnusable(f"the database: {_POSTGRES_UNUSABLE[code]}")
    if code in _POSTGRES_BUSY:
        return StoreBusy(f"the database: {_POSTGRES_BUSY[code]}")
    if code[:2] in _POSTGRES_BUSY_CLASSES:
        return StoreBusy(f"the database: {_POSTGRES_BUSY_CLASSES[code[:2]]}")
    if isinstance(original, OperationalError) and not code:
        return _not_connected(str(original))
    return StoreBusy("the database: connection lost") if disconnected else _refused(original)


def _not_connected(words: str) -> GatewayError:
    said = " ".join(words.split())[:300]
    if "FATAL" in words and not any(hint in words for hint in _POSTGRES_NOT_YET):
        return StoreUnusable(f"the database cannot be used: {said}")
    return StoreBusy(f"the database cannot be reached: {said}")


def _refused(original: BaseException | None) -> PermanentError:
    return PermanentError(f"the database refused a statement of ours ({type(original).__name__})")
