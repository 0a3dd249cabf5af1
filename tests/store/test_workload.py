"""What the store knows of requesters and of a group's work, and that turns are fair with several at once."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from mailgateway.desk.facts import Workload
from mailgateway.desk.model import Status
from mailgateway.desk.plan import TakeTurn
from mailgateway.desk.routing.assignment import chosen
from mailgateway.rules.schema import Requester, Turn
from mailgateway.store.engine import Store
from mailgateway.store.service.workload import gather_workload, known_requester
from mailgateway.store.tickets.apply import apply
from tests.store.examples import JANE, open_ticket, opening, ticket

MEMBERS = ("anna", "bob", "cid")


def test_a_requester_is_known_by_their_tickets(store: Store) -> None:
    """Solved and closed tickets are none that is open; case makes no difference; nobody has no address."""
    for status in (Status.NEW, Status.PENDING, Status.SOLVED, Status.CLOSED):
        open_ticket(store, opening(ticket(status=status)))
    with store.reading() as tx:
        assert known_requester(tx, [JANE.address.upper()]) == Requester(known=True, open_tickets=2)
        assert known_requester(tx, ["jd@home.example", JANE.address]) == Requester(known=True, open_tickets=2)
        assert known_requester(tx, ["bob@customer.example"]) == Requester(known=False, open_tickets=0)
        assert known_requester(tx, [""]) == Requester(known=False, open_tickets=0)


def test_the_workload_of_a_group_is_gathered(store: Store) -> None:
    """Open tickets by member, whoever's group they are in, and who had the requester's last ticket."""
    for agent, status in (("anna", Status.OPEN), ("anna", Status.NEW), ("bob", Status.CLOSED), ("zoe", Status.OPEN)):
        open_ticket(store, opening(ticket(assignee=agent, status=status)))
    with store.writing() as tx:
        assert gather_workload(tx, "g", MEMBERS, [JANE.address]) == Workload("g", "", {"anna": 2}, "bob")
        apply(tx, opening(ticket(), None, TakeTurn("g", "cid")), None)
    with store.writing() as tx:
        assert gather_workload(tx, "g", MEMBERS, ["bob@customer.example"]) == Workload("g", "cid", {"anna": 2}, None)


def test_turns_are_fair_with_several_at_once(store: Store) -> None:
    """However many choose at the same time, the members get equally many tickets."""

    def take_one(_: int) -> str:
        with store.writing() as tx:
            agent = chosen(Turn.ROUND_ROBIN, MEMBERS, gather_workload(tx, "g", MEMBERS, [JANE.address]))
            apply(tx, opening(ticket(assignee=agent), None, TakeTurn("g", agent)), None)
        return agent

    with ThreadPoolExecutor(4) as pool:
        agents = Counter(pool.map(take_one, range(30)))
    assert agents == dict.fromkeys(MEMBERS, 10)
