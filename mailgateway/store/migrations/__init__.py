"""Alembic migrations: one file per revision under versions/. Run by `mailgateway.store.schema`."""
