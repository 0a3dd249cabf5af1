"""The organisation and the configuration item of a ticket are columns, by which tickets are counted and found."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TICKETS = sa.table("tickets", sa.column("number", WHOLE), sa.column("fields", sa.JSON()),
                   sa.column("organisation", sa.Text()), sa.column("ci", sa.Text()))
NAMES = ("organisation", "ci")
BATCH = 1_000


def upgrade() -> None:
    for name in NAMES:
        op.add_column("tickets", sa.Column(name, sa.Text(), nullable=True))
    _move(op.get_bind())
    for name, second in (("organisation", "created_at"), ("ci", "status")):
        known = sa.text(f"{name} IS NOT NULL")
        op.create_index(f"ix_tickets_{name}_{second}", "tickets", [name, second], unique=False,
                        sqlite_where=known, postgresql_where=known)


def _move(connection: sa.Connection) -> None:
    """Take both names out of the fields, where rules had put them."""
    change = sa.update(TICKETS).where(TICKETS.c.number == sa.bindparam("of"))
    change = change.values(fields=sa.bindparam("left"), **{name: sa.bindparam(f"the_{name}") for name in NAMES})
    last = 0
    while True:
        some = sa.select(TICKETS.c.number, TICKETS.c.fields).where(TICKETS.c.number > last)
        rows = connection.execute(some.order_by(TICKETS.c.number).limit(BATCH)).all()
        if not rows:
            return
        moved = [_moved(number, fields) for number, fields in rows if fields and any(name in fields for name in NAMES)]
        if moved:
            connection.execute(change, moved)
        last = rows[-1][0]


def _moved(number: int, fields: dict[str, str]) -> dict[str, object]:
    left = {name: value for name, value in fields.items() if name not in NAMES}
    return {"of": number, "left": left, **{f"the_{name}": fields.get(name) for name in NAMES}}
