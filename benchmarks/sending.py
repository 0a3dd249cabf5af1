"""Sending: what waits in the outbox, beside bare aiosmtplib and bare pipelined commands with the same connections.

Both also through a wire that takes 10 ms each way, where what counts is how often a letter waits for an answer.
"""

import asyncio
import logging
import statistics
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from multiprocessing import Pipe, get_context
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread

import structlog
from aiosmtplib import SMTP

from benchmarks.goals import Goal
from mailgateway.accounts.server import Server, Tls
from mailgateway.flows.sending.deliver import deliver_due
from mailgateway.flows.sending.in_hand import InHand
from mailgateway.flows.sending.outcomes import Sending
from mailgateway.mail.model import Letter
from mailgateway.smtp.pool import Pool
from mailgateway.smtp.relay import Relay
from mailgateway.store.outgoing import outbox
from tests.flows.bench import Bench
from tests.servers.sink import Sink
from tests.store.examples import queued

CONNECTIONS = 4
ROUNDS = 7
"""A round takes a second: what the disk and others do to one of them must not decide."""

ONE_WAY = timedelta(milliseconds=10)
_BARE, _OURS = "bare aiosmtplib", "from the outbox"
_BODY = b"Subject: hello\r\n\r\n" + b"Forty bytes that a letter is made of..\r\n" * 100


TIMES_BARE = 1.3


def run(count: int) -> list[Goal]:
    """Send letters in each way, on loopback and over the slow wire, and print the rates."""
    letters = [
        Letter(f"l{number}@example.com", "support@example.com", f"c{number}@x.example", _BODY)
        for number in range(count)
    ]
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    with _sink() as sink:
        print(f"sending: {count} letters of {len(_BODY)} bytes over {CONNECTIONS} connections")
        on_loopback = _compare(letters, sink)
        few = letters[: max(count // 5, 1)]
        with _slow_wire(sink) as port:
            print(f"  the same with {2 * ONE_WAY / timedelta(milliseconds=1):.0f} ms a round trip, {len(few)} letters")
            far = _compare(few, port)
    return [
        Goal("sending, beside bare aiosmtplib, on loopback", on_loopback, TIMES_BARE),
        Goal("sending, beside bare aiosmtplib, 20 ms a round trip", far, TIMES_BARE),
    ]


@contextmanager
def _sink() -> Iterator[int]:
    """Give the port of an SMTP peer in a process of its own, as servers are: it takes no time of ours."""
    here, there = Pipe()
    peer = get_context("spawn").Process(target=_be_sink, args=(there,))
    peer.start()
    try:
        yield here.recv()
    finally:
        here.send(None)
        peer.join()


def _be_sink(parent: Connection) -> None:
    Sink.pipelines = True
    with Sink() as sink:
        parent.send(sink.port)
        parent.recv()


def _compare(letters: list[Letter], port: int) -> float:
    """Send them in each way by turns; return how many times as long as bare aiosmtplib it takes from the outbox."""
    ways: dict[str, Callable[[], float]] = {
        _BARE: lambda: _timed(lambda: asyncio.run(_shared(letters, port, _by_library))),
        "bare, pipelined": lambda: _timed(lambda: asyncio.run(_shared(letters, port, _by_hand))),
        _OURS: lambda: _from_outbox(letters, port),
    }
    rounds = [{what: send() for what, send in ways.items()} for _ in range(ROUNDS)]
    spent = {what: statistics.median(one[what] for one in rounds) for what in ways}
    for what, seconds in spent.items():
        print(f"    {what:<18} {len(letters) / seconds:7.0f}/s   {seconds / spent[_BARE]:.2f} x bare aiosmtplib")
    return spent[_OURS] / spent[_BARE]


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _from_outbox(letters: list[Letter], port: int) -> float:
    """Send letters from an outbox on SQLite, every outcome written down at once."""
    with TemporaryDirectory() as folder:
        bench = Bench(Path(folder))
        with bench.store.writing() as tx:
            outbox.put(tx, [queued(one.message_id, letter=one) for one in letters], bench.now)
        relay = Relay(Server("127.0.0.1", port, Tls.NONE, None, timedelta(seconds=60)), CONNECTIONS, "bench.example")
        sending = Sending("bench/1/1", timedelta(hours=72), lambda: 0.0)
        with closing(Pool(relay)) as pool:
            spent = _timed(lambda: deliver_due(bench.desk, pool, sending, InHand(), lambda: False))
        bench.gateway.close()
    return spent


async def _shared(letters: list[Letter], port: int, send: Callable[[Iterator[Letter], int], Awaitable[None]]) -> None:
    left = iter(letters)
    await asyncio.gather(*(send(left, port) for _ in range(CONNECTIONS)))


async def _by_library(letters: Iterator[Letter], port: int) -> None:
    async with SMTP(hostname="127.0.0.1", port=port, start_tls=False) as client:
        for one in letters:
            await client.sendmail(one.envelope_from, one.recipient, one.content)


async def _by_hand(letters: Iterator[Letter], port: int) -> None:
    """Give MAIL, RCPT and DATA in one go (RFC 2920)."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    await reader.readline()
    writer.write(b"EHLO bench.example\r\n")
    while (await reader.readline())[3:4] == b"-":
        pass
    for one in letters:
        commands = f"MAIL FROM:<{one.envelope_from}>\r\nRCPT TO:<{one.recipient}>\r\nDATA\r\n"
        writer.write(commands.encode())
        for _ in range(3):
            await reader.readline()
        writer.write(one.content + b".\r\n")
        assert (await reader.readline()).startswith(b"250")
    writer.close()
    await writer.wait_closed()


@contextmanager
def _slow_wire(port: int) -> Iterator[int]:
    """Give a port that leads to another one, with a delay each way."""
    listening, done, found = Event(), Event(), []

    async def serve() -> None:
        async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            loop = asyncio.get_running_loop()
            while piece := await reader.read(65_536):
                loop.call_later(ONE_WAY.total_seconds(), writer.write, piece)
            loop.call_later(ONE_WAY.total_seconds(), writer.close)

        async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            there, back = await asyncio.open_connection("127.0.0.1", port)
            await asyncio.gather(carry(reader, back), carry(there, writer), return_exceptions=True)

        server = await asyncio.start_server(accept, "127.0.0.1", 0)
        found.append(server.sockets[0].getsockname()[1])
        listening.set()
        await asyncio.to_thread(done.wait)
        server.close()

    thread = Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    listening.wait()
    yield found[0]
    done.set()
    thread.join()
