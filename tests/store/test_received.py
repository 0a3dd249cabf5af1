"""Mail that was received before: which of it rules decided about, and where it went then."""

from datetime import timedelta

from mailgateway.desk.plan import Disposition, OpenTicket, Plan
from mailgateway.store.engine import Store
from mailgateway.store.incoming import spool
from mailgateway.store.incoming.received import count_since, received_since
from mailgateway.store.tickets.apply import apply
from tests.store.examples import NOW, arrival, spool_one, ticket, waiting


def finish(store: Store, uid: int, disposition: Disposition, reason: str, group: str = "") -> None:
    """Receive a mail, and give it this outcome."""
    spool_id = spool_one(store, arrival(uid=uid))
    with store.writing() as tx:
        number = None
        if group:
            opened = OpenTicket(ticket(), {"final": {"group": group}, "steps": []})
            plan = Plan(NOW, "jane", Disposition.OPENED, reason, changes=(opened,))
            number = apply(tx, plan, waiting(tx, spool_id))
        spool.finish(tx, spool_id, disposition, reason, number, NOW)


def test_mail_that_rules_decided_about_is_given(store: Store) -> None:
    """Opened tickets with their group, and what rules turned away; nothing else, and nothing older."""
    finish(store, 1, Disposition.OPENED, "a new matter", "hardware")
    finish(store, 2, Disposition.DISCARDED, "rule junk")
    finish(store, 3, Disposition.REFUSED, "rule shop")
    finish(store, 4, Disposition.REFUSED, "orders of an agent")
    finish(store, 5, Disposition.RECORDED, "a delivery report")
    with store.reading() as tx:
        found = list(received_since(tx, NOW - timedelta(days=1)))
        assert [one.went_to for one in found] == ["hardware", "(discarded)", "(rejected)"]
        assert found[0].subject == "Help"
        assert received_since(tx, NOW + timedelta(days=400)) == ()
        assert count_since(tx, NOW - timedelta(days=1)) == 3
        pages = [received_since(tx, NOW - timedelta(days=1), after, 2) for after in (0, found[1].spool_id)]
        assert [one for page in pages for one in page] == found
