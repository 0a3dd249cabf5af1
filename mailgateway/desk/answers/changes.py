"""What happens to a ticket by answers that were written once for many."""

from dataclasses import dataclass
from enum import StrEnum

from mailgateway.desk.answers.knowledge import AnswerOutcome, Proposal


class AnswerUse(StrEnum):
    """What agents have to do with an answer: it is proposed to them, and they insert it into theirs."""

    PROPOSED = "proposed"
    INSERTED = "inserted"


@dataclass(frozen=True, slots=True)
class ProposeAnswers:
    """Note that these answers are proposed to those who work on it."""

    proposed: tuple[Proposal, ...]


@dataclass(frozen=True, slots=True)
class InsertAnswer:
    """Note that an agent takes this answer into theirs: its name, language and version."""

    name: str
    language: str
    version: str


@dataclass(frozen=True, slots=True)
class SendAnswer:
    """Note that the customer gets this answer with the receipt: its name, language and version."""

    name: str
    language: str
    version: str


@dataclass(frozen=True, slots=True)
class JudgeAnswer:
    """Note what the customer said of the answer that they were sent."""

    name: str
    outcome: AnswerOutcome


AnswerChange = ProposeAnswers | InsertAnswer | SendAnswer | JudgeAnswer
