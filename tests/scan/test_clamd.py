"""clamd's protocol: whatever the other side does is a verdict or an error, and bounded in time."""

import socket
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from mailgateway.errors import ScanFailed, ScannerUnavailable
from mailgateway.scan.clamd import Clamd, Clean, Found, TooLarge
from tests.servers.clamd import EICAR, SIGNATURE, ClamdServer

PATIENT, QUICK = timedelta(seconds=20), timedelta(seconds=0.3)


@pytest.fixture
def server() -> Iterator[ClamdServer]:
    """Give a scanner."""
    with ClamdServer() as running:
        yield running


def test_what_is_clean_is_clean(server: ClamdServer) -> None:
    """The content arrives as it is, however many chunks it takes."""
    content = bytes(range(256)) * 1_000
    assert Clamd(server.address, PATIENT).scan(content) == Clean()
    assert server.scanned == [content]


@pytest.mark.parametrize("content", [EICAR, b"x" * 200_000 + EICAR])
def test_what_is_found_has_a_name(server: ClamdServer, content: bytes) -> None:
    """The signature is told."""
    assert Clamd(server.address, PATIENT).scan(content) == Found(SIGNATURE)


def test_nothing_is_content_too(server: ClamdServer) -> None:
    """An empty file is a stream of no chunks."""
    assert Clamd(server.address, PATIENT).scan(b"") == Clean()
    assert server.scanned == [b""]


def test_a_socket_in_the_file_system_will_do(tmp_path: Path) -> None:
    """As distributions set it up."""
    with ClamdServer(tmp_path / "clamd.ctl") as server:
        assert Clamd(server.address, PATIENT).scan(EICAR) == Found(SIGNATURE)


def test_what_is_too_large_is_said_to_be(server: ClamdServer) -> None:
    """clamd answers in the middle and hangs up: that is a verdict, no outage."""
    server.stream_max = 100_000
    assert Clamd(server.address, PATIENT).scan(b"x" * 1_000_000) == TooLarge()


def test_a_name_is_kept_from_doing_harm(server: ClamdServer) -> None:
    """Signatures are named by others: what goes into logs, mails and the database is plain and short."""
    server.finds = {"Evil\x1b[31m <b>name</b> " + "x" * 500: b"evil"}
    verdict = Clamd(server.address, PATIENT).scan(b"evil")
    assert isinstance(verdict, Found)
    assert verdict.signature.startswith("Evil_")
    assert len(verdict.signature) <= 100
    assert not set(verdict.signature) & set("\x1b<> ")


@pytest.mark.parametrize(
    "answer", [b"stream: Can't allocate memory ERROR", b"\x00\xff\xfe", b"220 mail.example ESMTP", b"stream: "]
)
def test_what_is_no_verdict_is_an_error(server: ClamdServer, answer: bytes) -> None:
    """Nothing passes because of an answer that nobody understands."""
    server.says = answer
    with pytest.raises(ScanFailed):
        Clamd(server.address, PATIENT).scan(b"x")


def test_who_hangs_up_gives_no_verdict(server: ClamdServer) -> None:
    """Silence is not consent."""
    server.says = b""
    with pytest.raises(ScanFailed, match="left off"):
        Clamd(server.address, PATIENT).scan(b"x")


def test_a_scan_ends_in_time(server: ClamdServer) -> None:
    """Whatever the scanner does, the mailbox goes on."""
    server.goes_on.clear()
    began = time.monotonic()
    with pytest.raises(ScanFailed, match="no answer in time"):
        Clamd(server.address, QUICK).scan(b"x")
    assert time.monotonic() - began < 10


def test_an_answer_without_end_ends_in_size(server: ClamdServer) -> None:
    """No answer fills the memory."""
    server.says = b"x" * 100_000
    with pytest.raises(ScanFailed) as caught:
        Clamd(server.address, PATIENT).scan(b"x")
    assert len(str(caught.value)) < 400


def test_where_nobody_listens_it_is_said_at_once_and_for_a_while() -> None:
    """Mails that wait are many, and are not to wait for a connection each."""
    listening = socket.create_server(("127.0.0.1", 0))
    address = f"127.0.0.1:{listening.getsockname()[1]}"
    listening.close()
    clamd = Clamd(address, PATIENT)
    with pytest.raises(ScannerUnavailable, match="connection refused"):
        clamd.scan(b"x")
    with ClamdServer() as server:
        clamd.address = server.address
        with pytest.raises(ScannerUnavailable, match="connection refused"):
            clamd.scan(b"x")
        assert not server.scanned


def test_it_says_what_it_is(server: ClamdServer) -> None:
    """`doctor` shows version and age of the signatures."""
    assert Clamd(server.address, PATIENT).version() == "ClamAV 1.4.6/27801/Sun Nov 29 09:00:00 2026"


def test_something_else_that_listens_is_known(server: ClamdServer) -> None:
    """A wrong port is found before a mail meets it."""
    server.says = b"220 mail.example ESMTP"
    with pytest.raises(ScanFailed, match="is no clamd"):
        Clamd(server.address, PATIENT).version()


def test_a_scanner_that_fails_at_everything_is_away(server: ClamdServer) -> None:
    """After one failure it is asked about a few bytes first, and what it fails at then is not to blame."""
    server.says = b"stream: Can't allocate memory ERROR"
    clamd = Clamd(server.address, PATIENT)
    with pytest.raises(ScanFailed):
        clamd.scan(b"x")
    for _ in range(2):
        with pytest.raises(ScannerUnavailable, match="allocate memory"):
            clamd.scan(b"y")
    assert b"y" not in server.scanned


def test_a_scanner_that_fails_at_one_thing_goes_on_with_the_next(server: ClamdServer) -> None:
    """And what it fails at is to blame each time."""
    server.breaks_at = b"bomb"
    clamd = Clamd(server.address, PATIENT)
    for _ in range(3):
        with pytest.raises(ScanFailed):
            clamd.scan(b"bomb")
    assert clamd.scan(b"x") == Clean()
    before = len(server.scanned)
    assert clamd.scan(EICAR) == Found(SIGNATURE)
    assert len(server.scanned) == before + 1


def test_a_scan_ends_by_a_moment_too(server: ClamdServer) -> None:
    """What is left of the time for a mail."""
    with pytest.raises(ScanFailed, match="no answer in time"):
        Clamd(server.address, PATIENT).scan(b"x", time.monotonic())
    assert not server.scanned
