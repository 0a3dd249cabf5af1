"""Erase a person: in small transactions, so that a long erasure holds up no mail, and goes on where it was cut off.

What says where something of theirs is goes last: whoever begins again finds what is left.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mailgateway import log
from mailgateway.desk.events import Event
from mailgateway.desk.privacy.person import stand_in, without_words
from mailgateway.flows.desk import Desk
from mailgateway.flows.privacy.find import Found
from mailgateway.flows.races import despite_races
from mailgateway.store import events
from mailgateway.store.engine import Transaction
from mailgateway.store.loose import sweep_all
from mailgateway.store.privacy import erasing, erasures
from mailgateway.store.privacy.erasing import Counts
from mailgateway.store.privacy.erasures import Erasure
from mailgateway.store.privacy.happened import redact_events
from mailgateway.store.privacy.traces import parts

BATCH = 100
"""So many rows at most are changed in a transaction."""

_TICKETS = 20

_log = log.logger("erase")


@dataclass(frozen=True, slots=True)
class _Erasing:
    """An erasure on its way."""

    desk: Desk
    found: Found
    id: int
    marker: str

    def part(self, work: Callable[..., Counts], *asked: Any) -> int:
        """Do a part of the work, and count it in the same transaction; return how much it was."""

        def done() -> int:
            with self.desk.store.writing() as tx:
                counted = work(tx, *asked)
                if any(counted.values()):
                    erasures.add(tx, self.id, counted)
                return sum(counted.values())

        return despite_races(done)


def erase(desk: Desk, found: Found, by: str) -> Erasure:
    """Erase what was found of a person; return the record of it. `by` is who wants it.

    Raises StoreBusy and StoreUnusable: what was done by then is done, the rest is when it is called again.
    """
    with desk.store.writing() as tx:
        number = erasures.begin(tx, found.keys, by, desk.clock())
    work = _Erasing(desk, found, number, stand_in(number))
    _empty(work)
    _erase_articles(work)
    _let_go(work)
    with desk.store.writing() as tx:
        done = erasures.end(tx, number, desk.clock())
    sweep_all(desk.store, desk.clock())
    _log.info("erase.done", erasure=number, counts=dict(done.counts))
    return done


def _empty(work: _Erasing) -> None:
    """Empty letters and calls of all tickets concerned, and take the person out of their events."""
    found, tickets = work.found, (*work.found.own, *work.found.shared)
    now = work.desk.clock()
    for some in parts(found.own, _TICKETS):
        work.part(erasing.give_up_unsent, some, (), now)
    for some in parts((*found.letters, *found.speaking), BATCH):
        work.part(erasing.give_up_unsent, (), some, now)
        work.part(erasing.empty_letters, (), some, BATCH)
    for some in parts(tickets, _TICKETS):
        while work.part(erasing.empty_letters, some, (), BATCH):
            pass
        while work.part(erasing.empty_calls, some, BATCH):
            pass
        _redact(work, some)


def _redact(work: _Erasing, tickets: tuple[int, ...]) -> None:
    own, person, marker = frozenset(work.found.own), work.found.person, work.marker

    def redacted(ticket: int, actor: str, what: str, detail: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        left = without_words(what, detail) if ticket in own else detail
        return person.out_of(actor, marker), person.out_of(left, marker)

    after: int | None = 0
    while after is not None:
        with work.desk.store.writing() as tx:
            after = redact_events(tx, tickets, after, BATCH, redacted)


def _erase_articles(work: _Erasing) -> None:
    found = work.found
    for some in parts(found.mails, BATCH):
        work.part(erasing.erase_mails, some)
    for some in parts((*found.theirs, *found.about), BATCH):
        work.part(erasing.erase_articles, some, found.person, work.marker)
    for some in parts(found.signed, BATCH):
        work.part(erasing.sign_articles, some, found.person, work.marker)


def _let_go(work: _Erasing) -> None:
    """Take the person out of what says where they are found."""
    found = work.found
    for some in parts((*found.own, *found.shared), _TICKETS):
        work.part(_leave, work, some)
    for some in parts(found.letters, BATCH):
        work.part(erasing.rename_recipient, some, work.marker)
    work.part(erasing.erase_address, found.keys)


def _leave(tx: Transaction, work: _Erasing, tickets: tuple[int, ...]) -> Counts:
    own = frozenset(work.found.own)
    erased = erasing.erase_heads(tx, [number for number in tickets if number in own], work.found.keys, work.marker)
    erasing.leave_tickets(tx, tickets, work.found.keys)
    now, detail = work.desk.clock(), {"erasure": work.id}
    events.record(tx, [Event(number, now, "erasure", "erased", detail) for number in tickets])
    return {**erased, "shared_tickets": len(set(tickets) - own)}
