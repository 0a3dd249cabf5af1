"""Inserts that may meet a row that is there already: the one place where the two databases need their own words."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import Insert

from mailgateway.store.tables.base import Base


def insert_new(row: type[Base]) -> dict[str, Insert]:
    """Return the insert, by dialect, that leaves alone what is there."""
    return {
        "sqlite": sqlite.insert(row).on_conflict_do_nothing(),
        "postgresql": postgresql.insert(row).on_conflict_do_nothing(),
    }


def insert_or_update(
    row: type[Base], keys: tuple[str, ...], changes: Callable[[Any], Mapping[str, Any]]
) -> dict[str, Insert]:
    """Return the insert, by dialect, that changes the row with the same `keys`; `changes` is given the refused row."""
    lite, postgres = sqlite.insert(row), postgresql.insert(row)
    return {
        "sqlite": lite.on_conflict_do_update(index_elements=keys, set_=changes(lite.excluded)),
        "postgresql": postgres.on_conflict_do_update(index_elements=keys, set_=changes(postgres.excluded)),
    }
