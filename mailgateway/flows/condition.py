"""Whether mail comes in, in one word for a machine that asks: nothing of what it says is a secret."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from mailgateway.flows.beats import fetching
from mailgateway.store.depths import Depths


@dataclass(frozen=True, slots=True)
class Condition:
    """What is not as it should be, nothing where all is well, and what else there is to know as plain JSON values."""

    problems: tuple[str, ...] = ()
    detail: Mapping[str, object] = field(default_factory=dict)

    @property
    def is_well(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems


def readiness(
    depths: Depths | None, mailboxes: Collection[str], refused: int, patience: timedelta, now: datetime
) -> Condition:
    """Judge by the last signs of life, whichever host gave them: a good fetch of each mailbox within `patience`.

    `depths` is None while the database does not answer; `refused` is how much is wrong with the configuration on disk.
    """
    problems = [f"the configuration is refused for {refused} mistakes: run `mailgateway check`"] if refused else []
    if depths is None:
        return Condition((*problems, "the database does not answer"), {"mailboxes": {}})
    states = {mailbox: _state(depths, mailbox, patience, now) for mailbox in mailboxes}
    for mailbox, state in states.items():
        if state["state"] in ("never", "silent"):
            problems.append(f"mailbox {mailbox} is not read: `mailgateway status` tells why")
    return Condition(tuple(problems), {"mailboxes": states})


def _state(depths: Depths, mailbox: str, patience: timedelta, now: datetime) -> dict[str, object]:
    beat = depths.beats.get(fetching(mailbox))
    if beat is None or beat.good_at is None:
        return {"state": "never", "last_good_seconds": None}
    silent = max(now - beat.good_at, timedelta(0))
    state = "silent" if silent >= patience else "failing" if beat.error else "reading"
    return {"state": state, "last_good_seconds": round(silent.total_seconds())}
