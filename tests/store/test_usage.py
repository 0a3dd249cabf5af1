"""What organisations used of their contracts, as the store counts it."""

from datetime import timedelta

from mailgateway.desk.customers.counting import SetOrganisation, SpendTime
from mailgateway.desk.customers.organisations import Unit
from mailgateway.store.engine import Store
from mailgateway.store.service.usage import used
from mailgateway.store.tickets import shown as tickets
from mailgateway.store.tickets.apply import apply
from tests.store.examples import MINUTE, NOW, open_ticket, opening, ticket, working

DAY = timedelta(days=1)


def test_tickets_count_in_the_period_in_which_they_were_opened(store: Store) -> None:
    """The first instant belongs to a period and the last to the next; others' tickets and nobody's do not count."""
    for days, name in ((-1, "acme"), (0, "acme"), (3, "acme"), (5, "acme"), (1, "globex"), (1, None)):
        open_ticket(store, opening(ticket(organisation=name, created_at=NOW + days * DAY)))
    with store.reading() as tx:
        counted = used(tx, ["acme", "globex", "initech"], Unit.TICKETS, NOW, NOW + 5 * DAY)
        assert counted == {"acme": 2.0, "globex": 1.0, "initech": 0.0}


def test_work_counts_for_whom_the_ticket_counts(store: Store) -> None:
    """Minutes add up to hours; a ticket that goes to another organisation takes its work along."""
    first, second = (open_ticket(store, opening(ticket(organisation="acme"))) for _ in range(2))
    with store.writing() as tx:
        apply(tx, working(first, SpendTime(30), SpendTime(60)), None)
        apply(tx, working(second, SpendTime(45)), None)
        until = NOW + 2 * MINUTE
        assert used(tx, ["acme"], Unit.HOURS, NOW, until) == {"acme": 2.25}
        apply(tx, working(first, SetOrganisation("acme", "globex"), SpendTime(15)), None)
        assert used(tx, ["acme", "globex"], Unit.HOURS, NOW, until) == {"acme": 0.75, "globex": 1.75}
        assert used(tx, ["acme"], Unit.HOURS, until, until + DAY) == {"acme": 0.0}
        sheet = tickets.shown(tx, first)
    assert sheet is not None
    told = [(event.actor, event.detail) for event in sheet.events if event.what == "time_spent"]
    assert told == [("anna", {"minutes": 30}), ("anna", {"minutes": 60}), ("anna", {"minutes": 15})]
