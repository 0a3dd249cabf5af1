"""What a report counts, recomputed slowly and obviously: from the events of each ticket, one after the other."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise

from mailgateway.desk.levels.timepiece import Target
from mailgateway.desk.model import ArticleKind, Direction, Ticket
from mailgateway.reports.counted import (
    AGES,
    Counted,
    Counting,
    Counts,
    Dimension,
    Promised,
    Scope,
    Share,
    Spread,
    Step,
    Success,
)
from mailgateway.reports.period import Period, Window
from mailgateway.store.tickets.shown import TicketSheet

_DONE = ("solved", "closed")


@dataclass
class Life:
    """One ticket as its events tell it."""

    ticket: Ticket
    answered_at: datetime | None = None
    came_back: bool = False
    sent: str = ""
    helped: bool | None = None
    proposed: list[tuple[datetime, str]] = field(default_factory=list)
    inserted: list[tuple[datetime, str]] = field(default_factory=list)
    rated: tuple[datetime, str] | None = None
    replied: list[tuple[datetime, str]] = field(default_factory=list)
    worked: list[tuple[datetime, str, int]] = field(default_factory=list)
    opened: list[datetime] = field(default_factory=list)
    solved: list[datetime] = field(default_factory=list)

    def is_open_at(self, at: datetime) -> bool:
        """Tell whether it was open just before an instant."""
        began = [one for one in self.opened if one < at]
        ended = [one for one in self.solved if one < at]
        return len(began) > len(ended)


def life(sheet: TicketSheet) -> Life:
    """Read the events of a ticket."""
    told = Life(sheet.ticket)
    for event in sheet.events:
        detail = event.detail
        match event.what:
            case "opened":
                told.opened.append(sheet.ticket.created_at)
                told.solved += [sheet.ticket.created_at] if detail["status"] in _DONE else []
            case "status" if (detail["before"] in _DONE) != (detail["after"] in _DONE):
                (told.solved if detail["after"] in _DONE else told.opened).append(event.at)
            case "article" if (detail["kind"], detail["direction"]) == ("public", "out"):
                told.answered_at = told.answered_at or event.at
            case "undelivered" | "delivery_failed":
                told.came_back = True
            case "rated":
                told.rated = event.at, detail["value"]
            case "time_spent":
                told.worked.append((event.at, event.actor, 60 * detail["minutes"]))
    told.replied = [
        (one.article.at, one.article.sender.address)
        for one in sheet.articles
        if (one.article.kind, one.article.direction) == (ArticleKind.PUBLIC, Direction.OUT)
    ]
    _read_answers(told, sheet)
    return told


def _read_answers(told: Life, sheet: TicketSheet) -> None:
    for event in sheet.events:
        detail = event.detail
        match event.what:
            case "answers_proposed":
                told.proposed += [(event.at, one.partition(" ")[0]) for one in detail["answers"].split(", ")]
            case "answer_inserted":
                told.inserted.append((event.at, detail["name"]))
            case "answer_sent":
                told.sent = detail["name"]
            case "answer_judged":
                told.helped = detail["outcome"] == "helped"


def recount(lives: Iterable[Life], period: Period, scope: Scope, now: datetime) -> Counts:
    """Count everything again."""
    ours = [
        one
        for one in lives
        if scope.group in (None, one.ticket.group) and scope.organisation in (None, one.ticket.organisation)
    ]
    window, before = period.until(now), period.before_until(now)
    return Counts(
        now=_counted(ours, window),
        before=_counted(ours, before),
        shares={dimension: tuple(_shares(ours, _value(dimension), window, before)) for dimension in Dimension},
        ages=_ages(ours, window.ends),
        steps=tuple(
            Step(day, _count(ours, _opened, one), _count(ours, _solved, one)) for day, one in period.steps(now)
        ),
        answers=Counter(who for one in ours for at, who in one.replied if _in(at, window)),
        worked=_worked(ours, window),
    )


def _value(dimension: Dimension) -> Callable[[Ticket], str | None]:
    return lambda ticket: getattr(ticket, dimension.value)


def _in(at: datetime | None, window: Window) -> bool:
    return at is not None and window.begins <= at < window.ends


def _opened(one: Life, window: Window) -> list[datetime]:
    return [at for at in one.opened[:1] if _in(at, window)]


def _solved(one: Life, window: Window) -> list[datetime]:
    return [at for at in one.solved if _in(at, window)]


def _reopened(one: Life, window: Window) -> list[datetime]:
    return [at for at in one.opened[1:] if _in(at, window)]


def _open(one: Life, window: Window) -> list[datetime]:
    return [one.opened[-1]] if one.is_open_at(window.ends) else []


def _answered(one: Life, window: Window) -> list[datetime]:
    return [one.answered_at] if one.answered_at and _in(one.answered_at, window) else []


def _rated(one: Life, window: Window, value: str = "") -> list[datetime]:
    return [one.rated[0]] if one.rated and _in(one.rated[0], window) and value in ("", one.rated[1]) else []


def _good(one: Life, window: Window) -> list[datetime]:
    return _rated(one, window, "good")


def _replied(one: Life, window: Window) -> list[datetime]:
    return [at for at, _ in one.replied if _in(at, window)]


def _proposed(one: Life, window: Window) -> list[datetime]:
    return [at for at, _ in one.proposed if _in(at, window)]


def _inserted(one: Life, window: Window) -> list[datetime]:
    return [at for at, _ in one.inserted if _in(at, window)]


def _noted(one: Life, window: Window) -> list[datetime]:
    return [at for at, _, _ in one.worked if _in(at, window)]


def _worked(lives: Iterable[Life], window: Window) -> dict[str, int]:
    found: Counter[str] = Counter()
    for one in lives:
        for at, who, seconds in one.worked:
            found[who] += seconds if _in(at, window) else 0
    return {who: seconds for who, seconds in found.items() if seconds}


def _count(lives: Iterable[Life], happened: Callable[[Life, Window], list[datetime]], window: Window) -> int:
    return sum(len(happened(one, window)) for one in lives)


def _counted(lives: list[Life], window: Window) -> Counted:
    new = [one for one in lives if _opened(one, window)]
    counts = {
        Counting.OPENED: len(new),
        Counting.SOLVED: _count(lives, _solved, window),
        Counting.REOPENED: _count(lives, _reopened, window),
        Counting.OPEN: _count(lives, _open, window),
        Counting.ANSWERED: _count(lives, _answered, window),
        Counting.CAME_BACK: sum(one.came_back for one in new),
        Counting.PROPOSED: _count(lives, _proposed, window),
        Counting.INSERTED: _count(lives, _inserted, window),
        Counting.SENT_ANSWER: sum(one.sent != "" for one in new),
        Counting.HELPED: sum(one.helped is True for one in new),
        Counting.NOT_HELPED: sum(one.helped is False for one in new),
        Counting.RATED: _count(lives, _rated, window),
        Counting.RATED_GOOD: _count(lives, _good, window),
        Counting.RATED_OK: _count(lives, lambda one, when: _rated(one, when, "ok"), window),
        Counting.RATED_BAD: _count(lives, lambda one, when: _rated(one, when, "bad"), window),
        Counting.REPLIED: _count(lives, _replied, window),
        Counting.WORKED: _count(lives, _noted, window),
    }
    answers = [_took(one, one.opened[0], at, Target.FIRST_RESPONSE) for one in lives for at in _answered(one, window)]
    worked = sum(_worked(lives, window).values())
    promises, knowledge = _promises(lives, window), _knowledge(lives, window)
    return Counted(counts, _spread(answers), _spread(_solutions(lives, window)), promises, worked, knowledge)


def _knowledge(lives: list[Life], window: Window) -> dict[str, Success]:
    """Count each answer by itself."""
    new = [one for one in lives if _opened(one, window)]
    names = {name for one in lives for _, name in (*one.proposed, *one.inserted)} | {one.sent for one in lives}
    found = {
        name: Success(
            proposed=sum(_in(at, window) for one in lives for at, which in one.proposed if which == name),
            inserted=sum(_in(at, window) for one in lives for at, which in one.inserted if which == name),
            sent=sum(one.sent == name for one in new),
            helped=sum(one.sent == name and one.helped is True for one in new),
            not_helped=sum(one.sent == name and one.helped is False for one in new),
        )
        for name in names - {""}
    }
    return {name: success for name, success in found.items() if success != Success()}


def _solutions(lives: Iterable[Life], window: Window) -> list[tuple[int, bool]]:
    return [
        _took(one, began, ended, Target.RESOLUTION)
        for one in lives
        for began, ended in zip(one.opened, one.solved, strict=False)
        if _in(ended, window)
    ]


def _took(one: Life, began: datetime, ended: datetime, target: Target) -> tuple[int, bool]:
    """Return whole seconds, and whether they are plain: no clock of the target ended at that very instant."""
    for clock in one.ticket.clocks:
        if clock.target is target and clock.met_at == ended and (target is Target.RESOLUTION or clock.cycle == 1):
            return clock.counted // timedelta(seconds=1), False
    return int(ended.timestamp()) - int(began.timestamp()), True


def _spread(taken: list[tuple[int, bool]]) -> Spread:
    if not taken:
        return Spread(0, None, None, 0)
    seconds = sorted(one for one, _ in taken)
    return Spread(len(taken), _quantile(seconds, 0.5), _quantile(seconds, 0.9), sum(plain for _, plain in taken))


def _quantile(ordered: list[int], share: float) -> float:
    place = share * (len(ordered) - 1)
    low = ordered[int(place)]
    return low + (place - int(place)) * (ordered[min(int(place) + 1, len(ordered) - 1)] - low)


def _promises(lives: Iterable[Life], window: Window) -> dict[str, Promised]:
    found = {}
    clocks = [clock for one in lives for clock in one.ticket.clocks]
    for target in Target:
        kept = sum(
            clock.target is target and _in(clock.met_at, window) and not clock.is_breached(window.ends)
            for clock in clocks
        )
        broken = sum(
            clock.target is target and _in(clock.due_at, window) and clock.is_breached(window.ends) for clock in clocks
        )
        if kept or broken:
            found[target.value] = Promised(kept, broken)
    return found


def _ages(lives: Iterable[Life], at: datetime) -> tuple[int, ...]:
    ages = [at - one.ticket.created_at for one in lives if one.is_open_at(at)]
    bounds = [timedelta(), *(timedelta(days=days) for days in AGES), timedelta.max]
    return tuple(sum(low <= age < high for age in ages) for low, high in pairwise(bounds))


def _shares(
    lives: list[Life], value_of: Callable[[Ticket], str | None], window: Window, before: Window
) -> Iterable[Share]:
    for value in {value_of(one.ticket) for one in lives}:
        those = [one for one in lives if value_of(one.ticket) == value]
        counted = [
            _count(those, happened, when)
            for happened, when in (
                (_opened, window),
                (_opened, before),
                (_solved, window),
                (_open, window),
                (_rated, window),
                (_good, window),
            )
        ]
        if any(counted):
            opened, earlier, solved, left, rated, good = counted
            yield Share(value, opened, earlier, solved, left, _spread(_solutions(those, window)).median, rated, good)
