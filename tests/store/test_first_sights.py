"""First sights of folders."""

from dataclasses import replace

from mailgateway.desk.first_run import FirstRun, first_seen
from mailgateway.store.engine import Store
from mailgateway.store.incoming import first_sights
from tests.store.examples import MINUTE, NOW


def test_of_two_that_look_at_once_the_first_sight_holds(store: Store) -> None:
    """The second goes by what is written down: by its own, mail that came between the two would be nobody's."""
    earlier = first_seen(FirstRun(MINUTE), NOW, 4)
    later = replace(earlier, uid_next=5)
    with store.writing() as tx:
        assert first_sights.keep(tx, "support", "INBOX", 1, earlier) == earlier
    with store.writing() as tx:
        assert first_sights.keep(tx, "support", "INBOX", 1, later) == earlier
        assert first_sights.keep(tx, "support", "INBOX", 2, later) == later
