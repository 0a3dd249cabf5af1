"""Find a person: everything that is kept about some addresses."""

from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from mailgateway.desk.privacy.person import ERASED_TEXT, Person
from mailgateway.desk.privacy.speaking import speaks_of
from mailgateway.errors import PermanentError
from mailgateway.mail.parse import parse
from mailgateway.store.engine import Store
from mailgateway.store.incoming.headline import headline
from mailgateway.store.outgoing import outbox
from mailgateway.store.privacy import traces
from mailgateway.store.privacy.traces import PART, Keys, parts

_READ = 20
"""So many letters are in memory at a time."""

Step = Callable[[int], None]
"""Told after each part how many numbers were walked through."""


@dataclass(frozen=True, slots=True)
class Found:
    """What is kept about a person, by number.

    `own` are the tickets that they asked for, `shared` those of others in which they are found. `theirs` are articles
    that they wrote, `about` what else goes with their own tickets; `signed` are what they answered as an agent, of
    which the name goes alone. `mails` lie in the spool, `waiting` is how many of theirs are not filed yet. `letters`
    are to them, `speaking` those to others that name them or a ticket of theirs and are about no single ticket.
    """

    person: Person
    keys: Keys
    own: tuple[int, ...]
    shared: tuple[int, ...]
    theirs: tuple[int, ...]
    about: tuple[int, ...]
    signed: tuple[int, ...]
    mails: tuple[int, ...]
    waiting: int
    letters: tuple[int, ...]
    speaking: tuple[int, ...]
    open_tickets: tuple[int, ...]
    counts: dict[str, int]

    @property
    def is_nothing(self) -> bool:
        """Tell whether nothing is kept."""
        return not any(self.counts.values())


@dataclass(slots=True)
class _Walk:
    """What is found on the way."""

    shared: set[int] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    theirs: set[int] = field(default_factory=set)
    signed: set[int] = field(default_factory=set)
    mails: set[int] = field(default_factory=set)
    waiting: int = 0


def way(store: Store) -> int:
    """Return how many numbers there are to walk through."""
    with store.reading() as tx:
        return sum(traces.last_numbers(tx))


def find(store: Store, addresses: Collection[str], step: Step) -> Found:
    """Look for what is kept about these addresses; changes nothing. Raises StoreBusy and StoreUnusable."""
    keys, walk = Keys.of(addresses), _Walk()
    with store.reading() as tx:
        participants, articles, mails, written = traces.last_numbers(tx)
        own, letters = traces.own_tickets(tx, keys), traces.letters_to(tx, keys)
    _people(store, keys, walk, participants, step)
    _articles(store, keys, walk, articles, step)
    _unfiled(store, keys, walk, mails, step)
    speaking = sorted(_speaking(store, Person.of(addresses), own, written, step) - letters.keys())
    walk.names.update(own.values())
    shared = (walk.shared | {ticket for ticket in letters.values() if ticket is not None}) - own.keys()
    with store.reading() as tx:
        about = dict(traces.about(tx, sorted(own), ERASED_TEXT))
        walk.mails.update(mail for mail in about.values() if mail is not None)
        beside = tuple(sorted(about.keys() - walk.theirs))
        signed = tuple(sorted(walk.signed - about.keys()))
        kept = traces.kept_mails(tx, sorted(walk.mails))
        closed, wishes = traces.count_closed(tx, keys)
        files = traces.count_files(tx, [*sorted(walk.theirs), *beside])
        open_tickets = traces.open_among(tx, sorted(own))
    counts = {
        "tickets": len(own),
        "shared_tickets": len(shared),
        "articles": len(walk.theirs) + len(beside),
        "attachments": files,
        "mails": len(kept),
        "letters": len(letters) + len(speaking),
        "suppressions": closed,
        "unsubscriptions": wishes,
    }
    person = Person.of(addresses, walk.names)
    theirs = tuple(sorted(walk.theirs))
    found = (person, keys, tuple(sorted(own)), tuple(sorted(shared)), theirs, beside, signed, tuple(kept))
    return Found(*found, walk.waiting, tuple(sorted(letters)), tuple(speaking), open_tickets, counts)


def _people(store: Store, keys: Keys, walk: _Walk, last: int, step: Step) -> None:
    for start in range(0, last, PART):
        with store.reading() as tx:
            for ticket, name in traces.takes_part(tx, keys, start):
                walk.shared.add(ticket)
                walk.names.add(name)
        step(min(PART, last - start))


def _articles(store: Store, keys: Keys, walk: _Walk, last: int, step: Step) -> None:
    for start in range(0, last, PART):
        with store.reading() as tx:
            for one in traces.written(tx, keys, start):
                walk.shared.add(one.ticket)
                walk.names.add(one.sender_name)
                (walk.theirs if one.is_theirs else walk.signed).add(one.id)
                if one.is_theirs and one.spool_id is not None:
                    walk.mails.add(one.spool_id)
        step(min(PART, last - start))


def _unfiled(store: Store, keys: Keys, walk: _Walk, last: int, step: Step) -> None:
    """Ask mails that became no article who wrote them; what is lost of them tells nobody."""
    for start in range(0, last, PART):
        with store.reading() as tx:
            unfiled = traces.unfiled(tx, start)
        for one in unfiled:
            if not keys.has(one.sender or _sender(store, one.sha256)):
                continue
            if one.is_waiting:
                walk.waiting += 1
            else:
                walk.mails.add(one.id)
        step(min(PART, last - start))


def _speaking(store: Store, person: Person, own: Collection[int], last: int, step: Step) -> set[int]:
    """Read the letters that may name anybody, and return those that name this person; what is lost names nobody."""
    found: set[int] = set()
    for start in range(0, last, PART):
        with store.reading() as tx:
            several = traces.about_several(tx, start)
        for some in parts(several, _READ):
            for letter, content in _contents(store, some):
                if speaks_of(parse(content), person, own):
                    found.add(letter)
        step(min(PART, last - start))
    return found


def _contents(store: Store, letters: tuple[int, ...]) -> Iterator[tuple[int, bytes]]:
    with store.reading() as tx:
        stored = outbox.stored(tx, letters)
    for one in stored:
        with suppress(PermanentError):
            yield one.id, one.letter(store.blobs).content


def _sender(store: Store, digest: str) -> str:
    try:
        return headline(store.blobs.get(digest)).sender
    except PermanentError:
        return ""
