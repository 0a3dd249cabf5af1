"""Questions about the store, a few at a time: whoever asks too much waits, and the mail does not."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from fastapi import HTTPException

from mailgateway import log
from mailgateway.desk.as_json import event_object
from mailgateway.errors import GatewayError
from mailgateway.flows.desk import Desk
from mailgateway.flows.health.state import read_state, state_object
from mailgateway.flows.sheets import line_object, sheet_object
from mailgateway.store import events
from mailgateway.store.tickets import shown as tickets
from mailgateway.store.tickets.listed import Wanted, listed

AT_ONCE = 4
"""How many questions are put to the database at once; it has connections for many more, which are the mail's."""

PATIENCE_SECONDS = 5.0
LONGEST_SHEET = tickets.Most(entries=200, characters=5_000_000)
"""How much of one ticket is told, the newest."""

_AGAIN = {"Retry-After": "5"}
_log = log.logger("api")

Answer = Mapping[str, object]


class Reader:
    """Answers each question out of one state of the store."""

    def __init__(self, desk: Desk) -> None:
        """Take the desk to ask about."""
        self._desk = desk
        self._turns = threading.BoundedSemaphore(AT_ONCE)

    def state(self) -> Answer:
        """Return how the gateway is."""
        policy, now = self._desk.policy(), self._desk.clock()
        with self._turn(), self._desk.store.reading() as tx:
            return state_object(read_state(tx, policy, now, has_api=True))

    def tickets(self, wanted: Wanted, limit: int) -> Answer:
        """Return a page of tickets, newest first."""
        with self._turn(), self._desk.store.reading() as tx:
            found = listed(tx, limit + 1, wanted)
        known = self._desk.policy().organisations
        more = found[limit - 1].number if len(found) > limit else None
        return {"tickets": [line_object(line, known) for line in found[:limit]], "after": more}

    def ticket(self, number: int) -> Answer | None:
        """Return a ticket, None where there is none of this number."""
        with self._turn(), self._desk.store.reading() as tx:
            sheet = tickets.shown(tx, number, LONGEST_SHEET)
        if sheet is None:
            return None
        left_out = {"articles": sheet.articles_left_out, "events": sheet.events_left_out}
        return {**sheet_object(sheet, self._desk.clock(), self._desk.policy().organisations), "left_out": left_out}

    def events(self, since: int, limit: int, ticket: int | None) -> Answer:
        """Return a page of events, oldest first."""
        with self._turn():
            found = events.read_on(self._desk.store, since, limit, ticket)
        return {"events": [event_object(one) for one in found], "since": found[-1].id if found else since}

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._turns.acquire(timeout=PATIENCE_SECONDS):
            raise HTTPException(503, "too many questions at once: ask again later", _AGAIN)
        try:
            yield
        except GatewayError as error:
            _log.warning("api.no_answer", why=str(error))
            raise HTTPException(503, "the database does not answer: ask again later", _AGAIN) from None
        finally:
            self._turns.release()
