"""Reading what the admin wants done with mails in quarantine."""

import pytest

from mailgateway.desk.quarantine.decision import Order
from mailgateway.desk.quarantine.orders import MOST_ENTRIES, named, read_orders


@pytest.mark.parametrize(
    ("text", "orders"),
    [
        ("#release 17", {17: Order.RELEASE}),
        ("#release 17 18", {17: Order.RELEASE, 18: Order.RELEASE}),
        ("#Release: #17, 18; 19.", {17: Order.RELEASE, 18: Order.RELEASE, 19: Order.RELEASE}),
        ("\n\n#drop 17\n\n#ticket 18\nThank you", {17: Order.DROP, 18: Order.TICKET}),
        ("＃drop 17", {17: Order.DROP}),
        ("#drop 17 17", {17: Order.DROP}),
    ],
)
def test_orders_are_read_in_the_ways_people_write_them(text: str, orders: dict[int, Order]) -> None:
    """Numbers stand apart by spaces or commas, with or without a sign; empty lines change nothing."""
    read = read_orders(text)
    assert (read.named, read.problems, read.rest) == (orders, [], None)
    assert named(text) == tuple(orders)


def test_all_is_for_what_is_not_named() -> None:
    """One order for the rest goes with others for some."""
    read = read_orders("#release 17\n#drop ALL\n#show all")
    assert (read.named, read.rest, read.shows_all, read.problems) == ({17: Order.RELEASE}, Order.DROP, True, [])


@pytest.mark.parametrize("text", ["", "Thank you", "> #drop 17", "Please #drop 17", "I drop 17", "##- marker -##"])
def test_what_is_no_command_orders_nothing(text: str) -> None:
    """Only a line that begins with the sign is one."""
    assert read_orders(text).are_none


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("#relese 17", "#relese is not a command; did you mean #release?"),
        ("#frobnicate 17", "#frobnicate is not a command"),
        ("#drop", "#drop: needs the numbers of mails: #drop 17 18, or #drop all"),
        ("#drop 0", "#drop 0: needs"),
        ("#drop -17", "#drop -17: needs"),
        ("#drop 17 all", "#drop 17 all: needs"),
        ("#drop ١٧", "#drop ١٧: needs"),
        ("#drop " + "9" * 40, "needs the numbers of mails"),
        ("#drop 17\n#release 17", "#drop 17, #release 17: a mail can have one order"),
        ("#drop all\n#release all", "#drop all, #release all: all mails can have one order"),
        ("Well\n#drop 17", "#drop 17: stands below other text; put it at the top"),
        ("#show " + " ".join(map(str, range(1, MOST_ENTRIES + 2))), f"one mail may name {MOST_ENTRIES} entries"),
    ],
)
def test_a_mistake_is_said_in_a_line(text: str, problem: str) -> None:
    """It names the nearest command, or what the command needs; a long one is cut."""
    (said,) = read_orders(text).problems
    assert said.startswith(problem) or problem in said
    assert len(said) < 200


def test_no_number_of_entries_is_too_large_to_be_named() -> None:
    """However much a mail names, a bounded number of entries is looked up."""
    assert len(named("#drop " + " ".join(map(str, range(1, 100_000))))) == MOST_ENTRIES
