"""The composition root: a configuration comes in, the running parts come out. The one file that knows every class.

Every command starts here, most of them to look at the store and leave. So the parts that fetch, send and write letters
are imported by the methods that need them: together they take longer than such a command.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property, partial
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from mailgateway import clock, log, parts
from mailgateway.config.load import load
from mailgateway.config.policy import policy
from mailgateway.config.settings import Settings
from mailgateway.config.watch import fingerprint
from mailgateway.desk.policy import Policy
from mailgateway.errors import ConfigError, GatewayError
from mailgateway.flows.health.observer import UNOBSERVED, Observer
from mailgateway.flows.kept_tokens import KeptTokens
from mailgateway.share import share
from mailgateway.store import keys, schema
from mailgateway.store.engine import Store, open_store
from mailgateway.store.hosts.time import keep_time

if TYPE_CHECKING:
    from mailgateway.accounts.server import Server
    from mailgateway.config.gateway.access import Imap, SmtpServer
    from mailgateway.daemon.api_worker import ApiPost
    from mailgateway.daemon.caller import Line
    from mailgateway.daemon.mailbox_worker import Post
    from mailgateway.daemon.monitor import Monitor, Watched
    from mailgateway.daemon.monitor_worker import MonitorPost
    from mailgateway.daemon.sender import Outlet
    from mailgateway.daemon.supervisor import Station, Supervisor
    from mailgateway.flows.desk import Desk, Stop
    from mailgateway.mail.model import Letter
    from mailgateway.metrics.counters import Counters
    from mailgateway.render.notices import Renderer
    from mailgateway.scan.clamd import Clamd

# ruff: noqa: PLC0415 - see above: imports inside methods are what lets light commands start quickly

WATCH_EVERY = timedelta(seconds=30)
INFORM_EVERY = timedelta(seconds=5)
ISSUE_EVERY = timedelta(seconds=30)
LEFT_OVER_EVERY = timedelta(seconds=30)
ATTEND_EVERY = timedelta(seconds=5)
RETAIN_EVERY = timedelta(minutes=1)
LOOK_FOR_CHANGES_EVERY = timedelta(seconds=10)

_log = log.logger("gateway")


@dataclass(frozen=True, slots=True)
class InForce:
    """What a reload replaces, all of it in one assignment."""

    settings: Settings
    policy: Policy
    scanner: Clamd | None


class Gateway:
    """One gateway over an open store. `close` it at the end."""

    def __init__(self, settings: Settings, store: Store, reply_keys: tuple[bytes, ...]) -> None:
        """Put the parts together; nothing is connected to."""
        self.store = store
        self._reply_keys = reply_keys
        self._servers: dict[Imap | SmtpServer, Server] = {}
        self._signing: tuple[Settings, Callable[[Letter], Letter]] | None = None
        self._renderers: dict[Path | None, Renderer] = {}
        self._in_force = self._made(settings)
        self._seen = self._changing = fingerprint(settings)
        self._supervisor: Supervisor | None = None
        self._counters: Counters | None = None
        self._known: Monitor | None = None
        self._mistakes = 0
        self._listen()

    @property
    def settings(self) -> Settings:
        """The configuration in force."""
        return self._in_force.settings

    @property
    def policy(self) -> Policy:
        """The policy of the desk in force."""
        return self._in_force.policy

    @cached_property
    def desk(self) -> Desk:
        """What every flow works with."""
        from mailgateway.flows.desk import Desk

        return Desk(
            store=self.store,
            policy=lambda: self._in_force.policy,
            renderer=self._renderer,
            clock=clock.now,
            letters_waiting=self._wake_sender,
            sign=self._sign,
            observer=self._observer,
            scanner=lambda: self._in_force.scanner,
            host=parts.host(self.store),
        )

    def _observer(self) -> Observer:
        return self._counters or UNOBSERVED

    def posts(self) -> tuple[Post, ...]:
        """Return where the mailbox workers stand; equal ones for mailboxes whose configuration did not change."""
        return parts.posts(self.settings, self._server)

    def outlets(self) -> tuple[Outlet, ...]:
        """Return where the senders stand; equal ones for servers whose configuration did not change."""
        return parts.outlets(self.settings, self.policy.routes, self._server)

    def stations(self) -> tuple[Station, ...]:
        """Return where all workers stand."""
        return (*self.outlets(), *self.posts(), *self.lines(), *self._http())

    def _http(self) -> tuple[ApiPost | MonitorPost, ...]:
        return (*parts.api(lambda: self.settings), *parts.metrics(self.settings, self._monitor))

    def _monitor(self) -> Monitor:
        """Return who knows how the daemon is; what it counts goes on over every reload."""
        if self._known is None:
            self._counters, self._known = parts.monitor(self.desk, self._watched, self._unwell, self._failing)
        return self._known

    def _watched(self) -> Watched:
        return parts.watched(self.settings, self._mistakes)

    def _unwell(self) -> Mapping[str, str]:
        return self._supervisor.unwell() if self._supervisor is not None else {}

    def _failing(self) -> Mapping[str, datetime]:
        return self._supervisor.failing() if self._supervisor is not None else {}

    def lines(self) -> tuple[Line, ...]:
        """Return where the callers of webhooks stand; equal ones for webhooks whose configuration did not change."""
        return parts.lines(self.settings)

    def run_once(self, stop: Stop) -> tuple[str, ...]:
        """Bring everything in and out once; return what could not be done, a line for each."""
        from mailgateway.daemon import once
        from mailgateway.flows.privacy.retain import retain
        from mailgateway.flows.timed import watch

        _log_doubts(self.settings)
        self._signer(self.settings)
        problems = once.run_once(self.posts(), self.outlets(), self.desk, stop)
        problems += once.call_webhooks(self.lines(), self.desk, stop)
        self._watch(since=watch.fetching_since(self.desk, [post.source.mailbox for post in self.posts()]))
        retain(self.desk, stop)
        again = once.run_once((), self.outlets(), self.desk, stop)
        return tuple(dict.fromkeys((*problems, *again)))

    def supervisor(self) -> Supervisor:
        """Return the daemon, ready to run."""
        from mailgateway.daemon.attendant import Attendant
        from mailgateway.daemon.supervisor import Supervisor, Tick
        from mailgateway.flows.ingest import ingest_left_over
        from mailgateway.flows.privacy.retain import retain
        from mailgateway.flows.timed.inform import inform_incidents
        from mailgateway.flows.timed.issue import issue_due

        _log_doubts(self.settings)
        self._signer(self.settings)
        since, attendant = clock.now(), Attendant(self.desk)

        def reload() -> None:
            self.reload()
            supervisor.match_workers()

        ticks = (
            Tick("watch", WATCH_EVERY, lambda _stop: self._watch(since)),
            Tick("left_over", LEFT_OVER_EVERY, partial(ingest_left_over, self.desk)),
            Tick("attend", ATTEND_EVERY, attendant.look),
            Tick("reports", ISSUE_EVERY, partial(issue_due, self.desk)),
            Tick("inform", INFORM_EVERY, partial(inform_incidents, self.desk)),
            Tick("retention", RETAIN_EVERY, partial(retain, self.desk)),
            Tick("configuration", LOOK_FOR_CHANGES_EVERY, lambda _stop: self._look_for_changes()),
        )
        keeper = parts.keeper(self.desk, self._wake_sender, self._wake_callers)
        supervisor = self._supervisor = Supervisor(self.desk, self.stations, ticks, reload, clock.jitter, keeper)
        return supervisor

    def reload(self) -> None:
        """Read configuration and keys again; a wrong one leaves the last good one in force, and the admin is told."""
        self._seen = ()  # a database that is away ends this here, and the next look for changes begins anew
        self._reply_keys = self._kept_keys()
        seen = self._seen = fingerprint(self.settings)
        try:
            settings = load(self.settings.path)
            made = self._made(settings)
            self._signer(settings)
        except ConfigError as error:
            found = [str(finding) for finding in error.findings]
            self._mistakes = len(found)
            _log.error("gateway.reload_refused", findings=found)
            lines = [*found, "What was in force before stays in force."]
            self._tell("The configuration is wrong and was not taken over", lines, f"{seen}{error}")
            return
        before, self._in_force, self._mistakes = self.settings, made, 0
        self._listen()
        self._seen = fingerprint(settings)
        _log.info("gateway.reloaded", mailboxes=[mailbox.name for mailbox in settings.mailboxes])
        _log_doubts(settings)
        self._tell_what_needs_a_restart(before, settings)
        self._tell_broken_templates(settings)

    def close(self) -> None:
        """Close the store."""
        self.store.close()

    def _tell_what_needs_a_restart(self, before: Settings, after: Settings) -> None:
        changed = [name for name in ("database", "blobs", "s3") if getattr(before, name) != getattr(after, name)]
        if changed:
            _log.warning("gateway.restart_needed", changed=changed)
            lines = [f"{name}: takes effect when the daemon is started anew." for name in changed]
            self._tell("A change of the configuration needs a restart", lines, f"{self._seen}{changed}")

    def _tell_broken_templates(self, settings: Settings) -> None:
        if settings.templates is None:
            return  # the shipped ones alone are tried by their tests, and trying them takes seconds
        from mailgateway.render.check import findings

        broken = [str(finding) for finding in findings(settings.templates, share("templates"))]
        if broken:
            _log.error("gateway.templates_broken", findings=broken)
            lines = [*broken, "Meanwhile the shipped templates are used in their place."]
            self._tell("Templates are wrong", lines, f"{self._seen}{broken}")

    def _made(self, settings: Settings) -> InForce:
        made = policy(settings, self._reply_keys)
        if settings.library.answers:
            from mailgateway.render.markdown import prepared

            made = replace(made, library=prepared(settings.library))
        return InForce(settings, made, parts.scanner(settings))

    def _renderer(self) -> Renderer:
        """Return the renderer of the folder of templates in force; it reads changed files by itself."""
        from mailgateway.render.notices import Renderer

        own = self.settings.templates
        if own not in self._renderers:
            self._renderers[own] = Renderer(own, share("templates"))
        return self._renderers[own]

    def _sign(self, letter: Letter) -> Letter:
        return self._signer(self.settings)(letter)

    def _signer(self, settings: Settings) -> Callable[[Letter], Letter]:
        """Return what signs letters, its keys read once; raises ConfigError where one cannot be read."""
        if self._signing is None or self._signing[0] is not settings:
            self._signing = settings, parts.signer(settings)
        return self._signing[1]

    def _server(self, access: Imap | SmtpServer) -> Server:
        """Return the same server for the same settings: its access token outlives a reload, and so does its worker."""
        from mailgateway.config.servers import server

        if access not in self._servers:
            self._servers[access] = server(access, KeptTokens(self.store))
        return self._servers[access]

    def _watch(self, since: datetime) -> None:
        from mailgateway.flows.timed import watch

        settings = self.settings
        thresholds = watch.Thresholds(settings.alarms.fetch_after, settings.alarms.send_after)
        watch.watch(self.desk, [mailbox.name for mailbox in settings.mailboxes], thresholds, since)

    def _look_for_changes(self) -> None:
        """Ask for a reload, as SIGHUP does, once changed files have stayed the same from one look to the next."""
        found = fingerprint(self.settings)
        if found not in (self._seen, self._changing):
            self._changing = found
        elif found != self._seen or self._kept_keys() != self._reply_keys:
            os.kill(os.getpid(), signal.SIGHUP)

    def _kept_keys(self) -> tuple[bytes, ...]:
        with self.store.reading() as tx:
            return keys.reply_keys(tx, b"")

    def _listen(self) -> None:
        """Let webhooks hear of what happens."""
        self.store.listener = None
        if self.settings.webhooks:
            from mailgateway.flows.sending.announce import announcer

            self.store.listener = announcer(lambda: self.policy, clock.fresh_id, self._wake_callers)

    def _wake_callers(self) -> None:
        if self._supervisor is not None:
            self._supervisor.wake_callers()

    def _wake_sender(self) -> None:
        if self._supervisor is not None:
            self._supervisor.wake_senders()

    def _tell(self, title: str, lines: Sequence[str], state: str) -> None:
        """Mail the admin once for each distinct state."""
        from mailgateway.flows.timed import watch

        occasion = f"configuration-{sha256(state.encode()).hexdigest()}"
        try:
            watch.tell(self.desk, title, lines, occasion)
        except GatewayError as error:
            _log.warning("gateway.not_told", title=title, why=str(error))


def open_gateway(path: Path, *, makes: bool = True) -> Gateway:
    """Read the configuration, open the store and put the parts together.

    With `makes`, a missing SQLite database is made, an empty one gets its tables, and the tests of the rules are run;
    who only looks needs neither. Raises ConfigError, and StoreUnusable where there is none of this version's revision.
    """
    settings = load(path, tested=makes)
    store = open_store(settings.database_url(), settings.blobs_at(), makes=makes)
    try:
        schema.ensure(store, makes=makes)
        keep_time(store)
        return Gateway(settings, store, keys.kept_keys(store, bytes.fromhex(clock.fresh_id() + clock.fresh_id())))
    except BaseException:
        store.close()
        raise


def open_bare_store(path: Path, *, makes: bool = True) -> Store:
    """Open the store of a configuration whatever revision it has; raises ConfigError and StoreUnusable."""
    settings = load(path, tested=False)
    return open_store(settings.database_url(), settings.blobs_at(), makes=makes)


def _log_doubts(settings: Settings) -> None:
    """Log what may be meant as it stands, and deserves a second look."""
    for warning in settings.warnings:
        _log.warning("gateway.doubtful", finding=str(warning))
