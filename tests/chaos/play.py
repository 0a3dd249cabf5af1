"""Mails come steadily while hosts die, freeze and lose database and disk; then it is quiet, and all is judged."""

import heapq
import itertools
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from mailgateway.errors import GatewayError
from tests.chaos.checks import copies_too_many, is_quiet, is_shared, what_is_wrong
from tests.chaos.mishaps import ALL, Mishap
from tests.chaos.world import World, wait_until

LONGEST_QUIET = 90.0
_Act = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Ending:
    """How it went: mails, letters, mishaps, how often a letter came again, and the seconds until all was quiet."""

    mails: int
    letters: int
    mishaps: Counter[str]
    copies: int
    quiet_after: float
    wrong: tuple[str, ...]


class Play:
    """One run, from a seed: the same mishaps in the same order, at about the same moments."""

    def __init__(self, world: World, seed: int) -> None:
        """Take the world."""
        self._world = world
        self._chance = random.Random(seed)
        self._agenda: list[tuple[float, int, _Act]] = []
        self._serial = itertools.count()
        self._mishaps: Counter[str] = Counter()

    def run(self, seconds: float, mails_a_second: float, seconds_a_mishap: float) -> Ending:
        """Play so long, with so many mails a second and a mishap each so many seconds; then wait, and judge."""
        self._plan(seconds, mails_a_second, seconds_a_mishap)
        self._act()
        began = time.monotonic()
        quiet = wait_until(lambda: self._is(is_quiet), LONGEST_QUIET)
        quiet_after = time.monotonic() - began
        shared = wait_until(lambda: self._is(is_shared), LONGEST_QUIET)
        codes = self._world.end()
        wrong = [] if quiet else [f"it was not quiet after {LONGEST_QUIET:.0f} s"]
        wrong += [] if shared else ["mailboxes are not shared evenly, or not read"]
        wrong += [] if not any(codes) else [f"daemons ended with {codes}"]
        wrong += what_is_wrong(self._world)
        letters = len(self._world.sink.received)
        copies = copies_too_many(self._world)
        return Ending(len(self._world.written), letters, self._mishaps, copies, quiet_after, tuple(wrong))

    def _plan(self, seconds: float, mails_a_second: float, seconds_a_mishap: float) -> None:
        boxes = sorted(self._world.mailboxes)
        for number in range(int(seconds * mails_a_second)):
            mailbox = self._chance.choice(boxes)
            self._at(number / mails_a_second, partial(self._world.deliver, mailbox))
        for number, mishap in zip(range(int(seconds / seconds_a_mishap)), self._in_turn(), strict=False):
            self._at((number + 0.5) * seconds_a_mishap, partial(self._begin, mishap))

    def _in_turn(self) -> Iterator[Mishap]:
        """Give each kind once, then any."""
        yield from ALL
        while True:
            yield self._chance.choice(ALL)

    def _at(self, moment: float, act: _Act) -> None:
        heapq.heappush(self._agenda, (moment, next(self._serial), act))

    def _begin(self, mishap: Mishap) -> None:
        self._mishaps[mishap.name] += 1
        ending = mishap.begin(self._world, self._chance)
        if ending is not None:
            self._at(time.monotonic() - self._began + ending[0], ending[1])

    def _act(self) -> None:
        """Do everything at its moment; what a mishap left is mended at the end of all."""
        self._began = time.monotonic()
        while self._agenda:
            moment, _, act = heapq.heappop(self._agenda)
            time.sleep(max(0.0, self._began + moment - time.monotonic()))
            act()
            self._world.tend()

    def _is(self, so: Callable[[World], bool]) -> bool:
        self._world.tend()
        with suppress(GatewayError):
            return so(self._world)
        return False


def play(world: World, seed: int, seconds: float, mails_a_second: float, seconds_a_mishap: float) -> Ending:
    """Play it from a seed."""
    return Play(world, seed).run(seconds, mails_a_second, seconds_a_mishap)
