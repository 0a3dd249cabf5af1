"""What somebody wants done with a ticket, as a value: an agent by a mail, or an admin at a shell."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from mailgateway.desk.agents.policy import ReplyTo
from mailgateway.desk.handovers.answer import OfferAnswer
from mailgateway.desk.model import Priority, Status, TicketType
from mailgateway.desk.problems.declaration import Declaration
from mailgateway.mail.model import Address

LONGEST_TAG = 64
LONGEST_CI = 500


class Decision(StrEnum):
    """What becomes of an answer that is held."""

    SEND = "send"
    DROP = "drop"


@dataclass(frozen=True, slots=True)
class Orders:
    """What shall change; None and empty leave things as they are. `assign` of "" means to nobody.

    `ci` is what it is about, `organisation` whom it counts for, `service_level` the policy that holds for it: "" for
    nothing, for none, and for what the conditions of the policies say. `watch` and `unwatch` name agents, `fields` are
    names with values ("" takes a field away), `leave` are addresses of those who take part no longer. `major` is what
    becomes of its major incident.
    `subject`, `requester` and `language` are set right, None for what is.
    `snooze` is how long the ticket is put aside, zero to wake it up, or until when in the desk's time zone. `problem`
    of 0 means of none; with `collect`, the tickets that were found like this one are tied to the same problem, or to
    this one where it becomes a problem. `text` goes to the requester and the participants, or becomes an internal note
    where `note` is true; before it go the `answers` of the knowledge folder, by their names. `beside` is a note that
    goes along with what is sent, and stays inside; `reply_to` says who gets it, None for the desk's usual way.
    `decision` is about an answer of the agent's that is held, `offer` answers a hand-over that is to be accepted.
    """

    text: str = ""
    note: bool = False
    beside: str = ""
    reply_to: ReplyTo | None = None
    status: Status | None = None
    assign: str | None = None
    group: str | None = None
    priority: Priority | None = None
    type: TicketType | None = None
    add_tags: tuple[str, ...] = ()
    remove_tags: tuple[str, ...] = ()
    participants: tuple[Address, ...] = ()
    merge: int | None = None
    snooze: timedelta | datetime | None = None
    answers: tuple[str, ...] = ()
    problem: int | None = None
    collect: bool = False
    major: Declaration | None = None
    ci: str | None = None
    organisation: str | None = None
    service_level: str | None = None
    watch: tuple[str, ...] = ()
    unwatch: tuple[str, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()
    leave: tuple[str, ...] = ()
    subject: str | None = None
    requester: Address | None = None
    language: str | None = None
    minutes: int = 0
    decision: Decision | None = None
    offer: OfferAnswer | None = None
    help: bool = False


def named(orders: Orders) -> tuple[int, ...]:
    """Return the other tickets that orders speak of."""
    return tuple(number for number in (orders.merge, orders.problem) if number)


def people_named(orders: Orders) -> tuple[Address, ...]:
    """Return whom orders bring to a ticket: they may be told of it."""
    return (*orders.participants, *((orders.requester,) if orders.requester is not None else ()))
