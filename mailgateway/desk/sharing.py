"""Which host reads which mailbox: evenly, and decided by each host for itself out of what all of them see.

No host counts the others, and hosts need not have the same mailboxes: a mailbox goes from one that reads more to one
that waits for it and reads fewer by at least two. Where that ends, no host that waits reads fewer than others by more
than one; so of M mailboxes that H hosts want, nobody keeps more than M/H, rounded up.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

_FEWER = 2
"""With a difference of one, a mailbox would only go to and fro."""


@dataclass(frozen=True, slots=True)
class Sight:
    """Who reads which mailbox, and who waits for which, at one moment; mailboxes and hosts are numbers."""

    readers: Mapping[int, int] = field(default_factory=dict)
    waiting: Mapping[int, frozenset[int]] = field(default_factory=dict)

    def rivals(self, mailbox: int, host: int) -> frozenset[int]:
        """Return the other hosts that wait for a mailbox."""
        return self.waiting.get(mailbox, frozenset()) - {host}


def to_take(sight: Sight, host: int, wanted: Collection[int], overdue: Collection[int]) -> tuple[int, ...]:
    """Return which of the mailboxes that a host wants it should try to take.

    Those that nobody reads, and that no host waits for which reads fewer. Of such a host nothing may be heard any more:
    what is `overdue`, nobody read for so long that whoever wants it should take it.
    """
    reads = Counter(sight.readers.values())
    taken: list[int] = []
    for mailbox in sorted(wanted):
        if mailbox in sight.readers:
            continue
        fewest = min((reads[rival] for rival in sight.rivals(mailbox, host)), default=reads[host])
        if reads[host] <= fewest or mailbox in overdue:
            taken.append(mailbox)
            reads[host] += 1
    return tuple(taken)


def to_give(sight: Sight, host: int, held: Collection[int]) -> tuple[int, ...]:
    """Return which of the mailboxes that a host reads it should leave to hosts that read fewer and wait for them."""
    reads = Counter(sight.readers.values())
    given: list[int] = []
    left = set(held)
    while choice := _fairest(sight, host, left, reads):
        mailbox, rival = choice
        given.append(mailbox)
        left.remove(mailbox)
        reads[host] -= 1
        reads[rival] += 1
    return tuple(given)


def _fairest(sight: Sight, host: int, held: Collection[int], reads: Counter[int]) -> tuple[int, int] | None:
    """Return a mailbox and the host that should have it, which is the one that reads fewest; None where all is even."""
    offers = ((reads[rival], mailbox, rival) for mailbox in held for rival in sight.rivals(mailbox, host))
    fewest, mailbox, rival = min(offers, default=(reads[host], 0, 0))
    return (mailbox, rival) if reads[host] - fewest >= _FEWER else None
