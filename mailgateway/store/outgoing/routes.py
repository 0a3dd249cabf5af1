"""Which rows of the outbox leave by which server."""

from sqlalchemy import ColumnElement, true

from mailgateway.desk.letters.route import Route
from mailgateway.store.tables.tickets import OutboxRow


def leaves_by(route: Route) -> ColumnElement[bool]:
    """Hold for the letters of a route, whose mailboxes are looked at when they are to be sent and not before."""
    if route.mailbox:
        return OutboxRow.mailbox == route.mailbox
    return OutboxRow.mailbox.not_in(route.elsewhere) if route.elsewhere else true()
