"""Refresh tokens that replaced configured ones."""

from mailgateway.store import grants
from mailgateway.store.engine import Store
from tests.store.examples import NOW


def test_the_last_token_is_recalled(store: Store) -> None:
    """Each name has the token that was kept last, and an unknown one has none."""
    with store.writing() as tx:
        grants.keep(tx, "a", "first", NOW)
        grants.keep(tx, "b", "other", NOW)
        grants.keep(tx, "a", "second", NOW)
    with store.reading() as tx:
        assert [grants.recall(tx, name) for name in ("a", "b", "c")] == ["second", "other", None]
