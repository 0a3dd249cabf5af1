"""What was counted for a report, as plain values: the one thing that the store and the report agree on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Counting(StrEnum):
    """What tickets are counted by. Each names a set of tickets, and what happened to each when."""

    OPENED = "opened"
    SOLVED = "solved"
    REOPENED = "reopened"
    OPEN = "open"
    ANSWERED = "answered"
    KEPT = "kept"
    BROKEN = "broken"
    CAME_BACK = "came_back"
    PROPOSED = "proposed"
    INSERTED = "inserted"
    SENT_ANSWER = "sent_answer"
    HELPED = "helped"
    NOT_HELPED = "not_helped"
    RATED = "rated"
    RATED_GOOD = "rated_good"
    RATED_OK = "rated_ok"
    RATED_BAD = "rated_bad"
    REPLIED = "replied"
    WORKED = "worked"


class Dimension(StrEnum):
    """What tickets are told apart by."""

    TYPE = "type"
    PRIORITY = "priority"
    GROUP = "group"
    ORGANISATION = "organisation"
    CI = "ci"
    ASSIGNEE = "assignee"


AGES = (1, 3, 7, 30)
"""Days by which open tickets are told apart: younger than the first, younger than the second, … and all older ones."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose tickets are counted; None for everybody's."""

    group: str | None = None
    organisation: str | None = None


@dataclass(frozen=True, slots=True)
class Spread:
    """How long something took, in seconds: the middle, and what nine of ten stayed below; None where nothing did.

    `plain` of the `count` were taken by the clock on the wall, as no service level counted business time for them.
    """

    count: int
    median: float | None
    p90: float | None
    plain: int


@dataclass(frozen=True, slots=True)
class Promised:
    """How many promises for one target were kept and broken."""

    kept: int
    broken: int


@dataclass(frozen=True, slots=True)
class Success:
    """How often an answer of the knowledge was proposed to agents, inserted by one, and sent to a customer.

    Of those sent, how many helped and how many did not; of the rest nobody said.
    """

    proposed: int = 0
    inserted: int = 0
    sent: int = 0
    helped: int = 0
    not_helped: int = 0

    @property
    def share(self) -> float | None:
        """The part of those sent that helped."""
        return self.helped / self.sent if self.sent else None


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted for one period: tickets, how long first answers and solutions took, seconds of work noted.

    `knowledge` has the success of each answer, by its name.
    """

    counts: Mapping[Counting, int]
    answer: Spread
    solution: Spread
    promises: Mapping[str, Promised]
    worked: int
    knowledge: Mapping[str, Success]


@dataclass(frozen=True, slots=True)
class Share:
    """The part of one group, agent, … (None: those that have none); `median` seconds from opened to solved.

    Of the `rated`, `good` were rated good.
    """

    value: str | None
    opened: int
    opened_before: int
    solved: int
    open: int
    median: float | None
    rated: int
    good: int


@dataclass(frozen=True, slots=True)
class Step:
    """What was opened and solved on a day, in a week or a month, which begins on `day`."""

    day: date
    opened: int
    solved: int


@dataclass(frozen=True, slots=True)
class Usage:
    """What an organisation used of its contract; `unit` is tickets or hours, `amount` what there is."""

    organisation: str
    contract: str
    unit: str
    used: float
    amount: float
    begins: date


@dataclass(frozen=True, slots=True)
class Effort:
    """What somebody did, whoever has the tickets now: answers sent to customers, seconds of work noted."""

    agent: str
    answers: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Counts:
    """All that was counted for a report: `answers` by the address they were written from, `worked` by agent."""

    now: Counted
    before: Counted
    shares: Mapping[Dimension, tuple[Share, ...]]
    ages: tuple[int, ...]
    steps: tuple[Step, ...]
    answers: Mapping[str, int]
    worked: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Listed:
    """A ticket behind a figure: what happened to it `at`, after how many `seconds` where that is what is counted.

    `answer` names which of the knowledge it is about, where it is about one.
    """

    number: int
    subject: str
    status: str
    type: str
    priority: str
    group: str
    assignee: str | None
    organisation: str | None
    ci: str | None
    requester: str
    created_at: datetime
    at: datetime
    seconds: int | None
    answer: str | None
