"""Mailboxes are spread evenly over whatever hosts there are, by a rule that each host applies for itself."""

import math
import random
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from mailgateway.desk.sharing import Sight, to_give, to_take

MOST_LOOKS = 40


class World:
    """Hosts that look one after the other in any order, each at what is so when it looks."""

    def __init__(self, wishes: dict[int, set[int]], readers: dict[int, int]) -> None:
        """Begin with any mailboxes read by any hosts."""
        self.wishes = wishes
        self.readers = {mailbox: host for mailbox, host in readers.items() if mailbox in wishes.get(host, ())}

    def sight(self) -> Sight:
        """Return what every host sees now."""
        waiting: dict[int, set[int]] = {}
        for host, wanted in self.wishes.items():
            for mailbox in wanted:
                if self.readers.get(mailbox) != host:
                    waiting.setdefault(mailbox, set()).add(host)
        return Sight(dict(self.readers), {mailbox: frozenset(hosts) for mailbox, hosts in waiting.items()})

    def look(self, host: int) -> None:
        """Let a host do what it does at a look."""
        sight = self.sight()
        held = {mailbox for mailbox, reader in self.readers.items() if reader == host}
        for mailbox in to_give(sight, host, held):
            del self.readers[mailbox]
        for mailbox in to_take(sight, host, self.wishes[host] - held, ()):
            self.readers.setdefault(mailbox, host)

    def settle(self, chance: random.Random) -> None:
        """Let all hosts look until nothing changes any more."""
        for _ in range(MOST_LOOKS):
            before = dict(self.readers)
            for host in chance.sample(sorted(self.wishes), len(self.wishes)):
                self.look(host)
            if self.readers == before:
                return
        raise AssertionError(f"mailboxes still go to and fro: {self.readers}")


@given(st.integers(1, 12), st.integers(1, 5), st.dictionaries(st.integers(1, 12), st.integers(1, 5)), st.randoms())
def test_nobody_keeps_more_than_its_share(
    mailboxes: int, hosts: int, readers: dict[int, int], chance: random.Random
) -> None:
    """Whoever read what before, every mailbox is read in the end, and by no host more than M/H, rounded up."""
    everything = set(range(1, mailboxes + 1))
    world = World({host: set(everything) for host in range(1, hosts + 1)}, readers)
    world.settle(chance)
    assert world.readers.keys() == everything
    assert max(Counter(world.readers.values()).values()) <= math.ceil(mailboxes / hosts)


@given(st.dictionaries(st.integers(1, 5), st.sets(st.integers(1, 10)), min_size=1), st.randoms())
def test_hosts_of_different_mailboxes_leave_none_unread(wishes: dict[int, set[int]], chance: random.Random) -> None:
    """A mailbox that only one host has is read by it, however many others it reads."""
    world = World(wishes, {})
    world.settle(chance)
    assert world.readers.keys() == set().union(*wishes.values())
    assert all(mailbox in wishes[host] for mailbox, host in world.readers.items())


def test_a_free_mailbox_is_left_to_who_reads_fewer() -> None:
    """Two mailboxes are read by the first host: the free one is for the second."""
    sight = Sight({1: 100, 2: 100}, {3: frozenset({100, 200})})
    assert to_take(sight, 100, {3}, ()) == ()
    assert to_take(sight, 200, {3}, ()) == (3,)


def test_a_mailbox_that_nobody_takes_is_taken_in_the_end() -> None:
    """The host whose turn it is may be frozen."""
    sight = Sight({1: 100, 2: 100}, {3: frozenset({100, 200})})
    assert to_take(sight, 100, {3}, {3}) == (3,)


def test_nothing_goes_to_and_fro_over_one() -> None:
    """Three mailboxes of two hosts stay as they are."""
    sight = Sight({1: 100, 2: 100, 3: 200}, {1: frozenset({200}), 2: frozenset({200}), 3: frozenset({100})})
    assert to_give(sight, 100, {1, 2}) == ()
    assert to_give(sight, 200, {3}) == ()
