"""How a host is, in one word for a machine that asks: nothing of what it says is a secret."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from mailgateway.flows.health.beats import fetching
from mailgateway.store.depths import Depths


@dataclass(frozen=True, slots=True)
class Condition:
    """What keeps a host from its work, nothing where it can do it, and what else there is to know as JSON values.

    `warnings` are what a person should look at, and no other host would do better.
    """

    problems: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    detail: Mapping[str, object] = field(default_factory=dict)

    @property
    def is_well(self) -> bool:
        """Whether the host can do its work."""
        return not self.problems


@dataclass(frozen=True, slots=True)
class Patience:
    """How long nothing may be fetched from a mailbox, and a part of a host may fail, before it is told."""

    fetch: timedelta
    send: timedelta


def liveness(unwell: Mapping[str, str]) -> Condition:
    """Judge by the threads that are gone, or say nothing for too long, each with why."""
    return Condition(tuple(f"{part}: {why}" for part, why in sorted(unwell.items())))


@dataclass(frozen=True, slots=True)
class Here:
    """What a host knows of itself, whose name is `host`.

    Whether it is alive, how many mistakes keep a changed configuration out of force, and which parts fail since when.
    """

    alive: Condition = field(default_factory=Condition)
    refused: int = 0
    failing: Mapping[str, datetime] = field(default_factory=dict)
    host: str = ""


def readiness(
    here: Here, depths: Depths | None, mailboxes: Collection[str], patience: Patience, now: datetime
) -> Condition:
    """Judge whether a host does its part: it is alive, and the database answers (`depths` is None while it does not).

    What has failed here for long is a problem where another host does it well, and a warning where none does. A mailbox
    without a good fetch for long, by whichever host, and a configuration on disk that was refused are warnings: the
    mailboxes that can be read are, by the last configuration that was right.
    """
    problems, warnings = list(here.alive.problems), []
    if here.refused:
        warnings.append(f"the configuration is refused for {here.refused} mistakes: run `mailgateway check`")
    if depths is None:
        return Condition((*problems, "the database does not answer"), tuple(warnings), {"mailboxes": {}})
    for part in sorted(part for part, since in here.failing.items() if now - since >= patience.send):
        beat = depths.beats.get(part)
        if beat is not None and not beat.error and beat.host != here.host:
            problems.append(f"{part} fails on this host, and not on others: `mailgateway status` tells why")
        else:
            warnings.append(f"{part} fails: `mailgateway status` tells why")
    states = {mailbox: _state(depths, mailbox, patience.fetch, now) for mailbox in mailboxes}
    for mailbox, state in states.items():
        if state["state"] in ("never", "silent"):
            warnings.append(f"mailbox {mailbox} is not read: `mailgateway status` tells why")
    return Condition(tuple(problems), tuple(warnings), {"mailboxes": states})


def _state(depths: Depths, mailbox: str, patience: timedelta, now: datetime) -> dict[str, object]:
    beat = depths.beats.get(fetching(mailbox))
    if beat is None or beat.good_at is None:
        return {"state": "never", "last_good_seconds": None}
    silent = max(now - beat.good_at, timedelta(0))
    state = "silent" if silent >= patience else "failing" if beat.error else "reading"
    return {"state": state, "last_good_seconds": round(silent.total_seconds())}
