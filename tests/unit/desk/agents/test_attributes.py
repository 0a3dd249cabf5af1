"""What orders change of a ticket beside its course."""

import pytest

from mailgateway.desk.agents.attributes import attributes
from mailgateway.desk.agents.orders import Orders
from mailgateway.desk.customers.counting import SetOrganisation
from mailgateway.desk.customers.wish import Leave
from mailgateway.desk.levels.level_changes import SetServiceLevel
from mailgateway.desk.plan import Change, ChangeWatchers, SetFields
from mailgateway.mail.model import Address
from tests.unit.desk.builders import make_ticket

JAN = Address("Jan", "Jan@klient.example")
TICKET = make_ticket(
    organisation="acme", service_level="gold", watchers=("anna",), fields={"a": "1"}, participants=(JAN,)
)


@pytest.mark.parametrize(
    ("orders", "changes"),
    [
        (Orders(), ()),
        (Orders(organisation="other"), (SetOrganisation("acme", "other"),)),
        (Orders(organisation=""), (SetOrganisation("acme", None),)),
        (Orders(service_level="silver"), (SetServiceLevel("gold", "silver"),)),
        (Orders(service_level=""), (SetServiceLevel("gold", None),)),
        (Orders(watch=("bob", "anna", "bob"), unwatch=("carla",)), (ChangeWatchers(("bob",)),)),
        (Orders(unwatch=("anna",)), (ChangeWatchers((), ("anna",)),)),
        (Orders(fields=(("b", "2"), ("a", ""))), (SetFields({"a": "1"}, {"b": "2"}),)),
        (Orders(leave=("JAN@KLIENT.example", "nobody@klient.example")), (Leave("Jan@klient.example"),)),
        (Orders(organisation="acme", service_level="gold", watch=("anna",), fields=(("a", "1"),)), ()),
    ],
)
def test_only_what_differs_is_changed(orders: Orders, changes: tuple[Change, ...]) -> None:
    """Empty takes away; what is so already is no change."""
    assert attributes(orders, TICKET) == changes
