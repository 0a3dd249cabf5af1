"""How Alembic runs our migrations: within the transaction that `schema.upgrade` gives it."""

from alembic import context

from mailgateway.store.tables import TicketRow

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=TicketRow.metadata,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
