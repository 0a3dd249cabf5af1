"""How Alembic runs our migrations: within the transaction that `schema.upgrade` gives it."""

from alembic import context

from mailgateway.store.tables import gateway as upkeep
from mailgateway.store.tables import majors as major_tables
from mailgateway.store.tables import tickets as tables
from mailgateway.store.tables import time as tables_of_time
from mailgateway.store.tables.base import Base

MODELS = (major_tables, tables, tables_of_time, upkeep)
"""Imported for the tables that they add to those of `Base`."""

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
