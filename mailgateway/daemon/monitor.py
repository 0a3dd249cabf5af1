"""How the daemon is: its figures, its threads, its mailboxes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from mailgateway import log
from mailgateway.daemon.lookout import Lookout
from mailgateway.flows.desk import Desk
from mailgateway.flows.health.beats import API, calling, fetching, sending
from mailgateway.flows.health.condition import Condition, Here, Patience, liveness, readiness
from mailgateway.metrics.counters import Counters, Expected
from mailgateway.metrics.depths import DepthsCollector
from mailgateway.metrics.exposition import exposed
from mailgateway.store.depths import Depths, read_depths


@dataclass(frozen=True, slots=True)
class Watched:
    """What is looked at: mailboxes by name, each with its folder, and webhooks.

    `refused` is how many mistakes keep a changed configuration out of force.
    """

    mailboxes: Mapping[str, str]
    webhooks: Sequence[str]
    patience: Patience
    refused: int


class Monitor:
    """Answers monitoring, out of the memory and one short look at the database."""

    def __init__(
        self,
        desk: Desk,
        counters: Counters,
        watched: Callable[[], Watched],
        unwell: Callable[[], Mapping[str, str]],
        failing: Callable[[], Mapping[str, datetime]],
    ) -> None:
        """Take what was counted, what to look at, and what tells which threads are not well and why.

        `failing` tells which of them are well, and cannot do their work since when.
        """
        self._desk = desk
        self._counters = counters
        self._watched = watched
        self._unwell = unwell
        self._failing = failing
        self._lookout = Lookout(self._ask)
        counters.registry.register(DepthsCollector(self._look))

    def figures(self) -> tuple[bytes, str]:
        """Return the metrics and their media type."""
        self._counters.expect(self._expected())
        return exposed(self._counters.registry)

    def liveness(self) -> Condition:
        """Tell which threads are gone, or say nothing for too long."""
        return liveness(self._unwell())

    def readiness(self) -> Condition:
        """Tell whether the host does its part, and warn of what no host does."""
        watched = self._watched()
        here = Here(self.liveness(), watched.refused, self._failing(), self._desk.host)
        return readiness(here, self._lookout.depths(), watched.mailboxes, watched.patience, self._desk.clock())

    def _expected(self) -> Expected:
        watched, policy = self._watched(), self._desk.policy()
        routes = [sending(route.mailbox) for route in policy.routes]
        return Expected(
            mailboxes=watched.mailboxes,
            senders=[*routes, *map(calling, watched.webhooks)],
            doors=[*map(fetching, watched.mailboxes), *routes, API],
            parts=log.parts(),
            rules=[rule.name for rule in policy.ruleset.rules],
        )

    def _look(self) -> tuple[Depths | None, datetime]:
        return self._lookout.depths(), self._desk.clock()

    def _ask(self) -> Depths:
        watched = self._watched()
        with self._desk.store.reading() as tx:
            return read_depths(tx, watched.mailboxes, watched.webhooks, self._desk.clock())
