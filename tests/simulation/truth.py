"""What is true whatever the gateway thinks: which mail belongs to which matter, and what has to become of it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from mailgateway.desk.plan import Disposition


@dataclass(slots=True, eq=False)
class Matter:
    """What a customer wants, from the first mail to the last. `number` is its ticket's, once it is known."""

    serial: int
    requester: str
    subject: str
    opening_id: str
    thread_index: str = ""
    people: set[str] = field(default_factory=set)
    number: int | None = None
    into: "Matter | None" = None
    third_party_id: str = ""

    @property
    def numbers(self) -> set[int | None]:
        """The tickets on which a mail about the matter may have been filed: its own, and those that went on for it."""
        return {self.number} if self.into is None else {self.number, *self.into.numbers}

    @property
    def last(self) -> "Matter":
        """The matter that goes on for this one after mergers, itself where there were none."""
        return self if self.into is None else self.into.last


class Sort(StrEnum):
    """What a mail is."""

    OPENING = "a new matter"
    FOLLOW_UP = "a follow-up"
    ANSWER = "an agent's answer"
    NOTE = "an agent's note"
    COMMANDS = "an agent's commands"
    MISTAKE = "an agent's mistake"
    PASSED_ON = "a mail that an agent passes on"
    MACHINE = "a machine's answer"
    UNMARKED = "a machine's answer that nothing marks"
    GAME = "another desk's receipt for a letter of ours, without a trace of it"
    COPY = "the same mail again"
    LIE = "a stranger's lie"
    TOO_LARGE = "a mail that is too large"


EXPECTED: dict[Sort, frozenset[Disposition]] = {
    Sort.OPENING: frozenset({Disposition.OPENED}),
    Sort.FOLLOW_UP: frozenset({Disposition.FOLLOWED_UP}),
    Sort.ANSWER: frozenset({Disposition.FOLLOWED_UP}),
    Sort.NOTE: frozenset({Disposition.FOLLOWED_UP}),
    Sort.COMMANDS: frozenset({Disposition.FOLLOWED_UP}),
    Sort.MISTAKE: frozenset({Disposition.REFUSED}),
    Sort.PASSED_ON: frozenset({Disposition.OPENED}),
    Sort.MACHINE: frozenset({Disposition.RECORDED}),
    Sort.UNMARKED: frozenset({Disposition.FOLLOWED_UP}),
    Sort.GAME: frozenset({Disposition.OPENED}),
    Sort.COPY: frozenset({Disposition.DUPLICATE}),
    Sort.LIE: frozenset({Disposition.OPENED}),
    Sort.TOO_LARGE: frozenset({Disposition.QUARANTINED}),
}
OPENS = frozenset({Sort.OPENING, Sort.PASSED_ON, Sort.LIE, Sort.GAME})
"""What has to get a ticket of its own."""


@dataclass(slots=True, eq=False)
class Written:
    """A mail that somebody wrote: `word` stands in it once, in what its writer wrote; `how` tells of its quirks."""

    serial: int
    sort: Sort
    by: str
    how: str
    matter: Matter
    message_id: str
    word: str
    raw: bytes
    readers: frozenset[str] = frozenset()
    round: int = 0
    disposition: Disposition | None = None
    ticket: int | None = None
    reason: str = ""

    def story(self) -> str:
        """Tell what is known of the mail, for whoever has to find out what went wrong with it."""
        head = self.raw[:6_000].decode("utf-8", "replace")
        return (
            f"mail {self.serial} of round {self.round}: {self.sort} by {self.by}\n  how: {self.how}\n"
            f"  matter {self.matter.serial} of {self.matter.requester}, ticket {self.matter.last.number}\n"
            f"  became {self.disposition} on ticket {self.ticket}: {self.reason}\n"
            f"  Message-ID <{self.message_id}>, word {self.word}\n{head}"
        )


@dataclass(slots=True)
class Truth:
    """All matters and mails so far."""

    matters: list[Matter] = field(default_factory=list)
    mails: list[Written] = field(default_factory=list)
    secrets: set[str] = field(default_factory=set)

    def of_number(self, number: int) -> Matter | None:
        """Return the matter whose ticket first had this number."""
        return next((one for one in self.matters if one.number == number), None)

    def of(self, *sorts: Sort) -> Iterable[Written]:
        """Give the mails of these sorts."""
        return (one for one in self.mails if one.sort in sorts)
