"""What waits in the database, as families of metrics, made anew for every scrape."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from mailgateway.flows.health.beats import fetching
from mailgateway.store.depths import Depth, Depths

Look = Callable[[], tuple[Depths | None, datetime]]
"""Returns what waits and the time now; None while the database does not answer."""


class DepthsCollector(Collector):
    """Asks at every scrape. While the database does not answer, that is all it tells."""

    def __init__(self, look: Look) -> None:
        """Take what looks."""
        self._look = look

    def describe(self) -> tuple[Metric, ...]:
        """Name nothing beforehand: that would ask the database before anybody scrapes."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Give the families."""
        depths, now = self._look()
        yield _gauge("database_up", "Whether the database answers.", (), [((), 0.0 if depths is None else 1.0)])
        if depths is None:
            return
        yield _gauge("alarms", "Alarms that stand.", (), [((), depths.alarms)])
        yield from _mailboxes(depths, now)
        yield from _waiting(depths, now)
        yield _gauge(
            "clocks_overdue",
            "Promises of tickets that wait and are past their time.",
            ("target",),
            [((target.value,), count) for target, count in depths.overdue.items()],
        )


_Samples = list[tuple[tuple[str, ...], float]]
_Table = tuple[str, str, str, tuple[str, ...], Mapping[tuple[str, ...], Depth]]


def _mailboxes(depths: Depths, now: datetime) -> Iterator[Metric]:
    names = ("mailbox",)
    beats = {box: beat for box in depths.waiting if (beat := depths.beats.get(fetching(box)))}
    good: _Samples = [((box,), beat.good_at.timestamp()) for box, beat in beats.items() if beat.good_at]
    yield _gauge("mailbox_last_fetch_timestamp_seconds", "When a mailbox was last looked through well.", names, good)
    ages: _Samples = [((box,), _age(beat.good_at, now)) for box, beat in beats.items() if beat.good_at]
    yield _gauge("mailbox_last_fetch_age_seconds", "How long ago that was.", names, ages)
    up: _Samples = [((box,), 0.0 if beat.error else 1.0) for box, beat in beats.items()]
    yield _gauge("mailbox_up", "Whether the last look into a mailbox went well.", names, up)
    newest = depths.newest.items()
    lags: _Samples = [((box,), max((one.accepted_at - one.received_at).total_seconds(), 0.0)) for box, one in newest]
    yield _gauge("mailbox_fetch_lag_seconds", "How long the newest mail lay on its server.", names, lags)
    at: _Samples = [((box,), one.accepted_at.timestamp()) for box, one in newest]
    yield _gauge("mailbox_newest_mail_timestamp_seconds", "When the newest mail was taken.", names, at)


def _waiting(depths: Depths, now: datetime) -> Iterator[Metric]:
    tables: tuple[_Table, ...] = (
        ("spool", "mails", "Mails that wait to be filed", ("mailbox",), {(k,): v for k, v in depths.waiting.items()}),
        ("quarantine", "mails", "Mails set aside", ("mailbox",), {(k,): v for k, v in depths.quarantined.items()}),
        ("outbox", "letters", "Letters not sent", ("state",), {(k.value,): v for k, v in depths.letters.items()}),
        (
            "webhook",
            "calls",
            "Calls that did not get through",
            ("webhook", "state"),
            {(name, state.value): depth for (name, state), depth in depths.calls.items()},
        ),
    )
    for queue, things, meaning, labels, found in tables:
        counts: _Samples = [(values, depth.count) for values, depth in found.items()]
        yield _gauge(f"{queue}_{things}", f"{meaning}.", labels, counts)
        yield _gauge(
            f"{queue}_oldest_age_seconds",
            f"{meaning}: for how long the oldest.",
            labels,
            [(values, _age(depth.oldest, now)) for values, depth in found.items()],
        )


def _age(since: datetime | None, now: datetime) -> float:
    return max((now - since).total_seconds(), 0.0) if since is not None else 0.0


def _gauge(name: str, meaning: str, labels: tuple[str, ...], samples: _Samples) -> Metric:
    family = GaugeMetricFamily(f"mailgateway_{name}", meaning, labels=labels)
    for values, value in samples:
        family.add_metric(values, value)
    return family
