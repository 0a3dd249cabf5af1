"""What has had its effect for a clock, by name: that a share of its time was used up, and that its promise is broken.

A share has its effect once for each length of time that was promised, whatever the escalations say by then.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from datetime import timedelta

from mailgateway.desk.levels.timepiece import Clock

_SECOND = timedelta(seconds=1)
_BREACH = "breach"
_NAME = re.compile(rf"(?P<clock>level/[a-z_]+/\d+)/\d+s/(?P<what>(?P<percent>\d+)%(?:/at_once)?|{_BREACH})", re.ASCII)


def breach(clock: Clock) -> str:
    """Name that the promise of a clock is broken."""
    return f"{_promise(clock)}/{_BREACH}"


def share(clock: Clock, percent: int) -> str:
    """Name that all is done which happens when a clock has used up a share of its time."""
    return f"{_promise(clock)}/{percent}%"


def at_once(clock: Clock, percent: int) -> str:
    """Name that of this all is done which does not wait for working hours."""
    return f"{share(clock, percent)}/at_once"


def carried(before: Iterable[Clock], after: Iterable[Clock], fired: Collection[str]) -> tuple[str, ...]:
    """Return what has had its effect for clocks with another length now because it had for the one before.

    That is what they have passed already: what lies ahead happens anew. `fired` names all that was.
    """
    lengths = {(clock.target, clock.cycle): clock.length for clock in before}
    found = dict.fromkeys(
        name
        for clock in after
        if clock.is_open and lengths.get((clock.target, clock.cycle), clock.length) != clock.length
        for name in _passed(clock, fired)
    )
    return tuple(name for name in found if name not in fired)


def _passed(clock: Clock, fired: Collection[str]) -> Iterator[str]:
    """Give what fired for any length of a clock and lies behind it now, by its names for the length it has."""
    for name in sorted(fired):
        found = _NAME.fullmatch(name)
        if found is None or found["clock"] != _clock(clock):
            continue
        percent = found["percent"]
        is_passed = clock.counted * 100 >= clock.length * int(percent) if percent else clock.counted > clock.length
        if is_passed:
            yield f"{_promise(clock)}/{found['what']}"


def _promise(clock: Clock) -> str:
    return f"{_clock(clock)}/{clock.length // _SECOND}s"


def _clock(clock: Clock) -> str:
    return f"level/{clock.target.value}/{clock.cycle}"
