"""What goes wrong: each mishap begins, and most of them end some time later."""

import random
from collections.abc import Callable
from dataclasses import dataclass

from tests.chaos.world import World

Ending = tuple[float, Callable[[], object]]
"""After how many seconds a mishap ends, and what ends it."""

FROZEN_SECONDS = 18.0
"""Longer than the database waits for a word of a host (`SILENCE`)."""


@dataclass(frozen=True, slots=True)
class Mishap:
    """One kind of them; `begin` returns its end, None where it is over at once or nothing could be done."""

    name: str
    begin: Callable[[World, random.Random], Ending | None]


def _kill(world: World, chance: random.Random) -> None:
    world.kill(chance.choice(world.awake()))


def _freeze(world: World, chance: random.Random) -> Ending | None:
    if world.frozen:
        return None
    host = chance.choice(world.awake())
    world.freeze(host)
    return FROZEN_SECONDS, lambda: world.thaw(host)


def _cut(world: World, chance: random.Random) -> None:
    if world.postgres.running:
        world.cut(lambda pids: [pid for pid in sorted(pids) if chance.random() < 0.5])


def _restart(world: World, chance: random.Random) -> Ending | None:
    if not world.postgres.running:
        return None
    stop = chance.choice([world.postgres.stop, world.postgres.kill])
    stop()
    return chance.uniform(0.5, 3), world.postgres.start


def _fill(world: World, chance: random.Random) -> Ending | None:
    if not world.disk.is_small:
        return None
    world.disk.fill()
    return chance.uniform(1, 4), world.disk.free


KILL, FREEZE, CUT = Mishap("kill", _kill), Mishap("freeze", _freeze), Mishap("cut", _cut)
RESTART, FILL = Mishap("restart", _restart), Mishap("fill", _fill)
ALL = (FREEZE, FILL, KILL, CUT, RESTART)
