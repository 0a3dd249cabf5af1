"""How a host is, in one word for a machine that asks: nothing of what it says is a secret."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from mailgateway.flows.beats import fetching
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


def liveness(unwell: Mapping[str, str]) -> Condition:
    """Judge by the threads that are gone, or say nothing for too long, each with why."""
    return Condition(tuple(f"{part}: {why}" for part, why in sorted(unwell.items())))


def readiness(
    depths: Depths | None,
    alive: Condition,
    mailboxes: Collection[str],
    refused: int,
    patience: timedelta,
    now: datetime,
) -> Condition:
    """Judge whether a host does its part: it is alive, and the database answers (`depths` is None while it does not).

    A mailbox without a good fetch within `patience`, by whichever host, and a configuration on disk that was refused
    for so many mistakes are warnings: the mailboxes that can be read are, by the last configuration that was right.
    """
    warnings = [f"the configuration is refused for {refused} mistakes: run `mailgateway check`"] if refused else []
    if depths is None:
        return Condition((*alive.problems, "the database does not answer"), tuple(warnings), {"mailboxes": {}})
    states = {mailbox: _state(depths, mailbox, patience, now) for mailbox in mailboxes}
    for mailbox, state in states.items():
        if state["state"] in ("never", "silent"):
            warnings.append(f"mailbox {mailbox} is not read: `mailgateway status` tells why")
    return Condition(alive.problems, tuple(warnings), {"mailboxes": states})


def _state(depths: Depths, mailbox: str, patience: timedelta, now: datetime) -> dict[str, object]:
    beat = depths.beats.get(fetching(mailbox))
    if beat is None or beat.good_at is None:
        return {"state": "never", "last_good_seconds": None}
    silent = max(now - beat.good_at, timedelta(0))
    state = "silent" if silent >= patience else "failing" if beat.error else "reading"
    return {"state": state, "last_good_seconds": round(silent.total_seconds())}
