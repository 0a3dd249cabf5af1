"""What the databases' errors mean."""

import sqlite3

import psycopg
import pytest
from psycopg import errors as postgres
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from mailgateway.errors import GatewayError, PermanentError, StoreBusy, StoreUnusable
from mailgateway.store.failures import translate

_SECRET = "hunter2"


def _sqlite(code: int, words: str = _SECRET) -> OperationalError:
    error = sqlite3.OperationalError(words)
    error.sqlite_errorcode = code
    return OperationalError("SELECT", None, error)


def _postgres(error: psycopg.Error) -> DBAPIError:
    return DBAPIError("SELECT", None, error)


@pytest.mark.parametrize("code", [sqlite3.SQLITE_BUSY, sqlite3.SQLITE_BUSY_SNAPSHOT, sqlite3.SQLITE_FULL])
def test_a_busy_sqlite_may_be_better_later(code: int) -> None:
    """Locks, in every extended form, and a full disk."""
    assert type(translate(_sqlite(code))) is StoreBusy


@pytest.mark.parametrize(
    "code", [sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_NOTADB]
)
def test_an_unusable_sqlite_needs_a_person(code: int) -> None:
    """Rights, damage, no file, no database."""
    assert type(translate(_sqlite(code))) is StoreUnusable


@pytest.mark.parametrize(
    ("error", "meaning"),
    [
        (postgres.SerializationFailure(_SECRET), StoreBusy),
        (postgres.DeadlockDetected(_SECRET), StoreBusy),
        (postgres.LockNotAvailable(_SECRET), StoreBusy),
        (postgres.UniqueViolation(_SECRET), StoreBusy),
        (postgres.AdminShutdown(_SECRET), StoreBusy),
        (postgres.DiskFull(_SECRET), StoreBusy),
        (postgres.ConnectionFailure(_SECRET), StoreBusy),
        (postgres.UndefinedTable(_SECRET), StoreUnusable),
        (postgres.UndefinedColumn(_SECRET), StoreUnusable),
        (postgres.InsufficientPrivilege(_SECRET), StoreUnusable),
        (postgres.ReadOnlySqlTransaction(_SECRET), StoreUnusable),
        (postgres.InvalidPassword(_SECRET), StoreUnusable),
        (postgres.InvalidCatalogName(_SECRET), StoreUnusable),
        (postgres.NotNullViolation(_SECRET), PermanentError),
        (postgres.StringDataRightTruncation(_SECRET), PermanentError),
    ],
)
def test_errors_of_postgresql_are_told_apart_without_their_values(
    error: psycopg.Error, meaning: type[GatewayError]
) -> None:
    """Each code has its kind; what the server quotes is never passed on."""
    found = translate(_postgres(error))
    assert type(found) is meaning
    assert _SECRET not in str(found)


@pytest.mark.parametrize(
    ("words", "meaning"),
    [
        ('connection failed: FATAL:  database "x" does not exist', StoreUnusable),
        ('connection failed: FATAL:  password authentication failed for user "me"', StoreUnusable),
        ("connection failed: FATAL:  the database system is starting up", StoreBusy),
        ("connection failed: FATAL:  the database system is not yet accepting connections", StoreBusy),
        ("FATAL:  terminating connection due to administrator command", StoreBusy),
        ("connection failed: FATAL:  sorry, too many clients already", StoreBusy),
        ("connection failed: Connection refused", StoreBusy),
        ("connection timeout expired", StoreBusy),
        ("server closed the connection unexpectedly", StoreBusy),
    ],
)
def test_failed_connections_are_told_apart_by_their_words(words: str, meaning: type[GatewayError]) -> None:
    """A refused log-in needs a person; a server that is away or not ready may be back."""
    assert type(translate(_postgres(psycopg.OperationalError(words)))) is meaning


def test_a_broken_promise_tells_no_value() -> None:
    """A constraint that is no unique one, or an error before any database: a mistake of ours, told without values."""
    broken = IntegrityError("INSERT", None, sqlite3.IntegrityError(f"NOT NULL {_SECRET}"))
    for error in (broken, ArgumentError(_SECRET)):
        assert type(translate(error)) is PermanentError
        assert _SECRET not in str(translate(error))


def test_too_few_connections_may_be_better_later() -> None:
    """A pool that is used up is no reason to give up."""
    assert type(translate(PoolTimeout())) is StoreBusy
