"""The supervisor: starts the threads, keeps time for periodic work, listens to signals, brings all to an end."""

import os
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from apscheduler.schedulers.background import BackgroundScheduler

from mailgateway import clock, log
from mailgateway.daemon import service_manager
from mailgateway.daemon.api_worker import ApiPost, ApiWorker
from mailgateway.daemon.caller import Caller, Line
from mailgateway.daemon.catching_up import catch_up
from mailgateway.daemon.mailbox_worker import MailboxWorker, Post
from mailgateway.daemon.monitor_worker import MonitorPost, MonitorWorker
from mailgateway.daemon.pulse import Pulse
from mailgateway.daemon.sender import Outlet, Sender
from mailgateway.daemon.signals import Signals
from mailgateway.daemon.worker import Worker
from mailgateway.errors import GatewayError, TransientError
from mailgateway.flows.desk import Desk, Stop

if TYPE_CHECKING:
    from mailgateway.daemon.keeper import Keeper  # it brings PostgreSQL's driver along

PATIENCE = timedelta(seconds=5)
"""How long threads may take to finish the message in hand: whoever stops the daemon is promised ten seconds."""

Station = Outlet | Post | Line | ApiPost | MonitorPost
"""What a worker stands at; it is replaced when that changes."""

_StationWorker = Sender | MailboxWorker | Caller | ApiWorker | MonitorWorker

_ITSELF = "supervisor"
_log = log.logger(_ITSELF)


@dataclass(frozen=True, slots=True)
class Tick:
    """Periodic work: its name, how often, and what to call, which asks between its parts whether to stop."""

    name: str
    every: timedelta
    work: Callable[[Stop], object]


