"""The servers as pytest fixtures; where a server is not installed, its tests are left out, and the end says so once."""

import itertools
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.servers.dovecot import Dovecot
from tests.servers.object_store import S3Server
from tests.servers.postgres import Postgres
from tests.servers.prepared import migrate
from tests.servers.sink import Sink

_LEFT_OUT = "left out because "
_users = itertools.count(1)


@pytest.fixture(scope="session")
def _dovecot() -> Iterator[Dovecot]:
    try:
        server = Dovecot()
    except FileNotFoundError as missing:
        pytest.skip(f"{_LEFT_OUT}{missing} (dovecot-imapd)")
    with server:
        yield server


@pytest.fixture
def dovecot(_dovecot: Dovecot) -> Dovecot:
    """Give the run's IMAP server, up even where the test before took it down."""
    _dovecot.thaw()
    if not _dovecot.running:
        _dovecot.start()
    return _dovecot


@pytest.fixture(scope="session")
def _postgres() -> Iterator[Postgres]:
    try:
        server = Postgres()
    except FileNotFoundError as missing:
        pytest.skip(f"{_LEFT_OUT}{missing} (postgresql)")
    with server:
        yield server


@pytest.fixture(scope="session")
def postgres_template(_postgres: Postgres) -> str:
    """Give the address of a migrated database, to be copied."""
    url = _postgres.create_database()
    migrate(url)
    return url


@pytest.fixture
def postgres(_postgres: Postgres) -> Postgres:
    """Give the run's database server, up even where the test before took it down."""
    if not _postgres.running:
        _postgres.start()
    return _postgres


@pytest.fixture(scope="session")
def _s3() -> Iterator[S3Server]:
    with S3Server() as server:
        yield server


@pytest.fixture
def s3(_s3: S3Server) -> S3Server:
    """Give the run's object store, up even where the test before took it down."""
    _s3.thaw()
    if not _s3.running:
        _s3.start()
    return _s3


@pytest.fixture
def sink() -> Iterator[Sink]:
    """Give an SMTP server without TLS and log-in, with nothing in it yet."""
    with Sink() as server:
        yield server


@pytest.fixture
def mailbox_user() -> str:
    """Give the name of an IMAP user that no other test has; the password is Dovecot's PASSWORD."""
    return f"user{next(_users)}"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say once a reason how many tests were left out for want of a server."""
    reasons = Counter(
        report.longrepr[2].partition(_LEFT_OUT)[2]
        for report in terminalreporter.stats.get("skipped", [])
        if isinstance(report.longrepr, tuple) and _LEFT_OUT in report.longrepr[2]
    )
    for reason, number in reasons.items():
        terminalreporter.write_line(f"left out: {number} tests, because {reason}", yellow=True)
