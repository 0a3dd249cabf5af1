"""How long a sender or a caller may sleep when nothing is due now."""

from datetime import datetime, timedelta

from mailgateway.desk.letters.route import Route
from mailgateway.flows.desk import Desk
from mailgateway.store.outgoing import calls, outbox
from mailgateway.store.outgoing.routes import leaves_by

UNHEARD = timedelta(seconds=5)
"""What another process queues, and what an operator wishes, announce themselves to nobody: look that often."""

HEARD = timedelta(seconds=30)
"""Where they do, this is a safety net, and for what a process that died had claimed."""

_SHORTEST = timedelta(seconds=1)


def until_letters(desk: Desk, route: Route, *, hears_news: bool) -> timedelta:
    """Return how long no letter of a route has to be looked for. Raises StoreBusy and StoreUnusable."""
    if not hears_news:
        return UNHEARD
    with desk.store.reading() as tx:
        return _until(outbox.next_due(tx, leaves_by(route)), desk.clock())


def until_calls(desk: Desk, webhook: str, *, hears_news: bool) -> timedelta:
    """Return how long no call of a webhook has to be looked for. Raises StoreBusy and StoreUnusable."""
    if not hears_news:
        return UNHEARD
    with desk.store.reading() as tx:
        return _until(calls.next_due(tx, webhook), desk.clock())


def _until(due: datetime | None, now: datetime) -> timedelta:
    return HEARD if due is None else min(max(due - now, _SHORTEST), HEARD)
