"""A host's own connection to PostgreSQL: what it holds by it goes back the moment the connection ends, however it ends.

Mailboxes are session advisory locks on this connection; that a host waits for one is a lock that waiting hosts share.
So what is known of hosts is never out of date, and needs no table and no clock. A host that says nothing for `SILENCE`
is cut off by the server itself: one that is frozen, or gone from the network, keeps nothing from the others.
"""

import selectors
import socket
from collections.abc import Collection
from contextlib import suppress
from datetime import timedelta
from typing import Any

from psycopg import Error
from sqlalchemy import Executable, create_engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from mailgateway.desk.sharing import Sight
from mailgateway.store.engine import Store
from mailgateway.store.failures import translate_driver, translated
from mailgateway.store.hosts.names import READS, WAITS, connection_name, lock
from mailgateway.store.hosts.news import CHANNEL, News, heard_from_others, tell
from mailgateway.store.hosts.time import agree

SILENCE = timedelta(seconds=15)
"""After so long without a word from us the server ends the session, and others take over."""

_CLIENT = {"connect_timeout": 10, "keepalives_idle": 5, "keepalives_interval": 5, "keepalives_count": 2}
# Those that this server knows: the first came with PostgreSQL 14, and a socket file has no keepalives.
_LIMITS = text(
    "SELECT set_config(name, CASE name WHEN 'idle_session_timeout' THEN :silence WHEN 'tcp_keepalives_count' THEN '2'"
    " ELSE '5' END, false) FROM pg_settings"
    " WHERE name IN ('idle_session_timeout', 'tcp_keepalives_idle', 'tcp_keepalives_interval', 'tcp_keepalives_count')"
)
_LISTEN = text(f"LISTEN {CHANNEL}")
_NUMBER = text("SELECT pg_backend_pid()")
_TAKE = text("SELECT pg_try_advisory_lock(:key)")
_WAIT = text("SELECT pg_try_advisory_lock_shared(:key)")
_GIVE_BACK = text("SELECT pg_advisory_unlock(:key)")
_WAIT_NO_LONGER = text("SELECT pg_advisory_unlock_shared(:key)")
_SIGHT = text(
    "SELECT classid::bigint >> 16 AS kind, ((classid::bigint & 65535) << 32) | objid::bigint AS mailbox, pid"
    " FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1 AND granted"
    " AND classid::bigint >> 16 IN (:reads, :waits)"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


class HostSession:
    """The connection of one host. Not for use by two threads at once, but for `wake`."""

    def __init__(self, store: Store, name: str, silence: timedelta = SILENCE) -> None:
        """Connect to the database of a store, under a name that people know the host by.

        Raises StoreBusy and StoreUnusable.
        """
        self.silence = silence
        self._origin = store.origin
        engine = create_engine(
            store.engine.url,
            poolclass=NullPool,
            isolation_level="AUTOCOMMIT",
            connect_args={**_CLIENT, "application_name": connection_name(name)},
            hide_parameters=True,
        )
        self._woken, self._waking = socket.socketpair()
        for end in (self._woken, self._waking):
            end.settimeout(0)
        try:
            with translated():
                self._connection = engine.connect()
                self._ask(_LIMITS, silence=f"{silence / timedelta(milliseconds=1):.0f}ms")
                self._ask(_LISTEN)
                self.number: int = self._connection.execute(_NUMBER).scalar_one()
        except BaseException:
            self.close()
            raise

    def look(self) -> Sight:
        """Return who reads and who waits for what. By this the server hears of the host."""
        readers: dict[int, int] = {}
        waiting: dict[int, set[int]] = {}
        with translated():
            for kind, mailbox, host in self._connection.execute(_SIGHT, {"reads": READS, "waits": WAITS}):
                if kind == READS:
                    readers[mailbox] = host
                else:
                    waiting.setdefault(mailbox, set()).add(host)
        return Sight(readers, {mailbox: frozenset(hosts) for mailbox, hosts in waiting.items()})

    def agree_on_time(self) -> timedelta:
        """Let the time of this process be the database's; return how far the host's own clock is ahead of it."""
        with translated():
            return agree(self._connection)

    def take(self, mailbox: int) -> bool:
        """Hold a mailbox from now on; False where another host does."""
        with translated():
            return bool(self._connection.execute(_TAKE, {"key": lock(READS, mailbox)}).scalar_one())

    def give_back(self, mailboxes: Collection[int]) -> None:
        """Hold these mailboxes no longer."""
        for mailbox in mailboxes:
            self._ask(_GIVE_BACK, key=lock(READS, mailbox))

    def wait_for(self, mailboxes: Collection[int]) -> None:
        """Let the other hosts see that this one waits for these mailboxes."""
        for mailbox in mailboxes:
            self._ask(_WAIT, key=lock(WAITS, mailbox))

    def wait_no_longer(self, mailboxes: Collection[int]) -> None:
        """Take that back."""
        for mailbox in mailboxes:
            self._ask(_WAIT_NO_LONGER, key=lock(WAITS, mailbox))

    def hear(self, longest: timedelta) -> frozenset[News]:
        """Return what other processes let know since the last call, waiting for that or for `wake` at most so long."""
        heard = self._heard()
        if not heard:
            self._wait(longest.total_seconds())
            heard = self._heard()
        with suppress(BlockingIOError):
            self._woken.recv(4096)
        return heard

    def tell(self, news: Collection[News]) -> None:
        """Let other processes know."""
        with translated():
            tell(self._connection, news, self._origin)

    def wake(self) -> None:
        """Let `hear` return now; any thread may."""
        with suppress(OSError):
            self._waking.send(b"\0")

    def close(self) -> None:
        """End the connection, and so give back everything."""
        with suppress(SQLAlchemyError, AttributeError):
            self._connection.close()
        self._woken.close()
        self._waking.close()

    def _heard(self) -> frozenset[News]:
        driver: Any = self._connection.connection.driver_connection
        try:
            payloads = [one.payload for one in driver.notifies(timeout=0)]
        except Error as error:
            raise translate_driver(error, disconnected=driver.closed) from None
        return heard_from_others(payloads, self._origin)

    def _wait(self, seconds: float) -> None:
        driver: Any = self._connection.connection.driver_connection
        with selectors.DefaultSelector() as selector:
            for one in (driver, self._woken):
                selector.register(one, selectors.EVENT_READ)
            selector.select(seconds)

    def _ask(self, statement: Executable, **values: object) -> None:
        with translated():
            self._connection.execute(statement, values)