class Supervisor:
    """Runs the workers and the ticks until a signal says otherwise."""

    def __init__(
        self,
        desk: Desk,
        posts: Callable[[], Sequence[Station]],
        ticks: Sequence[Tick],
        reload: Callable[[], None],
        jitter: Callable[[], float],
        keeper: "Keeper | None" = None,
    ) -> None:
        """Take the work; `keeper` is there where several hosts may share it."""
        self._desk = desk
        self._keeper = keeper
        self._posts = posts
        self._ticks = ticks
        self._reload = reload
        self._jitter = jitter
        self._workers: dict[str, _StationWorker] = {}
        self._leaving: list[_StationWorker] = []
        self._leave = False
        self._pulses = {tick.name: Pulse() for tick in ticks} | {_ITSELF: Pulse()}
        self._reload_asked = False
        # A tick never overlaps with itself, and one that comes late is better than none.
        defaults = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        self._scheduler = BackgroundScheduler(timezone="UTC", job_defaults=defaults)

    def run(self) -> None:
        """Work until SIGTERM or SIGINT; SIGHUP reads the configuration again.

        Raises TransientError where a thread was lost, after all others have ended: the daemon is to be started anew.
        """
        with Signals(self._on_signal) as signals:
            lost = self._work(signals)
        if lost:
            raise TransientError(f"lost {', '.join(lost)}: start the daemon again")

    def _work(self, signals: Signals) -> tuple[str, ...]:
        if self._keeper is not None:
            self._keeper.start()
        self.match_workers()
        for tick in self._ticks:
            work = _guarded(tick.name, partial(self._do, tick))
            self._scheduler.add_job(work, "interval", seconds=tick.every.total_seconds(), id=tick.name)
        self._scheduler.start()
        service_manager.tell("READY=1")
        _log.info("supervisor.ready", pid=os.getpid(), workers=sorted(self._workers))
        lost = self._watch_over(signals)
        self._end()
        return lost

    def unwell(self) -> dict[str, str]:
        """Return which threads and which periodic work do not get on, and why."""
        workers = self._threads()
        ended = {worker.name: "its thread has ended" for worker in workers if not worker.is_alive()}
        pulses = {worker.name: worker.pulse for worker in workers} | self._pulses
        silent = {name: pulse.overdue_seconds for name, pulse in pulses.items()}
        return {name: f"silent for {seconds:.0f} s too long" for name, seconds in silent.items() if seconds} | ended

    def failing(self) -> dict[str, datetime]:
        """Return what of this host's work fails, by itself and not by a lost thread, and since when.

        Mailboxes are not among it: one that cannot be read here is left to others, and not tried again meanwhile.
        """
        workers = [worker for worker in tuple(self._workers.values()) if not isinstance(worker, MailboxWorker)]
        return {worker.name: worker.failing_since for worker in workers if worker.failing_since is not None}

    def _do(self, tick: Tick) -> None:
        pulse = self._pulses[tick.name]

        def stop() -> bool:
            pulse.beat()
            return self._leave

        try:
            tick.work(stop)
        finally:
            pulse.beat(tick.every)

    def match_workers(self) -> None:
        """Start, replace and stop workers until they are those of the configuration in force."""
        wanted: Mapping[str, Station] = {post.name: post for post in self._posts()}
        for name in [name for name, worker in self._workers.items() if worker.post != wanted.get(name)]:
            self._leaving.append(self._workers.pop(name))
            self._leaving[-1].ask_to_stop()
        for name, post in wanted.items():
            if name not in self._workers:
                self._workers[name] = self._worker(post)
                self._workers[name].start()

    def wake_callers(self) -> None:
        """Let the callers look for calls now."""
        self._wake(Caller)

    def wake_senders(self) -> None:
        """Let the senders look for letters now."""
        self._wake(Sender)

    def _wake(self, kind: type[Caller | Sender]) -> None:
        for worker in tuple(self._workers.values()):
            if isinstance(worker, kind):
                worker.wake()

    def _worker(self, post: Station) -> _StationWorker:
        if isinstance(post, Outlet):
            return Sender(post, self._desk, self._jitter, self._hears_news)
        if isinstance(post, Line):
            return Caller(post, self._desk, self._jitter, self._hears_news)
        if isinstance(post, ApiPost):
            return ApiWorker(post, self._desk, self._jitter)
        if isinstance(post, MonitorPost):
            return MonitorWorker(post, self._desk, self._jitter)
        return MailboxWorker(post, self._desk, self._jitter, self._keeper)

    def _hears_news(self) -> bool:
        return self._keeper is not None and self._keeper.is_connected()

    def _on_signal(self, number: int) -> None:
        if number == signal.SIGHUP:
            self._reload_asked = True
        else:
            self._leave = True

    def _watch_over(self, signals: Signals) -> tuple[str, ...]:
        """Wait for signals, and feed the watchdog; return the threads that ended although nobody asked them to."""
        interval = service_manager.watchdog_seconds()
        while not self._leave:
            signals.wait(min(interval / 2, 5) if interval else 5)
            self._pulses[_ITSELF].beat()
            if self._reload_asked:
                self._reload_asked = False
                _guarded("reload", self._reload)()
            catch_up(self._scheduler, clock.own())
            if lost := tuple(thread.name for thread in self._threads() if not thread.is_alive()):
                _log.error("supervisor.thread_lost", threads=lost)
                return lost
            service_manager.tell("WATCHDOG=1")
        return ()

    def _threads(self) -> tuple[Worker, ...]:
        return (*self._workers.values(), *((self._keeper,) if self._keeper is not None else ()))

    def _end(self) -> None:
        service_manager.tell("STOPPING=1")
        deadline = time.monotonic() + PATIENCE.total_seconds()
        threads = (*self._workers.values(), *self._leaving)
        for thread in threads:
            thread.ask_to_stop()
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        if self._keeper is not None:  # after the workers: nobody should read a mailbox while they still do
            self._keeper.ask_to_stop()
            self._keeper.join(1)
        self._scheduler.shutdown(wait=False)
        late = [thread.name for thread in threads if thread.is_alive()]
        _log.info("supervisor.ended", still_busy=late)


def _guarded(name: str, work: Callable[[], object]) -> Callable[[], None]:
    """Return the work made harmless: whatever it raises is logged, and it is done again at its time."""

    def guarded() -> None:
        try:
            work()
        except GatewayError as error:
            _log.warning("supervisor.tick_failed", tick=name, why=str(error))
        except Exception as error:  # noqa: BLE001 - a bug in periodic work must not end the daemon
            kind = type(error).__name__
            _log.error("supervisor.tick_broken", tick=name, error=kind, exception=log.frames(error))

    return guarded
