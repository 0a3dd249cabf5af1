"""What has fired for a clock is named by the time that was promised and the share of it, whatever the file says."""

from collections.abc import Iterator
from datetime import timedelta

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

_SECOND = timedelta(seconds=1) // timedelta(microseconds=1)
_OF_CLOCKS = "level/%"
# what ended never goes again: its names are not asked for any more
_FIRED = sa.text(
    "SELECT firings.ticket, firings.name, firings.at, clocks.length FROM firings"
    " JOIN clocks ON clocks.ticket = firings.ticket"
    " AND firings.name LIKE 'level/' || clocks.target || '/' || CAST(clocks.cycle AS TEXT) || '/%'"
    " WHERE clocks.met_at IS NULL AND clocks.ended_at IS NULL"
)
_FORGET = sa.text("DELETE FROM firings WHERE name LIKE :names")
_ADD = sa.text("INSERT INTO firings (ticket, name, at) VALUES (:ticket, :name, :at)")


def upgrade() -> None:
    _rename(op.get_bind())


def _rename(connection: sa.Connection) -> None:
    """Let what fired count for the time that is promised now: an upgrade repeats nothing."""
    new = {
        (row.ticket, name): {"ticket": row.ticket, "name": name, "at": row.at}
        for row in connection.execute(_FIRED)
        for name in _names(row.name, row.length // _SECOND)
    }
    connection.execute(_FORGET, {"names": _OF_CLOCKS})
    if new:
        connection.execute(_ADD, list(new.values()))


def _names(old: str, seconds: int) -> Iterator[str]:
    """Give the names of a breach (level/TARGET/CYCLE/breach), or of the share of a step (…/80%/PLACE IN THE LIST)."""
    what, target, cycle, share, *place = old.split("/")
    yield f"{what}/{target}/{cycle}/{seconds}s/{share}"
    if place:
        yield f"{what}/{target}/{cycle}/{seconds}s/{share}/at_once"
