"""What this process did since it started: told by the flows, counted here."""

import platform
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

from prometheus_client import (
    CollectorRegistry,
    Counter,
    GCCollector,
    Histogram,
    Info,
    ProcessCollector,
    disable_created_metrics,
)
from prometheus_client.metrics import MetricWrapperBase

import mailgateway
from mailgateway.desk.letters.delivery import DeliveryState
from mailgateway.desk.levels.timepiece import Target
from mailgateway.desk.noted import broken_promises, matched_rules
from mailgateway.desk.plan import Disposition, Plan
from mailgateway.flows.health.observer import Stage
from mailgateway.metrics.labels import MOST_VALUES, Bounded

FETCH, INGEST, SEND = "fetch", "ingest", "send"
_LEVELS = ("warning", "error")
_TRIED = (DeliveryState.SENT, DeliveryState.QUEUED, DeliveryState.FAILED)
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600)
_PREFIX = "mailgateway"


@dataclass(frozen=True, slots=True)
class Expected:
    """What may be counted by the configuration in force.

    `senders` send letters or make calls, `doors` log in or are logged in at, `parts` write to the log.
    """

    mailboxes: Collection[str]
    senders: Collection[str]
    doors: Collection[str]
    parts: Collection[str]
    rules: Collection[str]


class Counters:
    """An observer of the flows, and the registry that holds what it counted."""

    def __init__(self) -> None:
        """Begin at nothing: outcomes, stages and targets are there with 0 from the start."""
        # a second series for each, of what the start of the process tells once; the library forgot its type
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self.registry = CollectorRegistry(auto_describe=True)
        ProcessCollector(registry=self.registry)
        GCCollector(registry=self.registry)
        build = Info(f"{_PREFIX}_build", "Which version runs.", registry=self.registry)
        build.info({"version": mailgateway.__version__, "python": platform.python_version()})
        self._fetched = self._counter("fetched_mails", "Mails taken into the spool.", "mailbox")
        self._mails = self._counter("mails", "Mails that got their outcome.", "outcome")
        self._rules = self._counter("rule_hits", "Times that a routing rule matched.", "rule")
        self._broken = self._counter("clock_breaches", "Promised times that passed.", "target")
        self._letters = self._counter("deliveries", "Tries to send a letter or call.", "part", "state")
        self._auth = self._counter("auth_failures", "Log-ins refused, by a server or by the API.", "part")
        self._events = self._counter("log_events", "Warnings and errors in the log.", "part", "level")
        self._stages = Histogram(
            f"{_PREFIX}_stage_duration_seconds",
            "Waits: arrival to spool (fetch), spool to outcome (ingest), due to sent (send); and the work of ingest.",
            ("stage",),
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self._rule_names = Bounded()
        _prepare(self._mails, *Disposition)
        _prepare(self._broken, *Target)
        _prepare(self._stages, FETCH, INGEST, SEND, *Stage)

    def expect(self, expected: Expected) -> None:
        """Let what may be counted be there with 0: Prometheus sees no increase in a series that begins with its first.

        Of more rules than are named, none is: those that match are to have the places.
        """
        _prepare(self._fetched, *expected.mailboxes)
        _prepare(self._auth, *expected.doors)
        _prepare_pairs(self._letters, expected.senders, _TRIED)
        _prepare_pairs(self._events, expected.parts, _LEVELS)
        if len(expected.rules) <= MOST_VALUES:
            _prepare(self._rules, *map(self._rule_names, expected.rules))

    def _counter(self, name: str, meaning: str, *labels: str) -> Counter:
        return Counter(f"{_PREFIX}_{name}", meaning, labels, registry=self.registry)

    def spooled(self, mailbox: str, mails: int, waits: Sequence[timedelta]) -> None:
        """Count what came from a mailbox."""
        self._fetched.labels(mailbox).inc(mails)
        for wait in waits:
            self._observe(FETCH, wait)

    def filed(self, outcome: Disposition, wait: timedelta | None) -> None:
        """Count a mail."""
        self._mails.labels(outcome.value).inc()
        if wait is not None:
            self._observe(INGEST, wait)

    def took(self, stage: Stage, span: timedelta) -> None:
        """Count how long a stage of the work on a mail took."""
        self._observe(stage.value, span)

    def planned(self, plan: Plan) -> None:
        """Count the rules that matched, and the promises that were broken."""
        for rule in matched_rules(plan):
            self._rules.labels(self._rule_names(rule)).inc()
        for target in broken_promises(plan):
            self._broken.labels(target).inc()

    def tried(self, part: str, state: DeliveryState, wait: timedelta) -> None:
        """Count a try, and how long it took until a letter was sent."""
        self._letters.labels(part, state.value).inc()
        if state is DeliveryState.SENT:
            self._observe(SEND, max(wait, timedelta(0)))

    def turned_away(self, part: str) -> None:
        """Count a log-in that was refused."""
        self._auth.labels(part).inc()

    def logged(self, part: str, level: str) -> None:
        """Count a warning or an error."""
        self._events.labels(part, level).inc()

    def _observe(self, stage: str, wait: timedelta) -> None:
        self._stages.labels(stage).observe(wait.total_seconds())


def _prepare(metric: MetricWrapperBase, *values: str) -> None:
    for value in values:
        metric.labels(str(value))


def _prepare_pairs(metric: MetricWrapperBase, firsts: Collection[str], seconds: Collection[str]) -> None:
    for first in firsts:
        for second in seconds:
            metric.labels(first, str(second))
