"""What happened to a ticket since the agent who answers saw it.

What they had seen follows from the mail that they answer: a letter of ours tells how the ticket stood when it was
written, a mail of the ticket how it stood when it came. Where neither is known, nothing is held against the answer.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from mailgateway.desk.facts import Course, Entry
from mailgateway.desk.letters.notice_kind import NoticeKind
from mailgateway.desk.model import Agent, ArticleKind, Direction

TELLS_NOTHING = frozenset({NoticeKind.COMMANDS_REFUSED})
"""Letters that give an agent their own words back: they say nothing of the ticket."""
_MOST_TOLD = 5
_EXCERPT = 300


def meanwhile(
    course: Course, answered: Collection[str], agent: Agent, at_least: datetime | None = None
) -> tuple[Entry, ...]:
    """Return what a customer or another agent wrote to the customer since the agent saw the ticket, oldest first.

    `answered` are the ids that the agent's mail names; `at_least` is when they are known to have seen it anyway. What
    machines and the agent wrote does not count, nor do notes.
    """
    seen = max((*_seen(course, answered), *([] if at_least is None else [at_least])), default=None)
    if seen is None:
        return ()
    return tuple(
        entry
        for entry in course.entries
        if entry.at > seen and entry.kind is ArticleKind.PUBLIC and entry.sender.key not in agent.addresses
    )


def _seen(course: Course, answered: Collection[str]) -> list[datetime]:
    letters = [letter.at for letter in course.letters if letter.notice not in TELLS_NOTHING]
    return letters + [entry.at for entry in course.entries if entry.message_id in answered]


def told(entries: Sequence[Entry]) -> list[tuple[str, datetime, bool, str]]:
    """Return for templates who wrote, when, whether it was an answer of the desk, and how it begins; the newest few."""
    return [
        (entry.sender.name or entry.sender.address, entry.at, entry.direction is Direction.OUT, _beginning(entry.text))
        for entry in entries[-_MOST_TOLD:]
    ]


def _beginning(text: str) -> str:
    text = text.strip()
    return text if len(text) <= _EXCERPT else f"{text[:_EXCERPT].rstrip()}…"
