"""What the core must be told before it can decide about a mail: all that the database and the clock know of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from mailgateway.desk.answers.knowledge import Found
from mailgateway.desk.letters.pingpong import NOTHING, Lately
from mailgateway.desk.letters.suppression import Reachability, SentLetter
from mailgateway.desk.model import ArticleKind, Direction, LinkKind, Ticket
from mailgateway.desk.problems.major import Major
from mailgateway.desk.quarantine.entry import SetAside
from mailgateway.mail.model import Address
from mailgateway.mail.outgoing.tokens import DigestToken, ReplyToken
from mailgateway.rules.schema import NOBODY_LOOKED, Requester


class Evidence(StrEnum):
    """By what a mail names a ticket, strongest first."""

    TOKEN = "token"
    OUR_MESSAGE_ID = "our_message_id"
    MESSAGE_ID = "message_id"
    MENTIONED = "mentioned"
    MARK = "mark"
    SUBJECT = "subject"
    THREAD_INDEX = "thread_index"
    SAME_SUBJECT = "same_subject"


@dataclass(frozen=True, slots=True)
class ThreadKeys:
    """What a mail says about the ticket it belongs to: reply tokens, ids nearest first, the number in its subject.

    `ordered` are the tickets that its commands speak of, where somebody claims to be an agent. `own_id` is its own
    Message-ID, which an answer to it that came earlier may have mentioned; `marked` are the tickets whose true marks
    stand in its body; `digests` are the digests of the quarantine that it answers. `thread_index` and `same_subject`
    are keys (`thread_index_key`, `subject_key`), "" where the mail has none or its mailbox does not go by them.
    """

    tokens: tuple[ReplyToken, ...] = ()
    message_ids: tuple[str, ...] = ()
    subject_number: int | None = None
    ordered: tuple[int, ...] = ()
    own_id: str = ""
    marked: tuple[int, ...] = ()
    thread_index: str = ""
    same_subject: str = ""
    digests: tuple[DigestToken, ...] = ()

    @property
    def numbers(self) -> frozenset[int]:
        """Every ticket number that is named outright."""
        named = {*(token.ticket for token in self.tokens), *self.marked, *self.ordered}
        return frozenset(named if self.subject_number is None else named | {self.subject_number})

    @property
    def names(self) -> tuple[str, ...]:
        """Everything that may lead to a ticket through the index of ids, nearest first."""
        found = (*self.message_ids, self.own_id, self.thread_index, self.same_subject)
        return tuple(dict.fromkeys(name for name in found if name))


def thread_index_key(conversation: str) -> str:
    """Return the name of an Exchange conversation in the index of ids. No id looks like it: ids hold no space."""
    return f"thread-index {conversation}"


def subject_key(address: str, subject: str) -> str:
    """Return the name of a requester's matter in the index of ids; `subject` is normalised."""
    return f"subject {sha256(f'{address.casefold()}|{subject}'.encode('utf-8', 'surrogatepass')).hexdigest()}"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A ticket that a mail may belong to.

    `named_by` holds the names of the mail (`ThreadKeys.names`) that led to the ticket, nearest first, each with what it
    is evidence of. `public_ids` are the Message-IDs of the ticket that customers may see, oldest first. `links` are the
    tickets that it is tied to, by kind. `formerly` holds the numbers that were asked for and now lead here, because
    those tickets were merged into this one. `fired` names the moments of the ticket that have had their effect.
    """

    ticket: Ticket
    named_by: Mapping[str, Evidence] = field(default_factory=dict)
    public_ids: tuple[str, ...] = ()
    fired: frozenset[str] = frozenset()
    links: tuple[tuple[LinkKind, int], ...] = ()
    formerly: tuple[int, ...] = ()

    @property
    def numbers(self) -> tuple[int, ...]:
        """Every number by which the ticket is asked for here."""
        return (self.ticket.number, *self.formerly)

    @property
    def survivor(self) -> int | None:
        """The number of the ticket that this one was merged into, None where it was not."""
        return self.linked(LinkKind.MERGED_INTO)

    def linked(self, wanted: LinkKind) -> int | None:
        """Return the ticket that this one is tied to by such a link, None where there is none."""
        return next((other for kind, other in self.links if kind is wanted), None)


@dataclass(frozen=True, slots=True)
class Earlier:
    """A mail filed before that has the same Message-ID; `same` tells whether it is the same mail altogether.

    `mailbox` is the one that it was filed in.
    """

    spool_id: int
    ticket: int | None
    same: bool
    mailbox: str = ""


@dataclass(frozen=True, slots=True)
class Workload:
    """How the work of a group is spread: whose turn was last, open tickets by agent, who helped this requester last."""

    group: str
    last_turn: str = ""
    open_tickets: Mapping[str, int] = field(default_factory=dict)
    last_helper: str | None = None


@dataclass(frozen=True, slots=True)
class AnsweredLetter:
    """A letter of ours about a ticket that a mail names as answered: its notice, and since when it tells of things."""

    notice: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """An article, as far as it must be known who wrote when: its text is only the beginning."""

    at: datetime
    kind: ArticleKind
    direction: Direction
    sender: Address
    text: str
    message_id: str = ""


@dataclass(frozen=True, slots=True)
class Course:
    """How a ticket went on: the letters that a mail answers, nearest first, and the newest entries, oldest first."""

    letters: tuple[AnsweredLetter, ...] = ()
    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything gathered for one mail. `received_at` is when it arrived at its server, `size` its bytes there.

    `answers` are those that the search found for a new matter; `awaited` has, by ticket, the answer that its customer
    was sent and has said nothing of yet. `requester` and `workload` are gathered only where a rule asks for them.
    `copy` is the same mail as it was filed in another mailbox, where each mailbox has its own tickets.

    `open_problems` are those of the problems that rules link tickets to which are there and not solved. `alike` are
    the open tickets without a problem, by number, that were found like each candidate, gathered where an order speaks
    of problems; `majors` are those candidates that are major incidents, gathered where an order speaks of that. `used`
    tells how much of its allowance an organisation used in the current period, where that has been counted.

    `occasion` names what caused the plan, once and for ever: the ids of its letters derive from it, so that doing the
    work again makes the same letters. `automatic_mails` counts, for each address asked about (casefolded), the
    automatic mails queued for it within the last hour, as far as `notices.is_counted` says that they count. Nothing is
    sent to those of them that are `suppressed`, and no status mail about the tickets in `unsubscribed` (0: about any).
    `letter` is the letter of ours that a delivery report is about, `set_aside` what a mail to the quarantine speaks of.
    `lately` is what the writer of a mail that may be answered did within the last day, `opened` how many tickets they
    opened within an hour, counted up to the limit; `course` is gathered for agents' answers alone.
    """

    now: datetime
    occasion: str
    candidates: tuple[Candidate, ...] = ()
    earlier: Earlier | None = None
    automatic_mails: Mapping[str, int] = field(default_factory=dict)
    requester: Requester = NOBODY_LOOKED
    workload: Workload | None = None
    suppressed: Mapping[str, Reachability] = field(default_factory=dict)
    unsubscribed: Mapping[str, frozenset[int]] = field(default_factory=dict)
    letter: SentLetter | None = None
    used: Mapping[str, float] = field(default_factory=dict)
    received_at: datetime | None = None
    size: int = 0
    answers: tuple[Found, ...] = ()
    awaited: Mapping[int, str] = field(default_factory=dict)
    open_problems: frozenset[int] = frozenset()
    alike: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    majors: Mapping[int, Major] = field(default_factory=dict)
    copy: Earlier | None = None
    lately: Lately = NOTHING
    opened: int = 0
    set_aside: SetAside | None = None
    course: Course | None = None

    def candidate(self, number: int) -> Candidate | None:
        """Return the candidate with this ticket number, or the one that goes on in its place."""
        return next((one for one in self.candidates if number in one.numbers), None)
