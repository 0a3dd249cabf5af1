"""Changes of a ticket that have to do with problems."""

from dataclasses import dataclass

from mailgateway.desk.model import LinkKind
from mailgateway.desk.problems.major import Major


@dataclass(frozen=True, slots=True)
class LinkOthers:
    """Tie other tickets to this one, or to the one that `to` names."""

    others: tuple[int, ...]
    kind: LinkKind
    to: int = 0


@dataclass(frozen=True, slots=True)
class SetMajor:
    """Make the problem a major incident, or say something else of it; None ends it, where it is one."""

    after: Major | None


ProblemChange = LinkOthers | SetMajor
