"""What becomes of the mails that lay in a folder when the gateway first looked into it."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import Enum

EVER = datetime(1900, 1, 1, tzinfo=UTC)
"""Before any mail."""


class Fate(Enum):
    """What becomes of a mail: served like any new one, filed in silence, or left alone where it lies."""

    SERVED = "served"
    FILED = "filed"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class FirstRun:
    """The policy: mails are served as new ones up to this age (None: of any age), and the others filed in silence from
    this moment on (None: left alone).
    """

    served: timedelta | None = None
    filed_from: datetime | None = None


SERVE_ALL = FirstRun()


@dataclass(frozen=True, slots=True)
class FirstSight:
    """A folder in one life of its UIDs, as it was first seen: what has a lower UID than `uid_next` lay there already.

    Of that, what arrived from `served_from` on is served like new mail, from `filed_from` on filed in silence; None:
    none of it. `seen_at` is when the folder was first seen in any life of its UIDs; `is_done`: nothing old is left to
    take.
    """

    seen_at: datetime
    uid_next: int
    served_from: datetime | None
    filed_from: datetime | None
    is_done: bool = False

    def fate(self, uid: int, received_at: datetime | None) -> Fate:
        """Say what becomes of a mail; one whose time the server does not tell counts as the newest."""
        if uid >= self.uid_next or _is_from(self.served_from, received_at):
            return Fate.SERVED
        return Fate.FILED if _is_from(self.filed_from, received_at) else Fate.LEFT

    @property
    def taken_from(self) -> datetime | None:
        """The moment before which every mail is left alone, EVER where none is; None where all old ones are."""
        return min((moment for moment in (self.served_from, self.filed_from) if moment is not None), default=None)


def first_seen(policy: FirstRun, now: datetime, uid_next: int) -> FirstSight:
    """Return the sight of a folder that was never seen."""
    served_from = EVER if policy.served is None else now - policy.served if policy.served else None
    sight = FirstSight(now, uid_next, served_from, policy.filed_from)
    return replace(sight, is_done=sight.taken_from is None)


def seen_anew(before: FirstSight, uid_next: int) -> FirstSight:
    """Return the sight of a folder that is known, and whose UIDs begin anew (another UIDVALIDITY).

    Every mail in it has a new UID then. What arrived since it was first seen is looked at again: what was filed is
    recognised by its identity, and what came meanwhile is served. What had been left alone stays so.
    """
    served_from = before.seen_at if before.served_from is None else min(before.served_from, before.seen_at)
    return replace(before, uid_next=uid_next, served_from=served_from, is_done=False)


def known_before(now: datetime, highest_uid: int, uid_next: int) -> FirstSight:
    """Return the sight of a folder that mails were taken from before sights were written down: all are served.

    Up to `highest_uid` they are dealt with in the current life of its UIDs, where it is not 0.
    """
    return FirstSight(now, highest_uid + 1 if highest_uid else uid_next, EVER, None, is_done=highest_uid > 0)


def _is_from(since: datetime | None, received_at: datetime | None) -> bool:
    return since is not None and (received_at is None or received_at >= since)
