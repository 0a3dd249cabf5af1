"""Mails with a large file for a group of five: how long others wait for the database, and what a mail costs.

The floor writes and syncs the same bytes once, as they come: the mail, its file, and the letter to each agent.
"""

import logging
import os
import statistics
import time
from base64 import encodebytes
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import structlog
from sqlalchemy import Connection, event

from mailgateway.flows.collect import collect
from mailgateway.flows.settling import Refused
from mailgateway.flows.suspects import Suspects
from mailgateway.imap.session import Session
from tests.end_to_end import office
from tests.end_to_end.office import Office, message
from tests.servers.dovecot import Dovecot
from tests.servers.sink import Sink

MEMBERS = ("anna", "bob", "cleo", "dan", "eva")
SIZE = 10_000_000
_MOST_MAILS = 5
_GROUPS = (
    "agents:\n{}\ngroups:\n  - {{name: first-line, members: [{}]}}\n  - {{name: hardware, members: [bob]}}\n".format(
        "\n".join(f"  - {{name: {one}, display: {one.title()}, address: {one}@example.com}}" for one in MEMBERS),
        ", ".join(MEMBERS),
    )
)


def run(count: int) -> None:
    """Measure `count` mails, five at most, with a file of 10 MB each, on SQLite."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    count = min(count, _MOST_MAILS)
    large = office.GATEWAY.replace("size_limit: 1MB", "size_limit: 50MB")
    with TemporaryDirectory() as folder, Dovecot() as dovecot, Sink() as sink:
        files = [os.urandom(SIZE) for _ in range(count)]
        floor = _floor(Path(folder) / "floor", files)
        with patch.multiple(office, GATEWAY=large, GROUPS=_GROUPS):
            desk = Office(Path(folder), dovecot, sink, "files", f"sqlite:///{folder}/office.db")
        for file in files:
            mail = message("carla@customer.example", "Files", "See the file.")
            mail.add_attachment(file, maintype="application", subtype="zip", filename="files.zip")
            desk.write(mail)
        wall, own = time.perf_counter(), time.process_time()
        with _held(desk) as held:
            _collect(desk)
        wall, own = time.perf_counter() - wall, time.process_time() - own
        assert len(desk.numbers()) == count
        desk.close()
    longest = sorted(held)[-count:]
    print(f"files: {count} mails with 10 MB each, a letter to each of {len(MEMBERS)} agents")
    print(f"  the database held   {statistics.median(longest):5.2f} s a mail, {longest[-1]:5.2f} s at most")
    print(f"  filing              {wall / count:5.2f} s a mail, {own / count:5.2f} CPU s, {wall / floor:5.2f} x floor")
    print(f"  floor               {floor / count:5.2f} s a mail")


def _floor(place: Path, files: list[bytes]) -> float:
    """Return how long it takes to write and sync what is kept, without packing and understanding anything."""
    begun = time.perf_counter()
    for file in files:
        encoded = encodebytes(file)
        for content in (encoded, file, *(encoded for _ in MEMBERS)):
            with place.open("wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
    return time.perf_counter() - begun


@contextmanager
def _held(desk: Office) -> Iterator[list[float]]:
    """Note how long each transaction within the block took from its beginning to its commit, in seconds."""
    engine = desk.gateway.store.engine
    noted: list[float] = []

    def begin(connection: Connection) -> None:
        connection.info["begun"] = time.perf_counter()

    def commit(connection: Connection) -> None:
        noted.append(time.perf_counter() - connection.info["begun"])

    event.listen(engine, "begin", begin)
    event.listen(engine, "commit", commit)
    try:
        yield noted
    finally:
        event.remove(engine, "begin", begin)
        event.remove(engine, "commit", commit)


def _collect(desk: Office) -> None:
    (post,) = desk.gateway.posts()
    with Session.open(post.server, post.folder) as session:
        collect(session, post.source, desk.gateway.desk, lambda: False, Suspects(), Refused())
