"""The supervisor: starts the threads, keeps time for periodic work, listens to signals, brings all to an end."""

import os
import signal
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from apscheduler.schedulers.background import BackgroundScheduler

from mailgateway import log
from mailgateway.daemon import service_manager
from mailgateway.daemon.mailbox_worker import MailboxWorker, Post
from mailgateway.daemon.sender import Sender
from mailgateway.errors import GatewayError
from mailgateway.flows.desk import Desk

PATIENCE = timedelta(seconds=9)
"""How long threads may take to finish the message in hand: the service manager waits ten seconds."""

_log = log.logger("supervisor")


@dataclass(frozen=True, slots=True)
class Tick:
    """Periodic work: its name, how often, and what to call."""

    name: str
    every: timedelta
    work: Callable[[], None]


class Supervisor:
    """Runs mailbox workers, the sender and the ticks until a signal says otherwise."""

    def __init__(
        self,
        desk: Desk,
        posts: Callable[[], Sequence[Post]],
        sender: Sender,
        ticks: Sequence[Tick],
        reload: Callable[[], None],
        jitter: Callable[[], float],
    ) -> None:
        self._desk = desk
        self._posts = posts
        self._sender = sender
        self._ticks = ticks
        self._reload = reload
        self._jitter = jitter
        self._workers: dict[str, MailboxWorker] = {}
        self._signalled = threading.Event()
        self._leave = False
        self._reload_asked = False
        self._scheduler = BackgroundScheduler(timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1})

    def run(self) -> None:
        """Work until SIGTERM or SIGINT; SIGHUP reads the configuration again."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        self._sender.start()
        self.match_workers()
        for tick in self._ticks:
            self._scheduler.add_job(_guarded(tick), "interval", seconds=tick.every.total_seconds(), id=tick.name)
        self._scheduler.start()
        service_manager.tell("READY=1")
        _log.info("supervisor.ready", pid=os.getpid(), mailboxes=sorted(self._workers))
        self._watch_over()
        self._end()

    def match_workers(self) -> None:
        """Start, replace and stop mailbox workers until they are those of the configuration in force."""
        wanted: Mapping[str, Post] = {post.source.mailbox: post for post in self._posts()}
        for name in [name for name, worker in self._workers.items() if worker.post != wanted.get(name)]:
            self._workers.pop(name).ask_to_stop()
        for name, post in wanted.items():
            if name not in self._workers:
                self._workers[name] = MailboxWorker(post, self._desk, self._jitter)
                self._workers[name].start()

    def _on_signal(self, number: int, _frame: object) -> None:
        if number == signal.SIGHUP:
            self._reload_asked = True
        else:
            self._leave = True
        self._signalled.set()

    def _watch_over(self) -> None:
        interval = service_manager.watchdog_seconds()
        while not self._leave:
            self._signalled.wait(min(interval / 2, 5) if interval else 5)
            self._signalled.clear()
            if self._reload_asked:
                self._reload_asked = False
                self._reload()
            if self._is_well():
                service_manager.tell("WATCHDOG=1")

    def _is_well(self) -> bool:
        threads = self._threads()
        lost = [thread.name for thread in threads if not thread.is_alive()]
        if lost:
            _log.error("supervisor.thread_lost", threads=lost)
        return not lost

    def _threads(self) -> tuple[Sender | MailboxWorker, ...]:
        return (self._sender, *self._workers.values())

    def _end(self) -> None:
        service_manager.tell("STOPPING=1")
        deadline = time.monotonic() + PATIENCE.total_seconds()
        threads = self._threads()
        for thread in threads:
            thread.ask_to_stop()
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        self._scheduler.shutdown(wait=False)
        late = [thread.name for thread in threads if thread.is_alive()]
        _log.info("supervisor.ended", still_busy=late)


def _guarded(tick: Tick) -> Callable[[], None]:
    def work() -> None:
        try:
            tick.work()
        except GatewayError as error:
            _log.warning("supervisor.tick_failed", tick=tick.name, why=str(error))

    return work
