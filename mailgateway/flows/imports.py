"""Mails from files on their way into the spool; how far a file has come is written down with them."""

from collections.abc import Sequence
from dataclasses import replace

from mailgateway.flows.desk import Desk
from mailgateway.mail.identity import identity
from mailgateway.mail.model import Identity
from mailgateway.store.incoming import imports, spool
from mailgateway.store.incoming.imports import Progress
from mailgateway.store.incoming.spool import Arrival


def take(desk: Desk, arrivals: Sequence[Arrival], progress: Progress | None = None) -> tuple[int | None, ...]:
    """Spool mails of one mailbox, and `progress` with them; return the id of each.

    None stands for an old mail that the mailbox has already: nothing is written down of it.
    """
    now = desk.clock()
    arrivals = [replace(one, identity=identity(one.raw)) if one.backfill else one for one in arrivals]
    old = [one.identity for one in arrivals if one.identity is not None]
    known: frozenset[Identity] = frozenset()
    if old:
        with desk.store.reading() as tx:
            known = imports.known(tx, arrivals[0].mailbox, old)
    new = [place for place, one in enumerate(arrivals) if one.identity not in known]
    with desk.store.writing() as tx:
        spooled = spool.put(tx, [arrivals[place] for place in new], now)
        if progress is not None:
            imports.keep(tx, progress, now)
    ids = dict(zip(new, spooled, strict=True))
    return tuple(ids.get(place) for place in range(len(arrivals)))
