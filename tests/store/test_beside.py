"""What else is open about the same thing."""

from mailgateway.desk.model import Status
from mailgateway.store.engine import Store
from mailgateway.store.tickets import shown as tickets
from mailgateway.store.tickets.beside import MOST_BESIDE, open_beside
from tests.store.examples import open_ticket, opening, ticket


def test_the_newest_open_ones_are_found(store: Store) -> None:
    """Neither the ticket itself, nor what is done, nor what is about something else; ten at most."""
    about = [open_ticket(store, opening(ticket(ci="web"))) for _ in range(MOST_BESIDE + 2)]
    for changes in ({"ci": "web", "status": Status.SOLVED}, {"ci": "web", "status": Status.CLOSED}, {"ci": "db"}, {}):
        open_ticket(store, opening(ticket(**changes)))
    with store.reading() as tx:
        found = open_beside(tx, "web", about[-1])
        assert [one.number for one in found] == sorted(about[1:-1], reverse=True)
        assert open_beside(tx, None, about[0]) == ()
        sheet = tickets.shown(tx, about[-1])
    assert sheet is not None
    assert sheet.beside == found
